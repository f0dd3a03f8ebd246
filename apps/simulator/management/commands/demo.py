"""`manage.py demo say "TEXT"`: somebody writes in the fake Slack; `demo thread` shows answers."""

import json
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.connections.models import Connection
from apps.core import clock
from apps.rollouts.models import Programme
from apps.simulator.demo.seed import seed
from apps.simulator.fakes.slack import send_message

CHANNEL = "C02UP02HHGX"  # check-in-go-live of the shipped example
OPENER = build_opener(ProxyHandler({}))  # the fake is on this machine; no proxy knows it


class Command(BaseCommand):
    help = "Play somebody at a site: write into the fake Slack of the demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        say = acts.add_parser("say", help="sign and post a message to the running portal")
        say.add_argument("text", metavar="TEXT")
        say.add_argument("--user", default="U0SITE", help="Slack user id (U0SITE)")
        say.add_argument("--thread", help="ts of the thread's root, to answer in it")
        thread = acts.add_parser("thread", help="show the channel, with the portal's answers")
        thread.add_argument("--last", type=int, default=10, help="how many messages (10)")
        acts.add_parser("seed", help="fill an empty demonstration with weeks of synthetic tickets")
        for parsed in (say, thread):
            parsed.add_argument("--channel", default=CHANNEL, help=f"channel id ({CHANNEL})")
            parsed.add_argument("--connection", help="key of the Slack connection (the first one)")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if act == "seed":
            self._seed()
            return
        connection = _connection(options["connection"])
        if act == "say":
            self._say(connection, options)
        else:
            self._show(connection, options["channel"], options["last"])

    def _seed(self) -> None:
        for programme in Programme.objects.order_by("key")[:1]:
            made = seed(programme=programme, now=clock.now())
            self.stdout.write(
                f"{made.tickets} tickets, {made.messages} messages, {made.work_items} work items,"
                f" {made.ready} ticks, {made.contacts} contacts,"
                f" {made.hand_overs} hand-overs, {made.holidays} downtimes"
            )

    def _say(self, connection: Connection, options: dict[str, Any]) -> None:
        hook = f"{settings.BASE_URL}/hooks/{connection.key}/"
        try:
            sent = send_message(
                hook,
                connection.secrets.get("signing_secret", ""),
                options["channel"],
                options["text"],
                options["user"],
                options["thread"],
                fake_url=connection.base_url,
            )
        except (OSError, ValueError) as problem:
            words = f"{hook} or {connection.base_url} does not answer: is `make run` running?"
            raise CommandError(f"{words} ({problem})") from problem
        if sent.status != 200:
            raise CommandError(f"{hook} answered {sent.status}: {sent.body}")
        self.stdout.write(f"{hook} took it (200). Its ts is {sent.ts}.")
        self.stdout.write("In the inbox: GET /api/v1/messages/?logged=false")
        self.stdout.write("Log it:       POST /api/v1/messages/{id}/log/")
        self.stdout.write("The answer:   manage.py demo thread")

    def _show(self, connection: Connection, channel: str, last: int) -> None:
        messages = _messages(connection.base_url, channel)
        roots = [one for one in messages if one.get("thread_ts", one["ts"]) == one["ts"]][-last:]
        for root in roots:
            self.stdout.write(f"{root['ts']}  {_who(root)}: {root.get('text', '')}")
            for reply in messages:
                if reply.get("thread_ts") == root["ts"] != reply["ts"]:
                    self.stdout.write(f"    ↳ {_who(reply)}: {reply.get('text', '')}")
        if not roots:
            self.stdout.write(f'nobody wrote in {channel} yet; try: manage.py demo say "…"')


def _connection(key: str | None) -> Connection:
    rows = Connection.objects.of_kind("slack")
    found = (rows.filter(key=key) if key else rows).first()
    if found is None:
        raise CommandError("there is no Slack connection; `make run` makes the demonstration's")
    if urlsplit(found.base_url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise CommandError(f"{found.key} is a real Slack ({found.base_url}); demo plays fakes only")
    return found


def _messages(base_url: str, channel: str) -> list[dict[str, Any]]:
    url = f"{base_url.rstrip('/').removesuffix('/api')}/_fake/records"
    try:
        with OPENER.open(url, timeout=10) as answer:
            channels: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as problem:
        raise CommandError(f"{base_url} does not answer: is `make run` running?") from problem
    messages: list[dict[str, Any]] = channels.get(channel, [])
    return messages


def _who(message: dict[str, Any]) -> str:
    return "Rollcall" if message.get("bot_id") else str(message.get("user", "somebody"))
