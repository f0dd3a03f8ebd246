"""Import of a file in two steps, look and take over; its undo."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, show, warned
from apps.core.templatetags.rollcall import plural
from apps.rollouts.effects import effects_of
from apps.rollouts.forms import AgreeForm
from apps.rollouts.import_forms import ImportForm, ReadAsForm
from apps.rollouts.looking import SIZE, VERBS, Asked, errors_csv, page_of_differences
from apps.rollouts.models import ImportDraft, Programme
from apps.rollouts.services import (
    Decision,
    UnableToChangeSchedule,
    import_draft,
    keep_draft,
    look_at_draft,
    read_draft_as,
    undo_import,
)
from apps.rollouts.sheets import BadFile, NoColumn
from apps.rollouts.views.schedule import programme_of
from apps.rollouts.views.sites import labels_of


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedIn) -> HttpResponse:
    """Choose a file; it is kept for a day, and nobody but its owner sees it."""
    programme, _ = programme_of(request)
    if programme is None:
        raise Http404
    need_role(request, programme.pk)
    form = _upload_form(request, programme)
    if request.method == "POST" and form.is_valid():
        try:
            draft = keep_draft(programme=programme, person=request.user, given=form.given(),
                               options=form.options(), now=clock.now())  # fmt: skip
        except BadFile as problem:
            form.add_error("file", f"{capfirst(str(problem))}.")
        else:
            return back_to(request, _look_url(draft))
    facts = {"programme": programme, "form": form, "labels": labels_of([programme]),
             "waiting": _waiting(request, programme)}  # fmt: skip
    return show(request, "rollouts/import.html", facts, status=422 if form.is_bound else 200)


def _upload_form(request: SignedIn, programme: Programme) -> ImportForm:
    """Empty, or as the draft named in the address was meant: going back loses no choice."""
    sites = plural(labels_of([programme])["site"])
    if request.method == "POST":
        return ImportForm(request.POST, request.FILES, sites=sites)
    asked = request.GET.get("draft", "")
    draft = ImportDraft.objects.of(request.user).filter(pk=whole_number(asked) or 0)
    meant = draft.values("kind", "order", "cancel_missing").first()
    return ImportForm(initial={"kind": "schedule", **(meant or {})}, sites=sites)


def _waiting(request: SignedIn, programme: Programme) -> Any:
    """Files of this person that were looked at, and not imported."""
    own = ImportDraft.objects.of(request.user).filter(programme=programme, done_at=None)
    return own.defer("content").order_by("-made_at")


def _look_url(draft: ImportDraft) -> str:
    return reverse("schedule-import-look", args=[draft.pk])


def _draft(request: SignedIn, pk: int) -> ImportDraft:
    drafts = ImportDraft.objects.of(request.user).select_related("programme")
    draft = get_object_or_404(drafts, pk=pk)
    need_role(request, draft.programme_id)
    return draft


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: SignedIn, pk: int) -> HttpResponse:
    """What the file would do; POST does it. Once it is done: what was done, and its undo."""
    draft = _draft(request, pk)
    if draft.done_at is not None:
        return show(request, "rollouts/import_done.html", _about(draft))
    if request.method != "POST":
        agree = AgreeForm(initial={"decided_by": request.user.name})
        return _look_page(request, draft, agree)
    agree = AgreeForm(request.POST)
    if draft.kind == "schedule" and not agree.is_valid():
        return _look_page(request, draft, agree, status=422)
    try:
        done = import_draft(draft=draft, decision=_decision(request), now=clock.now(),
                            digest=request.POST.get("digest") or "none")  # fmt: skip
    except (BadFile, UnableToChangeSchedule) as problem:
        return _look_page(request, draft, agree, problem=str(problem), status=409)
    undo = reverse("schedule-import-undo", args=[draft.pk]) if done.changes else ""
    said(request, f"{draft.name} is imported.", undo=undo)
    return back_to(request, _look_url(draft))


def _decision(request: SignedIn) -> Decision:
    return Decision(
        reason=request.POST.get("reason", ""), decided_by=request.POST.get("decided_by", ""),
        made_by=request.user.username, origin="page",
    )  # fmt: skip


def _about(draft: ImportDraft) -> dict[str, Any]:
    return {"draft": draft, "programme": draft.programme, "labels": labels_of([draft.programme])}


def _look_page(
    request: SignedIn, draft: ImportDraft, agree: AgreeForm, problem: str = "", status: int = 200
) -> HttpResponse:
    facts: dict[str, Any] = _about(draft) | {"agree": agree, "problem": problem}
    try:
        preview = look_at_draft(draft=draft, now=clock.now())
    except NoColumn as bad:
        facts |= {"problem": str(bad), "needs_columns": True}
        facts["how"] = ReadAsForm(draft=draft, headers=bad.given)
    except BadFile as bad:
        facts["problem"] = str(bad)
    else:
        asked = Asked.of(request.GET)
        facts |= {
            "preview": preview, "asked": asked, "most": SIZE, "verbs": _tabs(preview.counts),
            "how": ReadAsForm(draft=draft, headers=preview.given),
            "effects": effects_of(draft.programme, preview.steps, clock.now()),
            "page": page_of_differences(preview, asked, request.GET.get("page")),
        }  # fmt: skip
    return show(request, "rollouts/import_look.html", facts, status=status)


def _tabs(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(verb, counts[verb]) for verb in VERBS if counts[verb]]


@require_POST
def read_as(request: SignedIn, pk: int) -> HttpResponse:
    """Say how the file is meant: days, what it lacks, columns; then look again."""
    draft = _draft(request, pk)
    form = ReadAsForm(request.POST, draft=draft, headers=_headers(draft))
    if draft.done_at is None and form.is_valid():
        read_draft_as(draft=draft, options=form.options(), columns=form.columns(),
                      actor=request.user.username, origin="page", now=clock.now())  # fmt: skip
    else:
        warned(request, "This could not be read so: choose from what is offered.")
    return back_to(request, _look_url(draft))


def _headers(draft: ImportDraft) -> dict[str, str]:
    """Headers of the file, with what each is taken for so far."""
    try:
        return look_at_draft(draft=draft, now=clock.now()).given
    except NoColumn as problem:
        return problem.given
    except BadFile:
        return {}  # a file without headers has nothing to say about them; its own page tells why


@require_safe
def errors(request: SignedIn, pk: int) -> HttpResponse:
    """What is to be mended, as CSV."""
    draft = _draft(request, pk)
    try:
        preview = look_at_draft(draft=draft, now=clock.now())
    except BadFile as problem:
        raise Http404 from problem
    headers = {"Content-Disposition": f'attachment; filename="errors-{draft.pk}.csv"'}
    content = errors_csv(preview)
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def undo_whole(request: SignedIn, pk: int) -> HttpResponse:
    """Take the whole import back, as long as nobody was told of it."""
    draft = _draft(request, pk)
    try:
        undo_import(draft=draft, actor=request.user.username, origin="page", now=clock.now())
    except UnableToChangeSchedule as problem:
        warned(request, f"{problem}.")
    else:
        said(request, "The import is undone.")
    return back_to(request, _look_url(draft))
