"""Reading a site for its passport: everything somebody needs there, cut so that one page holds it.

What is left out is counted, never dropped silently.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.rollouts.board import Lane, lanes_of
from apps.rollouts.choices import Status
from apps.rollouts.contacts import contacts_at
from apps.rollouts.family import Child, children_of
from apps.rollouts.models import Contact, ScheduleChange, ScheduleChangeItem, Site
from apps.rollouts.rules import offset_words

LANES, CONTACTS, DECISIONS, CHILDREN = 5, 5, 5, 20
ROOMY = 30  # lines that fit in a comfortable size
T = TypeVar("T")


@dataclass(frozen=True)
class Cut(Generic[T]):
    """The first of many, and how many more there are."""

    rows: Sequence[T]
    more: int

    @classmethod
    def of(cls, rows: Iterable[T], most: int) -> "Cut[T]":
        every = list(rows)
        return cls(every[:most], max(len(every) - most, 0))


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about go-lives of the site: one line for all of its products."""

    change: ScheduleChange
    item: ScheduleChangeItem
    products: str


@dataclass(frozen=True)
class Passport:
    """What stands on the page."""

    lanes: Cut[Lane]
    contacts: Cut[Contact]
    decisions: Cut[Decided]
    children: Cut[Child]
    offset: str

    @property
    def is_full(self) -> bool:
        """Whether it needs smaller letters to stay on one page."""
        lines = 2 * len(self.lanes.rows) + 3 * len(self.contacts.rows)
        lines += 2 * len(self.decisions.rows) + len(self.children.rows) // 4
        return lines > ROOMY


def passport_of(site: Site, person: Person, now: datetime) -> Passport:
    """What the person may see of the site."""
    lanes = lanes_of(site, person, now)
    standing = sorted(lanes, key=lambda lane: lane.go_live.status == Status.CANCELLED)
    return Passport(
        lanes=Cut.of(standing, LANES),
        contacts=Cut.of(contacts_at(site, person), CONTACTS),
        decisions=Cut.of(_decisions(lanes), DECISIONS),
        children=Cut.of(children_of(site, now), CHILDREN),
        offset=offset_words(ZoneInfo(site.time_zone), now),
    )


def _decisions(lanes: Iterable[Lane]) -> list[Decided]:
    """What was decided, the latest first; undone decisions are no history for a visitor."""
    found: dict[tuple[Any, ...], tuple[ScheduleChangeItem, list[str]]] = {}
    for lane in lanes:
        for item in lane.changes:
            if item.change.undone_at is None:
                key = item.change_id, item.from_on, item.to_on
                found.setdefault(key, (item, []))[1].append(str(lane.go_live.product))
    made = [
        Decided(item.change, item, ", ".join(dict.fromkeys(products)))
        for item, products in found.values()
    ]
    return sorted(made, key=lambda one: (one.item.effective_at, one.item.pk), reverse=True)
