"""Changes of the schedule over the API: preview, make, announce, undo, and a go-live's history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import require_version
from apps.core.api.views import KeyedPost, Readable, ReadList, ReadOne
from apps.rollouts.api.callers import with_etag
from apps.rollouts.api.go_lives import ROWS
from apps.rollouts.api.writes import person_of
from apps.rollouts.effects import effects_of
from apps.rollouts.models import GoLive, Programme, ScheduleChange, ScheduleChangeItem
from apps.rollouts.serializers import (
    SHOWN,
    ChangeItemSerializer,
    GoLiveChangeSerializer,
    GoLiveSerializer,
    PreviewSerializer,
    ScheduleChangeForm,
    ScheduleChangeSerializer,
)
from apps.rollouts.services import (
    Decision,
    StaleSchedule,
    UnableToChangeSchedule,
    Wish,
    announce_change,
    change_schedule,
    preview_change,
    refuse_stale,
    undo_change,
)

DRY_RUN = OpenApiParameter("dry_run", bool, description="1: say what it would do, write nothing.")
WITH_ITEMS = ScheduleChange.objects.select_related("programme").with_some_items(SHOWN)
YES, NO = frozenset({"1", "true"}), frozenset({"", "0", "false"})


class ChangeFilter(django_filters.FilterSet):
    """Filters of schedule changes."""

    programme = django_filters.CharFilter("programme__key")
    site = django_filters.CharFilter("items__go_live__site__number", distinct=True)

    class Meta:
        model = ScheduleChange
        fields = ["kind"]


class ScheduleChanges(ReadList[ScheduleChange], KeyedPost):
    """Decisions about the schedule, newest first; POST makes one."""

    queryset = WITH_ITEMS
    serializer_class = ScheduleChangeSerializer
    filterset_class = ChangeFilter
    ordering = ("-id",)
    ordering_fields = ("id",)

    @extend_schema(
        request=ScheduleChangeForm,
        parameters=[DRY_RUN],
        responses={201: ScheduleChangeSerializer, 200: PreviewSerializer},
    )
    def post(self, request: Request) -> Response:
        """201 with the change; 200 with a preview for `dry_run=1`, and when all stands so already.
        400 when a go-live cannot be changed so: then none is; 409 with the fresh ones when one has
        another version, also for a preview."""
        is_dry = _is_dry(request)
        form = ScheduleChangeForm(data=request.data)
        form.is_valid(raise_exception=True)
        programme = self._programme(request, [row["id"] for row in form.validated_data["go_lives"]])
        wish = _wish(form.validated_data)
        if is_dry:
            with _stale():
                refuse_stale(wish)
        made = None if is_dry else self._make(request, programme, wish, form.validated_data)
        if made is None:
            return Response(_previewed(programme, wish))
        return with_etag(_shown(made), made, 201)

    def _programme(self, request: Request, go_lives: list[int]) -> Programme:
        """The one programme of these go-lives, in which the caller may decide."""
        rows = GoLive.objects.visible_to(person_of(request)).filter(pk__in=go_lives)
        programmes = list(Programme.objects.filter(go_lives__in=rows).distinct()[:2])
        if len(programmes) != 1:
            words = "Name go-lives you may see, all of one programme."
            raise Problem(400, words, errors={"go_lives": [words]})
        self.check_object_permissions(request, rows[0])
        return programmes[0]

    def _make(
        self, request: Request, programme: Programme, wish: Wish, facts: dict[str, Any]
    ) -> ScheduleChange | None:
        decision = Decision(
            reason=facts["reason"],
            decided_by=facts["decided_by"],
            made_by=request.user.get_username(),
            origin="api",
        )
        try:
            with _stale():
                return change_schedule(
                    programme=programme, wish=wish, decision=decision, now=clock.now()
                )
        except UnableToChangeSchedule as problem:
            raise Problem(400, str(problem), errors={"go_lives": [str(problem)]}) from problem


def _is_dry(request: Request) -> bool:
    """Whether only a preview is asked for. Raises Problem 400 for what is neither yes nor no:
    somebody who wants to look must not change anything."""
    asked = request.query_params.get("dry_run", "").lower()
    if asked not in YES | NO:
        words = "dry_run is 1 or 0."
        raise Problem(400, words, errors={"dry_run": [words]})
    return asked in YES


def _previewed(programme: Programme, wish: Wish) -> dict[str, Any]:
    now = clock.now()
    preview = preview_change(programme=programme, wish=wish, now=now)
    effects = effects_of(programme, preview.steps, now)
    shown: dict[str, Any] = PreviewSerializer(
        {"steps": preview.steps, "refused": preview.refused, "warnings": preview.warnings,
         "effects": effects}
    ).data  # fmt: skip
    return shown


@contextmanager
def _stale() -> Iterator[None]:
    """409 with the fresh go-lives where somebody was faster."""
    try:
        yield
    except StaleSchedule as problem:
        raise Problem(409, f"{problem}.", current=_current(problem)) from problem


def _current(problem: StaleSchedule) -> list[dict[str, Any]]:
    """The go-lives somebody else has changed, as they are now."""
    rows = ROWS.filter(pk__in=problem.go_lives).order_by("pk")
    fresh: list[dict[str, Any]] = GoLiveSerializer(
        rows, many=True, context={"now": clock.now()}
    ).data  # type: ignore[assignment]  # a list of objects
    return fresh


class OneScheduleChange(ReadOne[ScheduleChange]):
    """One decision about the schedule."""

    queryset = WITH_ITEMS
    serializer_class = ScheduleChangeSerializer


class ChangedGoLives(Readable[ScheduleChangeItem]):
    """All go-lives one decision is about."""

    queryset = ScheduleChangeItem.objects.select_related(
        "go_live__site", "go_live__product", "from_wave", "to_wave"
    )
    serializer_class = ChangeItemSerializer
    ordering = ("id",)
    ordering_fields = ("id",)

    @extend_schema(responses=ChangeItemSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        changes = ScheduleChange.objects.visible_to(person_of(request))
        change = get_object_or_404(changes, pk=pk)
        rows = type(self).queryset.filter(change=change).order_by()
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class _Act(KeyedPost):
    """What undo and announce share: find the change, act, answer with it."""

    act: Callable[..., ScheduleChange]

    def done(self, request: Request, pk: int) -> Response:
        change = get_object_or_404(ScheduleChange.objects.visible_to(person_of(request)), pk=pk)
        self.check_object_permissions(request, change)
        require_version(request, change.version, _shown(change))
        try:
            made = type(self).act(
                change=change, actor=request.user.get_username(), origin="api", now=clock.now()
            )
        except UnableToChangeSchedule as problem:
            raise Problem(409, str(problem)) from problem
        return with_etag(_shown(made), made)


class UndoChange(_Act):
    """Take a change back that was not announced yet."""

    act = staticmethod(undo_change)

    @extend_schema(request=None, responses=ScheduleChangeSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the change, undone; 409 once it was announced; 409 or 412, with it, when
        somebody was faster."""
        return self.done(request, pk)


