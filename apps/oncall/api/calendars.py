"""Calendars of rotas over the API."""

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.problems import Problem
from apps.core.api.views import KeyedPost, ReadList, ReadOne
from apps.oncall.api.standing import by, person_of
from apps.oncall.models import CalendarSource
from apps.oncall.serializers import CalendarForm, CalendarSerializer
from apps.oncall.services import UnableToUseCalendar, add_calendar, remove_calendar

LISTED = CalendarSource.objects.listed().select_related("rota__programme")


class CalendarFilter(django_filters.FilterSet):
    """Filters of calendars."""

    rota = django_filters.CharFilter("rota__key")
    programme = django_filters.CharFilter("rota__programme__key")

    class Meta:
        model = CalendarSource
        fields = ["duty"]


class Calendars(ReadList[CalendarSource], KeyedPost):
    """Calendars shifts come from, and how reading them goes; POST adds one by its address."""

    queryset = LISTED
    serializer_class = CalendarSerializer
    filterset_class = CalendarFilter
    ordering = ("id",)
    ordering_fields = ("id",)

    @extend_schema(request=CalendarForm, responses={201: CalendarSerializer})
    def post(self, request: Request) -> Response:
        """201 with the calendar; it is read in a moment, and every 15 minutes."""
        form = CalendarForm(data=request.data, context={"person": person_of(request)})
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        self.check_object_permissions(request, facts["rota"])
        try:
            made = add_calendar(**facts, **by(request))
        except UnableToUseCalendar as problem:
            words = str(problem)
            errors = {problem.field: [words]} if problem.field else None
            raise Problem(400 if errors else 409, words, errors=errors) from problem
        return Response(CalendarSerializer(LISTED.get(pk=made.pk)).data, status=201)


class OneCalendar(ReadOne[CalendarSource]):
    """One calendar; DELETE removes it."""

    queryset = LISTED
    serializer_class = CalendarSerializer
    lookup_field = "pk"

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """204: its shifts to come are taken back, what was stays."""
        row = self.get_object()
        self.check_object_permissions(request, row.rota)
        remove_calendar(source=row, **by(request))
        return Response(status=204)
