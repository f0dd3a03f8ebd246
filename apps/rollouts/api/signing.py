"""Go or no-go over the API: where a wave stands, signatures, waivers, deputies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import require_version
from apps.core.api.views import ApiView, KeyedPost, ReadList
from apps.core.guard import mask
from apps.rollouts.api.callers import person_of, wave_of, with_etag
from apps.rollouts.choices import Call, Part
from apps.rollouts.go_no_go import where_it_stands
from apps.rollouts.models import Deputy, Programme, SignOff, Waiver
from apps.rollouts.serializers import (
    DeputyForm,
    DeputySerializer,
    GoNoGoSerializer,
    SignOffForm,
    SignOffSerializer,
    WaiverForm,
    WaiverSerializer,
)
from apps.rollouts.services import (
    DeputyDraft,
    Draft,
    NotEntitled,
    UnableToSign,
    end_deputy,
    name_deputy,
    sign,
    waive,
    withdraw_sign_off,
    withdraw_waiver,
)


@contextmanager
def _problems() -> Iterator[None]:
    """What a service refuses, as a problem: 403 for who may not at all, else 409."""
    try:
        yield
    except NotEntitled as problem:
        raise Problem(403, f"{str(problem).capitalize()}.") from problem
    except UnableToSign as problem:
        raise Problem(409, str(problem)) from problem


class GoNoGo(ApiView):
    """Whether a wave goes: findings, waivers, signatures."""

    @extend_schema(responses=GoNoGoSerializer)
    def get(self, request: Request, programme: str, number: int) -> Response:
        stands = where_it_stands(wave_of(request, programme, number), clock.now())
        return Response(GoNoGoSerializer(stands).data)


class OfWaveFilter(django_filters.FilterSet):
    """Filters of what a wave has; `standing=true` leaves out what was withdrawn."""

    programme = django_filters.CharFilter("wave__programme__key")
    wave = django_filters.NumberFilter("wave__number")
    standing = django_filters.BooleanFilter("withdrawn_at", lookup_expr="isnull")


class SignOffs(ReadList[SignOff], KeyedPost):
    """Signatures, newest first, withdrawn ones too; POST signs a part."""

    queryset = SignOff.objects.select_related("wave__programme", "person", "deputy_of")
    serializer_class = SignOffSerializer
    filterset_class = OfWaveFilter
    ordering = ("-id",)
    ordering_fields = ("id",)

    @extend_schema(request=SignOffForm, responses={201: SignOffSerializer})
    def post(self, request: Request) -> Response:
        """201 with the signature, the one that stands when it was given already. 403 for who does
        not sign this part, 409 when it cannot be signed so now."""
        form = SignOffForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        draft = Draft(part=Part(facts["part"]), call=Call(facts["call"]), seen=facts["digest"],
                      comment=mask(facts["comment"]).text)  # fmt: skip
        wave = wave_of(request, facts["programme"], facts["wave"])
        with _problems():
            row = sign(wave=wave, draft=draft, by=person_of(request), origin="api",
                       now=clock.now())  # fmt: skip
        return with_etag(SignOffSerializer(row).data, row, 201)


class WithdrawSignOff(KeyedPost):
    """Take a signature back, until the wave begins."""

    @extend_schema(request=None, responses=SignOffSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the signature; 409 once the wave has begun; 409 or 412, with it, when somebody
        was faster."""
        rows = SignOff.objects.select_related("wave__programme", "person", "deputy_of")
        row = get_object_or_404(rows.visible_to(person_of(request)), pk=pk)
        require_version(request, row.version, SignOffSerializer(row).data)
        with _problems():
            row = withdraw_sign_off(sign_off=row, by=person_of(request), origin="api",
                                    now=clock.now())  # fmt: skip
        return with_etag(SignOffSerializer(row).data, row)


class Waivers(ReadList[Waiver], KeyedPost):
    """Waivers, newest first, withdrawn ones too; POST gives one."""

    queryset = Waiver.objects.select_related("wave__programme")
    serializer_class = WaiverSerializer
    filterset_class = OfWaveFilter
    ordering = ("-id",)
    ordering_fields = ("id",)

    @extend_schema(request=WaiverForm, responses={201: WaiverSerializer})
    def post(self, request: Request) -> Response:
        """201 with the waiver, the one that stands when it still covers the finding."""
        form = WaiverForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        wave = wave_of(request, facts["programme"], facts["wave"])
        with _problems():
            row = waive(wave=wave, finding=facts["finding"], reason=mask(facts["reason"]).text,
                        by=person_of(request), origin="api", now=clock.now())  # fmt: skip
        return with_etag(WaiverSerializer(row).data, row, 201)


class WithdrawWaiver(KeyedPost):
    """Take a waiver back, until the wave begins."""

    @extend_schema(request=None, responses=WaiverSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the waiver; 409 once the wave has begun; 409 or 412, with it, when somebody
        was faster."""
        rows = Waiver.objects.select_related("wave__programme")
        row = get_object_or_404(rows.visible_to(person_of(request)), pk=pk)
        require_version(request, row.version, WaiverSerializer(row).data)
        with _problems():
            row = withdraw_waiver(waiver=row, by=person_of(request), origin="api",
                                  now=clock.now())  # fmt: skip
        return with_etag(WaiverSerializer(row).data, row)


class DeputyFilter(django_filters.FilterSet):
    """Filters of deputies; `ended=false` leaves those that were not ended by hand."""

    programme = django_filters.CharFilter("programme__key")
    ended = django_filters.BooleanFilter("ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Deputy
        fields = ["role"]


class Deputies(ReadList[Deputy], KeyedPost):
    """Who signs for whom; POST names a deputy, or sets the last day of one."""

    queryset = Deputy.objects.select_related("programme", "person", "named_by")
    serializer_class = DeputySerializer
    filterset_class = DeputyFilter
    ordering = ("id",)
    ordering_fields = ("id",)

    @extend_schema(request=DeputyForm, responses={201: DeputySerializer})
    def post(self, request: Request) -> Response:
        """201 with the deputy; 409 for somebody who could not sign."""
        form = DeputyForm(data=request.data)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        mine = Programme.objects.visible_to(person_of(request))
        programme = get_object_or_404(mine, key=facts["programme"])
        draft = DeputyDraft(
            role=Part(facts["role"]), person=_person(facts, "person"), until=facts["until"],
            named_by=_person(facts, "named_by") if "named_by" in facts else person_of(request),
        )  # fmt: skip
        with _problems():
            row = name_deputy(programme=programme, draft=draft, by=person_of(request),
                              origin="api", now=clock.now())  # fmt: skip
        return with_etag(DeputySerializer(row).data, row, 201)


def _person(facts: dict[str, Any], field: str) -> Person:
    found = Person.objects.filter(username=facts[field], is_active=True).first()
    if found is None:
        words = f"There is nobody called {facts[field]!r}."
        raise Problem(400, words, errors={field: [words]})
    return found


class EndDeputy(KeyedPost):
    """End a deputy before their last day."""

    @extend_schema(request=None, responses=DeputySerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the deputy; what they signed stands; 409 or 412, with it, when somebody was
        faster."""
        row = get_object_or_404(Deputy.objects.visible_to(person_of(request)), pk=pk)
        require_version(request, row.version, DeputySerializer(row).data)
        with _problems():
            row = end_deputy(deputy=row, by=person_of(request), origin="api", now=clock.now())
        return with_etag(DeputySerializer(row).data, row)
