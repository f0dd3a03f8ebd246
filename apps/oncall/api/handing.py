"""/api/v1/handovers/: hand-overs between shifts, their notes, acknowledging."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import KeyedPost, ReadList, ReadOne
from apps.oncall.api.standing import by, person_of
from apps.oncall.handing import may_acknowledge, may_write
from apps.oncall.models import HandOver, HandOverQuerySet
from apps.oncall.serializers.handing import STATES, HandOverSerializer, NoteSerializer
from apps.oncall.services import (
    Note,
    UnableToHandOver,
    acknowledge_hand_over,
    hand_over_note,
    write_note,
)

WHO_WRITES = "Who goes writes the note, or who decides in the programme."
WHO_TAKES = "Who comes acknowledges it, or who decides in the programme."


class HandOverFilter(django_filters.FilterSet):
    """Filters of hand-overs."""

    programme = django_filters.CharFilter("rota__programme__key")
    rota = django_filters.CharFilter("rota__key")
    outgoing = django_filters.CharFilter("outgoing__username")
    incoming = django_filters.CharFilter("incoming__username")
    state = django_filters.ChoiceFilter(method="in_state", choices=[(one, one) for one in STATES])

    class Meta:
        model = HandOver
        fields = ["duty"]

    def in_state(self, rows: HandOverQuerySet, name: str, value: str) -> HandOverQuerySet:
        match value:
            case "withdrawn":
                return rows.exclude(withdrawn_at=None)
            case "acknowledged":
                return rows.standing().exclude(acknowledged_at=None)
        return rows.waiting().filter(handed_at__isnull=value == "open")


class HandOvers(ReadList[HandOver]):
    """Hand-overs between shifts, the latest first."""

    queryset = HandOver.objects.with_people()
    serializer_class = HandOverSerializer
    filterset_class = HandOverFilter
    ordering = ("-starts_at", "-id")
    ordering_fields = ("id", "starts_at")


class OneHandOver(ReadOne[HandOver]):
    """One hand-over."""

    queryset = HandOver.objects.with_people()
    serializer_class = HandOverSerializer
    lookup_field = "pk"

    @extend_schema(request=NoteSerializer, responses=HandOverSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """200 with the draft kept; 409 or 412, with it as it is, when somebody was faster, and 409
        once it is acknowledged."""
        row = self.get_object()
        return _written(request, row, write_note)


class GiveHandOver(KeyedPost):
    """Hand over: the next person is asked to acknowledge."""

    @extend_schema(request=NoteSerializer, responses=HandOverSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the hand-over; refused as for a draft."""
        row = _found(request, pk)
        self.check_object_permissions(request, row)
        return _written(request, row, hand_over_note)


class AcknowledgeHandOver(KeyedPost):
    """The next person has read it."""

    @extend_schema(request=None, responses=HandOverSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the hand-over, also for who has acknowledged it already; 409 when somebody was
        faster, or while nothing is handed over and the shift has not begun."""
        row, person = _found(request, pk), person_of(request)
        self.check_object_permissions(request, row)
        if not may_acknowledge(row, person):
            raise PermissionDenied(WHO_TAKES)
        require_version(request, row.version, shown(row))
        try:
            acknowledge_hand_over(hand_over=row, person=person, origin="api", now=clock.now())
        except UnableToHandOver as problem:
            raise Problem(409, str(problem), current=shown(row)) from problem
        fresh = _found(request, pk)
        if fresh.acknowledged_by != person.username:
            raise Problem(409, f"{fresh.acknowledged_by} was faster.", current=shown(fresh))
        return _answer(fresh)


def _written(request: Request, row: HandOver, write: Callable[..., HandOver]) -> Response:
    if not may_write(row, person_of(request)) and row.state in {"open", "handed"}:
        raise PermissionDenied(WHO_WRITES)
    require_version(request, row.version, shown(row))
    form = NoteSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    facts = {"open_items": row.open_items, "watch": row.watch} | form.validated_data
    note = Note(open_items=facts["open_items"], watch=facts["watch"])
    try:
        made = write(hand_over=row, note=note, version=row.version, **by(request))
    except UnableToHandOver as problem:
        current = shown(_found(request, row.pk))
        raise Problem(409, str(problem), current=current) from problem
    return _answer(made)


def _found(request: Request, pk: int) -> HandOver:
    rows = HandOver.objects.visible_to(person_of(request)).with_people()
    row: HandOver = get_object_or_404(rows, pk=pk)
    return row


def _answer(row: HandOver) -> Response:
    return Response(shown(row), headers={"ETag": etag_of(row.version)})


def shown(row: HandOver) -> dict[str, Any]:
    """As HandOverSerializer shows it."""
    return dict(HandOverSerializer(row).data)
