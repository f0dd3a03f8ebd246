"""Plain builders of rows for tests; people are always Ana, Ben, Pam, Dee, Dev, Vic and Adi."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from apps.accounts.choices import Role
from apps.accounts.models import Handle, Person
from apps.connections.models import Connection
from apps.oncall.choices import Unit
from apps.oncall.models import Rota
from apps.oncall.services import Place, RotaDraft, save_rota
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import (
    Deputy,
    GoLive,
    Membership,
    Product,
    Programme,
    ScheduleChange,
    ScheduleChangeItem,
    Site,
    Wave,
)
from apps.rollouts.services import TemplateDraft, save_checklist

MONDAY = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)  # first day of the ninth week, 10:40 Eastern
ROLES = {
    "ana": ("Ana Ortiz", Role.ENGINEER),
    "ben": ("Ben Boyd", Role.ENGINEER),
    "pam": ("Pam Price", Role.PM),
    "dee": ("Dee Dunn", Role.DM),
    "dev": ("Dev Diaz", Role.DEVOPS),
    "vic": ("Vic Voss", Role.VIEWER),
}
PLANNED_AT = datetime(2022, 1, 3, 12, tzinfo=UTC)
BROUGHT_BY: dict[str, ChangeKind] = {
    Status.PAUSED: ChangeKind.PAUSE,
    Status.ROLLED_BACK: ChangeKind.ROLL_BACK,
    Status.CANCELLED: ChangeKind.CANCEL,
}
_numbers = count(1)


def programme(**columns: Any) -> Programme:
    facts: dict[str, Any] = {
        "key": f"check-in-{next(_numbers)}",
        "name": "Check-in",
        "first_week": date(2022, 5, 2),
        "last_week": date(2022, 8, 22),
        "time_zone": "America/New_York",
    }
    return Programme.objects.create(**facts | columns)


def person(username: str, programme: Programme | None = None, **columns: Any) -> Person:
    """One of the seven; a member of `programme` in the role they always have."""
    name, role = ROLES.get(username, ("Adi Abbott", Role.ADMINISTRATOR))
    facts: dict[str, Any] = {"name": name, "time_zone": "America/New_York"}
    facts["is_superuser"] = role == Role.ADMINISTRATOR
    made, _ = Person.objects.get_or_create(username=username, defaults=facts | columns)
    if programme is not None and role != Role.ADMINISTRATOR:
        Membership.objects.get_or_create(person=made, programme=programme, role=role)
    return made


def handle(person: Person, kind: str, ref: str) -> Handle:
    return Handle.objects.create(person=person, kind=kind, ref=ref)


def product(programme: Programme, key: str = "echeckin", **columns: Any) -> Product:
    facts = {"name": "eCheck-in", "queue_name": "eCheck-in Vet Facing Apps"}
    return Product.objects.create(programme=programme, key=key, **facts | columns)


def site(number: str = "636", name: str = "Omaha VA Medical Center", **columns: Any) -> Site:
    facts = {"name": name, "time_zone": "America/Chicago", "region": "VISN 23", "state": "NE"}
    return Site.objects.get_or_create(number=number, defaults=facts | columns)[0]


def wave(programme: Programme, number: int = 9, starts_on: date = date(2022, 6, 27)) -> Wave:
    made, _ = Wave.objects.get_or_create(
        programme=programme, number=number, defaults={"starts_on": starts_on}
    )
    return made


def go_live(
    site: Site, product: Product, planned_on: date, *, status: str = Status.PLANNED,
    actual_on: date | None = None, **columns: Any,
) -> GoLive:  # fmt: skip
    """A go-live with the changes it follows from: its plan, and what brought its status."""
    row = GoLive.objects.create(
        programme=product.programme, site=site, product=product, planned_on=planned_on,
        status=status, actual_on=actual_on, **columns,
    )  # fmt: skip
    change(row, ChangeKind.PLAN, to_on=planned_on)
    if actual_on is not None:
        change(row, ChangeKind.MOVE, to_on=actual_on, is_actual=True)
    if status != Status.PLANNED:
        change(row, BROUGHT_BY[status])
    return row


def change(row: GoLive, kind: ChangeKind, at: datetime = PLANNED_AT, **item: Any) -> ScheduleChange:
    """A change of one go-live as a bare row; the go-live itself stays as it is."""
    made = ScheduleChange.objects.create(
        programme=row.programme, kind=kind, reason="as agreed", decided_by="Dee Dunn",
        made_by="dee", made_at=at,
    )  # fmt: skip
    ScheduleChangeItem.objects.create(change=made, go_live=row, effective_at=at, **item)
    return made


def connection(programme: Programme | None = None, **columns: Any) -> Connection:
    facts: dict[str, Any] = {"key": f"connection-{next(_numbers)}", "kind": "slack"}
    made = Connection.objects.create(**facts | columns)
    if programme is not None:
        programme.connections.add(made)
    return made


def slack(
    programme: Programme, base_url: str = "http://127.0.0.1:9/api/", **columns: Any
) -> Connection:
    facts = {
        "kind": "slack",
        "base_url": base_url,
        "secrets": {"signing_secret": "8f742231b10e8888abcd99yyyzzz85a5", "bot_token": "xoxb-1"},
    }
    return connection(programme, **facts | columns)


def servicenow(
    programme: Programme, base_url: str = "http://127.0.0.1:9", **columns: Any
) -> Connection:
    facts = {
        "kind": "servicenow",
        "base_url": base_url,
        "settings": {"auth": "basic", "username": "svc", "groups": ["Scheduling Support"]},
        "secrets": {"password": "secret"},
    }
    return connection(programme, **facts | columns)


def rota(
    programme: Programme, *, primary: list[Person], backup: list[Person], **draft: Any
) -> Rota:
    """A weekly rota without windows, from the programme's first week on."""
    facts: dict[str, Any] = {
        "name": "Roll-out support",
        "time_zone": "America/New_York",
        "unit": Unit.WEEK,
        "hand_off": "mon 08:00",
        "starts_on": programme.first_week,
        "windows": None,
        "duties": {
            "primary": [Place(person=one) for one in primary],
            "backup": [Place(person=one) for one in backup],
        },
    }
    made, _, _ = save_rota(
        programme=programme,
        key="support",
        draft=RotaDraft(**facts | draft),
        actor="adi",
        origin="command",
        now=datetime(2022, 4, 1, tzinfo=UTC),
    )
    return made


