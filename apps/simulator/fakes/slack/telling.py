"""What happens in the workspace, told to a hook by signed events."""

from collections.abc import Mapping
from typing import Any

from apps.simulator.fakes.ledger import Clock
from apps.simulator.fakes.slack import events
from apps.simulator.fakes.slack.sender import Delivered, deliver
from apps.simulator.fakes.slack.workspace import Message, Workspace


class TellsHooks:
    """The half of a fake Slack that sends. Everything here raises OSError when no answer comes."""

    workspace: Workspace
    signing_secret: str
    clock: Clock

    def send_message(
        self,
        hook_url: str,
        channel: str,
        text: str,
        user: str = "U0PAM",
        *,
        thread_ts: str | None = None,
        event_id: str | None = None,
        ts: str | None = None,
        markup: bool = False,
        at: float | None = None,
    ) -> Delivered:
        """Somebody writes: the message is stored here and the hook told. Raises OSError."""
        message = self.add_message(channel, text, user, thread_ts=thread_ts, ts=ts, markup=markup)
        return self.deliver(hook_url, events.posted(channel, message, event_id=event_id), at=at)

    def add_message(
        self,
        channel: str,
        text: str,
        user: str = "U0PAM",
        *,
        thread_ts: str | None = None,
        ts: str | None = None,
        markup: bool = False,
    ) -> Message:
        """Somebody writes and no hook is told of it. Raises ValueError when `ts` is taken."""
        fields = events.person_message(text=text, user=user, thread_ts=thread_ts, markup=markup)
        return self.workspace.add(channel, fields, ts=ts or "")

    def send_edit(self, hook_url: str, channel: str, ts: str, text: str) -> Delivered:
        """The author changes the text. Raises KeyError, OSError."""
        with self.workspace.lock:
            at_ts = self.workspace.next_ts(channel)
            previous = self._existing(channel, ts)
            fields = events.person_message(text=text, user=previous["user"])
            mark = {"user": previous["user"], "ts": at_ts.partition(".")[0] + ".000000"}
            changes = {"text": fields["text"], "blocks": fields["blocks"], "edited": mark}
            message = self.workspace.edit(channel, ts, changes)
        return self.deliver(hook_url, events.edited(channel, message, previous, at_ts=at_ts))

    def send_unfurl(self, hook_url: str, channel: str, ts: str) -> Delivered:
        """Slack shows a link in a message: `message_changed`, though nobody changed its text."""
        at_ts = self.workspace.next_ts(channel)
        message = self._existing(channel, ts)
        shown = message | {"attachments": [{"id": 1, "title": "A page", "fallback": "A page"}]}
        return self.deliver(hook_url, events.edited(channel, shown, message, at_ts=at_ts))

    def send_deletion(self, hook_url: str, channel: str, ts: str) -> Delivered:
        """The author deletes the message. Raises KeyError, OSError."""
        with self.workspace.lock:
            at_ts = self.workspace.next_ts(channel)
            previous = self.workspace.remove(channel, ts)
        return self.deliver(hook_url, events.deleted(channel, previous, at_ts=at_ts))

    def send_mention(self, hook_url: str, channel: str, ts: str) -> Delivered:
        """The `app_mention` twin of a message. Raises KeyError, OSError."""
        return self.deliver(hook_url, events.mention(channel, self._existing(channel, ts)))

    def send_echo(self, hook_url: str, channel: str, ts: str) -> Delivered:
        """A message that is here already, our bot's own too, as an event. Raises KeyError."""
        return self.deliver(hook_url, events.posted(channel, self._existing(channel, ts)))

    def send_reaction(
        self,
        hook_url: str,
        channel: str,
        ts: str,
        user: str = "U0ANA",
        name: str = "white_check_mark",
        *,
        event_id: str | None = None,
    ) -> Delivered:
        """Somebody puts a sign on a message: it is kept there. Raises KeyError, OSError."""
        with self.workspace.lock:
            at_ts = self.workspace.next_ts(channel)
            signs = [*self._existing(channel, ts).get("reactions", ())]
            signs.append({"name": name, "users": [user], "count": 1})
            message = self.workspace.edit(channel, ts, {"reactions": signs})
        envelope = events.reacted(
            channel, message, user=user, name=name, at_ts=at_ts, event_id=event_id
        )
        return self.deliver(hook_url, envelope)

    def deliver(
        self,
        hook_url: str,
        envelope: Mapping[str, Any],
        *,
        at: float | None = None,
        retry_num: int = 0,
        retry_reason: str = "http_timeout",
    ) -> Delivered:
        """Sign and post any envelope, also once more (`retry_num`). Raises OSError."""
        return deliver(
            hook_url,
            self.signing_secret,
            envelope,
            at=self.clock() if at is None else at,
            retry_num=retry_num,
            retry_reason=retry_reason,
        )

    def _existing(self, channel: str, ts: str) -> Message:
        message = self.workspace.message(channel, ts)
        if message is None:
            raise KeyError(ts)
        return message
