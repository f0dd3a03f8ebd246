"""The OpenAPI schema: problems of every operation, `fields` and `ordering`, Idempotency-Key."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` has the words for each field.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": True},
    },
}


class ProblemSchema(AutoSchema):
    """drf-spectacular's schema with what every operation of ours has."""

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), *self._ours()]

    def _ours(self) -> list[OpenApiParameter]:
        found = []
        if self.method == "GET" and getattr(self.view, "is_sparse", False):
            words = "Only these fields, joined by commas."
            found.append(OpenApiParameter("fields", str, description=words))
        if self.method == "GET" and (offered := getattr(self.view, "ordering_fields", ())):
            words = f"Joined by commas, `-` for descending: {', '.join(offered)}."
            found.append(OpenApiParameter("ordering", str, description=words))
        if self.method == "POST" and getattr(self.view, "is_keyed", False):
            words = "The same key and body again: the same answer, and one effect (24 hours)."
            found.append(
                OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description=words)
            )
        return found

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problem = ResolvedComponent(  # type: ignore[no-untyped-call]  # drf-spectacular
            name="Problem", type=ResolvedComponent.SCHEMA, schema=PROBLEM, object="Problem"
        )
        self.registry.register_on_missing(problem)
        bodies["default"] = {
            "description": "What went wrong, in words.",
            "content": {"application/problem+json": {"schema": problem.ref}},
        }
        return bodies
