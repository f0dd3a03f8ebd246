"""Making a ticket over the API, reading and changing one."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import KeyedPost, ReadOne
from apps.core.guard import mask
from apps.incidents import services
from apps.incidents.api.reads import Incidents
from apps.incidents.models import Incident
from apps.incidents.serializers import EditSerializer, IncidentSerializer, NewSerializer
from apps.incidents.services import Asked, Draft, UnableToChange


def person_of(request: Request) -> Person:
    """Who asks: somebody is signed in, says the policy."""
    person: Any = request.user
    found: Person = person
    return found


def shown(incident: Incident) -> dict[str, Any]:
    """The ticket in the contract's shape, as it is now."""
    row = Incident.objects.with_facts().get(pk=incident.pk)
    answer: dict[str, Any] = IncidentSerializer(row).data
    return answer


def asked_by(request: Request, version: int | None = None) -> Asked:
    return Asked(actor=request.user.get_username(), origin="api", now=clock.now(), version=version)


def refused(problem: UnableToChange) -> Problem:
    """409 with the fresh ticket when somebody was faster, 400 with the field otherwise."""
    if problem.field == "version":
        headers = {"ETag": etag_of(problem.fresh.version)}
        return Problem(409, str(problem), headers=headers, current=shown(problem.fresh))
    field = problem.field or "detail"
    return Problem(400, str(problem), errors={field: [str(problem)]})


class NewIncidents(Incidents, KeyedPost):
    """Tickets, newest first; POST makes one."""

    @extend_schema(request=NewSerializer, responses={201: IncidentSerializer})
    def post(self, request: Request) -> Response:
        """201 with the new ticket; it goes to nobody unless an assignee is named."""
        form = NewSerializer(data=request.data, context={"person": person_of(request)})
        form.is_valid(raise_exception=True)
        facts: dict[str, Any] = dict(form.validated_data)
        self.check_object_permissions(request, Incident(programme=facts["programme"]))
        assignee = facts.pop("assignee", None)
        facts |= {name: mask(facts[name]).text for name in ("title", "description")}
        incident = services.open_incident(
            draft=Draft(source="api", **facts), assignee=assignee,
            assigned_because="named when it was made" if assignee else "nobody was named",
            actor=request.user.get_username(), origin="api", now=clock.now(),
        )  # fmt: skip
        return Response(shown(incident), status=201, headers={"ETag": etag_of(incident.version)})


class OneIncident(ReadOne[Incident]):
    """One ticket by its number."""

    queryset = Incident.objects.with_facts()
    serializer_class = IncidentSerializer

    def find(self, rows: QuerySet[Any], **kwargs: str) -> Any:
        return get_object_or_404(rows.filter(pk__in=Incident.objects.numbered(kwargs["number"])))

    @extend_schema(request=EditSerializer, responses=IncidentSerializer)
    def patch(self, request: Request, number: str) -> Response:
        """200 with the ticket as it is now; 409 or 412, with it, when somebody was faster."""
        incident = self.get_object()
        require_version(request, incident.version, shown(incident))
        form = EditSerializer(data=request.data, context={"incident": incident})
        form.is_valid(raise_exception=True)
        changes: dict[str, Any] = dict(form.validated_data)
        if "title" in changes:
            changes["title"] = mask(changes["title"]).text
        asked = asked_by(request, incident.version)
        try:
            made = services.edit(incident=incident, changes=changes, asked=asked)
        except UnableToChange as problem:
            raise refused(problem) from problem
        return Response(shown(made), headers={"ETag": etag_of(made.version)})
