"""/api/v1/holiday-duties/: downtimes of holidays, confirming one."""

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
from apps.oncall.api.standing import person_of
from apps.oncall.holidays import may_decide
from apps.oncall.models import HolidayDuty
from apps.oncall.serializers.holidays import HolidayDutySerializer
from apps.oncall.services import UnableToPrepare, Wanted, confirm_holiday

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


class ConfirmHolidayDuty(KeyedPost):
    """The downtime is in Datadog."""

    @extend_schema(request=None, responses=HolidayDutySerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with it, also for who has confirmed it already; 409 when somebody was faster, it is
        not needed or its hours are over; 409 or 412 for an older version."""
        row, person = _found(request, pk), person_of(request)
        self.check_object_permissions(request, row)
        if not may_decide(row, person):
            raise PermissionDenied(WHO)
        require_version(request, row.version, shown(row))
        wanted = Wanted(actor=person.username, origin="api", now=clock.now())
        try:
            confirm_holiday(duty=row, wanted=wanted, version=row.version)
        except UnableToPrepare as problem:
            raise Problem(409, str(problem), current=shown(_found(request, pk))) from problem
        fresh = _found(request, pk)
        if fresh.decided_by != person.username:
            raise Problem(409, f"{fresh.decided_by} was faster.", current=shown(fresh))
        return Response(shown(fresh), headers={"ETag": etag_of(fresh.version)})


def _found(request: Request, pk: int) -> HolidayDuty:
    rows = HolidayDuty.objects.visible_to(person_of(request)).with_people()
    row: HolidayDuty = get_object_or_404(rows, pk=pk)
    return row


def shown(row: HolidayDuty) -> dict[str, Any]:
    """As HolidayDutySerializer shows it."""
    return dict(HolidayDutySerializer(row).data)
