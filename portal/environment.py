"""Reads the environment and `.env`, and says in one line what is wrong with a value."""

import contextlib
import difflib
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "FIELD_KEYS",
    "VAR_DIR",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "LOG_LEVEL",
    "SENTRY_DSN",
    "HOST",
    "PORT",
    "DEMO",
    "CLOCK_OFFSET_SECONDS",
    "IDLE_MINUTES",
    "SITE_NUMBER_PATTERN",
    "STREAMS",
    "CALENDAR_HOSTS",
)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
USUAL_SITE_NUMBER = "[A-Za-z0-9][A-Za-z0-9._-]{0,11}"


class BadSetting(SystemExit):
    """A value the portal cannot start with; the message names it. The process ends with 1."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Every setting that may come from outside, checked."""

    secret_key: str
    field_keys: tuple[str, ...]
    debug: bool
    allowed_hosts: list[str]
    base_url: str
    database: dict[str, Any]
    redis_url: str
    email: dict[str, Any]
    var_dir: Path
    log_level: str
    demo: bool
    clock_offset: int
    idle_minutes: int
    site_number_pattern: str
    streams: int | None
    calendar_hosts: frozenset[str]

    @property
    def is_sqlite(self) -> bool:
        return str(self.database["ENGINE"]).endswith("sqlite3")


def read_environment() -> Environment:
    """The settings of this process, from its environment, then `.env`, then defaults.

    Raises BadSetting for the first value that cannot be used.
    """
    env = environ.Env()
    _read_file(env, Path(os.environ.get("ENV_FILE", ROOT / ".env")))
    var_dir = Path(_text(env, "VAR_DIR", str(ROOT / "var"))).absolute()
    _make_folder(var_dir)
    _read_kept(var_dir / "demo.env")
    database = _database(env, var_dir)
    may_keep = str(database["ENGINE"]).endswith("sqlite3")
    return Environment(
        secret_key=_secret(env, "SECRET_KEY", var_dir, may_keep, lambda: secrets.token_urlsafe(50)),
        field_keys=_field_keys(env, var_dir, may_keep),
        debug=_flag(env, "DEBUG"),
        allowed_hosts=[host for host in _text(env, "ALLOWED_HOSTS", "").split(",") if host]
        or ["127.0.0.1", "localhost", "[::1]"],
        base_url=_base_url(env),
        database=database,
        redis_url=_redis_url(env),
        email=_email(env),
        var_dir=var_dir,
        log_level=_one_of(env, "LOG_LEVEL", "INFO", LEVELS),
        demo=_flag(env, "DEMO"),
        clock_offset=_whole(env, "CLOCK_OFFSET_SECONDS", 0),
        idle_minutes=_whole(env, "IDLE_MINUTES", 15),
        site_number_pattern=_pattern(env, "SITE_NUMBER_PATTERN", USUAL_SITE_NUMBER),
        streams=_count(env, "STREAMS"),
        calendar_hosts=_hosts(env, "CALENDAR_HOSTS"),
    )


