"""/api/v1/paging/: pages, acknowledging one, paging oneself."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import ApiView, KeyedPost, ReadList, ReadOne
from apps.paging import services
from apps.paging.choices import Through
from apps.paging.mine import Mine, mine_of
from apps.paging.models import Page, PageQuerySet
from apps.paging.rules import Way
from apps.paging.serializers import MineSerializer, PageSerializer, TestPageSerializer
from apps.rollouts.models import Programme

STATES = ("open", "unanswered", "acknowledged")


class PageFilter(django_filters.FilterSet):
    """Filters of the list of pages."""

    programme = django_filters.CharFilter("programme__key")
    state = django_filters.ChoiceFilter(method="in_state", choices=[(one, one) for one in STATES])

    class Meta:
        model = Page
        fields = ["cause", "subject", "subject_key"]

    def in_state(self, rows: PageQuerySet, name: str, value: str) -> PageQuerySet:
        if value == "acknowledged":
            return rows.past()
        return rows.open().filter(dead_at__isnull=value == "open")


class Pages(ReadList[Page]):
    """Pages, newest first, with their steps."""

    queryset = Page.objects.with_course()
    serializer_class = PageSerializer
    filterset_class = PageFilter
    ordering = ("-id",)
    ordering_fields = ("id", "started_at")


class OnePage(ReadOne[Page]):
    """One page."""

    queryset = Page.objects.with_course()
    serializer_class = PageSerializer
    lookup_field = "key"


class AcknowledgePage(KeyedPost):
    """Take a page: nobody else is told."""

    @extend_schema(request=None, responses=PageSerializer)
    def post(self, request: Request, key: uuid.UUID) -> Response:
        """200 with the page, also for who has it already; 409 when somebody was faster."""
        person: Any = request.user  # signed in, says the policy
        page = get_object_or_404(Page.objects.visible_to(person), key=key)
        self.check_object_permissions(request, page)
        services.acknowledge(
            page=page, person=person, through=Through.API, origin="api", now=clock.now()
        )
        fresh = Page.objects.with_course().get(pk=page.pk)
        shown = PageSerializer(fresh).data
        if fresh.acknowledged_by != person.username:
            raise Problem(409, f"{fresh.acknowledged_by} was faster.", current=dict(shown))
        return Response(shown, headers={"ETag": etag_of(fresh.version)})


class TestPage(KeyedPost):
    """“Page me now (test)”: tells the caller alone, in all the ways they chose."""

    __test__ = False  # not one of pytest's

    @extend_schema(request=TestPageSerializer, responses={201: PageSerializer})
    def post(self, request: Request) -> Response:
        """201 with the page; 400 when nothing leads to the caller."""
        person: Any = request.user  # signed in, says the policy
        form = TestPageSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        programme = _programme(person, form.validated_data.get("programme", ""))
        self.check_object_permissions(request, programme)
        try:
            page = services.page_me(programme=programme, person=person, token=uuid.uuid4().hex,
                                    origin="api", now=clock.now())  # fmt: skip
        except services.UnableToPage as problem:
            raise Problem(400, str(problem)) from problem
        fresh = Page.objects.with_course().get(pk=page.pk)
        return Response(PageSerializer(fresh).data, status=201)


class MyWays(ApiView):
    """How the caller is told, and what would happen now."""

    @extend_schema(responses=MineSerializer)
    def get(self, request: Request) -> Response:
        """200 with ways, hours and a version; no address is told."""
        return _told(mine_of(_caller(request)))

    @extend_schema(request=MineSerializer, responses=MineSerializer)
    def patch(self, request: Request) -> Response:
        """200 with all of it. A way that is not named stays as it is; 400 for one that is not
        there, 409 or 412 when it has changed since it was read."""
        person = _caller(request)
        found = mine_of(person)
        require_version(request, found.version, _shown(found))
        form = MineSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        services.save_own_ways(
            person=person, ways=list(_ways(found, facts.get("ways", ()))),
            quiet_hours=facts.get("quiet_hours"), origin="api", now=clock.now(),
        )  # fmt: skip
        return _told(mine_of(person))


def _caller(request: Request) -> Person:
    person: Any = request.user  # signed in, says the policy
    return cast("Person", person)


def _ways(found: Mine, asked: Iterable[dict[str, Any]]) -> Iterator[Way]:
    """The ways as they are to be. Raises Problem for one that is not there."""
    known = {one.key: one.way for one in found.ways}
    for one in asked:
        if one["key"] not in known:
            words = f"There is no way {one['key'][:40]!r}; there are {', '.join(known)}."
            raise Problem(400, words, errors={"ways": [words]})
        yield replace(known[one["key"]], **one.get("way", {}))


def _shown(found: Mine) -> dict[str, Any]:
    at = clock.now()
    now = {"ways": [one.key for one in found.told_at(at)], "is_at_work": found.is_at_work(at),
           "is_quiet": found.is_quiet(at)}  # fmt: skip
    facts = {name: getattr(found, name) for name in ("person", "quiet_hours", "ways", "version")}
    return dict(MineSerializer({**facts, "now": now}).data)


def _told(found: Mine) -> Response:
    return Response(_shown(found), headers={"ETag": etag_of(found.version)})


def _programme(person: Any, key: str) -> Programme:
    """The programme named, or the only one there is for this person. Raises Problem."""
    rows = Programme.objects.visible_to(person)
    found = list((rows.filter(key=key) if key else rows)[:2])
    if len(found) == 1:
        return found[0]
    words = f"There is no programme {key!r} that you may see." if key else "Say which programme."
    raise Problem(400, f"programme: {words}", errors={"programme": [words]})
