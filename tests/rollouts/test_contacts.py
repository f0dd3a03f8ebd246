"""Contacts of a site: added, changed, removed, taken back, forgotten; the ledger has no name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.services import purge
from apps.ledger.models import Change
from apps.rollouts.models import Contact, Programme, Site
from apps.rollouts.services import (
    ContactChanged,
    UnableToSaveContact,
    add_contact,
    change_contact,
    remove_contact,
    set_contacts,
    take_back_contact,
)
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 15, 15, 0, tzinfo=UTC)
BY: dict[str, Any] = {"actor": "ana", "origin": "page", "now": NOW}
MIA = {
    "role_label": "Point of contact", "name": "Mia Moreno", "email": "mia.moreno@example.gov",
    "phone": "402-555-0143", "teams": "Mia Moreno (Omaha)", "preferred": "teams",
    "note": "Away on Fridays",
}  # fmt: skip
PRIVATE = ("Moreno", "555-0143", "Fridays")


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def mia(programme: Programme) -> Contact:
    return add_contact(programme=programme, site=build.site(), columns=MIA, **BY)


def told() -> list[tuple[str, str, Any]]:
    return [(one.subject_key, one.verb, (one.fields or {}).get("changed"))
            for one in Change.objects.filter(subject="contact").order_by("id")]  # fmt: skip


def test_a_contact_has_a_role_in_words_and_as_a_key(mia: Contact) -> None:
    assert (mia.role, mia.role_label) == ("point-of-contact", "Point of contact")
    assert [key for key, _, _ in mia.ways] == ["teams", "email", "phone"]


def test_a_role_may_come_as_a_key_alone(programme: Programme) -> None:
    made = add_contact(programme=programme, site=build.site(),
                       columns={"role": "visn-manager", "name": "Lee"}, **BY)  # fmt: skip
    assert made.role_label == "Visn manager"


def test_the_ledger_hears_which_columns_never_what_stands_in_them(mia: Contact) -> None:
    change_contact(contact_id=mia.pk, columns={"phone": "402-555-0188"}, version=1, **BY)
    remove_contact(contact_id=mia.pk, version=2, **BY)
    assert [verb for _, verb, _ in told()] == ["added", "changed", "removed"]
    assert told()[1] == ("636 point-of-contact", "changed", ["phone"])
    words = repr(list(Change.objects.values()))
    assert not [one for one in (*PRIVATE, "555-0188") if one in words]


def test_addresses_and_notes_are_encrypted_where_they_stand(mia: Contact) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT email, phone, teams, slack, note, earlier FROM rollouts_contact")
        stored = repr(cursor.fetchall())
    assert not [one for one in PRIVATE if one in stored]
    assert "Moreno" not in repr(mia)


@pytest.mark.parametrize(
    ("columns", "field"),
    [({"name": " "}, "name"), ({"role_label": ""}, "role_label"), ({"preferred": "slack"},
     "preferred")],
)  # fmt: skip
def test_it_refuses_what_names_or_reaches_nobody(
    programme: Programme, columns: dict[str, str], field: str
) -> None:
    with pytest.raises(UnableToSaveContact) as refusal:
        add_contact(programme=programme, site=build.site(), columns=MIA | columns, **BY)
    assert refusal.value.field == field
    assert not Contact.objects.exists()


def test_it_refuses_a_product_of_another_programme(programme: Programme) -> None:
    other = build.product(build.programme())
    with pytest.raises(UnableToSaveContact, match="another programme"):
        add_contact(programme=programme, site=build.site(), columns=MIA | {"product": other}, **BY)


def test_nobody_stands_twice_in_a_role_but_for_another_product(mia: Contact) -> None:
    product = build.product(mia.programme)
    facts: dict[str, Any] = {"programme": mia.programme, "site": mia.site}
    with pytest.raises(UnableToSaveContact, match="already"):
        add_contact(**facts, columns=MIA, **BY)
    add_contact(**facts, columns=MIA | {"product": product}, **BY)
    with pytest.raises(UnableToSaveContact, match="already"):
        add_contact(**facts, columns=MIA | {"product": product}, **BY)


@pytest.mark.parametrize(
    "columns", [{"name": ""}, {"role": ""}, {"preferred": "slack"}, {"preferred": "pigeon"}]
)
def test_the_database_keeps_the_rules_too(mia: Contact, columns: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=mia.pk).update(**columns)


def test_a_change_of_something_else_meanwhile_is_noticed(mia: Contact) -> None:
    change_contact(contact_id=mia.pk, columns={"name": "Mia M. Moreno"}, version=1, **BY)
    with pytest.raises(ContactChanged) as refusal:
        change_contact(contact_id=mia.pk, columns={"note": ""}, version=1, **BY)
    assert refusal.value.fresh.name == "Mia M. Moreno"


def test_nothing_changed_is_no_change(mia: Contact) -> None:
    same = change_contact(contact_id=mia.pk, columns=MIA, version=1, **BY)
    assert (same.version, len(told())) == (1, 1)


def test_a_role_keeps_its_key_while_its_label_stays(programme: Programme) -> None:
    columns = MIA | {"role": "poc"}
    made = add_contact(programme=programme, site=build.site(), columns=columns, **BY)
    kept = change_contact(contact_id=made.pk, columns=MIA | {"note": ""}, version=None, **BY)
    assert kept.role == "poc"
    moved = change_contact(contact_id=made.pk, columns={"role_label": "Trainer"}, version=None,
                           **BY)  # fmt: skip
    assert moved.role == "trainer"


def test_a_change_is_taken_back_and_made_again(mia: Contact) -> None:
    change_contact(contact_id=mia.pk, columns={"phone": "", "name": "Mia"}, version=1, **BY)
    back = take_back_contact(contact_id=mia.pk, **BY)
    assert (back.phone, back.name, back.version) == ("402-555-0143", "Mia Moreno", 3)
    again = take_back_contact(contact_id=mia.pk, **BY)
    assert again.phone == ""


def test_what_is_removed_stands_again_for_a_day(mia: Contact) -> None:
    remove_contact(contact_id=mia.pk, version=1, **BY)
    assert not Contact.objects.standing().exists()
    take_back_contact(contact_id=mia.pk, **BY)
    assert Contact.objects.standing().get() == mia
    with pytest.raises(UnableToSaveContact, match="nothing to take back"):
        take_back_contact(contact_id=mia.pk, **BY)


def test_it_does_not_come_back_beside_who_took_its_place(mia: Contact) -> None:
    remove_contact(contact_id=mia.pk, version=1, **BY)
    add_contact(programme=mia.programme, site=mia.site, columns=MIA, **BY)
    with pytest.raises(UnableToSaveContact, match="already"):
        take_back_contact(contact_id=mia.pk, **BY)


def test_after_a_day_it_is_gone_for_good(mia: Contact) -> None:
    remove_contact(contact_id=mia.pk, version=1, **BY)
    ben = add_contact(programme=mia.programme, site=mia.site, columns=MIA | {"name": "Ben"}, **BY)
    change_contact(contact_id=ben.pk, columns={"phone": ""}, version=1, **BY)
    purge(now=NOW + timedelta(hours=23))
    assert Contact.objects.count() == 2
    purge(now=NOW + timedelta(hours=24))
    assert Contact.objects.get() == ben
    ben.refresh_from_db()
    assert (ben.earlier, ben.kept_until) == ({}, None)
    assert told()[-1][:2] == ("636 point-of-contact", "forgotten")


def test_a_list_of_contacts_replaces_another(mia: Contact) -> None:
    site = Site.objects.get(number="636")
    lee = {"role": "trainer", "name": "Lee Long", "email": "lee@example.gov"}
    wanted = [MIA | {"phone": "402-555-0199"}, lee]
    facts: dict[str, Any] = {"programme": mia.programme, **BY}
    (before, after), = set_contacts(wanted={site: wanted}, **facts).values()  # fmt: skip
    assert (before, after) == (
        {"contacts": 1, "changes": ""}, {"contacts": 2, "changes": "added, changed"},
    )  # fmt: skip
    (before, after), = set_contacts(wanted={site: wanted}, **facts).values()  # fmt: skip
    assert before == after
    set_contacts(wanted={site: [lee]}, **facts)
    assert [one.name for one in Contact.objects.standing()] == ["Lee Long"]


def test_another_programmes_contacts_of_the_site_stay(mia: Contact) -> None:
    set_contacts(programme=build.programme(), wanted={mia.site: []}, **BY)
    assert Contact.objects.standing().exists()


def test_people_of_other_programmes_see_none(mia: Contact) -> None:
    assert Contact.objects.visible_to(build.person("vic", mia.programme)).exists()
    stranger = build.person("ben", build.programme())
    assert not Contact.objects.visible_to(stranger).exists()
    assert Contact.objects.visible_to(build.person("adi")).exists()
