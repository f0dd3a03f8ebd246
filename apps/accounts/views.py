"""Sign-in, sign-out, the lock, one's own account and calendars."""

import time
from typing import Any

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.apps import SEEN
from apps.accounts.feed_tokens import UnableToMakeFeed, make_feed, restore_feed, revoke_feed
from apps.accounts.forms import AccountForm, FeedForm, SignInForm, UnlockForm
from apps.accounts.middleware import LOCKED
from apps.accounts.models import Feed, Person
from apps.accounts.pages import SignedIn
from apps.accounts.services import change_own_account
from apps.core import clock
from apps.core.pages import back_to, is_own_path, is_part, said, show, warned

WRONG = "Username or password is wrong. After five tries it waits for 15 minutes."


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; who is signed in goes on."""
    onward = _onward(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return show(request, "accounts/sign_in.html", {"form": SignInForm(), "next": onward})
    form = SignInForm(request.POST)
    person = _authenticated(request, form) if form.is_valid() else None
    if person is not None:
        login(request, person)
        return HttpResponseRedirect(onward)
    facts = {"form": form, "next": onward}
    return show(request, "accounts/sign_in.html", facts, status=422)


def _authenticated(request: HttpRequest, form: SignInForm) -> Person | None:
    person = authenticate(request, **form.cleaned_data)
    if person is None:
        form.add_error(None, WRONG)
    return person


def _onward(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    return asked if is_own_path(request, asked) else "/"


def too_many(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """For axes: this name from this address waits."""
    form = UnlockForm(request.POST) if request.path_info == "/unlock/" else SignInForm(request.POST)
    form.is_valid()
    form.add_error(None, "Too many wrong passwords. Wait 15 minutes, or ask an administrator.")
    page = "accounts/unlock.html" if isinstance(form, UnlockForm) else "accounts/sign_in.html"
    part = "accounts/_unlock.html" if isinstance(form, UnlockForm) else ""
    return show(request, page, {"form": form, "next": _onward(request)}, part=part, status=429)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, also a locked one."""
    logout(request)
    return redirect("sign-in")


@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock this session now."""
    request.session[LOCKED] = True
    return HttpResponse(status=204) if is_part(request) else redirect("unlock")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: SignedIn) -> HttpResponse:
    """Give the password again and go on where one was; 204 when a page asks in place."""
    onward = _onward(request)
    if request.method != "POST":
        if not request.session.get(LOCKED):
            return HttpResponseRedirect(onward)
        return show(request, "accounts/unlock.html", {"form": UnlockForm(), "next": onward})
    form = UnlockForm(request.POST)
    if form.is_valid() and _is_own_password(request, form):
        request.session[LOCKED], request.session[SEEN] = False, int(time.time())
        return HttpResponse(status=204) if is_part(request) else HttpResponseRedirect(onward)
    facts = {"form": form, "next": onward}
    page, part = "accounts/unlock.html", "accounts/_unlock.html"
    return show(request, page, facts, part=part, status=422)


def _is_own_password(request: SignedIn, form: UnlockForm) -> bool:
    found = authenticate(request, username=request.user.username, **form.cleaned_data)
    if found is None:
        form.add_error("password", "This is not your password.")
        return False
    update_session_auth_hash(request, found)  # checking it may have hashed it anew
    return True


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedIn) -> HttpResponse:
    """One's own time zone and password."""
    person = request.user
    if request.method != "POST":
        form = AccountForm(initial={"time_zone": person.time_zone}, person=person)
        return show(request, "accounts/account.html", {"form": form})
    form = AccountForm(request.POST, person=person)
    if not form.is_valid():
        return show(request, "accounts/account.html", {"form": form}, status=422)
    changed = change_own_account(
        person=person,
        time_zone=form.cleaned_data["time_zone"],
        new_password=form.cleaned_data["new_password"],
        now=clock.now(),
    )
    update_session_auth_hash(request, changed)
    said(request, "Your account is saved.")
    return back_to(request, "/account/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: SignedIn) -> HttpResponse:
    """One's calendars. A new one is answered with its address at once, not after a redirect: the
    address is told only once and kept nowhere, also not in the session."""
    if request.method != "POST":
        return _feeds(request, FeedForm(person=request.user, initial=request.GET.dict()))
    form = FeedForm(request.POST, person=request.user)
    if not form.is_valid():
        return _feeds(request, form, status=422)
    try:
        feed, address = make_feed(
            person=request.user, **form.chosen(), actor=request.user.username, origin="page",
            now=clock.now(),
        )  # fmt: skip
    except UnableToMakeFeed as problem:
        form.add_error(None, f"{problem}.")
        return _feeds(request, form, status=409)
    return _feeds(request, FeedForm(person=request.user), made=feed, address=address)


def _feeds(request: SignedIn, form: FeedForm, status: int = 200, **more: Any) -> HttpResponse:
    rows = Feed.objects.visible_to(request.user).standing()
    facts = {"form": form, "rows": rows, **more}
    return show(request, "accounts/feeds.html", facts, part="accounts/_feeds.html", status=status)


@require_POST
def revoke(request: SignedIn, pk: int) -> HttpResponse:
    """Revoke one of one's calendars."""
    found = get_object_or_404(Feed.objects.visible_to(request.user), pk=pk)
    revoke_feed(feed_id=found.pk, actor=request.user.username, origin="page", now=clock.now())
    said(request, f"{found.name} is revoked: its address leads nowhere now.",
         undo=reverse("feed-restore", args=[found.pk]))  # fmt: skip
    return back_to(request, reverse("feeds-page"))


@require_POST
def restore(request: SignedIn, pk: int) -> HttpResponse:
    """Undo the revocation of one of one's calendars."""
    found = get_object_or_404(Feed.objects.visible_to(request.user), pk=pk)
    try:
        restore_feed(feed_id=found.pk, actor=request.user.username, origin="page", now=clock.now())
    except UnableToMakeFeed as problem:
        warned(request, f"{problem}.")
    else:
        said(request, f"{found.name} works again, at the same address.")
    return back_to(request, reverse("feeds-page"))
