"""One's own ways of being told: switching, adding, removing them; quiet hours."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import back_to, said, show, warned
from apps.paging import services
from apps.paging.choices import ANSWERING, Means
from apps.paging.forms import AddWayForm, WaysForm
from apps.paging.mine import Mine, mine_of, told_lately
from apps.paging.models import ContactMethod

MEANWHILE = "Your ways were changed elsewhere meanwhile: look at them and choose again."


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: SignedIn) -> HttpResponse:
    """One's ways, what they would do now, and the last notices."""
    found = mine_of(request.user)
    if request.method != "POST":
        return _page(request, found, WaysForm(mine=found))
    form = WaysForm(request.POST, mine=found)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    if form.cleaned_data["seen"] != found.version:
        warned(request, MEANWHILE)
        return back_to(request, reverse("my-ways"))
    services.save_own_ways(
        person=request.user, ways=form.chosen(), quiet_hours=form.cleaned_data["quiet_hours"],
        origin="page", now=clock.now(),
    )  # fmt: skip
    said(request, "Your ways are saved.")
    return back_to(request, reverse("my-ways"))


def _page(request: SignedIn, found: Mine, form: WaysForm, status: int = 200) -> HttpResponse:
    now, lines = clock.now(), told_lately(request.user)
    names = {line.notice.way: line.way for line in lines}
    facts = {
        "now": now,
        "form": form,
        "mine": found,
        "ways": [(one, form.boxes_of(one)) for one in found.ways],
        "told": found.told_at(now),
        "is_quiet": found.is_quiet(now),
        "is_at_work": found.is_at_work(now),
        "lines": lines,
        "names": names | {one.key: one.name for one in found.ways},
        "may_test": bool(ANSWERING & request.user.roles()),
        "token": uuid.uuid4().hex,
    }
    part = "paging/_told_lately.html"
    return show(request, "paging/mine.html", facts, part=part, status=status)


@never_cache
@sensitive_post_parameters("address")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn) -> HttpResponse:
    """Another service by its address."""
    form = AddWayForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = services.add_way(person=request.user, **form.cleaned_data, origin="page",
                                    now=clock.now())  # fmt: skip
        except services.UnableToSaveWays as problem:
            form.add_error(problem.field, f"{str(problem).capitalize()}.")
        else:
            said(request, f"{made} is added, for all hours. Page yourself to try it.")
            return back_to(request, reverse("my-ways"))
    return show(request, "paging/way_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Asks first; POST removes another service of one's own."""
    rows = ContactMethod.objects.filter(person=request.user, means=Means.OTHER)
    method = get_object_or_404(rows.select_related("person"), pk=pk)
    if request.method != "POST":
        return show(request, "paging/way_remove.html", {"method": method})
    services.remove_way(method=method, origin="page", now=clock.now())
    said(request, f"{method} is removed.")
    return back_to(request, reverse("my-ways"))
