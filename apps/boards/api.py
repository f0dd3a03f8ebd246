"""Work items and boards over the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet, prefetch_related_objects
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.boards.models import WorkItem, WorkItemQuerySet
from apps.boards.reading import Filter, read_board
from apps.boards.serializers import (
    BoardSerializer,
    EditWorkItemSerializer,
    MoveSerializer,
    NewWorkItemSerializer,
    WorkItemSerializer,
)
from apps.boards.services import (
    ItemDraft,
    Move,
    UnableToMakeWorkItem,
    UnableToMove,
    edit_work_item,
    make_work_item,
    move_card,
)
from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import ApiView, KeyedPost, ReadList, ReadOne
from apps.core.numbers import whole_number

READ = WorkItem.objects.select_related("programme", "product", "owner").prefetch_related(
    "incidents"
)


class WorkItemFilter(django_filters.FilterSet):
    """Filters of work items."""

    programme = django_filters.CharFilter("programme__key")
    product = django_filters.CharFilter("product__key")
    owner = django_filters.CharFilter("owner__username")
    incident = django_filters.CharFilter(method="of_ticket", help_text="Number of a ticket.")
    search = django_filters.CharFilter(method="find")
    updated_since = django_filters.IsoDateTimeFilter("updated_at", "gte")

    class Meta:
        model = WorkItem
        fields = ["kind", "decision", "stage", "severity"]

    def of_ticket(self, rows: WorkItemQuerySet, name: str, value: str) -> WorkItemQuerySet:
        number = whole_number(value.upper().removeprefix("RC-"))
        return rows.none() if number is None else rows.filter(incidents__pk=number)

    def find(self, rows: WorkItemQuerySet, name: str, value: str) -> WorkItemQuerySet:
        return rows.matching(value)


class WorkItems(ReadList[WorkItem], KeyedPost):
    """Work items, newest first; POST makes one."""

    queryset = READ
    serializer_class = WorkItemSerializer
    filterset_class = WorkItemFilter
    ordering = ("-id",)
    ordering_fields = ("id", "updated_at")

    @extend_schema(request=NewWorkItemSerializer, responses={201: WorkItemSerializer})
    def post(self, request: Request) -> Response:
        """201 with the new card, at the end of the first column of the product board."""
        form = NewWorkItemSerializer(data=request.data, context={"person": _person(request)})
        form.is_valid(raise_exception=True)
        facts: dict[str, Any] = dict(form.validated_data)
        incidents = facts.pop("incidents")
        draft = ItemDraft(**facts)
        self.check_object_permissions(request, WorkItem(programme=draft.programme))
        try:
            item = make_work_item(
                draft=draft, incidents=incidents, actor=request.user.get_username(), origin="api",
                now=clock.now(),
            )  # fmt: skip
        except UnableToMakeWorkItem as problem:
            raise Problem(400, str(problem), errors={problem.field: [str(problem)]}) from problem
        return Response(_shown(item), status=201, headers={"ETag": etag_of(item.version)})


class OneWorkItem(ReadOne[WorkItem]):
    """One work item by its key."""

    queryset = READ
    serializer_class = WorkItemSerializer

    def find(self, rows: QuerySet[Any], **kwargs: str) -> Any:
        return get_object_or_404(rows.filter(pk__in=WorkItem.objects.keyed(kwargs["key"])))

    @extend_schema(request=EditWorkItemSerializer, responses=WorkItemSerializer)
    def patch(self, request: Request, key: str) -> Response:
        """200 with the card as it is now; 409 or 412, with it, when somebody was faster."""
        item = self.get_object()
        require_version(request, item.version, _shown(item))
        form = EditWorkItemSerializer(data=request.data, context={"item": item})
        form.is_valid(raise_exception=True)
        changes = {name: value for name, value in form.validated_data.items() if name != "version"}
        try:
            item = edit_work_item(
                item_id=item.pk, changes=changes, version=item.version,
                actor=request.user.get_username(), origin="api", now=clock.now(),
            )  # fmt: skip
        except UnableToMove as problem:
            raise _stale(problem) from problem
        return Response(_shown(item), headers={"ETag": etag_of(item.version)})


class MoveWorkItem(KeyedPost):
    """Move a card on a board."""

    @extend_schema(request=MoveSerializer, responses=WorkItemSerializer)
    def post(self, request: Request, key: str) -> Response:
        """200 with the card and its new version; 409 with the fresh card when somebody moved it
        meanwhile, 400 when it cannot go there."""
        rows = WorkItem.objects.visible_to(_person(request)).keyed(key)
        item = get_object_or_404(rows)
        self.check_object_permissions(request, item)
        require_version(request, item.version, _shown(item))
        form = MoveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            moved = move_card(
                item_id=item.pk, move=_move(form.validated_data, item.version),
                actor=request.user.get_username(), origin="api", now=clock.now(),
            )  # fmt: skip
        except UnableToMove as problem:
            raise _stale(problem) from problem
        return Response(_shown(moved), headers={"ETag": etag_of(moved.version)})


class OneBoard(ApiView):
    """A board: its columns, each with its first 50 cards in order."""

    board = ""

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in
                    ("text", "programme", "product", "severity", "owner", "kind")],
        responses=BoardSerializer,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        columns = read_board(self.board, _person(request), Filter.of(request.query_params))
        cards = [card for column in columns for card in column.cards]
        prefetch_related_objects(cards, "incidents")
        facts = {"board": self.board, "columns": columns}
        return Response(BoardSerializer(facts).data)


class ProductBoard(OneBoard):
    """The product board: new, needs information, accepted, declined."""

    board = "product"


class DeliveryBoard(OneBoard):
    """The delivery board: ready, scheduled, in progress, in review, released, verified."""

    board = "delivery"


def _person(request: Request) -> Person:
    person: Any = request.user  # signed in, says the policy
    found: Person = person
    return found


def _shown(item: WorkItem) -> dict[str, Any]:
    shown: dict[str, Any] = WorkItemSerializer(READ.get(pk=item.pk)).data
    return shown


def _move(facts: dict[str, Any], version: int) -> Move:
    beside = {}
    for name in ("after", "before"):
        if key := facts.get(name):
            number = whole_number(key.upper().removeprefix("W-"))
            if number is None:
                raise Problem(400, f"{name}: {key!r} is no card, like W-12", errors={name: [key]})
            beside[name] = number
    return Move(board=facts["board"], column=facts["column"], version=version, **beside)


def _stale(problem: UnableToMove) -> Problem:
    status = 409 if problem.is_stale else 400
    headers = {"ETag": etag_of(problem.fresh.version)}
    return Problem(status, str(problem), headers=headers, current=_shown(problem.fresh))
