"""Nodes of a YAML file as plain values, with the place of each.

Only maps, lists and scalars: no tags that make objects, no key twice, and anchors only until they
have grown the file to MOST_VALUES values.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from apps.core.config.problems import Path, Place, Problem, Refused
from apps.core.config.scalars import Trap, meaning
from apps.core.config.substitution import Missing, fill_in

MOST_VALUES = 100_000
DEEPEST = 30
_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")
}


class Reader:
    """Turns nodes into values; what is wrong with single values is noted, not raised."""

    def __init__(self, file: str, environment: Mapping[str, str]) -> None:
        self.file, self.environment = file, environment
        self.places: dict[Path, Place] = {}
        self.taken: dict[str, str] = {}
        self.problems: list[tuple[Path, str]] = []
        self._count = 0

    def read(self, node: yaml.Node, path: Path = ()) -> Any:
        """The value of a node. Raises Refused when the file is too large or too deep."""
        self._count += 1
        line = node.start_mark.line + 1
        if self._count > MOST_VALUES or len(path) > DEEPEST:
            words = "anchors repeat too much, or values are nested too deeply"
            raise Refused([Problem(self.file, line, words)])
        self.places.setdefault(path, Place(self.file, line))
        if node.tag not in _TAGS:
            self.problems.append((path, f"the tag {node.tag} is not allowed"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(one, (*path, place)) for place, one in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in _own(node):
            key, line = _key(key_node), key_node.start_mark.line + 1
            where = (*path, key)
            if key in lines:
                # Said at the second line, where the eye will look for what to remove.
                self.places[(*where, "")] = Place(self.file, line)
                words = f"the key {key!r} stands here again; first in line {lines[key]}"
                self.problems.append(((*where, ""), words))
                continue
            lines[key], self.places[where] = line, Place(self.file, line)
            found[key] = self.read(value_node, where)
        for key_node, value_node in self._merged(node, path):
            key = _key(key_node)
            if key not in found:
                found[key] = self.read(value_node, (*path, key))
        return found

    def _merged(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """What `<<: *anchor` brings in, nearest first."""
        for key_node, value_node in node.value:
            if not _is_merge(key_node):
                continue
            many = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
            for one in many:
                if isinstance(one, yaml.MappingNode):
                    yield from _own(one)
                else:
                    self.problems.append(((*path, "<<"), "<< takes a mapping (*anchor)"))

    def _scalar(self, node: Any, path: Path) -> Any:
        try:
            value = meaning(node.value) if node.style is None else node.value
            if isinstance(value, str) and "${" in value:
                value = fill_in(value, self.environment, self.taken)
        except Trap as problem:
            self.problems.append((path, str(problem)))
            return None
        except Missing as problem:
            self.problems.append((path, f"the environment has no {problem}"))
            return None
        return value


def _own(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    return ((key, value) for key, value in node.value if not _is_merge(key))


def _is_merge(node: yaml.Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:merge")


def _key(node: yaml.Node) -> str:
    """Keys are text, whatever they look like."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "?"