def _read_file(env: environ.Env, path: Path) -> None:
    """Read `.env`; a name that looks like a misspelt setting stops the start."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name = line.removeprefix("export ").partition("=")[0].strip()
        near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.85)
        if near and name not in NAMES:
            raise BadSetting(name, f"no such setting in {path.name}; did you mean {near[0]}?")
    env.read_env(str(path))


def _read_kept(path: Path) -> None:
    """Values the demonstration made for itself; what is set already wins."""
    if path.exists():
        environ.Env.read_env(str(path))


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise BadSetting("VAR_DIR", f"cannot make {path} ({problem.strerror})") from problem


def _text(env: environ.Env, name: str, default: str) -> str:
    return str(env.str(name, default=default)).strip()


def _hosts(env: environ.Env, name: str) -> frozenset[str]:
    given = [host.strip().lower() for host in _text(env, name, "").split(",")]
    for host in given:
        if "/" in host or " " in host:
            raise BadSetting(name, f"{host!r} is no host name, such as mail.example.gov")
    return frozenset(filter(None, given))


def _flag(env: environ.Env, name: str) -> bool:
    value = _text(env, name, "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no", "on", "off", ""}:
        raise BadSetting(name, f"{value!r} is neither 1 nor 0")
    return value in {"1", "true", "yes", "on"}


def _whole(env: environ.Env, name: str, default: int) -> int:
    value = _text(env, name, str(default))
    if not re.fullmatch(r"-?[0-9]{1,9}", value):
        raise BadSetting(name, f"{value!r} is not a whole number")
    return int(value)


def _count(env: environ.Env, name: str) -> int | None:
    """A number from 0 on, or None when nothing is said."""
    count = _whole(env, name, 0) if _text(env, name, "") else None
    if count is not None and count < 0:
        raise BadSetting(name, f"{count} is less than 0")
    return count


def _one_of(env: environ.Env, name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = _text(env, name, default).upper()
    if value not in allowed:
        raise BadSetting(name, f"{value!r} is not one of {', '.join(allowed)}")
    return value


def _pattern(env: environ.Env, name: str, default: str) -> str:
    value = _text(env, name, default)
    try:
        re.compile(value)
    except re.error as problem:
        raise BadSetting(name, f"{value!r} is no regular expression ({problem})") from problem
    return value


def _database(env: environ.Env, var_dir: Path) -> dict[str, Any]:
    url = _text(env, "DATABASE_URL", "") or f"sqlite:///{var_dir / 'rollcall.sqlite3'}"
    if urlsplit(url).scheme not in {"sqlite", "postgres", "postgresql", "psql"}:
        raise BadSetting("DATABASE_URL", "use sqlite:///path or postgres://user:password@host/name")
    try:
        return dict(env.db_url_config(url))
    except (ValueError, environ.ImproperlyConfigured) as problem:
        raise BadSetting("DATABASE_URL", f"cannot be read ({problem})") from problem


def _redis_url(env: environ.Env) -> str:
    url = _text(env, "REDIS_URL", "")
    if url and urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise BadSetting(
            "REDIS_URL", "use redis://host:6379/0, or leave it empty for the local broker"
        )
    return url


def _base_url(env: environ.Env) -> str:
    url = _text(env, "BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise BadSetting(
            "BASE_URL", f"{url!r} is not an address such as https://rollcall.example.gov"
        )
    return url


def _email(env: environ.Env) -> dict[str, Any]:
    try:
        found = dict(env.email_url_config(_text(env, "EMAIL_URL", "consolemail://")))
    except (KeyError, ValueError, environ.ImproperlyConfigured) as problem:
        raise BadSetting("EMAIL_URL", "use smtp+tls://user:password@host:587") from problem
    is_smtp = found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    return found | ({"EMAIL_BACKEND": "apps.outbox.smtp.Backend"} if is_smtp else {})


def _secret(
    env: environ.Env, name: str, var_dir: Path, may_keep: bool, make: Callable[[], str]
) -> str:
    """The value of a secret; on one box it is made once and kept under VAR_DIR (0600)."""
    value = _text(env, name, "")
    if value:
        return value
    if not may_keep:
        raise BadSetting(name, "must be set when DATABASE_URL is PostgreSQL")
    return _kept(var_dir / name.lower().replace("_", "-"), make)


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Read a kept secret, or make it; of two processes that start at once, one wins for both."""
    if not path.exists():
        own = path.with_name(f"{path.name}.{os.getpid()}")
        own.touch(mode=0o600)
        own.write_text(make(), encoding="utf-8")
        with contextlib.suppress(FileExistsError):  # the other process was first: its value counts
            os.link(own, path)
        own.unlink()
    return path.read_text(encoding="utf-8").strip()


def _field_keys(env: environ.Env, var_dir: Path, may_keep: bool) -> tuple[str, ...]:
    text = _secret(env, "FIELD_KEYS", var_dir, may_keep, lambda: Fernet.generate_key().decode())
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    for key in keys:
        try:
            Fernet(key)
        except ValueError as problem:
            raise BadSetting(
                "FIELD_KEYS", "each key is 32 bytes in URL-safe base64, joined by commas"
            ) from problem
    return keys
