"""GET /api/v1/oncall/coverage/: whether somebody is there whenever a site that needs it is open."""

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.views import ApiView
from apps.core.periods import Period
from apps.oncall.api.reads import asked_instant, named_programme, refused, when
from apps.oncall.coverage import SCOPES, Proof, programme_window, prove
from apps.oncall.serializers import CoverageSerializer, hole_row
from apps.rollouts.models import Programme

LONGEST = timedelta(days=400)


class OncallCoverage(ApiView):
    """The coverage proof of a programme: what was checked, and every hole with its cheapest fix."""

    @extend_schema(
        operation_id="oncall_coverage",
        parameters=[
            OpenApiParameter("programme", str, description="Its key, where you have several."),
            when("from", "Now, or the programme's first week, when left out."),
            when("to", "The end of the programme's last first week when left out."),
            OpenApiParameter(
                "scope", str, enum=list(SCOPES),
                description="Sites in their first week (the default), or every live site.",
            ),
        ],
        responses=CoverageSerializer,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        programme = asked_programme(request)
        usual = programme_window(programme, clock.now())
        start = asked_instant(request, "from") or usual.start
        end = asked_instant(request, "to") or max(usual.end, start + timedelta(days=7))
        if not start < end <= start + LONGEST:
            raise refused("to", f"Say an instant after `from`, at most {LONGEST.days} days later.")
        scope = request.query_params.get("scope") or "first-week"
        if scope not in SCOPES:
            raise refused("scope", f"One of {', '.join(SCOPES)}.")
        return Response(_answer(prove(programme, Period(start, end), scope)))


def asked_programme(request: Request) -> Programme:
    """The programme a caller names, or their only one. Raises Problem."""
    if named := named_programme(request):
        return named
    person: Any = request.user  # signed in, says the policy
    several = list(Programme.objects.visible_to(person)[:2])
    if len(several) != 1:
        raise refused("programme", "Say which programme, by its key.")
    return several[0]


def _answer(proof: Proof) -> dict[str, Any]:
    found = proof.found
    return {
        "proved": proof.is_proved,
        "verdict": proof.verdict,
        "checked_minutes": int(found.checked / timedelta(minutes=1)),
        "sites": found.sites,
        "rotas": [rota.key for rota in proof.rotas],
        "unknown_hours": proof.needs.unknown,
        "digest": found.digest,
        "holes": [hole_row(hole) for hole in found.holes],
        "accepted": [hole_row(hole) for hole in found.accepted],
    }
