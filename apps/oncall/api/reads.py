"""GET /api/v1/oncall/now/ and /api/v1/oncall/shifts/: who is on duty, and the final schedule."""

from datetime import UTC, datetime, timedelta
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.fields import written
from apps.core.api.params import instant
from apps.core.api.problems import Problem
from apps.core.api.views import ApiView
from apps.oncall.models import Rota
from apps.oncall.rules import final_schedule
from apps.oncall.serializers import NowSerializer, ShiftSerializer, rota_now, shift_row
from apps.rollouts.models import Programme

LONGEST = timedelta(days=400)
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
PROGRAMME = OpenApiParameter("programme", str, description="Only rotas of this programme (key).")


def when(name: str, words: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.DATETIME, description=words, required=required)


class OncallNow(ApiView):
    """Who is on duty at an instant, in every rota the caller may see."""

    @extend_schema(
        operation_id="oncall_now",
        parameters=[when("at", "Now when left out."), PROGRAMME],
        responses=NowSerializer,
    )
    def get(self, request: Request) -> Response:
        at = asked_instant(request, "at") or clock.now()
        rotas = [rota_now(rota, at) for rota in _rotas(request)]
        return Response({"at": written(at), "rotas": rotas})


class OncallShifts(ApiView):
    """The final schedule of a window, sorted by start; at most 400 days."""

    @extend_schema(
        operation_id="oncall_shifts",
        parameters=[
            when("from", "Start of the window.", required=True),
            when("to", "End of the window, not part of it.", required=True),
            OpenApiParameter("rota", str, description="Only this rota (key)."),
            OpenApiParameter("person", str, description="Only this person's shifts (username)."),
            PROGRAMME,
        ],
        responses=ShiftSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        start, end = window(request)
        person = request.query_params.get("person")
        found = [
            (rota, shift)
            for rota in _asked(request)
            for shift in final_schedule(rota.facts(), start, end)
            if not person or shift.person_key == person
        ]
        found.sort(key=lambda row: row[1].start)
        return Response([shift_row(rota, shift) for rota, shift in found])


def _rotas(request: Request) -> list[Rota]:
    person: Any = request.user  # signed in, says the policy
    rows = Rota.objects.visible_to(person).with_facts()
    programme = named_programme(request)
    return list(rows.for_programme(programme) if programme else rows)


def named_programme(request: Request) -> Programme | None:
    """The programme a caller names, if any; 404 for one they may not see."""
    person: Any = request.user  # signed in, says the policy
    key = request.query_params.get("programme")
    if not key:
        return None
    found = Programme.objects.visible_to(person).filter(key=key).first()
    if found is None:
        raise Problem(404, f"There is no programme {key[:60]!r} that you may see.")
    return found


def _asked(request: Request) -> list[Rota]:
    key, rotas = request.query_params.get("rota"), _rotas(request)
    if not key:
        return rotas
    named = [rota for rota in rotas if rota.key == key]
    if not named:
        raise Problem(404, f"There is no rota {key[:60]!r} that you may see.")
    return named


def window(request: Request) -> tuple[datetime, datetime]:
    start, end = (required_instant(request, name) for name in ("from", "to"))
    if end <= start:
        raise refused("to", "This is not after `from`.")
    if end - start > LONGEST:
        raise refused("to", f"At most {LONGEST.days} days at once; ask again for the rest.")
    return start, end


def required_instant(request: Request, name: str) -> datetime:
    found = asked_instant(request, name)
    if found is None:
        raise refused(name, "Say an instant, as in 2022-05-02T13:00:00Z.")
    return found


def asked_instant(request: Request, name: str) -> datetime | None:
    found = instant(request, name)
    if found is not None and not EARLIEST <= found < LATEST:
        raise refused(name, "No rota reaches there; ask for 1970 to 2199.")
    return found


def refused(name: str, words: str) -> Problem:
    return Problem(400, f"{name}: {words}", errors={name: [words]})
