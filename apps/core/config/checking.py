"""Checks a document against the forms of all sections; finds everything wrong at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from rest_framework import serializers
from rest_framework.settings import api_settings

from apps.core.config.csvs import read_csv
from apps.core.config.document import Document
from apps.core.config.problems import Path, Wrong
from apps.core.config.sections import Section
from apps.core.config.words import complaint, kind_of, suggestion, unknown_key

TOP_LEVEL = frozenset(
    {"programme", "labels", "phases", "products", "sites", "waves", "go_lives", "readiness",
     "holidays", "blackouts", "queues", "routes", "categories", "severities", "sla", "people",
     "rotas", "escalations", "channels", "connections", "monitors", "capacity", "boards", "levers",
     "templates"}
)  # fmt: skip


def check(document: Document, sections: list[Section], folder: FilePath) -> dict[str, Any]:
    """The checked values by section; problems are noted in the document."""
    known = TOP_LEVEL | {section.key for section in sections}
    for key in document.values:
        if key not in known:
            near = suggestion(key, known)
            document.complain((key,), f"unknown key {key!r}{near}")
    if "programme" not in document.values:
        document.complain(("programme",), "there is no `programme:`; all the rest belongs to it")
    present = [section for section in sections if section.key in document.values]
    return {section.key: _section(document, section, folder) for section in present}


def unused(document: Document, sections: list[Section]) -> list[str]:
    """Known keys that no section of this version reads."""
    used = {section.key for section in sections}
    return [key for key in document.values if key in TOP_LEVEL and key not in used]


def _section(document: Document, section: Section, folder: FilePath) -> Any:
    value = document.values[section.key]
    path: Path = (section.key,)
    if not section.many:
        return _entry(document, section, {} if value is None else value, path)
    if section.csv and isinstance(value, dict):
        value = _rows(document, section, folder)
    if section.form is None:
        return value
    if value is None:
        return []
    if not isinstance(value, list):
        document.complain(path, f"{section.key} is a list, not {kind_of(value)}")
        return []
    return [_entry(document, section, one, (*path, place)) for place, one in enumerate(value)]


def _rows(document: Document, section: Section, folder: FilePath) -> list[Any]:
    extra = [key for key in document.values[section.key] if key != "file"]
    if extra:
        path = (section.key, extra[0])
        document.complain(path, f"{section.key}: {unknown_key(extra[0], ['file'])}")
        return []
    try:
        return read_csv(document, section, folder)
    except Wrong as problem:
        document.complain(problem.path, f"{section.key}: {problem.words}")
        return []


def _entry(document: Document, section: Section, value: Any, path: Path) -> Any:
    if section.form is None:
        return value
    if not isinstance(value, dict):
        words = f"{section.key}: a mapping is expected here, not {kind_of(value)}"
        document.complain(path, words)
        return {}
    form = section.form(data=value)
    for where, words in _unknown(form, value, path):
        document.complain(where, f"{label(where[:-1])}: {words}")
    if form.is_valid():
        return form.validated_data
    for where, error in _flat(form.errors, path):
        field = _field(form, where[len(path) :])
        words = complaint(error, field, _value(value, where[len(path) :]))
        document.complain(where, f"{label(where)}: {words}")
    return {}


def label(path: Path) -> str:
    """A path for people: sites.time_zone; the line says which one."""
    return ".".join(str(part) for part in path if isinstance(part, str))


def _unknown(form: Any, value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Keys no field reads, at any depth."""
    if isinstance(form, serializers.ListSerializer) and isinstance(value, list):
        for place, one in enumerate(value):
            yield from _unknown(form.child, one, (*path, place))
    if not isinstance(form, serializers.Serializer) or not isinstance(value, dict):
        return
    fields = {name: one for name, one in form.fields.items() if not one.read_only}
    if not getattr(form, "accepts_other_keys", False):
        for key in value:
            if key not in fields:
                yield (*path, key), unknown_key(key, fields)
    for name, one in fields.items():
        yield from _unknown(one, value.get(name), (*path, name))


def _flat(errors: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """The errors of a form as (path, error), outermost first."""
    if isinstance(errors, Mapping):
        for key, inner in errors.items():
            is_own = key == api_settings.NON_FIELD_ERRORS_KEY
            yield from _flat(inner, path if is_own else (*path, key))
    elif isinstance(errors, list):
        for place, inner in enumerate(errors):
            is_entry = isinstance(inner, Mapping)
            yield from _flat(inner, (*path, place) if is_entry else path)
    else:
        yield path, errors


def _field(form: Any, path: Path) -> Any:
    """The field a path leads to, None when it leads elsewhere."""
    for part in path:
        if isinstance(form, serializers.Serializer):
            form = form.fields.get(str(part))
        else:
            form = getattr(form, "child", None)
    return form


def _value(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value
