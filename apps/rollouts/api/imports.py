"""Importing a table over the API: looked at first, then all of it or nothing."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.views import KeyedPost
from apps.rollouts.api.callers import person_of
from apps.rollouts.effects import effects_of
from apps.rollouts.models import Programme
from apps.rollouts.rules.days import order_of
from apps.rollouts.serializers import ImportOptionsForm, ImportPreviewSerializer, preview_data
from apps.rollouts.services import (
    BadRows,
    Decision,
    Imported,
    ImportOptions,
    ImportPreview,
    UnableToChangeSchedule,
    import_schedule,
    import_sites,
    preview_schedule,
    preview_sites,
)
from apps.rollouts.sheets import MOST_BYTES, XLSX, BadFile


class _Raw(BaseParser):
    """The body as bytes; a table says itself what it is."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream.read(MOST_BYTES + 1)


class CsvParser(_Raw):
    """CSV."""

    media_type = "text/csv"


class XlsxParser(_Raw):
    """XLSX."""

    media_type = XLSX


class OctetParser(_Raw):
    """Either, not named."""

    media_type = "application/octet-stream"


class ScheduleImports(KeyedPost):
    """Bring a schedule, or the register of sites, to what a table says."""

    parser_classes = [CsvParser, XlsxParser, OctetParser]

    @extend_schema(
        request={"text/csv": OpenApiTypes.BINARY, XLSX: OpenApiTypes.BINARY},
        parameters=[ImportOptionsForm],
        responses={201: ImportPreviewSerializer, 200: ImportPreviewSerializer},
    )
    def post(self, request: Request) -> Response:
        """CSV or XLSX of at most 1 MiB. 201 when something was changed; 200 for `dry_run=1`, and
        when all stands so already. 422 with the cells that cannot be taken, 409 for the digest of
        something else: then nothing is changed."""
        form = ImportOptionsForm(data=request.query_params)
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        programme = self._programme(request, facts["programme"])
        content: Any = request.data or b""  # an empty body is parsed by nobody
        act = _look if facts["dry_run"] else _make
        try:
            made = act(request, programme, facts, content)
        except BadFile as problem:
            raise Problem(422, str(problem), errors={"body": [str(problem)]}) from problem
        except BadRows as problem:
            raise _refused(problem.preview) from problem
        except UnableToChangeSchedule as problem:
            raise Problem(409, str(problem)) from problem
        if facts["dry_run"]:
            effects = effects_of(programme, made.preview.steps, clock.now())
            return Response(preview_data(made.preview, effects))
        data = preview_data(made.preview, [], made.changes)
        return Response(data, status=200 if made.preview.is_empty else 201)

    def _programme(self, request: Request, key: str) -> Programme:
        """The programme, in which the caller may decide."""
        found = Programme.objects.visible_to(person_of(request)).filter(key=key).first()
        if found is None:
            words = f"There is no programme {key!r} that you may see."
            raise Problem(400, words, errors={"programme": [words]})
        self.check_object_permissions(request, found)
        return found


def _look(
    request: Request, programme: Programme, facts: dict[str, Any], content: bytes
) -> Imported:
    if facts["kind"] == "sites":
        seen = preview_sites(programme=programme, content=content, by=person_of(request))
        return Imported(seen, [])
    now, options = clock.now(), _options(facts)
    preview = preview_schedule(programme=programme, content=content, options=options, now=now)
    return Imported(preview, [])


def _make(
    request: Request, programme: Programme, facts: dict[str, Any], content: bytes
) -> Imported:
    actor, now = request.user.get_username(), clock.now()
    if facts["kind"] == "sites":
        preview = import_sites(
            programme=programme, content=content, by=person_of(request), origin="api", now=now,
            digest=facts["digest"],
        )  # fmt: skip
        return Imported(preview, [])
    decision = Decision(
        reason=facts["reason"], decided_by=facts["decided_by"], made_by=actor, origin="api"
    )
    return import_schedule(
        programme=programme, content=content, options=_options(facts), decision=decision,
        now=now, digest=facts["digest"],
    )  # fmt: skip


def _options(facts: dict[str, Any]) -> ImportOptions:
    return ImportOptions(order=order_of(facts["order"]), cancel_missing=facts["cancel_missing"])


def _refused(preview: ImportPreview) -> Problem:
    errors: dict[str, list[str]] = {}
    for one in preview.errors:
        words = f"{one.column}: {one.value} {one.words}"
        errors.setdefault(f"line {one.line}", []).append(words)
    count = len(errors)
    words = f"{count} line{'' if count == 1 else 's'} cannot be taken; nothing was imported."
    return Problem(422, words, errors=errors)
