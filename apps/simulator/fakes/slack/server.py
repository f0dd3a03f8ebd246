"""The workspace as a running server: Web API, faults, and events sent from it to a hook."""

import copy
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from apps.simulator.fakes.exchange import Reply, Request, json_reply
from apps.simulator.fakes.faults import COMMON, Fault
from apps.simulator.fakes.ledger import Clock
from apps.simulator.fakes.slack.arguments import arguments_of
from apps.simulator.fakes.slack.methods import Methods
from apps.simulator.fakes.slack.telling import TellsHooks
from apps.simulator.fakes.slack.workspace import BOT_USER, Message, Workspace
from apps.simulator.fakes.switches import Switch
from apps.simulator.fakes.system import FakeSystem

API = "/api/"


def _rate_limited(switch: Switch, _: Reply) -> Reply:
    wait = switch.retry_after
    headers = [("Retry-After", str(wait))] if wait is not None else []
    return json_reply(429, {"ok": False, "error": "ratelimited"}, *headers)


def _error(switch: Switch, _: Reply) -> Reply:
    return json_reply(200, {"ok": False, "error": switch.words or "internal_error"})


def _failed(_: Switch, __: Reply) -> Reply:
    kind = ("Content-Type", "text/html; charset=utf-8")
    return Reply(status=500, body=b"<html>Server Error</html>", headers=(kind,))


FAULTS = COMMON | {
    "rate_limited": Fault(spoil=_rate_limited),
    "error": Fault(spoil=_error),
    "error_500": Fault(spoil=_failed),
    "commit_then_500": Fault(spoil=_failed, commits=True),
}


class FakeSlack(TellsHooks, FakeSystem):
    """A Slack workspace. Clients use `api_url` as their base; our bot's token is `token`."""

    name = "slack"
    faults = FAULTS

    def __init__(
        self,
        *,
        port: int = 0,
        folder: Path | None = None,
        token: str = "xoxb-fake",  # noqa: S107 - the fake's own, good for nothing else
        signing_secret: str = "fake-signing-secret",  # noqa: S107 - as above
        channels: Iterable[str] | None = None,
        not_in: Iterable[str] = (),
        clock: Clock = time.time,
    ) -> None:
        """With `channels` only these exist; the bot is in all of them but those of `not_in`.

        An empty token accepts any. Raises OSError when the port is taken, LedgerDamaged.
        """
        self.token, self.signing_secret = token, signing_secret
        self._channels = channels if channels is None else tuple(channels)
        self._not_in = tuple(not_in)
        super().__init__(port=port, folder=folder, clock=clock)

    @property
    def api_url(self) -> str:
        return self.url + API

    def restore(self) -> None:
        self.workspace = Workspace(self.ledger, self.clock, self._channels)

    def everything(self) -> Any:
        return self.workspace.everything()

    def records(self, channel: str, thread_ts: str = "", **where: str) -> list[Message]:
        """Copies of the messages of a channel, oldest first; with `thread_ts` its replies only."""
        found = self.workspace.messages(channel)
        if thread_ts:
            found = [each for each in found if each.get("thread_ts") == thread_ts != each["ts"]]
        found = [each for each in found if all(each.get(name) == where[name] for name in where)]
        return copy.deepcopy(found)

    def posts(self, channel: str, thread_ts: str = "") -> list[Message]:
        """What our bot has posted there."""
        return self.records(channel, thread_ts, user=BOT_USER)

    def admin(self) -> dict[tuple[str, str], Callable[[Request], Reply]]:
        return super().admin() | {("POST", "message"): self._take_message}

    def loggable(self, request: Request) -> Any:
        arguments = arguments_of(request)
        return {name: value for name, value in arguments.items() if name != "token"}

    def handle(self, request: Request) -> Reply:
        if not request.path.startswith(API):
            return Reply(status=404)
        arguments = arguments_of(request)
        refused = self._refusal(request, arguments)
        if refused:
            return json_reply(200, {"ok": False, "error": refused})
        methods = Methods(self.workspace, self.url, self._not_in)
        name = request.path.removeprefix(API)
        return json_reply(200, methods.call(name, arguments, (request.method, request.path)))

    def _refusal(self, request: Request, arguments: Mapping[str, str]) -> str:
        """The code for a token that is missing or wrong; "" when it is right."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip() if kind.lower() == "bearer" else arguments.get("token", "")
        if not token:
            return "not_authed"
        good = not self.token or secrets.compare_digest(token.encode(), self.token.encode())
        return "" if good else "invalid_auth"

    def _take_message(self, request: Request) -> Reply:
        """`POST /_fake/message` of `send_message` in another process. Raises ValueError."""
        said = request.json()
        try:
            channel, fields, ts = str(said["channel"]), dict(said["fields"]), str(said["ts"])
        except (KeyError, TypeError) as error:
            raise ValueError("channel, fields and ts are needed") from error
        if not self.workspace.has(channel):
            raise ValueError(f"there is no channel {channel}")
        if said.get("user_name"):
            self.workspace.people[str(fields.get("user", ""))] = str(said["user_name"])
        return json_reply(200, {"message": self.workspace.add(channel, fields, ts=ts)})
