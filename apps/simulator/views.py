"""The demonstration's own pages: sign in with a click, play something."""

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.accounts.models import Person
from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import back_to, said, warned
from apps.simulator.demo.gate import need_demonstration
from apps.simulator.demo.play import UnableToPlay, play
from apps.simulator.demo.words import PLAYS

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's people. 404 anywhere else."""
    need_demonstration()
    name = request.POST.get("username", "")
    person = get_object_or_404(Person, username=name, is_active=True)
    login(request, person, backend=BACKEND)
    return redirect("console")


@require_POST
def play_one(request: SignedIn, what: str) -> HttpResponse:
    """Somebody at a site writes something. 404 outside a demonstration."""
    need_demonstration()
    if what not in PLAYS:
        raise Http404
    try:
        text = play(what, now=clock.now())
    except UnableToPlay as problem:
        warned(request, str(problem))
    else:
        said(request, f"Somebody wrote “{text}”. It is in the inbox in a moment.")
    return back_to(request, "/")
