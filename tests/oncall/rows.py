"""Plain builders of rota rows for the tests of models, services and API."""

from datetime import UTC, date, datetime
from typing import Any

from apps.oncall.choices import Unit
from apps.oncall.models import Leave, Override, Rota
from apps.oncall.services import Place, RotaDraft, save_rota
from apps.rollouts.models import Programme
from tests import build
from tests.oncall.facts import local

NOW = datetime(2022, 4, 1, 12, tzinfo=UTC)
PAIR = {"primary": ["ana", "ben"], "backup": ["ben", "ana"]}


def places(*usernames: str) -> list[Place]:
    return [Place(person=build.person(username)) for username in usernames]


def draft(duties: dict[str, list[str]] | None = None, **columns: Any) -> RotaDraft:
    facts: dict[str, Any] = {
        "name": "Roll-out support",
        "time_zone": "America/New_York",
        "unit": Unit.WEEK,
        "hand_off": "mon 08:00",
        "starts_on": date(2022, 5, 2),
        "windows": {"mon-fri": "08:00-20:00"},
    }
    named = {duty: places(*people) for duty, people in (duties or PAIR).items()}
    return RotaDraft(duties=named, **facts | columns)


def rota(programme: Programme, key: str = "support", **columns: Any) -> Rota:
    """A saved rota: ana and ben in turns, weeks from Monday 2 May 2022, office hours."""
    made, _, _ = save_rota(
        programme=programme,
        key=key,
        draft=draft(**columns),
        actor="adi",
        origin="command",
        now=NOW,
    )
    return made


def override(rota: Rota, username: str, start: str, end: str, duty: str = "primary") -> Override:
    return Override.objects.create(
        rota=rota,
        duty=duty,
        person=build.person(username),
        starts_at=local(start),
        ends_at=local(end),
        made_by="adi",
        made_at=NOW,
    )


def leave(username: str, start: str, end: str) -> Leave:
    return Leave.objects.create(
        person=build.person(username), starts_at=local(start), ends_at=local(end)
    )
