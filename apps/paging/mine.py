"""How one person is told: their ways and hours as they look at them, what would happen now."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from apps.accounts.models import Person
from apps.connections.models import Connection
from apps.connectors.apprise.client import scheme_of
from apps.core.forms import hours_told
from apps.outbox.models import Delivery
from apps.paging.choices import Means
from apps.paging.listing import NoticeLine
from apps.paging.models import ContactMethod, Notice, Page, address_of, person_facts, with_ways
from apps.paging.rules import PersonFacts, Way, is_quiet, ways_at
from apps.rollouts.models import Programme

LATELY = 10


@dataclass(frozen=True, slots=True)
class OwnWay:
    """A way as its person sees it: `leads_to` is never an address that opens a door."""

    way: Way
    name: str
    leads_to: str
    is_usable: bool
    pk: int | None

    @property
    def key(self) -> str:
        return self.way.key

    @property
    def means(self) -> str:
        return self.key.partition(":")[0]


@dataclass(frozen=True)
class Mine:
    """Somebody (read with `with_ways`) and how they are told."""

    person: Person
    has_slack: bool

    @cached_property
    def facts(self) -> PersonFacts:
        return person_facts(self.person, has_slack=self.has_slack)

    @cached_property
    def ways(self) -> list[OwnWay]:
        """E-mail and Slack, whether they can be used or not, then other services."""
        rows = {row.key: row for row in self.person.contact_methods.all()}
        keys = [Means.EMAIL.value, Means.SLACK.value]
        keys += [key for key in rows if key not in Means.values]
        return [self._way(key, rows.get(key)) for key in keys]

    @property
    def quiet_hours(self) -> Mapping[str, str]:
        quiet = getattr(self.person, "quiet", None)
        return dict(quiet.hours) if quiet else {}

    @property
    def working_hours(self) -> str:
        return hours_told(self.person.working_hours or {}).replace("\n", ", ")

    @property
    def version(self) -> int:
        """A number that differs when anything of this was changed, wherever that was done."""
        ways = sorted((one.key, one.way.in_work_hours, one.way.after_hours) for one in self.ways)
        return zlib.crc32(f"{ways} {sorted(self.quiet_hours.items())}".encode())

    def told_at(self, at: datetime) -> list[OwnWay]:
        """The ways that would be used at `at`."""
        keys = {way.key for way in ways_at(self.facts, at)}
        return [one for one in self.ways if one.key in keys]

    def is_quiet(self, at: datetime) -> bool:
        return is_quiet(self.facts, at)

    def is_at_work(self, at: datetime) -> bool:
        hours = self.facts.working_hours
        return hours is not None and hours.contains(at, self.facts.zone)

    def _way(self, key: str, row: ContactMethod | None) -> OwnWay:
        way = Way(key, row.in_work_hours, row.after_hours) if row else Way(key)
        is_usable = any(one.key == key for one in self.facts.ways)
        if row is not None and row.means == Means.OTHER:
            scheme = scheme_of(row.address)
            return OwnWay(way, row.label or scheme, scheme if row.label else "", is_usable, row.pk)
        return OwnWay(way, str(Means(key).label), self._where(key, row), is_usable, None)

    def _where(self, key: str, row: ContactMethod | None) -> str:
        if row is not None and row.address:
            return "an address an administrator entered"
        if found := address_of(self.person, key):
            is_deaf = key == Means.SLACK and not self.has_slack
            return f"{found}; no programme of yours is connected to Slack" if is_deaf else found
        what = "Slack handle" if key == Means.SLACK else "address"
        return f"no {what} yet: ask an administrator"


def mine_of(person: Person) -> Mine:
    """One person with their ways; in a constant number of queries."""
    found = with_ways(Person.objects.filter(pk=person.pk)).get()
    programmes = Programme.objects.visible_to(person)
    slack = Connection.objects.of_kind("slack").filter(programmes__in=programmes)
    return Mine(found, has_slack=slack.exists())


def told_lately(person: Person) -> list[NoticeLine]:
    """The last notices of one person, newest first, with their deliveries; two queries."""
    rows = Notice.objects.filter(
        person=person, step__page__in=Page.objects.visible_to(person)
    ).select_related("step__page").order_by("-id")[:LATELY]  # fmt: skip
    notices = list(rows)
    keys = [one.dedupe_key for one in notices]
    found = {row.dedupe_key: row for row in Delivery.objects.filter(dedupe_key__in=keys)}
    return [NoticeLine(one, found.get(one.dedupe_key)) for one in notices]
