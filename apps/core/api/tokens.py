"""Who calls: the bearer token of a program."""

from datetime import datetime
from secrets import compare_digest
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import get_token_model
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from apps.core import clock

REFUSED = "This token is not valid: mistyped, expired, withdrawn, or its owner left."


class BearerToken(TokenAuthentication):  # type: ignore[misc]  # knox has no types
    """knox's tokens, read in one query; reading never deletes or renews one.

    One answer for every reason: who does not hold a token learns nothing about it.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        text = token.decode("ascii", "replace")
        found = self._find(text, clock.now())
        if found is None:
            raise AuthenticationFailed(REFUSED)
        return found.user, found

    def _find(self, text: str, now: datetime) -> Any:
        if "\x00" in text or "\ufffd" in text:
            return None
        digest = hash_token(text)
        rows = get_token_model().objects.filter(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH])
        for row in rows.select_related("user"):
            if compare_digest(digest, row.digest):
                is_over = row.expiry is not None and row.expiry <= now
                return row if row.user.is_active and not is_over else None
        return None


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped
    """How the schema describes it."""

    target_class = "apps.core.api.tokens.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "`manage.py token create`"}
