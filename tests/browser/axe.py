"""axe-core on the page as it is: no violation of WCAG 2.2 AA or best practice, light or dark."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

SETTLED = """document.getAnimations().filter((one) => one instanceof CSSTransition)
  .forEach((one) => one.finish())"""
AUDITED: list[Page] = []  # pages axe looks at just now: it tries styles of its own
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")
COLOURS = ("color-contrast", "link-in-text-block")  # what another colour scheme can change


@lru_cache(maxsize=1)
def _source() -> str:
    return (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, only: Sequence[str] = RULES) -> list[str]:
    """What axe finds, a line each: rule, element, what to do."""
    AUDITED.append(page)
    try:
        if not page.evaluate("'axe' in window"):
            page.evaluate(_source())
        rules = _rules(page, only)
    finally:
        AUDITED.remove(page)
    return [
        f"{rule['id']} at {node['target']}: {node.get('failureSummary', '')}"
        for rule in rules
        for node in rule["nodes"]
    ]


def _rules(page: Page, only: Sequence[str]) -> list[dict[str, Any]]:
    found: dict[str, Any] = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})",
        list(only),
    )
    violated: list[dict[str, Any]] = found["violations"]
    return violated


def check_axe(page: Page) -> None:
    """Fails with everything axe finds on a page as it stands, and what of its colours it finds in
    the other scheme (the switch of which changes nothing else, here at once)."""
    found = violations(page)
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    usual, other = SCHEMES[::-1] if is_dark else SCHEMES
    page.emulate_media(color_scheme=other, reduced_motion="reduce")
    page.evaluate(SETTLED)  # Django's admin fades in spite of that
    found += [f"{other}: {one}" for one in violations(page, COLOURS)]
    page.emulate_media(color_scheme=usual)
    page.evaluate(SETTLED)
    assert not found, f"{page.url}\n" + "\n".join(found)
