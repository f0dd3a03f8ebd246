"""What Slack's refusals mean, in words."""

import re

from apps.connectors.base import ConnectorError
from apps.core.http import Answer

# Somebody has to change something first; repeating cannot help.
PERMANENT = {
    "account_inactive": "the bot's account is switched off",
    "cant_post_message": "the bot may not post there",
    "channel_not_found": "there is no such channel, or the bot cannot see it",
    "ekm_access_denied": "the workspace's key management refused it",
    "invalid_auth": "the bot token is not accepted",
    "invalid_arguments": "the request was not understood",
    "is_archived": "the channel is archived",
    "message_not_found": "there is no such message",
    "missing_scope": "the bot lacks a scope",
    "msg_too_long": "the text is too long",
    "no_text": "the text is empty",
    "not_allowed_token_type": "this kind of token may not do that",
    "not_authed": "no bot token was sent",
    "not_in_channel": "the bot is not a member of the channel",
    "restricted_action": "the workspace does not allow it",
    "thread_not_found": "there is no such thread",
    "token_expired": "the bot token has expired",
    "token_revoked": "the bot token was revoked",
    "unknown_method": "it has no such method",
    "user_not_found": "there is no such person",
}
RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack says of these that part of the work may have been done.
UNDECIDED = frozenset({"fatal_error", "internal_error", "service_unavailable", "request_timeout"})
CODE = re.compile(r"[a-z0-9_]{1,60}")
SCOPES = re.compile(r"[a-z0-9_:., ]{1,120}")
DEFAULT_WAIT = 30.0  # seconds; Slack's limits count per minute


def refusal(answer: Answer, code: object, needed: object, *, writes: bool) -> ConnectorError:
    """The error for `{"ok": false, "error": code}`, whatever the status was."""
    name = code if isinstance(code, str) and CODE.fullmatch(code) else "an unknown error"
    if name in RATE_LIMITED or answer.status == 429:
        return rate_limited(answer)
    if name in PERMANENT:
        scopes = needed if isinstance(needed, str) and SCOPES.fullmatch(needed) else ""
        words = PERMANENT[name] + (f": {scopes}" if scopes and name == "missing_scope" else "")
        return ConnectorError(f"Slack refused: {words} ({name}).", permanent=True)
    undecided = name in UNDECIDED or answer.status >= 500
    return ConnectorError(f"Slack answered {name}.", ambiguous=writes and undecided)


def rate_limited(answer: Answer) -> ConnectorError:
    """The error for too many requests; nothing was done."""
    wait = answer.retry_after
    return ConnectorError(
        "Slack asked us to slow down.", retry_after=DEFAULT_WAIT if wait is None else wait
    )


def not_json(answer: Answer, *, writes: bool) -> ConnectorError:
    """The error for an answer that is not what Slack's Web API sends."""
    if answer.status == 429:
        return rate_limited(answer)
    if 400 <= answer.status < 500 and answer.status != 408:
        words = f"Slack answered {answer.status}: check the base URL of this connection."
        return ConnectorError(words, permanent=True)
    words = f"Slack answered {answer.status} with something that is not its usual JSON."
    return ConnectorError(words, ambiguous=writes, retry_after=answer.retry_after)
