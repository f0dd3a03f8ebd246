"""The checklist of the demonstration: past waves done and signed, the next one partly.

One site of the next wave is late, one item of it waived, a deputy named; so every state of the
pages is there to be seen. The same programme and instant always give the same rows.
"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from apps.accounts.models import Person
from apps.rollouts.choices import Call, Part, Readiness
from apps.rollouts.go_no_go import begins, where_it_stands
from apps.rollouts.models import Programme, ReadinessItem, ReadinessTemplate, Wave
from apps.rollouts.services import (
    DeputyDraft,
    Draft,
    Tick,
    name_deputy,
    sign,
    tick,
    waive,
)
from apps.simulator.demo.words import ACCEPTED, EVIDENCE, NOT_NEEDED, SIGNED, WAIVED

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WORKING = time(15, 20)  # UTC: a working hour in every zone of the programme
ORIGIN = "command"
AHEAD = 4 * DAY  # what is due within this time is half done


def seed_readiness(programme: Programme, dice: random.Random, now: datetime) -> int:
    """Tick, waive and sign up to `now` (UTC); returns how many items stand done or not needed."""
    people = _people(programme)
    if not ReadinessTemplate.objects.filter(programme=programme).exists() or not {
        "pm", "dm",
    } <= people.keys():  # fmt: skip
        return 0
    waves = list(programme.waves.select_related("programme").order_by("starts_on", "number"))
    begun = [wave for wave in waves if begins(wave)[0] <= now]
    for wave in begun:
        _tick_past(wave, people, dice, now, is_last=wave == begun[-1])
        _sign(wave, people)
    for wave in waves[len(begun) : len(begun) + 2]:
        _tick_coming(wave, people, now)
    for wave in waves[len(begun) : len(begun) + 1]:
        _waive(wave, people, now)
    _name_deputy(programme, people, now)
    rows = ReadinessItem.objects.filter(go_live__programme=programme)
    return rows.exclude(state=Readiness.OPEN).count()


def _people(programme: Programme) -> dict[str, list[Person]]:
    """The members by role, in the order of their names."""
    found: dict[str, list[Person]] = {}
    rows = programme.memberships.select_related("person").order_by("person__username")
    for row in rows:
        found.setdefault(row.role, []).append(row.person)
    return found


def _columns(wave: Wave) -> list[tuple[ReadinessTemplate, list[ReadinessItem]]]:
    rows = ReadinessItem.objects.current().with_facts().filter(go_live__wave=wave)
    found: dict[ReadinessTemplate, list[ReadinessItem]] = {}
    for row in rows.order_by("template__position", "go_live__site__number", "id"):
        found.setdefault(row.template, []).append(row)
    return list(found.items())


def _tick_past(
    wave: Wave, people: dict[str, list[Person]], dice: random.Random, now: datetime, *,
    is_last: bool,
) -> None:  # fmt: skip
    """All of a wave that has begun; of the latest the last item only in part."""
    columns = _columns(wave)
    for template, items in columns:
        ends = template.offset_days > 0 and is_last
        done = items[: len(items) // 2] if ends else items
        at = min(_when(items[0].due_on - DAY), now - DAY)
        if not template.is_blocking and dice.random() < 0.3:
            _tick(wave, template, done[:1], people, at, Tick(Readiness.NOT_APPLICABLE, NOT_NEEDED))
            done = done[1:]
        _tick(wave, template, done, people, at, Tick(Readiness.DONE, dice.choice(EVIDENCE)))


def _tick_coming(wave: Wave, people: dict[str, list[Person]], now: datetime) -> None:
    """What is due but for one site, and half of what is due within days."""
    for template, items in _columns(wave):
        due = _when(items[0].due_on)
        if due <= now:
            done = items[:-1]
        elif due <= now + AHEAD:
            done = items[: len(items) // 2]
        else:
            continue
        at = min(due, now) - DAY
        _tick(wave, template, done, people, at, Tick(Readiness.DONE, EVIDENCE[0]))


def _when(day: object) -> datetime:
    return datetime.combine(day, WORKING, UTC)  # type: ignore[arg-type]  # a date


def _tick(
    wave: Wave,
    template: ReadinessTemplate,
    items: Sequence[ReadinessItem],
    people: dict[str, list[Person]],
    at: datetime,
    wanted: Tick,
) -> None:
    owners = people.get(template.owner_role) or people["pm"]
    by = owners[wave.number % len(owners)]
    ticks = {item.pk: wanted for item in items}
    tick(programme=wave.programme, wanted=ticks, by=by, origin=ORIGIN, now=at)


def _sign(wave: Wave, people: dict[str, list[Person]]) -> None:
    """Both parts, on a working day before the wave began; what was red then is waived."""
    at = _when((begins(wave)[0] - 4 * DAY).date())
    for finding in where_it_stands(wave, at).blocking:
        waive(wave=wave, finding=finding.key, reason=ACCEPTED, by=people["dm"][0], origin=ORIGIN,
              now=at - HOUR)  # fmt: skip
    for part, comment in ((Part.PM, SIGNED), (Part.DM, "")):
        draft = Draft(part=part, call=Call.GO, comment=comment)
        sign(wave=wave, draft=draft, by=people[part][0], origin=ORIGIN, now=at)


def _waive(wave: Wave, people: dict[str, list[Person]], now: datetime) -> None:
    """The first thing that blocks and is late by one site."""
    for finding in where_it_stands(wave, now).blocking[:1]:
        waive(wave=wave, finding=finding.key, reason=WAIVED, by=people["pm"][0], origin=ORIGIN,
              now=now - 2 * HOUR)  # fmt: skip


def _name_deputy(programme: Programme, people: dict[str, list[Person]], now: datetime) -> None:
    for person in people.get("engineer", [])[1:2]:
        draft = DeputyDraft(
            role=Part.DM, person=person, named_by=people["dm"][0], until=(now + 10 * DAY).date()
        )
        name_deputy(programme=programme, draft=draft, by=people["dm"][0], origin=ORIGIN,
                    now=now - DAY)  # fmt: skip
