"""/api/v1/holiday-duties/: downtimes of holidays; adjusting, confirming, putting aside one."""

from collections.abc import Iterator
from contextlib import contextmanager
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
from apps.core.periods import Period
from apps.oncall.api.standing import person_of
from apps.oncall.holidays import may_decide
from apps.oncall.models import HolidayDuty
from apps.oncall.serializers.holidays import (
    AdjustHolidaySerializer,
    HolidayDutySerializer,
    WithdrawHolidaySerializer,
)
from apps.oncall.services import (
    UnableToPrepare,
    UnableToUseHours,
    Wanted,
    adjust_holiday,
    confirm_holiday,
    reopen_holiday,
    withdraw_holiday,
)

WHO = "Who is on duty confirms it, or who decides in the programme."


class HolidayDutyFilter(django_filters.FilterSet):
    """Filters of downtimes."""

    programme = django_filters.CharFilter("rota__programme__key")
    rota = django_filters.CharFilter("rota__key")
    person = django_filters.CharFilter("person__username")

    class Meta:
        model = HolidayDuty
        fields = ["state", "prepared_on"]


class HolidayDuties(ReadList[HolidayDuty]):
    """Downtimes of holidays, the latest first."""

    queryset = HolidayDuty.objects.with_people()
    serializer_class = HolidayDutySerializer
    filterset_class = HolidayDutyFilter
    ordering = ("-starts_at", "-id")
    ordering_fields = ("id", "starts_at")


class OneHolidayDuty(ReadOne[HolidayDuty]):
    """One downtime."""

    queryset = HolidayDuty.objects.with_people()
    serializer_class = HolidayDutySerializer
    lookup_field = "pk"

    @extend_schema(request=AdjustHolidaySerializer, responses=HolidayDutySerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """200 with the hours and monitors as they are now; 400 for hours that are none, 409 once it
        is decided, 409 or 412 for an older version."""
        row = self.get_object()
        _need(request, row)
        form = AdjustHolidaySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        facts: dict[str, Any] = {
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "mute": row.mute,
        }
        facts |= form.validated_data
        period = Period(facts["starts_at"], facts["ends_at"])
        with _told(request, row):
            adjust_holiday(duty=row, period=period, mute=facts["mute"], version=row.version,
                           wanted=_wanted(request))  # fmt: skip
        return _answer(request, pk)


class ConfirmHolidayDuty(KeyedPost):
    """The downtime is in Datadog."""

    @extend_schema(request=None, responses=HolidayDutySerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with it, also for who has confirmed it already; 409 when somebody was faster, it is
        not needed or its hours are over; 409 or 412 for an older version."""
        row = _found(request, pk)
        self.check_object_permissions(request, row)
        _need(request, row)
        with _told(request, row):
            confirm_holiday(duty=row, wanted=_wanted(request), version=row.version)
        return _decided(request, pk)


class WithdrawHolidayDuty(KeyedPost):
    """Nobody needs it, for a reason."""

    @extend_schema(request=WithdrawHolidaySerializer, responses=HolidayDutySerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with it, also for who has put it aside already; 409 when somebody was faster or it is
        confirmed; 409 or 412 for an older version."""
        row = _found(request, pk)
        self.check_object_permissions(request, row)
        _need(request, row)
        form = WithdrawHolidaySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with _told(request, row):
            withdraw_holiday(duty=row, reason=form.validated_data["reason"],
                             wanted=_wanted(request), version=row.version)  # fmt: skip
        return _decided(request, pk)


class ReopenHolidayDuty(KeyedPost):
    """A decision is taken back: it waits again."""

    @extend_schema(request=None, responses=HolidayDutySerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with it, also for one that waits; 409 when its hours are over; 409 or 412 for an
        older version."""
        row = _found(request, pk)
        self.check_object_permissions(request, row)
        _need(request, row)
        with _told(request, row):
            reopen_holiday(duty=row, wanted=_wanted(request), version=row.version)
        return _answer(request, pk)


def _need(request: Request, row: HolidayDuty) -> None:
    """Raise unless the caller may decide, and speaks of it as it is."""
    if not may_decide(row, person_of(request)):
        raise PermissionDenied(WHO)
    require_version(request, row.version, shown(row))


@contextmanager
def _told(request: Request, row: HolidayDuty) -> Iterator[None]:
    """Refusals as answers, with the downtime as it is by now."""
    try:
        yield
    except UnableToUseHours as problem:
        raise Problem(400, str(problem)) from problem
    except UnableToPrepare as problem:
        raise Problem(409, str(problem), current=shown(_found(request, row.pk))) from problem


def _wanted(request: Request) -> Wanted:
    return Wanted(actor=person_of(request).username, origin="api", now=clock.now())


def _decided(request: Request, pk: int) -> Response:
    fresh = _found(request, pk)
    if fresh.decided_by != person_of(request).username:
        raise Problem(409, f"{fresh.decided_by} was faster.", current=shown(fresh))
    return Response(shown(fresh), headers={"ETag": etag_of(fresh.version)})


def _answer(request: Request, pk: int) -> Response:
    fresh = _found(request, pk)
    return Response(shown(fresh), headers={"ETag": etag_of(fresh.version)})


def _found(request: Request, pk: int) -> HolidayDuty:
    rows = HolidayDuty.objects.visible_to(person_of(request)).with_people()
    row: HolidayDuty = get_object_or_404(rows, pk=pk)
    return row


def shown(row: HolidayDuty) -> dict[str, Any]:
    """As HolidayDutySerializer shows it."""
    return dict(HolidayDutySerializer(row).data)
