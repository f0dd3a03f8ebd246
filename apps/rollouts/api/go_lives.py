"""Which product goes live where: planned with a reason, put into waves, moved by decisions."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.views import KeyedPost, ReadList
from apps.rollouts.api.writes import EditOne, Registered
from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, GoLiveQuerySet
from apps.rollouts.serializers import EditGoLiveForm, GoLiveSerializer, NewGoLiveForm
from apps.rollouts.services import (
    Asked,
    Decision,
    Plan,
    UnableToChangeSchedule,
    plan_go_live,
    put_in_wave,
)

ROWS = GoLive.objects.select_related("programme", "site", "product", "wave")


class GoLiveFilter(django_filters.FilterSet):
    """Filters of go-lives."""

    site = django_filters.CharFilter("site__number")
    product = django_filters.CharFilter("product__key")
    programme = django_filters.CharFilter("programme__key")
    wave = django_filters.NumberFilter("wave__number")
    status = django_filters.ChoiceFilter(choices=Status.choices, method="in_status")
    planned_from = django_filters.DateFilter("planned_on", "gte")
    planned_until = django_filters.DateFilter("planned_on", "lte")

    class Meta:
        model = GoLive
        fields = ["planned_on"]

    def in_status(self, rows: GoLiveQuerySet, name: str, value: str) -> GoLiveQuerySet:
        return rows.in_status(value, clock.now())


class GoLives(ReadList[GoLive], Registered[GoLive], KeyedPost):
    """Which product goes live where, and when."""

    queryset = ROWS
    serializer_class = GoLiveSerializer
    filterset_class = GoLiveFilter
    ordering = ("id",)
    ordering_fields = ("id", "planned_on")

    @extend_schema(request=NewGoLiveForm, responses={201: GoLiveSerializer})
    def post(self, request: Request) -> Response:
        """201 with the new go-live, and the change that planned it in its history; 409 while
        another stands for the same site and product."""
        facts = self.form(NewGoLiveForm, request)
        programme = facts["programme"]
        self.check_object_permissions(request, GoLive(programme=programme))
        plan = Plan(**{name: facts[name]
                       for name in ("site", "product", "wave", "planned_on", "scope")})  # fmt: skip
        decision = Decision(
            reason=facts["reason"], decided_by=facts["decided_by"],
            made_by=request.user.get_username(), origin="api",
        )  # fmt: skip
        try:
            made = plan_go_live(programme=programme, plan=plan, decision=decision, now=clock.now())
        except UnableToChangeSchedule as problem:
            raise Problem(409, str(problem), errors={"site": [str(problem)]}) from problem
        return self.answer(made, status=201)


class OneGoLive(EditOne[GoLive]):
    """One go-live by its id."""

    queryset = ROWS
    serializer_class = GoLiveSerializer
    form_class = EditGoLiveForm
    lookup_field = "pk"

    @extend_schema(request=EditGoLiveForm, responses=GoLiveSerializer)
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """200 with the go-live in its wave, and the change that put it there in its history; 409
        once it has begun. Dates, status and scope change by `schedule-changes/` alone: 400 says
        so."""
        return self.edited(request)

    def about(self, found: GoLive) -> dict[str, Any]:
        return {"go_live": found}

    def edit(self, found: GoLive, changes: dict[str, Any], asked: Asked) -> GoLive:
        if "wave" not in changes:
            return found
        decision = Decision(reason=changes["reason"], decided_by=changes["decided_by"],
                            made_by=asked.actor, origin=asked.origin)  # fmt: skip
        return put_in_wave(go_live=found, wave=changes["wave"], decision=decision, now=asked.now,
                           version=asked.version)  # fmt: skip
