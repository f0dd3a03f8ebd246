"""Who may come in: basic authentication and OAuth tokens."""

import base64
import binascii
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from apps.simulator.fakes.exchange import FORM_TYPE, Reply, Request, json_reply
from apps.simulator.fakes.ledger import Clock
from apps.simulator.fakes.servicenow.errors import failure

REFRESH_LIFE = 100 * 24 * 3600.0  # seconds


@dataclass(slots=True)
class Token:
    user: str
    access: str
    refresh: str
    until: float


class Door:
    """An empty user name, password, client id or secret accepts any that is not empty."""

    def __init__(
        self, *, username: str, password: str, client_id: str, client_secret: str, clock: Clock
    ) -> None:
        self.token_life = 1800.0  # seconds
        self._person = (username, password)
        self._client = (client_id, client_secret)
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}  # by user

    def revoke_tokens(self) -> None:
        """No access token is good any more, as if an administrator had revoked them."""
        with self._lock:
            for token in self._tokens.values():
                token.until = 0.0

    def user(self, request: Request) -> str:
        """The user name of a request that may come in, else ""."""
        kind, _, rest = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            return self._basic(rest.strip())
        return self._bearer(rest.strip()) if kind.lower() == "bearer" else ""

    def issue(self, request: Request) -> Reply:
        """The reply of `/oauth_token.do`: a form only; a live token again as long as it lives."""
        if request.media_type != FORM_TYPE:
            return _denied("invalid_request", "The request is not form-encoded")
        fields = request.form()
        client = (fields.get("client_id", ""), fields.get("client_secret", ""))
        if not _fits(client, self._client):
            return _denied("invalid_client", "The client is not known")
        user = self._grantee(fields)
        if not user:
            return _denied("access_denied", "The grant was refused")
        return json_reply(200, self._grant(user))

    def _basic(self, encoded: str) -> str:
        try:
            name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return name if colon and _fits((name, password), self._person) else ""

    def _bearer(self, access: str) -> str:
        with self._lock:
            live = (each for each in self._tokens.values() if each.until > self._clock())
            return next((each.user for each in live if each.access == access), "")

    def _grantee(self, fields: Mapping[str, str]) -> str:
        """Whom a grant is for; "" when it is refused."""
        kind = fields.get("grant_type")
        if kind == "password":
            person = (fields.get("username", ""), fields.get("password", ""))
            return person[0] if _fits(person, self._person) else ""
        if kind == "client_credentials":
            return self._person[0] or fields["client_id"]
        asked = fields.get("refresh_token", "") if kind == "refresh_token" else ""
        with self._lock:
            tokens = list(self._tokens.values())
        good = (each for each in tokens if each.until + REFRESH_LIFE > self._clock())
        return next((each.user for each in good if asked and each.refresh == asked), "")

    def _grant(self, user: str) -> dict[str, object]:
        with self._lock:
            now = self._clock()
            token = self._tokens.get(user)
            if token is None or token.until <= now:
                refresh = token.refresh if token else secrets.token_urlsafe(64)
                token = Token(user, secrets.token_urlsafe(64), refresh, now + self.token_life)
                self._tokens[user] = token
            return {
                "scope": "useraccount",
                "token_type": "Bearer",
                "expires_in": max(int(token.until - now) - 1, 0),
                "refresh_token": token.refresh,
                "access_token": token.access,
            }


def unauthorized() -> Reply:
    """The reply to who may not come in."""
    realm = ("WWW-Authenticate", 'BASIC realm="Service-now"')
    return failure(401, "User Not Authenticated", "Required to provide Auth information", realm)


def _fits(said: tuple[str, str], wanted: tuple[str, str]) -> bool:
    return all(
        bool(each) and (not want or secrets.compare_digest(each.encode(), want.encode()))
        for each, want in zip(said, wanted, strict=True)
    )


def _denied(code: str, words: str) -> Reply:
    return json_reply(401, {"error": code, "error_description": words})
