"""A small API over waves and sites, to test what every view of the API does."""

from typing import Any

import pytest
from django.test import Client
from django.urls import path
from django.utils import timezone
from pytest_django import Settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.accounts.tokens import create_token
from apps.core.api.fields import InstantField
from apps.core.api.limits import counters
from apps.core.api.params import day, instant
from apps.core.api.problems import Problem
from apps.core.api.versions import require_version
from apps.core.api.views import ApiView, KeyedPost, ReadList, ReadOne
from apps.core.refusals import bad_request
from apps.incidents.models import Incident
from apps.rollouts.models import ReadinessTemplate, Site, Wave
from portal.policy import POLICY, SIGNED_IN, Rule
from tests import build

ANYBODY: Rule = SIGNED_IN


class WaveSerializer(serializers.ModelSerializer[Wave]):
    class Meta:
        model = Wave
        fields = ["id", "number", "name", "starts_on"]


class Waves(ReadList[Wave]):
    queryset = Wave.objects.all()
    serializer_class = WaveSerializer
    ordering = ("starts_on",)
    ordering_fields = ("number", "starts_on", "name", "programme__key")


class OneWave(ReadOne[Wave]):
    queryset = Wave.objects.all()
    serializer_class = WaveSerializer
    lookup_field = "number"


class TemplateSerializer(serializers.ModelSerializer[ReadinessTemplate]):
    class Meta:
        model = ReadinessTemplate
        fields = ["id", "key"]


class OneTemplate(ReadOne[ReadinessTemplate]):
    """What has no version."""

    queryset = ReadinessTemplate.objects.all()
    serializer_class = TemplateSerializer
    lookup_field = "pk"


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    opened_at = InstantField()

    class Meta:
        model = Incident
        fields = ["id", "title", "opened_at", "version"]


class OneIncident(ReadOne[Incident]):
    queryset = Incident.objects.all()
    serializer_class = IncidentSerializer
    lookup_field = "pk"

    def patch(self, request: Request, pk: int) -> Response:
        found = self.get_object()
        require_version(request, found.version, IncidentSerializer(found).data)
        return Response({"ok": True})


class SiteForm(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=12)
    name = serializers.CharField(max_length=60)


class Sites(KeyedPost):
    def post(self, request: Request) -> Response:
        """Make a site; "boom" fails after it was made, "no" is refused after it was made."""
        form = SiteForm(data=request.data)
        form.is_valid(raise_exception=True)
        site = Site.objects.create(**form.validated_data, time_zone="UTC")
        if site.name == "boom":
            raise Problem(409, "too late")
        if site.name == "no":
            return Response({"no": True}, status=422)
        if site.name == "empty":
            return Response(status=204)
        body = {"z": site.number, "a": 1.5, "é": None}
        return Response(body, status=201, headers={"Location": "/sites/1/"})


class Echo(ApiView):
    def get(self, request: Request, word: str = "") -> Response:
        if found := instant(request, "at"):
            return Response({"at": InstantField().to_representation(found)})
        return Response({"on": day(request, "on")})

    def post(self, request: Request, word: str = "") -> Response:
        return Response(request.data)


class Broken(ApiView):
    def get(self, request: Request) -> Response:
        raise RuntimeError("secret words")


urlpatterns = [
    path("api/waves/", Waves.as_view(), name="t-waves"),
    path("api/waves/<str:number>/", OneWave.as_view(), name="t-wave"),
    path("api/templates/<int:pk>/", OneTemplate.as_view(), name="t-template"),
    path("api/incidents/<int:pk>/", OneIncident.as_view(), name="t-incident"),
    path("api/sites/", Sites.as_view(), name="t-sites"),
    path("api/echo/", Echo.as_view(), name="t-echo"),
    path("api/echo/<str:word>/", Echo.as_view(), name="t-echo-word"),
    path("api/broken/", Broken.as_view(), name="t-broken"),
]
handler400 = bad_request
handler404 = "apps.core.refusals.not_found"
handler500 = "apps.core.refusals.server_error"
RULES: dict[str, dict[str, Rule]] = {
    "t-waves": {"GET": ANYBODY},
    "t-wave": {"GET": ANYBODY},
    "t-template": {"GET": ANYBODY},
    "t-incident": {"GET": ANYBODY, "PATCH": ANYBODY},
    "t-sites": {"POST": ANYBODY},
    "t-echo": {"GET": ANYBODY, "POST": ANYBODY},
    "t-echo-word": {"GET": ANYBODY},
    "t-broken": {"GET": ANYBODY},
}


def install(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve this API, for everybody who is signed in."""
    settings.ROOT_URLCONF = "tests.core.api_setup"
    for name, rules in RULES.items():
        monkeypatch.setitem(POLICY, name, rules)
    counters.clear()


def signed_in(person: Person | None = None) -> Client:
    """A client that sends a token of the person (Adi, who sees everything)."""
    token = create_token(
        person=person or build.person("adi"),
        scopes=["read", "write"],
        days=1,
        actor="system",
        origin="command",
        now=timezone.now(),
    )
    return Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
