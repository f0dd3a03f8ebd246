"""`manage.py up`: the whole portal of one box in the foreground, until Ctrl-C."""

import os
import sys
import threading
from argparse import ArgumentParser
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from apps.core import clock
from apps.core.models import Heartbeat
from apps.core.supervisor import parts
from apps.core.supervisor.child import Part
from apps.core.supervisor.demo import ADDRESS, Demo
from apps.core.supervisor.family import Family, GaveUp
from apps.core.supervisor.opening import offset_seconds, opens_at
from apps.core.supervisor.places import PlaceTaken, answers, need_port, only_one, reachable
from apps.core.supervisor.sign_in import make_first_administrator, usernames

EXAMPLE = Path("examples") / "va-check-in-2022.yaml"
FLAGS = {"1": True, "true": True, "yes": True, "on": True} | dict.fromkeys(
    ("0", "false", "no", "off", ""), False
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one call of `up` starts."""

    host: str
    port: int
    roles: tuple[str, ...]  # "web", "worker"
    demo: Demo | None
    base_url: str
    started_at: datetime | None = None  # as if started then; for trying the clock

    @property
    def has_web(self) -> bool:
        return "web" in self.roles

    def parts(self) -> list[Part]:
        web = [parts.web(self.host, self.port)] if self.has_web else []
        return [*web, parts.worker(), parts.beat()] if "worker" in self.roles else web

    def last_parts(self) -> list[Part]:
        """The fakes: the others may still want to finish a call to them."""
        if self.demo is None:
            return []
        ports = self.demo.servicenow_port, self.demo.slack_port
        return [parts.fakes(servicenow_port=ports[0], slack_port=ports[1])]

    def is_up(self) -> bool:
        name = str(urlsplit(self.base_url).hostname)
        return not self.has_web or answers(self.host, self.port, name)


class Command(BaseCommand):
    help = "Start web, worker and beat as one foreground process group; Ctrl-C stops all of it."
    requires_system_checks = ["security"]  # quick ones; `make lint` runs all
    _writing = threading.Lock()

    def add_arguments(self, parser: ArgumentParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--web-only", action="store_true", help="the web server alone")
        only.add_argument("--worker-only", action="store_true", help="worker and beat alone")
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument(
            "--demo",
            action="store_true",
            help="with the example programme and built-in fakes of Slack and ServiceNow",
        )
        parser.add_argument(
            "--demo-at", help="open the demonstration's clock as if started then (ISO, with zone)"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        plan = _plan(options)
        try:
            with only_one(settings.VAR_DIR, plan.roles):
                if plan.has_web:
                    need_port(plan.host, plan.port)
                self._run(plan)
        except (PlaceTaken, GaveUp) as reason:
            raise CommandError(str(reason)) from reason
        except KeyboardInterrupt:
            self._say("stopped before it was up")

    def _run(self, plan: Plan) -> None:
        if plan.has_web:  # a worker on its own leaves the tables to the web server's start
            self._say("preparing the database")
            call_command("migrate", interactive=False, verbosity=0)
        signs_in = self._prepare_demo(plan.demo, plan) if plan.demo else self._prepare_empty(plan)
        os.environ[ADDRESS] = plan.base_url
        os.environ["LOG_FOR_PEOPLE"] = "1" if sys.stdout.isatty() else ""
        connections.close_all()
        family = Family(plan.parts(), last=plan.last_parts(), say=self._say)
        family.obey_signals()
        family.run(is_up=plan.is_up, when_up=lambda: self._welcome(plan, signs_in))
        self._say("stopped")

    def _prepare_demo(self, demo: Demo, plan: Plan) -> list[str]:
        """Set the clock; apply and fill the example when it, or its own values, are new."""
        demo.prepare(plan.base_url)
        os.environ["DEMO"] = "1"
        self._set_clock(plan.started_at)
        example = Path(settings.ROOT) / EXAMPLE
        if demo.needs_applying(example) or not usernames(1):
            self._say("loading the demonstration programme")
            call_command("apply", str(example), shift_to_today=True, stdout=StringIO())
            demo.note_applied(example)
        call_command("demo", "seed", stdout=StringIO())
        return [f"Sign in       {', '.join(usernames())} · password {demo.password}"]

    def _set_clock(self, started_at: datetime | None) -> None:
        """Open the portal's clock in a working morning (docs/adr/0011); children inherit it."""
        real = timezone.now()
        started_at = started_at or real
        last_seen = Heartbeat.objects.order_by("-at").values_list("at", flat=True).first()
        opened_at = opens_at(started_at, last_seen)
        offset = 0 if opened_at == real else offset_seconds(opened_at, real)
        os.environ["CLOCK_OFFSET_SECONDS"] = str(offset)
        settings.CLOCK_OFFSET = offset
        if offset:
            self._say(f"the demonstration's clock opens at {opened_at:%a %-d %b %H:%M} UTC")

    def _prepare_empty(self, plan: Plan) -> list[str]:
        if not plan.has_web:
            return []
        password = make_first_administrator(settings.VAR_DIR, now=clock.now())
        if not password:
            return []
        kept = settings.VAR_DIR / "first-sign-in.txt"
        return [f"Sign in       admin · password {password} (shown once; kept in {kept})"]

    def _welcome(self, plan: Plan, signs_in: list[str]) -> None:
        mode = "demonstration" if plan.demo else " and ".join(plan.roles)
        broker = "Redis" if settings.REDIS_URL else "local broker"
        database = connections["default"].vendor
        lines = ["", f"Rollcall {settings.VERSION} · {mode} · {database} · {broker}"]
        if plan.has_web:
            lines += [f"Portal        {plan.base_url}/", *signs_in]
            if plan.demo is not None:
                lines += ["              or with one click, as any of them, on the sign-in page"]
            lines += [f"API           {plan.base_url}/api/v1/docs/"]
            lines += ["API token     manage.py token create --user NAME"]
        if plan.demo is None and os.geteuid() == 0:
            lines += ["Running as root: in production give Rollcall a user of its own"]
        for line in [*lines, "Stop with Ctrl-C", ""]:
            self._say(line)

    def _say(self, line: str) -> None:
        """One line on standard output; a reader who went away must not stop the portal."""
        with self._writing, suppress(OSError):
            self.stdout.write(line)
            self.stdout.flush()


def _plan(options: dict[str, Any]) -> Plan:
    host, port, roles = options["host"], _port(options["port"]), _roles(options)
    demo = Demo(settings.VAR_DIR)
    is_demo = options["demo"] or _flag("DEMO")
    return Plan(
        host=host,
        port=port,
        roles=roles,
        demo=demo if is_demo and len(roles) == 2 else None,
        base_url=_base_url(host, port, demo),
        started_at=_instant(options["demo_at"]),
    )


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(
            f"--demo-at: {text!r} is not like 2026-11-21T15:00:00+00:00"
        ) from problem
    if found.tzinfo is None:
        raise CommandError("--demo-at: say the zone too, as in 2026-11-21T15:00:00+00:00")
    return found


def _flag(name: str) -> bool:
    text = os.environ.get(name, "")
    if text.lower() not in FLAGS:
        raise CommandError(f"{name}: {text!r} is neither 1 nor 0")
    return FLAGS[text.lower()]


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT: {text!r} is not a port (1 to 65535)")
    return int(text)


def _roles(options: dict[str, Any]) -> tuple[str, ...]:
    if options["web_only"]:
        return ("web",)
    return ("worker",) if options["worker_only"] else ("web", "worker")


def _base_url(host: str, port: int, demo: Demo) -> str:
    """BASE_URL when somebody set it, else where we listen."""
    given = os.environ.get(ADDRESS)
    if given and given != demo.values.get(ADDRESS):
        return str(settings.BASE_URL)
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
