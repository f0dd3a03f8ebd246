"""The checklist over the API: what is open where, many ticked at once, an act taken back."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.views import KeyedPost, ReadList, ReadOne
from apps.core.guard import mask
from apps.rollouts.api.callers import person_of
from apps.rollouts.choices import Readiness
from apps.rollouts.models import (
    GoLive,
    Programme,
    ReadinessBatch,
    ReadinessItem,
    ReadinessTemplate,
)
from apps.rollouts.rules.readiness import read_numbers
from apps.rollouts.serializers import (
    ReadinessSerializer,
    ReadinessTemplateSerializer,
    TickedSerializer,
    TickSerializer,
    UndoneSerializer,
)
from apps.rollouts.services import NotYours, StaleItems, Tick, UnableToTick, tick, undo_ticks


class TemplateFilter(django_filters.FilterSet):
    """Filters of the checklist."""

    programme = django_filters.CharFilter("programme__key")

    class Meta:
        model = ReadinessTemplate
        fields = ["key"]


class ReadinessTemplates(ReadList[ReadinessTemplate]):
    """The checklists as they are now, without what was retired."""

    queryset = ReadinessTemplate.objects.filter(retired_at=None).select_related("programme")
    queryset = queryset.prefetch_related("products")
    serializer_class = ReadinessTemplateSerializer
    filterset_class = TemplateFilter
    ordering = ("id",)
    ordering_fields = ("id", "position")


class ReadinessFilter(django_filters.FilterSet):
    """Filters of items."""

    programme = django_filters.CharFilter("go_live__programme__key")
    wave = django_filters.NumberFilter("go_live__wave__number")
    site = django_filters.CharFilter("go_live__site__number")
    product = django_filters.CharFilter("go_live__product__key")
    item = django_filters.CharFilter("template__key")
    state = django_filters.ChoiceFilter(choices=Readiness.choices)
    owner = django_filters.CharFilter("owner__username")
    due_until = django_filters.DateFilter(method="until", help_text="Due on this day or before.")

    class Meta:
        model = ReadinessItem
        fields: list[str] = []

    def until(self, rows: Any, name: str, day: Any) -> Any:
        request: Any = self.request
        templates = ReadinessTemplate.objects.filter(retired_at=None)
        return rows.due_until(day, templates.visible_to(request.user))


class _AtNow:
    """Says to the serializer when it is."""

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]  # of DRF
        return context | {"now": clock.now()}


class ReadinessItems(_AtNow, ReadList[ReadinessItem]):
    """Items of the checklists, one for each go-live they are for."""

    queryset = ReadinessItem.objects.current().with_facts()
    serializer_class = ReadinessSerializer
    filterset_class = ReadinessFilter
    ordering = ("id",)
    ordering_fields = ("id",)


class OneReadinessItem(_AtNow, ReadOne[ReadinessItem]):
    """One item. Its day and standing follow from the go-live and the clock: it is always told."""

    is_derived = True

    queryset = ReadinessItem.objects.current().with_facts()
    serializer_class = ReadinessSerializer


class TickReadiness(KeyedPost):
    """Many items by one act."""

    @extend_schema(request=TickSerializer, responses=TickedSerializer)
    def post(self, request: Request) -> Response:
        """200 with how many changed; those that stood so already count as unchanged. 400 when one
        of them is not there, 403 when one is somebody else's to tick, 409 with the fresh ones when
        one has another version: then none is."""
        form = TickSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        items = _by_id(request, facts) if "ids" in facts else _by_site(request, facts)
        programme = items[0].go_live.programme
        self.check_object_permissions(request, items[0])
        wanted = Tick(Readiness(facts["state"]), mask(facts["evidence"]).text)
        try:
            made = tick(
                programme=programme, wanted={item.pk: wanted for item in items},
                by=person_of(request), origin="api", now=clock.now(),
                versions=facts.get("versions"),
            )  # fmt: skip
        except StaleItems as problem:
            raise Problem(409, f"{problem}.", current=_current(problem)) from problem
        except NotYours as problem:
            raise Problem(403, f"{problem}.") from problem
        except UnableToTick as problem:
            raise Problem(409, f"{problem}.") from problem
        batch = made.batch.pk if made.batch else None
        told = {"batch": batch, "changed": made.changed, "unchanged": len(items) - made.changed}
        return Response(TickedSerializer(told).data)


def _current(problem: StaleItems) -> Any:
    """The items somebody else has changed, as they are now."""
    rows = ReadinessItem.objects.with_facts().filter(pk__in=problem.items).order_by("pk")
    return ReadinessSerializer(rows, many=True, context={"now": clock.now()}).data


def _by_id(request: Request, facts: dict[str, Any]) -> list[ReadinessItem]:
    wanted = set(facts["ids"])
    rows = ReadinessItem.objects.current().with_facts().visible_to(person_of(request))
    items = list(rows.filter(pk__in=wanted))
    missing = sorted(wanted - {item.pk for item in items})
    if missing:
        raise _unknown("ids", ", ".join(map(str, missing[:20])))
    if len({item.programme_id for item in items}) > 1:
        words = "They are of several programmes."
        raise Problem(400, words, errors={"ids": [words]})
    return items


def _by_site(request: Request, facts: dict[str, Any]) -> list[ReadinessItem]:
    """Items of the named sites whose go-live is not cancelled; each site must have one."""
    mine = Programme.objects.visible_to(person_of(request))
    programme = get_object_or_404(mine, key=facts["programme"])
    rows: Any = ReadinessItem.objects.current().with_facts().filter(
        go_live__programme=programme, template__key=facts["item"]
    )  # fmt: skip
    if "product" in facts:
        rows = rows.filter(go_live__product__key=facts["product"])
    numbers = GoLive.objects.filter(programme=programme).values_list("site__number", flat=True)
    named = read_numbers(" ".join(facts["sites"]), set(numbers))
    items = list(rows.filter(go_live__site__number__in=named.known))
    having = {item.go_live.site.number for item in items}
    missing = [*named.unknown, *(number for number in named.known if number not in having)]
    if missing:
        raise _unknown("sites", ", ".join(missing[:20]))
    return items


def _unknown(field: str, which: str) -> Problem:
    words = f"No such item: {which}. Nothing was ticked."
    return Problem(400, words, errors={field: [words]})


class UndoReadiness(KeyedPost):
    """Take an act of ticking back."""

    @extend_schema(request=None, responses=UndoneSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200; items that others have changed since stay as they are."""
        batch = get_object_or_404(ReadinessBatch.objects.visible_to(person_of(request)), pk=pk)
        self.check_object_permissions(request, batch)
        try:
            restored, kept = undo_ticks(
                batch=batch, by=person_of(request), origin="api", now=clock.now()
            )
        except NotYours as problem:
            raise Problem(403, f"{problem}.") from problem
        return Response(UndoneSerializer({"restored": restored, "kept": kept}).data)
