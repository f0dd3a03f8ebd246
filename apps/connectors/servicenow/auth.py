"""Signing in to ServiceNow: basic, or an OAuth token kept until shortly before it ends."""

import base64
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from apps.connectors.base import ConnectorError
from apps.connectors.problems import from_reading
from apps.connectors.servicenow.config import ServiceNowConfig
from apps.connectors.servicenow.errors import ASLEEP, redirected, wait
from apps.core.http import Answer, Http, HttpProblem

TOKEN_PATH = "oauth_token.do"  # noqa: S105 (a path, not a secret)
EARLY = 60.0  # seconds before its end at which a token is no longer used
DEFAULT_LIFE = 300.0  # seconds, when the answer does not say


class Auth(Protocol):
    """How a call proves who we are."""

    def headers(self) -> dict[str, str]:
        """The headers to send. Raises ConnectorError when we cannot sign in."""
        ...

    def renew(self) -> bool:
        """After a 401: whether another try with new headers makes sense."""
        ...


def auth_for(config: ServiceNowConfig, http: Http) -> Auth:
    """The way of signing in that the connection is set to."""
    return OAuth(config, http) if config.auth == "oauth" else Basic(config)


class Basic:
    """User name and password with every call."""

    def __init__(self, config: ServiceNowConfig) -> None:
        if ":" in config.username:
            raise ConnectorError("A user name cannot hold a colon.", permanent=True)
        pair = f"{config.username}:{config.password}".encode()
        self._headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def headers(self) -> dict[str, str]:
        return self._headers

    def renew(self) -> bool:
        return False


class OAuth:
    """A bearer token, asked for when needed and kept in this object, for any number of threads."""

    def __init__(
        self,
        config: ServiceNowConfig,
        http: Http,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def headers(self) -> dict[str, str]:
        with self._lock:
            if not self._token or self._clock() >= self._good_until:
                self._ask()
            return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        with self._lock:
            self._token = ""
        return True

    def _ask(self) -> None:
        asked_at = self._clock()
        try:
            answer = self._http.post_form(
                TOKEN_PATH, fields=self._grant(), headers={"Accept": "application/json"}
            )
        except HttpProblem as problem:
            raise redirected(problem) or from_reading(problem) from problem
        self._token, life = _token_in(answer)
        self._good_until = asked_at + life - EARLY

    def _grant(self) -> dict[str, str]:
        """The form fields; ServiceNow takes no JSON here."""
        config = self._config
        fields = {"client_id": config.client_id, "client_secret": config.client_secret}
        if not config.username:
            return {"grant_type": "client_credentials", **fields}
        person = {"username": config.username, "password": config.password}
        return {"grant_type": "password", **fields, **person}


def _token_in(answer: Answer) -> tuple[str, float]:
    """The token and the seconds it lives. Asking again gives the same one with less time left."""
    if answer.status >= 400:
        raise _refused(answer)
    if answer.media_type == "text/html":
        raise ConnectorError(ASLEEP)
    try:
        body = answer.json()
    except ValueError:
        body = None
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token.isprintable() or not token.strip():
        raise ConnectorError("ServiceNow's token answer holds no token.")
    return token, _life(body.get("expires_in"))


def _life(value: Any) -> float:
    text = str(value)
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else DEFAULT_LIFE


def _refused(answer: Answer) -> ConnectorError:
    if answer.status == 429:
        return ConnectorError("ServiceNow asked us to slow down.", retry_after=wait(answer))
    words = f"ServiceNow gave us no token ({answer.status})."
    return ConnectorError(words, permanent=answer.status < 500 and answer.status != 408)
