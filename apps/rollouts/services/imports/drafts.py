"""Files kept while somebody looks at them, and what the headers of a programme's files mean."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Person
from apps.rollouts.models import ImportDraft, Programme
from apps.rollouts.rules.columns import NEEDED, headers_of
from apps.rollouts.rules.days import order_of
from apps.rollouts.services.imports.previews import ImportOptions, ImportPreview
from apps.rollouts.services.imports.register import import_sites, preview_sites
from apps.rollouts.services.imports.schedule import import_schedule, preview_schedule
from apps.rollouts.services.programmes import set_programme
from apps.rollouts.services.schedule import Decision
from apps.rollouts.sheets import NoColumn, header_key, read_table

KEPT = timedelta(days=1)
MOST_KEPT = 10  # of one person


@dataclass(frozen=True, kw_only=True)
class GivenFile:
    """A file somebody gave: of which kind, its name, what is in it."""

    kind: str
    name: str
    content: bytes


@transaction.atomic
def keep_draft(
    *, programme: Programme, person: Person, given: GivenFile, options: ImportOptions, now: datetime
) -> ImportDraft:
    """Keep a file for a day; of one person's the last ten.

    Raises BadFile for one that cannot be read at all, and keeps nothing then.
    """
    with suppress(NoColumn):  # that can be said once it is kept
        headers = headers_of(given.kind, programme.labels)
        read_table(given.content, headers, NEEDED[given.kind])
    purge_drafts(now=now)
    own = ImportDraft.objects.of(person).order_by("-made_at", "-pk")
    ImportDraft.objects.filter(
        pk__in=list(own.values_list("pk", flat=True)[MOST_KEPT - 1 :])
    ).delete()
    return ImportDraft.objects.create(
        programme=programme, person=person, kind=given.kind, name=given.name[:200],
        content=given.content, order=options.order, cancel_missing=options.cancel_missing,
        made_at=now,
    )  # fmt: skip


@transaction.atomic
def read_draft_as(
    *, draft: ImportDraft, options: ImportOptions, columns: Mapping[str, str], actor: str,
    origin: str, now: datetime,
) -> ImportDraft:  # fmt: skip
    """Say how a file is meant: its days, what it lacks, and which of our columns each of its
    headers is ("" for none). What headers mean is remembered for the programme's later files."""
    draft.order, draft.cancel_missing = options.order, options.cancel_missing
    draft.save(update_fields=["order", "cancel_missing"])
    programme = Programme.objects.select_for_update().get(pk=draft.programme_id)
    known = programme.import_columns
    named = known.get(draft.kind, {}) | {header_key(word): ours for word, ours in columns.items()}
    set_programme(programme=programme, name="import_columns", value=known | {draft.kind: named},
                  actor=actor, origin=origin, now=now)  # fmt: skip
    draft.programme = programme
    return draft


def look_at_draft(*, draft: ImportDraft, now: datetime) -> ImportPreview:
    """What a kept file would do. Raises BadFile, and NoColumn."""
    content = bytes(draft.content)
    if draft.kind == "sites":
        return preview_sites(programme=draft.programme, content=content, by=draft.person)
    options = _options(draft)
    return preview_schedule(programme=draft.programme, content=content, options=options, now=now)


@transaction.atomic
def import_draft(
    *, draft: ImportDraft, decision: Decision, digest: str, now: datetime
) -> ImportDraft:
    """Do what was looked at, once; the file itself is let go. Of sites no reason is asked.

    Raises BadFile, BadRows, UnableToChangeSchedule: then nothing was done, and the file stays.
    """
    row: ImportDraft = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if row.done_at is not None:
        return row
    content = bytes(row.content)
    if row.kind == "sites":
        seen = import_sites(
            programme=row.programme, content=content, by=row.person,
            origin=decision.origin, now=now, digest=digest,
        )  # fmt: skip
    else:
        made = import_schedule(
            programme=row.programme, content=content, options=_options(row), decision=decision,
            now=now, digest=digest,
        )  # fmt: skip
        seen, row.changes = made.preview, [change.pk for change in made.changes]
    row.done_at, row.counts, row.content = now, seen.counts, b""
    row.save(update_fields=["done_at", "changes", "counts", "content"])
    return row


def _options(draft: ImportDraft) -> ImportOptions:
    return ImportOptions(order=order_of(draft.order), cancel_missing=draft.cancel_missing)


def purge_drafts(*, now: datetime) -> int:
    """Forget files older than a day; returns how many."""
    return ImportDraft.objects.filter(made_at__lt=now - KEPT).delete()[0]
