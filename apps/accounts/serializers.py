"""People over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.choices import Role
from apps.accounts.models import Feed, Person, Token
from apps.accounts.tokens import Scope
from apps.core.api.fields import InstantField


class MeSerializer(serializers.ModelSerializer[Person]):
    """Who is calling. Needs `context["request"]`."""

    is_administrator = serializers.BooleanField(help_text="Sees and configures every programme.")
    roles = serializers.SerializerMethodField(help_text="Roles by key of the programme.")
    scopes = serializers.SerializerMethodField(help_text="What this token may do.")

    class Meta:
        model = Person
        fields = ["username", "name", "email", "time_zone", "is_administrator", "roles", "scopes"]

    @extend_schema_field(
        serializers.DictField(
            child=serializers.ListField(child=serializers.ChoiceField(Role.choices))
        )
    )
    def get_roles(self, person: Person) -> dict[str, list[str]]:
        """`{"check-in-2022": ["engineer"]}`; an administrator may have no entry and see all."""
        found: dict[str, list[str]] = {}
        rows = person.memberships.order_by("programme__key", "role")
        for programme, role in rows.values_list("programme__key", "role"):
            found.setdefault(programme, []).append(role)
        return found

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Scope.choices)))
    def get_scopes(self, person: Person) -> list[str]:
        """The token's scopes; a session has all."""
        token: Any = self.context["request"].auth
        return list(token.scopes) if isinstance(token, Token) else list(Scope.values)


class FeedSerializer(serializers.ModelSerializer[Feed]):
    """A calendar somebody subscribed to; its address was told when it was made."""

    created_at = InstantField()
    revoked_at = InstantField(allow_null=True)
    last_read_at = InstantField(allow_null=True, help_text="Noted at most once an hour.")

    class Meta:
        model = Feed
        fields = ["id", "kind", "subject", "name", "created_at", "revoked_at", "last_read_at"]


class NewFeedForm(serializers.Serializer[Any]):
    """Which calendar: `programme` with its key, `wave` with `key/7`, `product` with
    `key/echeckin`, `shifts` with a username, `rota` with `key/support`."""

    kind = serializers.CharField(max_length=20)
    subject = serializers.CharField(max_length=160)


class MadeFeedSerializer(serializers.Serializer[Any]):
    """A new calendar and its address."""

    feed = FeedSerializer()
    url = serializers.URLField()
