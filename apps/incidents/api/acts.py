"""What is done with a ticket over the API, from acknowledging it to joining it to another."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import KeyedPost
from apps.core.guard import mask
from apps.incidents import services
from apps.incidents.api.writes import asked_by, person_of, refused, shown
from apps.incidents.models import Incident
from apps.incidents.serializers import (
    AssignSerializer,
    CommentSerializer,
    DuplicateSerializer,
    IncidentSerializer,
    ReopenSerializer,
    ResolveSerializer,
    RouteSerializer,
)
from apps.incidents.services import Asked, UnableToChange


class Act(KeyedPost):
    """Find the ticket, check roles and version, act, answer with the fresh ticket."""

    form_class: type[serializers.Serializer[Any]] = serializers.Serializer

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        raise NotImplementedError

    def done(self, request: Request, number: str) -> Response:
        rows = Incident.objects.visible_to(person_of(request)).numbered(number)
        incident = get_object_or_404(rows)
        self.check_object_permissions(request, incident)
        require_version(request, incident.version, shown(incident))
        context = {"incident": incident, "person": person_of(request)}
        form = self.form_class(data=request.data, context=context)
        form.is_valid(raise_exception=True)
        try:
            made = self.act(incident, form.validated_data, asked_by(request))
        except UnableToChange as problem:
            raise refused(problem) from problem
        return Response(shown(made), headers={"ETag": etag_of(made.version)})


class Acknowledge(Act):
    """Somebody has seen it: the clock of the acknowledgement stops."""

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        return services.acknowledge(incident=incident, asked=asked)

    @extend_schema(request=None, responses=IncidentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """200 with the ticket; a second time changes nothing."""
        return self.done(request, number)


class Assign(Act):
    """Give it to somebody, or to nobody (null)."""

    form_class = AssignSerializer

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        return services.assign(incident=incident, assignee=facts["assignee"], asked=asked)

    @extend_schema(request=AssignSerializer, responses=IncidentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """200 with the ticket."""
        return self.done(request, number)


class Route(Act):
    """Hand it to another queue, with the reason."""

    form_class = RouteSerializer

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        reason = mask(facts["reason"]).text
        return services.route(incident=incident, queue=facts["queue"], reason=reason, asked=asked)

    @extend_schema(request=RouteSerializer, responses=IncidentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """200 with the ticket."""
        return self.done(request, number)


class Comment(Act):
    """A note among ourselves, on the timeline."""

    form_class = CommentSerializer

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        return services.comment(incident=incident, text=mask(facts["text"]).text, asked=asked)

    @extend_schema(request=CommentSerializer, responses=IncidentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """200 with the ticket."""
        return self.done(request, number)


class Resolve(Act):
    """Resolve it: the resolution, and how the reporter is told."""

    form_class = ResolveSerializer

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        return services.resolve(
            incident=incident, resolution=mask(facts["resolution"]).text, told=facts["told"],
            asked=asked,
        )  # fmt: skip

    @extend_schema(request=ResolveSerializer, responses=IncidentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """200 with the ticket; 400 when there is no thread to tell the reporter in."""
        return self.done(request, number)


class Reopen(Act):
    """It was not over."""

    form_class = ReopenSerializer

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        reason = mask(facts["reason"]).text
        return services.reopen(incident=incident, reason=reason, asked=asked)

    @extend_schema(request=ReopenSerializer, responses=IncidentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """200 with the ticket, in progress again."""
        return self.done(request, number)


class Duplicate(Act):
    """The same trouble as another ticket."""

    form_class = DuplicateSerializer

    def act(self, incident: Incident, facts: dict[str, Any], asked: Asked) -> Incident:
        return services.mark_duplicate(incident=incident, parent=facts["of"], asked=asked)

    @extend_schema(request=DuplicateSerializer, responses=IncidentSerializer)
    def post(self, request: Request, number: str) -> Response:
        """200 with the ticket, resolved as a duplicate."""
        return self.done(request, number)
