"""GET /api/v1/oncall/fairness/: who carries how much, as JSON or CSV."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.problems import Problem
from apps.core.api.views import ApiView
from apps.core.periods import Period
from apps.oncall.api.coverage import asked_programme
from apps.oncall.api.reads import when, window
from apps.oncall.fairness import fairness, fairness_csv
from apps.oncall.serializers import FairnessSerializer, fairness_data


class CsvRenderer(BaseRenderer):
    """A table that is there as bytes already; a problem stays JSON."""

    media_type, format, charset = "text/csv", "csv", "utf-8"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return data if isinstance(data, bytes) else JSONRenderer().render(data, *args, **kwargs)


class OncallFairness(ApiView):
    """Hours, hours outside of their own, weekends, holidays, first weeks and tickets by person."""

    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        operation_id="oncall_fairness",
        parameters=[
            OpenApiParameter("programme", str, description="Its key, where you have several."),
            when("from", "Start of the range.", required=True),
            when("to", "End of the range, not part of it; at most 400 days later.", required=True),
            OpenApiParameter("rota", str, description="Only this rota (key)."),
            OpenApiParameter("duty", str, description="Only this duty."),
            OpenApiParameter("format", str, enum=["json", "csv"], description="JSON if left out."),
        ],
        responses={
            (200, "application/json"): FairnessSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Response:
        programme, asked = asked_programme(request), request.query_params
        start, end = window(request)
        found = fairness(
            programme, Period(start, end), rota=asked.get("rota", ""), duty=asked.get("duty", "")
        )
        if found is None:
            raise Problem(404, f"There is no rota {asked['rota'][:60]!r} in this programme.")
        renderer: Any = request.accepted_renderer
        if renderer.format == "csv":
            return Response(fairness_csv(found))
        return Response(fairness_data(found))
