"""Overrides, swaps and leave over the API."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.views import KeyedPost, ReadList, ReadOne
from apps.oncall.access import may_enter_leave, may_put, may_withdraw
from apps.oncall.models import Leave, Override
from apps.oncall.serializers import (
    LeaveForm,
    LeaveSerializer,
    OverrideForm,
    OverrideSerializer,
    SwapForm,
)
from apps.oncall.serializers.standing import PartForm
from apps.oncall.services import (
    Stand,
    UnableToOverride,
    arrange_swap,
    put_on_duty,
    put_on_turn,
    take_leave,
    withdraw_leave,
    withdraw_override,
)

WITH_PEOPLE = Override.objects.select_related("rota__programme", "person")
ONLY_OWN = "Others are put on duty by who decides in this programme; you may take it yourself."


def person_of(request: Request) -> Person:
    """Who asks: somebody is signed in, says the policy."""
    person: Any = request.user
    found: Person = person
    return found


def by(request: Request) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "origin": "api", "now": clock.now()}


def refused(problem: UnableToOverride) -> Problem:
    """400 with the field to mend; 409 where what was asked for is no more so."""
    if problem.field:
        return Problem(400, str(problem), errors={problem.field: [str(problem)]})
    return Problem(409, str(problem))


class Touching(django_filters.FilterSet):
    """Periods that touch [from, to)."""

    to = django_filters.IsoDateTimeFilter("starts_at", "lt")
    person = django_filters.CharFilter("person__username")

    @classmethod
    def get_filters(cls) -> Any:
        found = super().get_filters()
        found["from"] = django_filters.IsoDateTimeFilter("ends_at", "gt")  # a keyword of Python
        return found


class OverrideFilter(Touching):
    """Filters of overrides."""

    rota = django_filters.CharFilter("rota__key")
    programme = django_filters.CharFilter("rota__programme__key")

    class Meta:
        model = Override
        fields = ["duty"]


class Overrides(ReadList[Override], KeyedPost):
    """Who stands in, the latest made first; POST puts somebody on duty."""

    queryset = WITH_PEOPLE
    serializer_class = OverrideSerializer
    filterset_class = OverrideFilter
    ordering = ("-id",)
    ordering_fields = ("id", "starts_at")

    @extend_schema(request=OverrideForm, responses={201: OverrideSerializer(many=True)})
    def post(self, request: Request) -> Response:
        """201 with what was made: one, or for a slot under way one for each part that is left.
        From now on at the earliest; 403 for others than oneself unless one decides."""
        form = OverrideForm(data=request.data, context={"person": person_of(request)})
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        self.check_object_permissions(request, facts["rota"])
        if not may_put(person_of(request), facts["rota"].programme_id, facts["person"]):
            raise PermissionDenied(ONLY_OWN)
        try:
            made = _put(facts, by(request))
        except UnableToOverride as problem:
            raise refused(problem) from problem
        return Response(shown(made), status=201)


def _put(facts: dict[str, Any], asked: dict[str, Any]) -> list[Override]:
    rota, duty, person = facts["rota"], facts["duty"], facts["person"]
    if "slot" in facts:
        return put_on_turn(
            rota=rota, part=PartForm.part(facts), person=person, reason=facts["reason"], **asked
        )
    stand = Stand(
        duty=duty, person=person, start=facts["start"], end=facts["end"], reason=facts["reason"]
    )
    return [put_on_duty(rota=rota, stand=stand, **asked)]


def shown(made: list[Override]) -> Any:
    rows = WITH_PEOPLE.filter(pk__in=[one.pk for one in made]).order_by("starts_at", "id")
    return OverrideSerializer(rows, many=True).data


class OneOverride(ReadOne[Override]):
    """One override; DELETE takes it back."""

    queryset = WITH_PEOPLE
    serializer_class = OverrideSerializer
    lookup_field = "pk"

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """204: it is gone where it has not begun, else it ends now; 409 for one that is over."""
        row = self.get_object()
        self.check_object_permissions(request, row.rota)
        if not may_withdraw(row, person_of(request)):
            raise PermissionDenied("This is for who decides in this programme.")
        try:
            withdraw_override(override=row, **by(request))
        except UnableToOverride as problem:
            raise refused(problem) from problem
        return Response(status=204)


class Swaps(KeyedPost):
    """Two shifts of a rota swapped for others, for somebody who is ill, say."""

    @extend_schema(request=SwapForm, responses={201: OverrideSerializer(many=True)})
    def post(self, request: Request) -> Response:
        """201 with the overrides it made; 409 where a shift is over, or not one person's alone."""
        form = SwapForm(data=request.data, context={"person": person_of(request)})
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        self.check_object_permissions(request, facts["rota"])
        parts = [PartForm.part(one) for one in facts["shifts"]]
        try:
            made = arrange_swap(
                rota=facts["rota"], parts=parts, reason=facts["reason"], **by(request)
            )
        except UnableToOverride as problem:
            raise refused(problem) from problem
        return Response(shown(made), status=201)


class LeaveFilter(Touching):
    """Filters of leave."""

    class Meta:
        model = Leave
        fields: list[str] = []


class Leaves(ReadList[Leave], KeyedPost):
    """Who is away, by its start; POST enters leave."""

    queryset = Leave.objects.select_related("person")
    serializer_class = LeaveSerializer
    filterset_class = LeaveFilter
    ordering = ("starts_at", "id")
    ordering_fields = ("id", "starts_at")

    @extend_schema(request=LeaveForm, responses={201: LeaveSerializer})
    def post(self, request: Request) -> Response:
        """201 with the leave; that of others is entered by who decides in a programme of theirs."""
        form = LeaveForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        person = _away(request, facts.get("person"))
        try:
            row = take_leave(
                person=person, start=facts["start"], end=facts["end"], note=facts["note"],
                **by(request),
            )  # fmt: skip
        except UnableToOverride as problem:
            raise refused(problem) from problem
        return Response(LeaveSerializer(row).data, status=201)


def _away(request: Request, username: str | None) -> Person:
    caller = person_of(request)
    if not username or username == caller.username:
        return caller
    rows: Any = Person.objects.filter(is_active=True)
    if not caller.is_administrator:
        rows = rows.filter(memberships__programme__in=caller.programme_ids()).distinct()
    person: Person = get_object_or_404(rows, username=username)
    if not may_enter_leave(caller, person):
        raise PermissionDenied("The leave of others is entered by who decides in a programme.")
    return person


class OneLeave(ReadOne[Leave]):
    """One leave; DELETE takes it back."""

    queryset = Leave.objects.select_related("person")
    serializer_class = LeaveSerializer
    lookup_field = "pk"

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """204: it is gone where it has not begun, else it ends now; 409 for one that is over."""
        row = self.get_object()
        if not may_enter_leave(person_of(request), row.person):
            raise PermissionDenied("This is somebody else's leave.")
        try:
            withdraw_leave(leave=row, **by(request))
        except UnableToOverride as problem:
            raise refused(problem) from problem
        return Response(status=204)
