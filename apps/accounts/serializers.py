"""People over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.choices import Role
from apps.accounts.models import Person, Token
from apps.accounts.tokens import Scope


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
