"""A small living roll-out for browser tests: people, sites, messages, tickets, cards."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Person
from apps.boards.models import WorkItem
from apps.boards.services import ItemDraft, Move, make_work_item, move_card
from apps.connections.models import Connection
from apps.incidents.models import Category, Incident, Queue
from apps.intake.models import Arrival, Message
from apps.intake.services import LogForm, log_message
from apps.intake.work import process_due
from apps.oncall.choices import Unit
from apps.oncall.models import HandOver, HolidayDuty, Rota
from apps.oncall.services import (
    LayerDraft,
    Place,
    Stand,
    draft_file,
    draft_newer,
    draft_of,
    put_on_duty,
    save_rota,
    take_draft,
)
from apps.oncall.work import pass_due
from apps.paging.services import add_way, page_me
from apps.paging.work import take_due
from apps.rollouts.models import ImportDraft, Programme
from apps.rollouts.services import GivenFile, ImportOptions, add_contact, keep_draft
from tests import build, slack
from tests.oncall.ics import calendar, event


@dataclass
class Scene:
    """What there is, and how more of it is made."""

    programme: Programme
    people: dict[str, Person]
    slack: Connection
    now: datetime

    def hears(self, text: str, minutes: float = 5, **more: Any) -> Message:
        """Somebody wrote something some minutes ago."""
        at = self.now - timedelta(minutes=minutes)
        ts = f"{at.timestamp():.6f}"
        envelope = slack.event(text, ts=ts, event_id=f"Ev{ts}", **more)
        Arrival.objects.keep(
            connection_id=self.slack.pk, delivery_key=None, headers={},
            body=slack.body_of(envelope), now=at,
        )  # fmt: skip
        process_due(now=self.now)
        return Message.objects.get(source_ref=ts)

    def ticket(self, text: str, minutes: float = 20) -> Incident:
        """A message that was logged."""
        message = self.hears(text, minutes)
        incident, _ = log_message(
            message_id=message.pk, form=LogForm(without_site=message.site is None), actor="ana",
            origin="page", now=self.now,
        )  # fmt: skip
        return incident

    def card(self, title: str, *, column: str = "new", severity: int = 3) -> WorkItem:
        """A work item, moved to a column of the product board."""
        item = make_work_item(
            draft=ItemDraft(programme=self.programme, title=title, severity=severity),
            incidents=[], actor="pam", origin="page", now=self.now,
        )  # fmt: skip
        if column != "new":
            move = Move(board="product", column=column, version=None)
            item = move_card(item_id=item.pk, move=move, actor="pam", origin="page", now=self.now)
        return item

    def calendar(self) -> None:
        """A calendar of the rota with a shift and a trouble, and a newer file to look at."""
        start = self.now + timedelta(days=50)
        times = [f"{start + timedelta(hours=hours):%Y%m%dT%H0000Z}" for hours in (0, 8, 9)]
        ours = event("1", times[0], times[1], "Ben Boyd")
        theirs = event("2", times[0], times[1], "Zoe")
        [rota] = self.programme.rotas.all()
        source = draft_file(rota=rota, duty="primary", name="duty.ics", actor="pam", now=self.now,
                            content=calendar(ours, theirs))  # fmt: skip
        take_draft(
            source=source, looked_at=source.draft_mark, actor="pam", origin="page", now=self.now
        )
        moved = event("1", times[0], times[2], "Ben Boyd")
        draft_newer(source=source, name="newer.ics", content=calendar(moved, theirs), now=self.now)

    def file(self, text: str, kind: str = "schedule") -> ImportDraft:
        """A file Pam is looking at."""
        given = GivenFile(kind=kind, name="plan.csv", content=text.encode())
        return keep_draft(
            programme=self.programme, person=self.people["pam"], given=given,
            options=ImportOptions(), now=self.now,
        )  # fmt: skip


def make_scene(slack_url: str = "http://127.0.0.1:9/api/") -> Scene:
    """Week nine of a programme, Omaha in its first week, Ana and Ben on duty, one of each role."""
    now = timezone.now()
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    programme = build.programme(
        key="check-in", first_week=monday - timedelta(weeks=8),
        last_week=monday + timedelta(weeks=8),
        phases=[
            {"key": "planned", "label": "Planned"},
            {"key": "go_live_week", "label": "Go-live week"},
            {"key": "servicenow", "label": "ServiceNow", "where_to_ask": "ServiceNow, Tier 2"},
        ],
    )  # fmt: skip
    product = build.product(programme)
    hours = {"mon-fri": "08:00-16:30"}
    wave = build.wave(programme, 9, monday)
    for number, name, zone, days in (
        ("636", "Omaha VA Medical Center", "America/Chicago", 2),
        ("442", "Cheyenne VA Medical Center", "America/Denver", 20),
        ("459", "Spark Matsunaga VA Medical Center", "Pacific/Honolulu", -20),
    ):
        site = build.site(number, name, time_zone=zone, opening_hours=hours)
        build.go_live(site, product, today - timedelta(days=days), wave=wave)
    Queue.objects.create(programme=programme, name="Scheduling Support", tier=2)
    Queue.objects.create(programme=programme, name="eCheck-in Vet Facing Apps", tier=3, ours=True)
    Category.objects.create(programme=programme, key="link", label="Link", words=["link", "qr"])
    people = {name: build.person(name, programme) for name in
              ("ana", "ben", "pam", "dee", "dev", "vic", "adi")}  # fmt: skip
    build.rota(programme, primary=[people["ana"]], backup=[people["ben"]])
    connection = build.slack(programme, slack_url, key="dsva")
    return Scene(programme, people, connection, now)


def full_scene() -> Scene:
    """The same with messages, tickets and cards, so that no page is empty."""
    scene = make_scene()
    scene.ticket("636 Omaha: check-in link gives an error", 180)
    scene.ticket("442 Cheyenne: the kiosk shows a blank page", 90)
    scene.hears("636: the QR code returns nothing, call 402-555-0143", 25)
    scene.hears("it does not work again", 10)
    add_contact(
        programme=scene.programme, site=build.site(), actor="pam", origin="page", now=scene.now,
        columns={"role_label": "Point of contact", "name": "Mia Moreno", "phone": "402-555-0143",
                 "email": "mia.moreno@example.gov", "teams": "Mia Moreno", "preferred": "teams",
                 "note": "Away on Fridays"},
    )  # fmt: skip
    for title, column in (("Accept apostrophes", "new"), ("Shorter link", "needs_info"),
                          ("Retry texts", "accepted")):  # fmt: skip
        scene.card(title, column=column)
    scene.file("site,planned_on\n442,2030-01-07\n636,soon\n358,2030-02-30\n")
    scene.calendar()
    build.checklist(scene.programme)
    add_way(person=build.person("ana"), address="pover://user@token", label="My phone",
            origin="page", now=scene.now)  # fmt: skip
    page_me(programme=scene.programme, person=build.person("ana"), token="t", origin="page",
            now=scene.now)  # fmt: skip
    take_due(now=scene.now)
    passing(scene)
    holiday(scene)
    command(scene)
    return scene


def command(scene: Scene) -> None:
    """A layer with a duty of its own lies over the rota."""
    rota = Rota.objects.with_versions().get()
    layer = LayerDraft(
        key="command", unit=Unit.WEEK, hand_off="mon 08:00", starts_on=scene.programme.first_week,
        windows=None, duties={"incident-commander": [Place(person=scene.people["dee"])]},
    )  # fmt: skip
    draft = replace(draft_of(rota), layers=[layer])
    save_rota(programme=scene.programme, key=rota.key, draft=draft, actor="dee", origin="page",
              now=scene.now)  # fmt: skip


def holiday(scene: Scene) -> HolidayDuty:
    """Ana has the downtime of tomorrow's holiday to confirm; it ends in three days."""
    [rota] = Rota.objects.all()
    start = scene.now + timedelta(hours=2)
    return HolidayDuty.objects.create(
        rota=rota, prepared_on=scene.now.date(), person=scene.people["ana"],
        holidays=[{"on": str((start + timedelta(days=1)).date()), "name": "Founders' day"}],
        starts_at=start, ends_at=start + timedelta(days=3), mute="tag:service:check-in",
        remind_at=scene.now + timedelta(hours=1), told_at=scene.now,
    )  # fmt: skip


def passing(scene: Scene, minutes: float = 10) -> HandOver:
    """Ben takes primary over from Ana in some minutes, and both have a brief."""
    at = scene.now + timedelta(minutes=minutes)
    stand = Stand(duty="primary", person=scene.people["ben"], start=at, end=at + timedelta(hours=8))
    [rota] = Rota.objects.all()
    put_on_duty(rota=rota, stand=stand, actor="dee", origin="page", now=scene.now)
    pass_due(now=scene.now)
    return HandOver.objects.with_people().get(duty="primary", incoming=scene.people["ben"])