def member(person: Person, programme: Programme, role: str) -> Membership:
    return Membership.objects.create(person=person, programme=programme, role=role)


CHECKLIST = (  # key, name, owner, days, blocks: one of each kind
    ("training", "Training held", "pm", -7, True),
    ("whitelist", "Whitelisted", "engineer", -4, True),
    ("poster", "Posters hang", "engineer", -1, False),
    ("audit", "Audit", "devops", 1, False),
)


def checklist(programme: Programme, *rows: tuple[str, str, str, int, bool]) -> None:
    """A checklist and its items for every go-live that is there; CHECKLIST unless rows say more."""
    drafts = [
        TemplateDraft(key=key, name=name, owner_role=owner, offset_days=days, is_blocking=blocks)
        for key, name, owner, days, blocks in rows or CHECKLIST
    ]
    save_checklist(
        programme=programme, drafts=drafts, actor="adi", origin="command",
        now=datetime(2022, 4, 1, tzinfo=UTC),
    )  # fmt: skip


def deputy(person: Person, named_by: Person, role: str, programme: Programme) -> Deputy:
    """Somebody named until long after the programme."""
    return Deputy.objects.create(
        programme=programme, role=role, person=person, named_by=named_by,
        until=date(2099, 1, 1), named_at=datetime(2022, 4, 1, tzinfo=UTC),
    )  # fmt: skip
