"""A connection as programme.yaml writes it: what its kind allows, and nothing else."""

from typing import Any, TypedDict

from rest_framework import serializers

from apps.connectors.base import ConnectorError
from apps.connectors.registry import KINDS, Kind
from apps.core.config.words import unknown_key
from apps.core.http import HttpProblem, check_base_url

COMMON = ("key", "kind", "base_url")


class Entry(TypedDict):
    """A checked connection."""

    key: str
    kind: str
    base_url: str
    settings: dict[str, Any]
    secrets: dict[str, str]


class ConnectionForm(serializers.Serializer[Any]):
    """One entry of `connections`. Which other keys it takes depends on its kind."""

    accepts_other_keys = True

    key = serializers.SlugField(max_length=60)
    kind = serializers.ChoiceField(choices=sorted(KINDS))
    base_url = serializers.CharField(max_length=300, default="")

    def validate_base_url(self, url: str) -> str:
        try:
            if url:
                check_base_url(url)
        except HttpProblem as problem:
            raise serializers.ValidationError(str(problem)) from problem
        return url

    def to_internal_value(self, data: Any) -> Any:
        common = super().to_internal_value({name: data[name] for name in COMMON if name in data})
        kind = KINDS[common["kind"]]
        others = {name: value for name, value in data.items() if name not in COMMON}
        if wrong := _wrong(kind, others):
            raise serializers.ValidationError(wrong)
        entry = Entry(
            key=common["key"],
            kind=kind.key,
            base_url=common["base_url"],
            settings={name: others[name] for name in others if name in kind.settings},
            secrets={name: str(others[name]) for name in others if name in kind.secrets},
        )
        _try_out(kind, entry)
        return entry


def _wrong(kind: Kind, others: dict[str, Any]) -> dict[str, list[str]]:
    """Words by key: unknown, missing, of the wrong form. Never a value: it may be a secret."""
    known = kind.settings | kind.secrets
    wrong = {name: _objection(kind, name, value) for name, value in others.items()}
    wrong |= {name: unknown_key(name, known | {*COMMON}) for name in others if name not in known}
    wrong |= {name: "is missing" for name in kind.required if name not in others}
    return {name: [words] for name, words in wrong.items() if words}


def _objection(kind: Kind, name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return "is empty"
    if isinstance(value, bool | dict) or (name in kind.secrets and not _is_plain(value)):
        return "is a text; put it in quotes"
    if isinstance(value, list) and not all(map(_is_plain, value)):
        return "is a list of texts"
    return ""


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _try_out(kind: Kind, entry: Entry) -> None:
    """What only the connector knows, such as which keys belong together; nothing is called."""
    if kind.desk is None:
        return
    try:
        kind.desk(entry["base_url"], entry["settings"], entry["secrets"])
    except ConnectorError as problem:
        raise serializers.ValidationError({"non_field_errors": [str(problem)]}) from problem
