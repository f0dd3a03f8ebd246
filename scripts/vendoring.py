"""`make vendor`: the browser's libraries from npm, as they lie in the repository, byte for byte.

Needs Node.js; nobody else does. `--check` changes nothing and fails when a file would differ.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "scripts/vendor"
PLACE = ROOT / "apps/core/static/rollcall/vendor"
AXE = ROOT / "tests/browser/vendor"
COPIED = {
    "htmx.org/dist/htmx.min.js": PLACE / "htmx.min.js",
    "sortablejs/Sortable.min.js": PLACE / "sortable.min.js",
    "modern-normalize/modern-normalize.css": PLACE / "modern-normalize.css",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": PLACE / "inter.woff2",
    "axe-core/axe.min.js": AXE / "axe.min.js",
}
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="rollcall-vendor-") as folder:
        made = _made(_installed(Path(folder)))
    made[PLACE / "SHA256SUMS"] = _sums(made)
    changed = [path for path, content in made.items() if _differs(path, content)]
    for path in changed:
        print(f"differs: {path.relative_to(ROOT)}")
    if "--check" in sys.argv[1:]:
        return 1 if changed else 0
    for path in changed:
        path.write_bytes(made[path])
    print(f"{len(made)} files, {len(changed)} changed")
    return 0


def _installed(folder: Path) -> Path:
    """What package-lock.json names, checked by npm against its hashes; no script of theirs runs."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm was not found: install Node.js 20 or later")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True)
    return folder / "node_modules"


def _made(modules: Path) -> dict[Path, bytes]:
    found = {place: _cleaned(modules / source) for source, place in COPIED.items()}
    found[PLACE / "icons.svg"] = _sprite(modules / "@tabler/icons/icons/outline")
    found[PLACE / "LICENSES.txt"] = (PLACE / "LICENSES.txt").read_bytes()  # kept by hand
    return found


def _cleaned(source: Path) -> bytes:
    """A file as it is served: no source map, which browsers would ask for."""
    content = source.read_bytes()
    if source.suffix not in {".js", ".css"}:
        return content
    return re.sub(rb"\s*(//|/\*)# sourceMappingURL=[^\n]*", b"", content).rstrip() + b"\n"


def _sprite(folder: Path) -> bytes:
    names = (HERE / "icons.txt").read_text("utf-8").split()
    symbols = [SYMBOL.format(name=name, body=_shapes(folder / f"{name}.svg")) for name in names]
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>"]
    return ("\n".join(lines) + "\n").encode()


def _shapes(icon: Path) -> str:
    if not icon.exists():
        raise SystemExit(f"scripts/vendor/icons.txt: there is no icon {icon.stem!r}")
    inside = re.search(r"<svg[^>]*>(.*)</svg>", icon.read_text("utf-8"), re.DOTALL)
    body = re.sub(r'<path stroke="none"[^>]*/>', "", inside[1] if inside else "")
    return re.sub(r"\s*\n\s*", "", body).strip()


def _sums(made: dict[Path, bytes]) -> bytes:
    rows = sorted((path.name, content) for path, content in made.items() if path.parent == PLACE)
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in rows
    ).encode()


def _differs(path: Path, content: bytes) -> bool:
    return not path.exists() or path.read_bytes() != content


if __name__ == "__main__":
    sys.exit(main())
