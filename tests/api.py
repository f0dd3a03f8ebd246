"""Asking the API as a person, with a token of theirs."""

from typing import Any

from django.test import Client
from django.utils import timezone

from apps.accounts.models import Person
from apps.accounts.tokens import create_token


class As:
    """`As(ana).get("incidents/")`: an answer of /api/v1/."""

    def __init__(self, person: Person, *scopes: str) -> None:
        self.token = create_token(
            person=person,
            scopes=list(scopes or ("read", "write")),
            days=1,
            actor="system",
            origin="command",
            now=timezone.now(),
        )

    def get(self, path: str, **headers: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._send("patch", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        return Client().delete(f"/api/v1/{path}", headers=self._headers(headers))

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        return getattr(Client(), method)(
            f"/api/v1/{path}",
            body if body is not None else {},
            content_type="application/json",
            headers=self._headers(headers),
        )

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **headers}
