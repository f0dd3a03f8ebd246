"""The exits of a message over the API: log, attach, dismiss; ask back, and the way back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.shortcuts import get_object_or_404
from django.utils.http import parse_etags
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import KeyedPost
from apps.incidents.models import Incident
from apps.incidents.serializers import IncidentSerializer
from apps.intake.choices import HANDLES
from apps.intake.models import Message
from apps.intake.serializers import (
    AskSerializer,
    AttachSerializer,
    DismissSerializer,
    LogSerializer,
    MessageSerializer,
    RestoreSerializer,
)
from apps.intake.services import (
    LogForm,
    Stale,
    UnableToHandle,
    ask_back,
    attach_message,
    dismiss_message,
    log_message,
    restore_message,
)

if TYPE_CHECKING:
    from apps.accounts.models import Person

NOT_YOURS = "In this programme: you need one of these roles: " + ", ".join(sorted(HANDLES)) + "."
Act = Callable[..., Message]


class ExitView(KeyedPost):
    """What all of them do: find the message, check roles, say what was refused and why."""

    def message(self, request: Request, pk: int) -> Message:
        """The message, when the caller handles messages of its programme; else 404 or 403."""
        rows = Message.objects.with_facts().visible_to(request.user)  # type: ignore[arg-type]  # signed in
        message = get_object_or_404(rows, pk=pk)
        person = cast("Person", request.user)
        if not message.may_be_handled_by(person, HANDLES):
            self.permission_denied(request, message=NOT_YOURS)
        return message

    def close(
        self, request: Request, pk: int, form_class: type[serializers.Serializer[Any]], act: Act
    ) -> Response:
        """Check the body, act, answer the fresh message with its ETag."""
        message = self.message(request, pk)
        form = form_class(data=request.data)
        form.is_valid(raise_exception=True)
        facts: dict[str, Any] = {**form.validated_data}
        facts["version"] = stated_version(request, message, facts.get("version"))
        with refusals(request, message):
            closed = act(message_id=message.pk, **facts, **told(request))
        shown = MessageSerializer(closed).data
        return Response(shown, headers={"ETag": etag_of(closed.version)})


class LogMessage(ExitView):
    """Make a ticket of a message: one step, everything proposed may be changed."""

    @extend_schema(
        request=LogSerializer, responses={201: IncidentSerializer, 200: IncidentSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """201 with the new ticket; 200 with the ticket it has when it was logged before."""
        message = self.message(request, pk)
        form = LogSerializer(data=request.data, context={"message": message})
        form.is_valid(raise_exception=True)
        facts: dict[str, Any] = {**form.validated_data}
        facts["version"] = stated_version(request, message, facts.get("version"))
        with refusals(request, message):
            incident, is_new = log_message(
                message_id=message.pk, form=LogForm(**facts), **told(request)
            )
        shown = Incident.objects.with_facts().get(pk=incident.pk)
        return Response(IncidentSerializer(shown).data, status=201 if is_new else 200)


class AttachMessage(ExitView):
    """Join a message to a ticket that is there already; its reporter is told once."""

    @extend_schema(request=AttachSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the message, also when it was attached to this ticket before."""
        return self.close(request, pk, AttachSerializer, attach_message)


class DismissMessage(ExitView):
    """Close a message without a ticket."""

    @extend_schema(request=DismissSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the message."""
        return self.close(request, pk, DismissSerializer, dismiss_message)


class AskBack(ExitView):
    """Post a question into the thread of a message; it keeps waiting."""

    @extend_schema(request=AskSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the message; `token` makes one question of a repeated call."""
        return self.close(request, pk, AskSerializer, ask_back)


class RestoreMessage(ExitView):
    """Take back an exit that was a slip."""

    @extend_schema(request=RestoreSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the message, waiting again."""
        return self.close(request, pk, RestoreSerializer, restore_message)


def told(request: Request) -> dict[str, Any]:
    """Who does it, from where, and when."""
    return {"actor": request.user.get_username(), "origin": "api", "now": clock.now()}


def stated_version(request: Request, message: Message, in_body: int | None) -> int | None:
    """The version the caller wrote about, from If-Match or the body; None when they say none."""
    given = request.headers.get("If-Match")
    if given is None:
        return in_body
    tags = parse_etags(given)
    if "*" in tags:
        return None
    return message.version if etag_of(message.version) in tags else 0


class refusals:  # noqa: N801 - used as `with refusals(…)`
    """What a service refuses, as a problem: 409 or 412 with the fresh message when the caller's
    version is old, else 400 with the field to mend."""

    def __init__(self, request: Request, message: Message) -> None:
        self._request, self._message = request, message

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, Stale):
            now = Message.objects.with_facts().get(pk=self._message.pk)
            require_version(self._request, now.version, MessageSerializer(now).data)
        if isinstance(problem, UnableToHandle):
            errors = {problem.field or "non_field_errors": [str(problem)]}
            raise Problem(400, str(problem), errors=errors) from problem
