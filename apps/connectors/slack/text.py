"""Slack's text, blocks and attachments as plain readable text."""

import re
from collections.abc import Callable, Iterator
from typing import Any

MAX_TEXT = 40_000  # Slack itself cuts longer text
MAX_DEPTH = 20  # blocks nest four deep; deeper is not Slack's
ENTITY = re.compile(r"<([^<>\n]*)>|&(amp|lt|gt);")
ESCAPES = {"amp": "&", "lt": "<", "gt": ">"}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what databases and UTF-8 cannot hold (NUL, half surrogate pairs)."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def readable(message: dict[str, Any]) -> str:
    """What a person reads in this message: its text, else its blocks, attachments, file names."""
    for part in (_own_text, _blocks, _attachments, _files):
        text = part(message).strip()
        if text:
            return storable(text)[:MAX_TEXT]
    return ""


def decode(text: str) -> str:
    """Slack's markup as plain text: `&lt;` is `<`, `<@U1|ana>` is @ana, `<u|label>` label (u)."""
    return ENTITY.sub(_decode_entity, text)


def _decode_entity(match: re.Match[str]) -> str:
    if match[2]:
        return ESCAPES[match[2]]
    target, _, label = match[1].partition("|")
    label = _unescape(label)
    reader = _READERS.get(target[:1])
    return reader(target[1:], label) if reader else link(_unescape(target), label)


def _unescape(text: str) -> str:
    return re.sub("&(amp|lt|gt);", lambda match: ESCAPES[match[1]], text)


def _person(ref: str, label: str) -> str:
    return "@" + (label.removeprefix("@") or ref)


def _channel(ref: str, label: str) -> str:
    return "#" + (label.removeprefix("#") or ref)


def _special(command: str, label: str) -> str:
    """`!here`, `!subteam^S1|@desk`, `!date^1503435956^{date}|fallback`."""
    name, _, rest = command.partition("^")
    if name == "date":
        return label or rest.partition("^")[0]
    return "@" + (label.removeprefix("@") or rest or name)


_READERS: dict[str, Callable[[str, str], str]] = {"@": _person, "#": _channel, "!": _special}


def link(url: str, label: str) -> str:
    """`label (url)`; the URL or address alone when the label only repeats it."""
    address = re.sub("^(mailto:|tel:|https?://)", "", url)
    if not label or not url or label == url:
        return url or label
    if label == address:
        return label if url.startswith(("mailto:", "tel:")) else url
    return f"{label} ({url})"


def _own_text(message: dict[str, Any]) -> str:
    return decode(_text(message.get("text")))


def _blocks(message: dict[str, Any]) -> str:
    return "\n".join(_lines(message.get("blocks"), 0))


def _attachments(message: dict[str, Any]) -> str:
    texts = (_attachment(each) for each in _dicts(message.get("attachments")))
    return "\n".join(text for text in texts if text)


def _attachment(attachment: dict[str, Any]) -> str:
    lines = [decode(_text(attachment.get(name))) for name in ("pretext", "title", "text")]
    for each in _dicts(attachment.get("fields")):
        pair = (decode(_text(each.get("title"))), decode(_text(each.get("value"))))
        lines.append(": ".join(part for part in pair if part))
    lines.append(_blocks(attachment))
    found = "\n".join(line for line in lines if line.strip())
    return found or decode(_text(attachment.get("fallback")))


def _files(message: dict[str, Any]) -> str:
    names = (_text(each.get("title")) or _text(each.get("name")) for each in _file_list(message))
    return "\n".join(f"(file: {name or 'not shown to us'})" for name in names)


def _file_list(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return _dicts(message.get("files"))


def _lines(nodes: Any, depth: int) -> Iterator[str]:
    """One line per block; a list inside a block gives one line per item."""
    if depth > MAX_DEPTH:
        return
    for node in _dicts(nodes):
        if node.get("type") in _CONTAINERS:
            yield from _lines(node.get("elements"), depth + 1)
        else:
            line = _line(node, depth)
            if line.strip():
                yield line


_CONTAINERS = ("rich_text", "rich_text_list")  # a tuple: what is looked up may be unhashable


def _line(node: dict[str, Any], depth: int) -> str:
    """The text of a section: its own, its fields, its inline elements."""
    parts = [_block_text(node.get("text")), *map(_block_text, _list(node.get("fields")))]
    inline = "".join(_inline(each, depth + 1) for each in _dicts(node.get("elements")))
    return "\n".join(part for part in [*parts, inline] if part)


def _block_text(value: Any) -> str:
    """A text object (`mrkdwn` is escaped, `plain_text` is not) or a bare string."""
    if not isinstance(value, dict):
        return decode(_text(value))
    text = _text(value.get("text"))
    return text if value.get("type") == "plain_text" else decode(text)


def _inline(node: dict[str, Any], depth: int) -> str:
    """An inline element of a rich text or context block."""
    reader = _INLINE.get(_text(node.get("type")))
    if reader:
        return reader(node)
    return _line(node, depth) if depth <= MAX_DEPTH else ""


def _emoji(node: dict[str, Any]) -> str:
    """The character of `1f691` or `1f468-200d-2695`, else the name as Slack's text has it."""
    try:
        return "".join(chr(int(code, 16)) for code in _text(node.get("unicode")).split("-"))
    except (ValueError, OverflowError):
        return f":{_text(node.get('name'))}:"


_INLINE: dict[str, Callable[[dict[str, Any]], str]] = {
    "text": lambda node: _text(node.get("text")),
    "link": lambda node: link(_text(node.get("url")), _text(node.get("text"))),
    "user": lambda node: _person(_text(node.get("user_id")), ""),
    "usergroup": lambda node: _person(_text(node.get("usergroup_id")), ""),
    "channel": lambda node: _channel(_text(node.get("channel_id")), ""),
    "broadcast": lambda node: _person(_text(node.get("range")), ""),
    "emoji": _emoji,
    "date": lambda node: _text(node.get("fallback")) or str(node.get("timestamp", "")),
    "mrkdwn": _block_text,
    "plain_text": _block_text,
}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    return (each for each in _list(value) if isinstance(each, dict))