class AnnounceChange(_Act):
    """Note that those who had to be told have been."""

    act = staticmethod(announce_change)

    @extend_schema(request=None, responses=ScheduleChangeSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the change; from now on it cannot be undone. 409 or 412, with it, when somebody
        was faster."""
        return self.done(request, pk)


class GoLiveChanges(Readable[ScheduleChangeItem]):
    """Everything that was decided about one go-live, oldest first; undone changes too."""

    queryset = ScheduleChangeItem.objects.select_related("change")
    serializer_class = GoLiveChangeSerializer
    ordering = ("id",)
    ordering_fields = ("id",)

    @extend_schema(responses=GoLiveChangeSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        go_live = get_object_or_404(GoLive.objects.visible_to(person_of(request)), pk=pk)
        page = self.paginate_queryset(
            ScheduleChangeItem.objects.select_related("change").filter(go_live=go_live).order_by()
        )
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def _wish(facts: dict[str, Any]) -> Wish:
    return Wish(
        kind=facts["kind"],
        go_lives={row["id"]: row.get("to") for row in facts["go_lives"]},
        scope=facts["scope"],
        tell=facts["tell"],
        versions={row["id"]: row["version"] for row in facts["go_lives"] if "version" in row},
    )


def _shown(change: ScheduleChange) -> dict[str, Any]:
    shown: dict[str, Any] = ScheduleChangeSerializer(WITH_ITEMS.get(pk=change.pk)).data
    return shown
