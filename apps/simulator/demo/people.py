"""People to reach at the sites of the demonstration. None of them exists."""

import random
from datetime import datetime

from django.utils.text import slugify

from apps.ledger.services import Entry, record_many
from apps.rollouts.models import Contact, Programme, Site

SEED = 2023
FIRST_NAMES = ("Alva", "Bea", "Cato", "Dina", "Edda", "Finn", "Gwen", "Hugo", "Ines", "Juno",
               "Kira", "Lars", "Mira", "Nico", "Orla", "Piet", "Rosa", "Sven", "Tess",
               "Uma")  # fmt: skip
LAST_NAMES = ("Abel", "Birch", "Crane", "Dale", "Ember", "Fields", "Grove", "Harbor", "Irwin",
              "Jasper", "Kestrel", "Linden", "Moss", "North", "Orchard", "Pine", "Quill", "Reed",
              "Stone", "Thorn")  # fmt: skip


def seed_contacts(programme: Programme, now: datetime) -> int:
    """Two or three people at every site, one of them its region's. Returns how many."""
    dice = random.Random(SEED)  # noqa: S311 - the same people every time
    sites = list(Site.objects.filter(go_lives__programme=programme).distinct().order_by("number"))
    managers = {site.region: _person(dice) for site in sites}
    label = f"{programme.labels.get('region', 'Region')} manager"
    rows = []
    for site in sites:
        known = [("Point of contact", _person(dice)), (label, managers[site.region])]
        known += [("Trainer", _person(dice))] * (dice.random() < 0.5)
        rows += [
            Contact(programme=programme, site=site, role=slugify(role), role_label=role,
                    changed_at=now, **facts)
            for role, facts in known
        ]  # fmt: skip
    Contact.objects.bulk_create(rows, batch_size=200)
    entries = [
        Entry(subject="contact", subject_key=row.key, verb="seeded", actor="system",
                    origin="command", programme_id=programme.pk)
        for row in rows
    ]  # fmt: skip
    record_many(entries, now=now)
    return len(rows)


def _person(dice: random.Random) -> dict[str, str]:
    first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
    preferred = dice.choice(("email", "phone", "teams", "teams"))
    return {
        "name": f"{first} {last}", "email": f"{first}.{last}@example.gov".lower(),
        "phone": f"{dice.randint(201, 989)}-555-01{dice.randint(0, 99):02}",
        "teams": f"{first} {last}", "preferred": preferred,
    }  # fmt: skip
