"""/api/v1/paging/: pages, acknowledging one, paging oneself."""

import uuid
from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of
from apps.core.api.views import KeyedPost, ReadList, ReadOne
from apps.paging import services
from apps.paging.choices import Through
from apps.paging.models import Page, PageQuerySet
from apps.paging.serializers import PageSerializer, TestPageSerializer
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
        """201 with the page."""
        person: Any = request.user  # signed in, says the policy
        form = TestPageSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        programme = _programme(person, form.validated_data.get("programme", ""))
        self.check_object_permissions(request, programme)
        page = services.page_me(programme=programme, person=person, token=uuid.uuid4().hex,
                                origin="api", now=clock.now())  # fmt: skip
        fresh = Page.objects.with_course().get(pk=page.pk)
        return Response(PageSerializer(fresh).data, status=201)


def _programme(person: Any, key: str) -> Programme:
    """The programme named, or the only one there is for this person. Raises Problem."""
    rows = Programme.objects.visible_to(person)
    found = list((rows.filter(key=key) if key else rows)[:2])
    if len(found) == 1:
        return found[0]
    words = f"There is no programme {key!r} that you may see." if key else "Say which programme."
    raise Problem(400, f"programme: {words}", errors={"programme": [words]})
