"""The inbox over the API: messages as they are shown, and the form that logs one."""

from typing import Any, TypeVar
from uuid import uuid4

from django.db.models import Model, QuerySet
from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.api.fields import InstantField
from apps.incidents.models import Category, Queue
from apps.intake.choices import Exit
from apps.intake.models import Arrival, Message
from apps.rollouts.models import Product, Site

M = TypeVar("M", bound=Model)


class ProposalSerializer(serializers.Serializer[Message]):
    """What triage proposes; the engineer confirms or changes it."""

    site = serializers.CharField(source="site.number", allow_null=True, default=None)
    site_name = serializers.CharField(source="site.name", allow_null=True, default=None)
    product = serializers.CharField(source="product.key", allow_null=True, default=None)
    phase = serializers.CharField(help_text="Support phase of the site when it was written.")
    category = serializers.CharField(source="category.key", allow_null=True, default=None)
    severity = serializers.IntegerField()
    queue = serializers.CharField(source="queue.name", allow_null=True, default=None)


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A channel message; `text` is masked."""

    programme = serializers.CharField(source="programme.key", allow_null=True, default=None)
    connection = serializers.CharField(source="channel.connection.key")
    channel = serializers.CharField(source="channel.external_id")
    channel_name = serializers.CharField(source="channel.name")
    source_at = InstantField()
    received_at = InstantField()
    edited_at = InstantField(allow_null=True)
    deleted_at = InstantField(allow_null=True)
    proposal = ProposalSerializer(source="*")
    exit = serializers.ChoiceField(choices=Exit.choices)
    exit_at = InstantField(allow_null=True)
    asked_at = InstantField(allow_null=True)
    answered_at = InstantField(allow_null=True)
    incident = serializers.CharField(source="incident.number", allow_null=True, default=None)

    class Meta:
        model = Message
        fields = [
            "id", "key", "programme", "connection", "channel", "channel_name", "source_ref",
            "thread_ref", "source_at", "received_at", "edited_at", "deleted_at", "author_ref",
            "is_bot", "text", "found", "proposal", "asked_at", "answered_at", "exit", "exit_at",
            "exit_by", "exit_reason", "incident", "version",
        ]  # fmt: skip


class LogSerializer(serializers.Serializer[Any]):
    """What may be changed when a message is logged; what is left out is taken as proposed.

    Needs `context["message"]`: names are looked up in its programme.
    """

    title = serializers.CharField(max_length=200, required=False)
    site = serializers.CharField(max_length=12, required=False, allow_null=True)
    product = serializers.CharField(max_length=60, required=False)
    category = serializers.CharField(max_length=60, required=False)
    queue = serializers.CharField(max_length=120, required=False)
    severity = serializers.IntegerField(min_value=1, max_value=3, required=False)
    impact = serializers.IntegerField(min_value=1, max_value=3, required=False)
    urgency = serializers.IntegerField(min_value=1, max_value=3, required=False)
    assignee = serializers.CharField(max_length=60, required=False)
    version = serializers.IntegerField(min_value=1, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown(self)
        if "site" in attrs and attrs["site"] is None:
            return {**{name: attrs[name] for name in attrs if name != "site"}, "without_site": True}
        return attrs

    def validate_site(self, number: str | None) -> Site | None:
        if number is None:
            return None
        return _found(Site.objects.filter(number=number.strip()), f"no site {number!r}")

    def validate_product(self, key: str) -> Product:
        return _found(self._mine(Product).filter(key=key), f"no product {key!r} in this programme")

    def validate_category(self, key: str) -> Category:
        return _found(
            self._mine(Category).filter(key=key), f"no category {key!r} in this programme"
        )

    def validate_queue(self, name: str) -> Queue:
        return _found(self._mine(Queue).filter(name=name), f"no queue {name!r} in this programme")

    def validate_assignee(self, username: str) -> Person:
        programme = self.context["message"].programme_id
        people = Person.objects.filter(
            username=username, is_active=True, memberships__programme=programme
        )
        return _found(people.distinct(), f"nobody called {username!r} in this programme")

    def _mine(self, model: type[M]) -> QuerySet[M]:
        return model._default_manager.filter(programme=self.context["message"].programme_id)


def refuse_unknown(form: serializers.Serializer[Any]) -> None:
    """Raise ValidationError for fields the form does not have: a misspelt name must not be lost."""
    unknown = set(form.initial_data) - set(form.fields)
    if unknown:
        words = f"not a field of this form; it takes {', '.join(form.fields)}"
        raise serializers.ValidationError(dict.fromkeys(unknown, words))


def _found(rows: QuerySet[M], words: str) -> M:
    row = rows.first()
    if row is None:
        raise serializers.ValidationError(words)
    return row


class _ExitSerializer(serializers.Serializer[Any]):
    """What every exit takes; a field it does not know is refused."""

    version = serializers.IntegerField(min_value=1, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_unknown(self)
        return attrs


class AttachSerializer(_ExitSerializer):
    """The ticket it belongs to."""

    incident = serializers.CharField(max_length=24, help_text="A ticket's number, as in RC-12.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = super().validate(attrs)
        return {name: given[name] for name in given if name != "incident"} | {
            "number": given["incident"]
        }


class DismissSerializer(_ExitSerializer):
    """Why nothing is to be done."""

    reason = serializers.CharField(max_length=300)


class AskSerializer(_ExitSerializer):
    """What is asked in the thread; the same `token` asks once."""

    text = serializers.CharField(max_length=3000)
    token = serializers.CharField(max_length=60, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"token": uuid4().hex} | super().validate(attrs)


class RestoreSerializer(_ExitSerializer):
    """Nothing but the version."""


class ArrivalSerializer(serializers.ModelSerializer[Arrival]):
    """An inbox row without its body."""

    connection = serializers.CharField(source="connection.key")
    received_at = InstantField()
    processed_at = InstantField(source="done_at", allow_null=True)
    dead_at = InstantField(allow_null=True)

    class Meta:
        model = Arrival
        fields = [
            "id", "connection", "state", "received_at", "processed_at", "dead_at", "attempts",
            "last_error", "outcome",
        ]  # fmt: skip
