"""GET /api/v1/changes/: the change feed, in the order of the chain."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.base import ApiView
from apps.core.api.problems import Problem
from apps.core.numbers import whole_number
from apps.ledger.models import Change, ChangeQuerySet, Reader
from apps.ledger.serializers import ChangeSerializer

MOST = 200


class ChangePage(serializers.Serializer[Any]):
    """A page of the feed: `next_after` is the cursor to ask with next time."""

    results = ChangeSerializer(many=True)
    next_after = serializers.IntegerField()
    more = serializers.BooleanField()


class Changes(ApiView):
    """Changes after a cursor, oldest first, without gaps."""

    @extend_schema(
        parameters=[
            OpenApiParameter("after", int, description="The last id you have; 0 to start."),
            OpenApiParameter("page_size", int, description="1 to 200, 50 if left out."),
            OpenApiParameter("subject", str, description="Only changes of this kind of object."),
            OpenApiParameter("subject_key", str, description="Only changes of this object."),
        ],
        responses=ChangePage,
    )
    def get(self, request: Request) -> Response:
        after = _number(request, "after", 0, 0, 10**18 - 1)
        size = _number(request, "page_size", 50, 1, MOST)
        found = list(_asked(request).filter(seq__gt=after)[: size + 1])
        page = found[:size]
        return Response(
            {
                "results": ChangeSerializer(page, many=True).data,
                "next_after": page[-1].seq if page else after,
                "more": len(found) > size,
            }
        )


def _asked(request: Request) -> ChangeQuerySet:
    rows = Change.objects.visible_to(cast("Reader", request.user)).sealed()
    for name in ("subject", "subject_key"):
        if value := request.query_params.get(name):
            rows = rows.filter(**{name: value})
    return rows


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    number = whole_number(request.query_params.get(name, str(usual)))
    if number is None or not least <= number <= most:
        raise Problem(400, f"{name} is a whole number from {least} to {most}")
    return number
