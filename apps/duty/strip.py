"""Who is on duty, for the strip on every page and the head of the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from apps.accounts.models import Person
from apps.ledger.services import head_seq
from apps.oncall.choices import BACKUP, PRIMARY
from apps.oncall.models import Rota
from apps.oncall.rules import next_on_duty, on_duty

KEPT = timedelta(seconds=10)
HORIZON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody's turn: [since, until) in UTC, and the zone the rota is written in."""

    rota: str
    duty: str
    name: str
    username: str
    since: datetime
    until: datetime
    zone: str


@dataclass(frozen=True)
class Strip:
    """Who is on duty now, and who takes over next (duty by duty)."""

    now: tuple[Held, ...] = ()
    following: tuple[Held, ...] = ()

    @property
    def changes_at(self) -> datetime | None:
        """The next hand-over: until then the strip stays what it is."""
        ends = [held.until for held in self.now] + [held.since for held in self.following]
        return min(ends, default=None)


def strip_for(person: Person, now: datetime) -> Strip:
    """The strip of the person's programmes; kept for ten seconds at most, never past a hand-over or
    anything the ledger has told since."""
    mine = "all" if person.is_administrator else ",".join(map(str, sorted(_programmes(person))))
    key = f"strip:{head_seq()}:{mine}"
    kept = cache.get(key)
    if isinstance(kept, Strip) and (kept.changes_at is None or now < kept.changes_at):
        return kept
    made = _strip(list(Rota.objects.visible_to(person).with_facts()), now)
    cache.set(key, made, KEPT.total_seconds())
    return made


def _programmes(person: Person) -> list[int]:
    return [row["programme_id"] for row in person.programme_ids().distinct()]


def _strip(rotas: Sequence[Rota], now: datetime) -> Strip:
    held, following = [], []
    for rota in rotas:
        facts, people = rota.facts(), rota.people()
        for duty, shift in on_duty(facts, now).items():
            name = str(people[shift.person_key])
            held.append(Held(rota.name, duty, name, shift.person_key, shift.start, shift.end,
                             rota.time_zone))  # fmt: skip
        for duty, shift in next_on_duty(facts, now, HORIZON).items():
            name = str(people[shift.person_key])
            following.append(Held(rota.name, duty, name, shift.person_key, shift.start, shift.end,
                                  rota.time_zone))  # fmt: skip
    return Strip(tuple(sorted(held, key=_rank)), tuple(sorted(following, key=_rank)))


def _rank(held: Held) -> tuple[str, int, str]:
    return held.rota, {PRIMARY: 0, BACKUP: 1}.get(held.duty, 2), held.duty
