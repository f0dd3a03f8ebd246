"""axe-core on the page as it is: no violation of WCAG 2.2 AA or best practice."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AUDITED: list[Page] = []  # pages axe looks at just now: it tries styles of its own
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@lru_cache(maxsize=1)
def _source() -> str:
    return (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds, a line each: rule, element, what to do."""
    AUDITED.append(page)
    try:
        page.evaluate(_source())
        rules = _rules(page)
    finally:
        AUDITED.remove(page)
    return [
        f"{rule['id']} at {node['target']}: {node.get('failureSummary', '')}"
        for rule in rules
        for node in rule["nodes"]
    ]


def _rules(page: Page) -> list[dict[str, Any]]:
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})",
        RULES,
    )
    violated: list[dict[str, Any]] = found["violations"]
    return violated


def check_axe(page: Page) -> None:
    """Fails with everything axe finds."""
    found = violations(page)
    assert not found, f"{page.url}\n" + "\n".join(found)
