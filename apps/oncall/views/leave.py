"""Leave: entered by oneself, or by who decides; taken back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import Person
from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import back_to, said, warned
from apps.oncall.access import may_enter_leave, people_led
from apps.oncall.forms import LeaveForm
from apps.oncall.models import Leave
from apps.oncall.services import UnableToOverride, take_leave, withdraw_leave
from apps.oncall.views.asking import form_page, refuse, sentence, spoken


@require_http_methods(["GET", "HEAD", "POST"])
def new_leave(request: SignedIn) -> HttpResponse:
    """Enter days on which one takes no turns."""
    people = people_led(request.user)
    facts: dict[str, Any] = {
        "title": "Enter leave", "button": "Enter", "back": reverse("my-shifts"),
        "lead": "Turns that begin in these days go to the next in the queue.",
    }  # fmt: skip
    if request.method != "POST":
        return form_page(request, LeaveForm(people=people), **facts)
    form = LeaveForm(request.POST, people=people)
    if not form.is_valid():
        return form_page(request, form, status=422, **facts)
    start, end = form.period()
    try:
        row = take_leave(
            person=form.who(), start=start, end=end, note=form.cleaned_data["note"],
            actor=request.user.username, origin="page", now=clock.now(),
        )  # fmt: skip
    except UnableToOverride as problem:
        refuse(form, problem)
        return form_page(request, form, status=422, **facts)
    undo = reverse("leave-page-withdraw", args=[row.pk])
    said(request, f"{_who(request, row.person)} away {spoken(row.starts_at, row.ends_at)}.",
         undo=undo)  # fmt: skip
    return back_to(request, reverse("my-shifts"))


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take a leave back: gone where it has not begun, else it ends now."""
    rows = Leave.objects.visible_to(request.user).select_related("person")
    row = get_object_or_404(rows, pk=pk)
    if not may_enter_leave(request.user, row.person):
        raise PermissionDenied("This is somebody else's leave.")
    try:
        withdraw_leave(leave=row, actor=request.user.username, origin="page", now=clock.now())
    except UnableToOverride as problem:
        warned(request, sentence(problem))
    else:
        said(request, f"The leave is taken back: {_who(request, row.person)} in turn again.")
    return back_to(request, reverse("my-shifts"))


def _who(request: SignedIn, person: Person) -> str:
    return "You are" if person == request.user else f"{person} is"
