"""Writes a programme.yaml that reads back as what is stored."""

from collections.abc import Iterator
from typing import Any

import yaml

from apps.core.config.scalars import needs_quotes
from apps.core.config.sections import FromEnvironment, Section
from apps.core.config.substitution import escape

WIDTH = 4096  # one entry, one line


class _Dumper(yaml.SafeDumper):
    """Safe YAML, no anchors, every text quoted that could be taken for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def text(self, data: str) -> yaml.Node:
        style = '"' if needs_quotes(data) or not data.isprintable() else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def export_text(programme: Any, sections: list[Section]) -> str:
    """The configuration of a programme as YAML; secrets are `${NAME}`."""
    return "".join(_parts(programme, sections))


def _parts(programme: Any, sections: list[Section]) -> Iterator[str]:
    for section in sections:
        value = section.export(programme) if section.export else None
        if value not in (None, [], {}):
            yield _part(section.key, _plain(value))


def _part(key: str, value: Any) -> str:
    if not isinstance(value, list):
        return _dump({key: value}, flow=None)
    return f"{key}:\n" + "".join(f"  - {_dump(_filled(one), flow=True)}" for one in value)


def _filled(entry: Any) -> Any:
    """An entry without the keys that say nothing; leaving a key out means the same."""
    if not isinstance(entry, dict):
        return entry
    return {key: value for key, value in entry.items() if value not in (None, "")}


def _dump(value: Any, *, flow: bool | None) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, default_flow_style=flow,
                          allow_unicode=True, width=WIDTH)  # fmt: skip
    return text.removesuffix("...\n")


def _plain(value: Any) -> Any:
    """Only what YAML has; texts that hold `${` are escaped, those meant as such are not."""
    if isinstance(value, FromEnvironment):
        return f"${{{value}}}"
    if isinstance(value, str):
        return escape(str(value))
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


_Dumper.add_representer(str, _Dumper.text)
