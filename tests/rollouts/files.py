"""Applying small programme files in tests."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from apps.core.config.problems import Refused
from apps.core.config.run import Request, apply_file

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
HEAD = """\
programme: {key: p, name: P, first_week: 2022-05-02, last_week: 2022-08-22, time_zone: UTC}
"""
PRODUCT = "products: [{key: app, name: App}]\n"
SITE = '{number: "442", name: Cheyenne, time_zone: America/Denver}'
SITES = f"sites: [{SITE}]\n"
WAVES = "waves: [{number: 7, starts_on: 2022-06-13}]\n"
GO_LIVE = '{site: "442", product: app, wave: 7, planned_on: 2022-06-13}'
WHOLE = f"{HEAD}{PRODUCT}{SITES}{WAVES}go_lives: [{GO_LIVE}]\n"


def apply(
    folder: Path,
    text: str,
    *,
    now: datetime = NOW,
    shift_to_today: bool = False,
    reason: str = "",
    tables: dict[str, str | bytes] | None = None,
) -> list[str]:
    """The lines of the diff without what did not change; `tables` are CSV files by name."""
    (folder / "p.yaml").write_text(text, encoding="utf-8")
    for name, table in (tables or {}).items():
        content = table if isinstance(table, bytes) else table.encode()
        (folder / name).write_bytes(content)
    request = Request(
        path=folder / "p.yaml", now=now, actor="adi", shift_to_today=shift_to_today,
        reason=reason, environment={"ANA_PASSWORD": "correct-horse"},
    )  # fmt: skip
    return [str(note) for note in apply_file(request).notes if note.verb != "="]


def refused(folder: Path, text: str, tables: dict[str, str | bytes] | None = None) -> list[str]:
    """What was said about a file that was refused."""
    with pytest.raises(Refused) as caught:
        apply(folder, text, tables=tables)
    return [str(problem) for problem in caught.value.problems]
