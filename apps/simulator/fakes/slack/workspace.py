"""The workspace: its people and channels, and the messages in them."""

import copy
import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from apps.simulator.fakes.ledger import Clock, Ledger

TEAM = "T0ROLLCALL"
APP = "A0ROLLCALL"
BOT = "B0ROLLCALL"
BOT_USER = "U0ROLLCALL"
PEOPLE = {
    BOT_USER: "rollcall",
    "U0ANA": "Ana Ortiz",
    "U0BEN": "Ben Boyd",
    "U0CLEO": "Cleo Chan",
    "U0ELI": "Eli Evans",
    "U0FAY": "Fay Foster",
    "U0PAM": "Pam Price",
    "U0DEE": "Dee Dunn",
    "U0DEV": "Dev Diaz",
}
CHANNEL_ID = re.compile("[CDG][A-Z0-9]{2,}")
STAMP = re.compile(r"[0-9]{1,10}\.[0-9]{6}")

Message = dict[str, Any]


class Workspace:
    """Messages by channel and `ts`; `ts` is text, unique in its channel, and rises.

    A message is never changed, only replaced: what these methods give is to be read only.
    """

    def __init__(self, ledger: Ledger, clock: Clock, channels: Iterable[str] | None) -> None:
        """With `channels` only these exist; without, every id that looks like one does."""
        self.lock = threading.RLock()
        self.people = dict(PEOPLE)
        self._ledger = ledger
        self._clock = clock
        self._only = None if channels is None else frozenset(channels)
        self._messages: dict[str, dict[str, Message]] = {}
        self._latest: dict[str, int] = {}  # microsecond of the last message, by channel
        for entry in ledger.effects():
            self._restore(entry.what, entry.payload)

    def direct(self, person: str) -> str:
        """The id of our bot's direct messages with somebody; "" for nobody we know."""
        return f"D{person[1:]}" if person in self.people else ""

    def has(self, channel: str) -> bool:
        if self._only is not None:
            return channel in self._only or channel in map(self.direct, self.people)
        return CHANNEL_ID.fullmatch(channel) is not None

    def messages(self, channel: str) -> list[Message]:
        """The messages of a channel with its threads, oldest first."""
        with self.lock:
            return sorted(self._messages.get(channel, {}).values(), key=order)

    def message(self, channel: str, ts: str) -> Message | None:
        with self.lock:
            return self._messages.get(channel, {}).get(ts)

    def everything(self) -> dict[str, list[Message]]:
        with self.lock:
            return {channel: self.messages(channel) for channel in self._messages}

    def add(
        self,
        channel: str,
        fields: Mapping[str, Any],
        *,
        ts: str = "",
        cause: tuple[str, str] = ("", ""),
    ) -> Message:
        """Store a message and return it. Raises ValueError when `ts` is none or is taken."""
        with self.lock:
            taken = self._messages.setdefault(channel, {})
            if ts and (not STAMP.fullmatch(ts) or ts in taken):
                raise ValueError(f"{ts!r} cannot be the ts of a new message")
            message = {"type": "message", **fields, "ts": ts or self.next_ts(channel)}
            return self._keep("message.posted", channel, message, cause)

    def edit(self, channel: str, ts: str, fields: Mapping[str, Any]) -> Message:
        """Change a message and return it. Raises KeyError."""
        with self.lock:
            message = {**self._messages[channel][ts], **fields}
            return self._keep("message.edited", channel, message, ("", ""))

    def remove(self, channel: str, ts: str) -> Message:
        """Delete a message and return what it was. Raises KeyError."""
        with self.lock:
            message = self._messages[channel].pop(ts)
            self._ledger.note_effect("message.deleted", {"channel": channel, "message": message})
            return message

    def next_ts(self, channel: str) -> str:
        """Now, or the next microsecond that is later than all in the channel."""
        with self.lock:
            micros = max(int(self._clock() * 1_000_000), self._latest.get(channel, 0) + 1)
            return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def _keep(self, what: str, channel: str, message: Message, cause: tuple[str, str]) -> Message:
        self._put(channel, message)
        method, path = cause
        payload = {"channel": channel, "message": message}
        self._ledger.note_effect(what, payload, method, path)
        return message

    def _put(self, channel: str, message: Message) -> None:
        self._messages[channel][message["ts"]] = message
        self._latest[channel] = max(self._latest.get(channel, 0), order(message))

    def _restore(self, what: str, payload: Mapping[str, Any]) -> None:
        channel = self._messages.setdefault(payload["channel"], {})
        message = payload["message"]
        if what == "message.deleted":
            channel.pop(message["ts"], None)
        else:
            self._put(payload["channel"], copy.deepcopy(message))


def order(message: Mapping[str, Any]) -> int:
    """The microsecond of a message; only for sorting, `ts` itself stays text."""
    return int(str(message["ts"]).replace(".", ""))
