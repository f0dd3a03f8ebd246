"""What the forms of on-call share: the rota they are about, one page for all, refusals in words."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from apps.accounts.pages import SignedIn, need_role
from apps.core.forms import PageForm
from apps.core.numbers import whole_number
from apps.core.pages import is_own_path, show
from apps.oncall.models import Rota
from apps.oncall.rules import Stint
from apps.oncall.services import UnableToOverride


def rota_of(request: SignedIn) -> Rota:
    """The rota whose id the address names, in which the person may do this; or 404, or 403."""
    asked = whole_number(request.GET.get("rota", ""))
    rows = Rota.objects.visible_to(request.user).with_facts().select_related("programme")
    rota: Rota = get_object_or_404(rows, pk=asked)
    need_role(request, rota.programme_id)
    return rota


def form_page(
    request: SignedIn, form: PageForm, *, back: str, status: int = 200, **facts: Any
) -> HttpResponse:
    """A form with its title, lead and button; the same in a dialog when htmx asks."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    onward = asked if is_own_path(request, asked) else back
    usual = {"form": form, "onward": onward, "back": back, "address": request.get_full_path()}
    return show(
        request, "oncall/form.html", usual | facts, part="oncall/_dialog.html", status=status
    )


def refuse(form: PageForm, problem: UnableToOverride) -> None:
    """The service's words with the field they are about."""
    form.add_error(problem.field if problem.field in form.fields else None, sentence(problem))


def sentence(problem: Exception) -> str:
    words = str(problem)
    return f"{words[:1].upper()}{words[1:]}."


def told(stint: Stint) -> str:
    """When a stint is, in the reader's zone."""
    return spoken(stint.start, stint.end)


def spoken(start: datetime, end: datetime) -> str:
    first, last = timezone.localtime(start), timezone.localtime(end)
    closing = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%a %-d %b %H:%M}"
    return f"{first:%a %-d %b %H:%M} – {closing}"
