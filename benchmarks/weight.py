"""How heavy a page is: the bytes a first visit fetches, compressed as they are sent."""

import re
from typing import Any
from urllib.parse import urljoin

from django.test import Client

MOST = 250_000  # bytes
NAMED = (
    re.compile(r'(?:src|href)="(/static/[^"#]+)'),  # of a page
    re.compile(r'(?:from|import) ?"(\./[^"]+\.js)"'),  # of a module
    re.compile(r"url\([\"']?([^\"')#]+)"),  # of a style sheet
)
TEXTS = ("text/", "application/javascript", "image/svg")


def weight_of(client: Client, url: str) -> int:
    """Bytes of the page and of all that it names, each once."""
    sizes: dict[str, int] = {}
    waiting = [url]
    while waiting:
        one = waiting.pop()
        if one not in sizes:
            sizes[one], text = _fetched(client, one)
            waiting += [urljoin(one, name) for named in NAMED for name in named.findall(text)]
    return sum(sizes.values())


def print_weights(client: Client, urls: tuple[str, ...]) -> None:
    """A line for each page, beside the most it may weigh."""
    for url in urls:
        weight = weight_of(client, url)
        print(f"    {url:44} {weight / 1000:6.1f} kB   {weight / MOST:4.2f} x the most")


def _fetched(client: Client, url: str) -> tuple[int, str]:
    """Its bytes on the wire, and its text when it may name others."""
    sent = _body(client.get(url, headers={"Accept-Encoding": "gzip"}))
    plain: Any = client.get(url)
    is_text = str(plain.headers.get("Content-Type", "")).startswith(TEXTS)
    body = _body(plain)
    return len(sent), body.decode() if is_text else ""


def _body(answer: Any) -> bytes:
    assert answer.status_code == 200, answer
    if not answer.streaming:
        return bytes(answer.content)
    body = b"".join(answer)
    if file := getattr(answer, "file_to_stream", None):
        file.close()  # closing the answer itself would close the database connection as well
    return body
