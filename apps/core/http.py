"""The seam for outgoing HTTP: time limits, host policy and size cap that no caller can forget."""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict

from apps.core.addresses import Reach, reach
from apps.core.transport import UNDER_WAY, Exchange, GuardedAdapter, HttpProblem, kind_of

__all__ = [
    "Answer",
    "Http",
    "HttpProblem",
    "Limits",
    "check_base_url",
    "get_public",
    "open_session",
]

CHUNK = 64 * 1024
NOT_MODIFIED = 304
USER_AGENT = "Rollcall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds for connecting, for each wait while reading, for all of it; bytes of the answer."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 30.0
    max_bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer that is no redirect; header names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """`application/json` and the like, lower case, without parameters; "" when not said."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is not, or is cut short or too deep."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    @property
    def retry_after(self) -> float | None:
        """Seconds the other side asks us to wait; None when it says none in plain seconds."""
        said = self.headers.get("Retry-After", "").strip()
        return float(said) if said.isascii() and said.isdigit() and len(said) <= 6 else None


class _NoCookies(RequestsCookieJar):
    """Keeps nothing: a cookie would tie later calls to a session we did not ask for."""

    def set_cookie(self, cookie: Any, *args: Any, **kwargs: Any) -> None:
        return None


def open_session() -> requests.Session:
    """A requests session without proxies, netrc, cookies, redirects or repeats of its own."""
    session = requests.Session()
    session.trust_env = False
    session.cookies = _NoCookies()
    session.headers["User-Agent"] = USER_AGENT
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter(max_retries=0))
    return session


def check_base_url(url: str) -> SplitResult:
    """The parts of a base URL an administrator typed.

    https, or plain http to this machine; a host; no user name, query or fragment.
    Raises HttpProblem("policy") saying which of these it is not.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise HttpProblem("policy", "this URL", sent=False, why="it is not a URL") from error
    why = _objection(url, parts, host)
    if why:
        raise HttpProblem("policy", host or "this URL", sent=False, why=why)
    return parts


def _objection(url: str, parts: SplitResult, host: str) -> str:
    if not host or any(letter <= " " or letter in '\\"<>^`{|}\x7f' for letter in url):
        return "it is not a URL"
    if "@" in parts.netloc:
        return "a URL must not hold a user name or password"
    if parts.query or parts.fragment:
        return "a base URL has no query and no fragment"
    if parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)):
        return ""
    return "https is required; plain http only to 127.0.0.1, ::1 or localhost"


def _is_this_machine(host: str) -> bool:
    try:
        return reach(host) is Reach.LOOPBACK
    except ValueError:  # a name
        return host == "localhost"


class Http:
    """Calls to one outside system, below its base URL. Safe to keep for many calls."""

    def __init__(self, base_url: str, *, limits: Limits | None = None) -> None:
        """Raises HttpProblem("policy") when the base URL is not acceptable."""
        self._host = check_base_url(base_url).hostname or ""
        self._own_host = self._host
        self._base = base_url.rstrip("/")
        self._limits = limits or Limits()
        self._session = open_session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, *, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The answer to a GET, whatever its status; asked once more when the connection broke.

        `path` is relative to the base URL, or a whole https URL (another host than the
        configured one must then be a public address). Raises HttpProblem.
        """
        until = time.monotonic() + self._limits.total
        try:
            return self._send("GET", path, params, headers, None, until)
        except HttpProblem as problem:
            if problem.kind not in {"refused", "reset"}:
                raise
        return self._send("GET", path, params, headers, None, until)

    def post_json(
        self, path: str, *, payload: Any, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """The answer to a POST of JSON, sent at most once. Raises HttpProblem."""
        body = json.dumps(payload, allow_nan=False).encode()
        typed = {**headers, "Content-Type": "application/json; charset=utf-8"}
        return self._send("POST", path, params, typed, body, self._until())

    def post_form(
        self, path: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """The answer to a POST of form fields, sent at most once. Raises HttpProblem."""
        return self._send("POST", path, {}, headers, dict(fields), self._until())

    def _until(self) -> float:
        return time.monotonic() + self._limits.total

    def _url(self, path: str) -> tuple[str, str]:
        """The whole URL and its host."""
        if not path.startswith(("https://", "http://")):
            return f"{self._base}/{path.lstrip('/')}", self._host
        return path, check_base_url(path.partition("?")[0]).hostname or ""

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | dict[str, str] | None,
        until: float,
    ) -> Answer:
        url, host = self._url(path)
        _refuse_split_headers(headers, host)
        exchange = Exchange(
            deadline=until, connect_within=self._limits.connect, own_host=host == self._own_host
        )
        token = UNDER_WAY.set(exchange)
        try:
            with self._session.request(
                method,
                url,
                params=dict(params),
                headers=dict(headers),
                data=body,
                stream=True,
                allow_redirects=False,
                timeout=(self._limits.connect, self._limits.read),
            ) as response:
                return self._read(response, host)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            kind = kind_of(error, sent=exchange.sent)
            raise HttpProblem(kind, host, sent=exchange.sent) from error
        except UnicodeError as error:
            raise HttpProblem("policy", host, sent=False, why="text is not UTF-8") from error
        finally:
            UNDER_WAY.reset(token)

    def _read(self, response: requests.Response, host: str) -> Answer:
        if 300 <= response.status_code < 400 and response.status_code != NOT_MODIFIED:
            raise HttpProblem("redirect", host, sent=True)
        body = bytearray()
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > self._limits.max_bytes:
                raise HttpProblem("too_large", host, sent=True)
        headers: Mapping[str, str] = CaseInsensitiveDict(response.headers)
        return Answer(response.status_code, headers, bytes(body))


class _PublicHttp(Http):
    """Calls to a host no administrator configured: none of its addresses may be inside."""

    def __init__(self, base_url: str, *, limits: Limits) -> None:
        super().__init__(base_url, limits=limits)
        self._own_host = ""


def get_public(
    url: str, *, inside: Collection[str], headers: Mapping[str, str], limits: Limits
) -> Answer:
    """The answer to a GET of an address that somebody typed who is no administrator.

    It must lead to a public address, but for the hosts `inside` names. Raises HttpProblem.
    """
    parts = check_base_url(url.partition("?")[0].partition("#")[0])
    base = f"{parts.scheme}://{parts.netloc}"
    kind = Http if parts.hostname in inside else _PublicHttp
    with kind(base, limits=limits) as http:
        return http.get(url, params={}, headers=headers)


def _refuse_split_headers(headers: Mapping[str, str], host: str) -> None:
    for name, value in headers.items():
        if any(mark in name + value for mark in "\r\n\0"):
            raise HttpProblem("policy", host, sent=False, why="a header holds a line break")
