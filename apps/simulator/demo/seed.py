"""Some weeks of synthetic tickets, messages and work items, so that no page is empty.

Everything is marked: tickets have the source "synthetic". The same programme and instant always
give the same rows (a fixed random seed); a portal that has tickets already is left alone.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import Person
from apps.boards.choices import Decision, Stage
from apps.boards.models import WorkItem, WorkItemIncident
from apps.boards.rules import GAP
from apps.connections.models import Connection
from apps.connectors.base import Message as Heard
from apps.incidents.choices import EntryKind, State, Told
from apps.incidents.models import Category, Entry, Incident
from apps.incidents.rules import clock_rules, impact_and_urgency, priority, start_clocks
from apps.intake.models import Arrival
from apps.intake.services import record_messages
from apps.ledger.services import Entry as LedgerEntry
from apps.ledger.services import record_many
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.rules import support_phase
from apps.servicenow.models import Link, Record
from apps.simulator.demo.handing import seed_hand_overs
from apps.simulator.demo.holidays import seed_holidays
from apps.simulator.demo.people import seed_contacts
from apps.simulator.demo.readiness import seed_readiness
from apps.simulator.demo.words import REPLIES, RESOLUTIONS, TITLES, WAITING, WORK

SEED = 2022
SOURCE = "synthetic"
CHANNEL = "C02UP02HHGX"  # check-in-go-live of the shipped example
OPEN_TICKETS = 24
MINUTE = timedelta(minutes=1)
SEVERITIES = (1, 2, 2, 2, 3, 3, 3, 3, 3)


@dataclass(frozen=True)
class Seeded:
    """How many rows were made; all zero when there was something already."""

    tickets: int = 0
    messages: int = 0
    work_items: int = 0
    ready: int = 0
    contacts: int = 0
    hand_overs: int = 0
    holidays: int = 0


@transaction.atomic
def seed(*, programme: Programme, now: datetime) -> Seeded:
    """Fill the demonstration around `now` (UTC). Twice does no harm."""
    if Incident.objects.exists():
        return Seeded()
    dice = random.Random(SEED)  # noqa: S311 - the same tickets every time
    # Its own dice, and first, so that the audit page begins with tickets and they stay the same.
    ready = seed_readiness(programme, random.Random(SEED), now)  # noqa: S311 - as above
    go_lives = _begun(programme, now)
    tickets = _tickets(programme, go_lives, dice, now)
    messages = _messages(programme, go_lives, now)
    items = _work(programme, tickets, dice, now)
    contacts, hand_overs = seed_contacts(programme, now), seed_hand_overs(programme, now)
    holidays = seed_holidays(programme, now)
    return Seeded(len(tickets), messages, len(items), ready, contacts, hand_overs, holidays)


def _begun(programme: Programme, now: datetime) -> list[GoLive]:
    rows: Any = GoLive.objects.with_facts().filter(programme=programme)
    return [row for row in rows if row.planned_on <= now.date()]


def _tickets(
    programme: Programme, go_lives: Sequence[GoLive], dice: random.Random, now: datetime
) -> list[Incident]:
    categories = {row.key: row for row in Category.objects.filter(programme=programme)}
    people = list(Person.objects.filter(memberships__programme=programme,
                                        memberships__role="engineer").order_by("pk"))  # fmt: skip
    drafts = sorted(_drafts(go_lives, dice, now), key=lambda draft: draft[0])
    made = []
    for place, (opened_at, row) in enumerate(drafts):
        is_open = place >= len(drafts) - OPEN_TICKETS
        made.append(_ticket(row, opened_at, is_open, categories, people, dice, now))
    rows = Incident.objects.bulk_create(made)
    for incident in rows:
        incident.search_text = incident.words()
    Incident.objects.bulk_update(rows, ["search_text"], batch_size=200)
    Entry.objects.bulk_create([entry for row in rows for entry in _entries(row)], batch_size=200)
    _records(programme, rows, now)
    record_many([_opened(row) for row in rows], now=now)
    return rows


def _drafts(
    go_lives: Sequence[GoLive], dice: random.Random, now: datetime
) -> Iterator[tuple[datetime, GoLive]]:
    """When and where: most in the first week, few later, inside working hours."""
    for row in go_lives:
        days = (now.date() - row.planned_on).days
        first = sum(dice.random() < 0.45 for _ in range(2))
        later = sum(dice.random() < 0.12 for _ in range(max(days // 7, 0)))
        for is_first in [True] * first + [False] * later:
            offset = dice.randint(0, min(days, 6)) if is_first else dice.randint(0, max(days, 0))
            at = datetime(row.planned_on.year, row.planned_on.month, row.planned_on.day, tzinfo=UTC)
            at += timedelta(days=offset, hours=dice.randint(13, 21), minutes=dice.randint(0, 59))
            if at < now - 20 * MINUTE and at.weekday() < 5:
                yield at, row
    recent = [row for row in go_lives if (now.date() - row.planned_on).days < 14] or go_lives
    for age in (4, 9, 13, 26, 48, 75, 140, 300, 420, 600, 1300, 1500):
        yield now - age * MINUTE, dice.choice(list(recent))


def _ticket(
    row: GoLive,
    opened_at: datetime,
    is_open: bool,
    categories: dict[str, Category],
    people: Sequence[Person],
    dice: random.Random,
    now: datetime,
) -> Incident:
    key = dice.choice(sorted(set(TITLES) & set(categories)) or sorted(TITLES))
    severity = dice.choice(SEVERITIES)
    impact, urgency = impact_and_urgency(severity)
    programme = row.programme
    rules = clock_rules(programme.sla, zone=programme.time_zone, holidays=programme.holiday_dates())
    clocks = start_clocks(rules, opened_at)
    phase = support_phase(row.facts(), opened_at)
    category = categories.get(key)
    incident = Incident(
        programme=programme, title=dice.choice(TITLES[key]), site=row.site, product=row.product,
        category=category, queue=category.queue if category else None, phase=phase.key,
        severity=severity, impact=impact, urgency=urgency, priority=priority(impact, urgency),
        reporter=f"U0SITE{dice.randint(1, 9)}", source=SOURCE, opened_at=opened_at,
        acknowledge_due_at=clocks.acknowledge_due_at, response_due_at=clocks.response_due_at,
        assignee=dice.choice(list(people)) if people and dice.random() > 0.12 else None,
        description="", updated_at=opened_at,
    )  # fmt: skip
    incident.description = incident.title
    _progress(incident, is_open, dice, now)
    return incident


def _progress(incident: Incident, is_open: bool, dice: random.Random, now: datetime) -> None:
    """How far it got; an open one only as far as time allows."""
    seen_at = incident.opened_at + dice.randint(2, 14) * MINUTE
    answered_at = seen_at + dice.randint(10, 240) * MINUTE
    resolved_at = answered_at + dice.randint(60, 60 * 70) * MINUTE
    is_fresh = incident.opened_at > now - 14 * MINUTE
    if seen_at > now or (is_open and (is_fresh or dice.random() < 0.12)):
        return
    incident.acknowledged_at = seen_at
    incident.state = State.ACKNOWLEDGED
    incident.updated_at = seen_at
    if answered_at < now and (not is_open or dice.random() < 0.85):
        incident.first_response_at = incident.updated_at = answered_at
        incident.state = dice.choice(
            (State.IN_PROGRESS, State.WAITING_FOR_SITE, State.WAITING_FOR_TEAM)
        )
    if not is_open:
        done_at = min(resolved_at, now - 30 * MINUTE)
        incident.first_response_at = incident.first_response_at or min(answered_at, done_at)
        incident.resolved_at = incident.reporter_told_at = incident.updated_at = done_at
        incident.state, incident.told = State.CLOSED, Told.THREAD
        incident.resolution = dice.choice(RESOLUTIONS)


def _entries(incident: Incident) -> Iterator[Entry]:
    def line(kind: EntryKind, at: datetime, actor: str, text: str) -> Entry:
        return Entry(incident=incident, at=at, source_at=at, kind=kind, actor=actor, text=text,
                     data={})  # fmt: skip

    who = incident.assignee.username if incident.assignee else "system"
    yield line(EntryKind.MESSAGE, incident.opened_at - 3 * MINUTE, incident.reporter,
               incident.description)  # fmt: skip
    yield line(EntryKind.OPENED, incident.opened_at, who, incident.title)
    if incident.assignee:
        yield line(EntryKind.ASSIGNED, incident.opened_at, "system",
                   f"{incident.assignee}: primary on duty then")  # fmt: skip
    if incident.acknowledged_at:
        yield line(EntryKind.ACKNOWLEDGED, incident.acknowledged_at, who, "")
    if incident.resolved_at:
        yield line(EntryKind.RESOLVED, incident.resolved_at, who, incident.resolution)


def _opened(incident: Incident) -> LedgerEntry:
    return LedgerEntry(
        subject="incident", subject_key=incident.number, verb="seeded", actor="system",
        origin="command", programme_id=incident.programme_id,
        fields={"title": incident.title, "opened_at": incident.opened_at.isoformat()},
    )  # fmt: skip


def _records(programme: Programme, incidents: Sequence[Incident], now: datetime) -> None:
    """Their ServiceNow incidents, as if they had come back long ago."""
    connection = Connection.objects.of_kind("servicenow").filter(programmes=programme).first()
    if connection is None:
        return
    rows = Record.objects.bulk_create(
        [
            Record(
                connection=connection, sys_id=row.key.hex, number=f"INC{1200000 + row.pk}",
                state="7" if row.state == State.CLOSED else "2",
                group=row.queue.name if row.queue else "", short_description=row.title,
                sys_updated_on=row.updated_at, seen_at=now,
            )
            for row in incidents
        ],
        batch_size=200,
    )  # fmt: skip
    Link.objects.bulk_create(
        [
            Link(incident=incident, record=record, last_sent={}, linked_at=incident.opened_at)
            for incident, record in zip(incidents, rows, strict=True)
        ],
        batch_size=200,
    )


def _messages(programme: Programme, go_lives: Sequence[GoLive], now: datetime) -> int:
    """Messages that wait in the inbox, and a thread with answers."""
    connection = Connection.objects.of_kind("slack").filter(programmes=programme).first()
    if connection is None:
        return 0
    names = site_names(go_lives, now)
    count = 0
    for place, (minutes, author, text) in enumerate(WAITING):
        at = now - minutes * MINUTE
        said = _heard(at, author, text.format(**names))
        _arrive(connection, said, at)
        count += 1
        for later, other, words in REPLIES if place == 0 else ():
            _arrive(connection, _heard(at + later * MINUTE, other, words, said.source_ref),
                    at + later * MINUTE)  # fmt: skip
            count += 1
    return count


def site_names(go_lives: Sequence[GoLive], now: datetime) -> dict[str, str]:
    """Numbers and names of sites for the words: one in its first week, another, one past it."""
    phases: dict[str, list[GoLive]] = {}
    for row in go_lives:
        phases.setdefault(support_phase(row.facts(), now).key, []).append(row)
    live = phases.get("go_live_week", []) or list(go_lives)
    done = phases.get("servicenow", []) or list(go_lives)
    chosen = {"live": live[:1], "other": live[-1:], "done": done[:1]}
    return {
        name: f"{rows[0].site.number} {rows[0].site.name.split(' VA ')[0]}" if rows else "the site"
        for name, rows in chosen.items()
    }


def _heard(at: datetime, author: str, text: str, thread: str = "") -> Heard:
    ref = f"{at.timestamp():.6f}"
    return Heard(
        event="posted", channel_ref=CHANNEL, source_ref=ref, thread_ref=thread, version=ref,
        source_at=at, author_ref=author, author_name="", text=text, is_own=False, is_bot=False,
    )  # fmt: skip


def _arrive(connection: Connection, heard: Heard, at: datetime) -> None:
    arrival = Arrival.objects.create(
        connection=connection, delivery_key=f"demo:{heard.source_ref}", received_at=at, due_at=at,
        done_at=at, body=b"{}", outcome="seeded",
    )  # fmt: skip
    record_messages(arrival=arrival, heard=[heard], now=at)


def _work(
    programme: Programme, tickets: Sequence[Incident], dice: random.Random, now: datetime
) -> list[WorkItem]:
    """Cards on both boards, some of them about tickets."""
    owners = list(Person.objects.filter(memberships__programme=programme,
                                        memberships__role__in=("engineer", "devops")))  # fmt: skip
    places = [
        *[(Decision.NEW, Stage.NONE)] * 3, (Decision.NEEDS_INFO, Stage.NONE),
        *[(Decision.ACCEPTED, stage) for stage in Stage if stage is not Stage.NONE],
        (Decision.ACCEPTED, Stage.READY), (Decision.ACCEPTED, Stage.IN_PROGRESS),
        (Decision.DECLINED, Stage.NONE),
    ]  # fmt: skip
    rows = []
    for place, (kind, title, severity) in enumerate(WORK):
        decision, stage = places[place % len(places)]
        made_at = now - timedelta(days=dice.randint(0, 20), hours=dice.randint(1, 6))
        rows.append(
            WorkItem(
                programme=programme, kind=kind, title=title, description="", severity=severity,
                decision=decision, stage=stage, product_rank=place * GAP,
                delivery_rank=place * GAP, made_by="pam", made_at=made_at, updated_at=made_at,
                moved_at=made_at, estimate=dice.choice(("", "30 min", "2 h", "1 day")),
                owner=dice.choice(owners) if stage in WORKED_ON and owners else None,
            )
        )  # fmt: skip
    made = WorkItem.objects.bulk_create(rows)
    for row in made:
        row.search_text = row.words()
    WorkItem.objects.bulk_update(made, ["search_text"])
    links = [
        WorkItemIncident(work_item=row, incident=ticket, linked_by="pam", linked_at=row.made_at)
        for row in made
        for ticket in dice.sample(list(tickets), k=min(dice.randint(0, 3), len(tickets)))
    ]
    WorkItemIncident.objects.bulk_create(links, ignore_conflicts=True)
    return made


WORKED_ON = frozenset({Stage.IN_PROGRESS, Stage.IN_REVIEW, Stage.RELEASED, Stage.VERIFIED})
