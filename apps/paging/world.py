"""Who is what in a programme at an instant, read from the rows of the apps below."""

from datetime import datetime

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.oncall.models import Rota
from apps.oncall.rules import on_duty
from apps.paging.models import person_facts, with_ways
from apps.paging.rules import PolicyFacts, World
from apps.rollouts.models import Membership, Programme


def world_at(programme: Programme, policy: PolicyFacts, at: datetime) -> World:
    """Who has a duty or role of `programme` at `at`, and everybody the policy names, with their
    ways; in a constant number of queries. People who are not active are nobody."""
    duties, roles = _duties(programme, at), _roles(programme)
    named = {*duties.values(), *_named(policy), *(key for keys in roles.values() for key in keys)}
    people = with_ways(Person.objects.filter(username__in=named, is_active=True))
    chats = frozenset(programme.connections.of_kind("slack").values_list("key", flat=True))
    found = {one.username: person_facts(one, has_slack=bool(chats)) for one in people}
    return World(
        on_duty={duty: key for duty, key in duties.items() if key in found},
        roles=roles,
        people=found,
        chats=chats,
    )


def counted_on(programme: Programme, policy: PolicyFacts, at: datetime) -> set[str]:
    """Who has a duty of the programme at that instant, or is named by the policy."""
    return {*_duties(programme, at).values(), *_named(policy)}


def _duties(programme: Programme, at: datetime) -> dict[str, str]:
    """Each duty by its own name (the first rota by key that has somebody) and as rota/duty."""
    found: dict[str, str] = {}
    for rota in Rota.objects.for_programme(programme).with_facts():
        for duty, shift in on_duty(rota.facts(), at).items():
            found.setdefault(duty, shift.person_key)
            found[f"{rota.key}/{duty}"] = shift.person_key
    return found


def _roles(programme: Programme) -> dict[str, tuple[str, ...]]:
    """People by role; administrators are those of the portal and of the programme."""
    rows = Membership.objects.filter(programme=programme, person__is_active=True)
    pairs = list(rows.order_by("person__username").values_list("role", "person__username"))
    admins = Person.objects.filter(is_superuser=True, is_active=True).order_by("username")
    pairs += [(Role.ADMINISTRATOR.value, one) for one in admins.values_list("username", flat=True)]
    roles: dict[str, dict[str, None]] = {}
    for role, username in pairs:
        roles.setdefault(role, {})[username] = None
    return {role: tuple(names) for role, names in roles.items()}


def _named(policy: PolicyFacts) -> set[str]:
    steps = [target for step in policy.steps for target in step.targets]
    return {target.ref for target in (*steps, *policy.last_resort) if target.kind == "person"}
