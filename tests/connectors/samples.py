"""Where sample payloads are: ours in tests/samples, other people's beside the repository."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "payloads"


def ours(system: str) -> list[Path]:
    """Our own samples of one system: `{"why": …, …, "expected": …}`."""
    return sorted((ROOT / "tests" / "samples" / system).glob("*.json"))


def recorded(*folders: str) -> list[Path]:
    """Recorded payloads of others; empty where the shared folder is absent."""
    return [path for folder in folders for path in sorted((SHARED / folder).glob("*.json"))]


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
