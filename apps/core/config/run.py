"""Applies a programme.yaml: everything is checked first, then written in one transaction."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path as FilePath
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from apps.core.config.checking import check, label, unused
from apps.core.config.document import Document, read_document
from apps.core.config.problems import Refused, Wrong
from apps.core.config.sections import Applying, Note, Section


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is to be applied, and how."""

    path: FilePath
    now: datetime
    actor: str
    is_dry: bool = False
    shift_to_today: bool = False
    reason: str = ""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was (or would be) done; `unused` are keys this version reads over."""

    notes: list[Note]
    unused: list[str]
    document: Document


def config_sections() -> list[Section]:
    """The sections the project lists, in the order in which they are applied."""
    table = cast("tuple[str, ...]", import_string(settings.CONFIG_SECTIONS))
    return [cast("Section", import_string(path)) for path in table]


def apply_file(request: Request) -> Outcome:
    """Read, check and apply a file. Raises Refused with everything that is wrong; then, as with
    `is_dry`, nothing was written."""
    sections = config_sections()
    document = read_document(request.path, request.environment)
    values = check(document, sections, request.path.parent)
    _stop_if_wrong(document)
    applying = _applying(request)
    with transaction.atomic():
        for section in sections:
            if section.key in values:
                _apply(document, applying, section, values[section.key])
        transaction.set_rollback(request.is_dry)
        if not request.is_dry:
            _count_rows()
    return Outcome(notes=applying.notes, unused=unused(document, sections), document=document)


def _count_rows() -> None:
    """PostgreSQL plans by what it counted last and would count new rows a minute later: until then
    the pages of a programme just applied would be slow."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _applying(request: Request) -> Applying:
    return Applying(
        now=request.now,
        today=request.now.date(),
        actor=request.actor,
        folder=request.path.parent,
        reason=request.reason,
        shift_to_today=request.shift_to_today,
    )


def _apply(document: Document, applying: Applying, section: Section, value: Any) -> None:
    """One section; what it finds wrong ends the run, later sections would only stumble over it."""
    applying.section = section.key
    try:
        section.apply(applying, value)
    except Wrong as wrong:
        applying.wrongs.append(wrong)
    for one in applying.wrongs:
        path = one.path or (section.key,)
        document.complain(path, f"{label(path)}: {one.words}")
    _stop_if_wrong(document)


def _stop_if_wrong(document: Document) -> None:
    if document.problems:
        raise Refused(sorted(document.problems))
