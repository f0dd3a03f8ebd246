"""Contacts of a site: a page for a new one and for each, removing, taking back."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.pages import back_to, said, show, warned
from apps.rollouts.contacts import first_here, products_of, roles_known, writing_in
from apps.rollouts.forms import ContactForm
from apps.rollouts.models import Contact, Programme, Site
from apps.rollouts.services import (
    UnableToSaveContact,
    add_contact,
    change_contact,
    remove_contact,
    take_back_contact,
)
from apps.rollouts.views.sites import labels_of

# What pages say of a contact names nobody: toasts are kept in the session.


@require_http_methods(["GET", "HEAD", "POST"])
def new_contact(request: SignedIn, number: str) -> HttpResponse:
    """Add somebody to reach at a site."""
    site = get_object_or_404(Site, number=number)
    programmes = first_here(writing_in(request.user), site)
    if not programmes:
        raise Http404
    usual: dict[str, Any] = {"programmes": programmes, "products": products_of(programmes)}
    if request.method != "POST":
        return _page(request, site, ContactForm(**usual))
    form = ContactForm(request.POST, **usual)
    if not form.is_valid():
        return _page(request, site, form, status=422)
    try:
        made = add_contact(
            programme=form.chosen(), site=site, columns=form.columns(), **_by(request)
        )
    except UnableToSaveContact as problem:
        return _refused(request, site, form, problem)
    undo = reverse("contact-remove", args=[number, made.pk])
    said(request, f"{made.role_label}: the contact is added.", undo=undo)
    return back_to(request, _site_page(number))


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """One contact, and the form that changes it."""
    row = _find(request, number, pk)
    mine = [row.programme]
    usual: dict[str, Any] = {"programmes": mine, "products": products_of(mine)}
    if request.method != "POST":
        form = ContactForm(initial=ContactForm.initial_of(row), **usual)
        return _page(request, row.site, form, row=row)
    form = ContactForm(request.POST, **usual)
    if not form.is_valid():
        return _page(request, row.site, form, row=row, status=422)
    version = form.cleaned_data["version"]
    try:
        made = change_contact(contact_id=row.pk, columns=form.columns(), version=version,
                              **_by(request))  # fmt: skip
    except UnableToSaveContact as problem:
        return _refused(request, row.site, form, problem, row=row)
    if made.version == row.version:
        said(request, "Nothing to change: the contact stands so already.")
    else:
        undo = reverse("contact-take-back", args=[number, pk])
        said(request, f"{made.role_label}: the contact is saved.", undo=undo)
    return back_to(request, _site_page(number))


@require_POST
def remove(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """Remove a contact; it can be taken back for a day."""
    row = _find(request, number, pk)
    remove_contact(contact_id=row.pk, version=None, **_by(request))
    undo = reverse("contact-take-back", args=[number, pk])
    said(request, f"{row.role_label}: the contact is removed.", undo=undo)
    return back_to(request, _site_page(number))


@require_POST
def take_back(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """Undo the last removal or change of a contact."""
    row = _find(request, number, pk, is_removed_too=True)
    try:
        take_back_contact(contact_id=row.pk, **_by(request))
    except UnableToSaveContact as problem:
        warned(request, f"{problem}.")
    else:
        said(request, f"{row.role_label}: the contact is as it was.")
    return back_to(request, _site_page(number))


def _find(request: SignedIn, number: str, pk: int, *, is_removed_too: bool = False) -> Contact:
    """A contact in whose programme the person may write; or 404, or 403."""
    rows: Any = Contact.objects.visible_to(request.user).select_related("site", "programme")
    rows = rows if is_removed_too else rows.standing()
    found: Contact = get_object_or_404(rows.select_related("product"), pk=pk, site__number=number)
    need_role(request, found.programme_id)
    return found


def _by(request: SignedIn) -> dict[str, Any]:
    return {"actor": request.user.username, "origin": "page", "now": clock.now()}


def _site_page(number: str) -> str:
    return f"{reverse('site-page', args=[number])}#contacts"


def _refused(
    request: SignedIn, site: Site, form: ContactForm, problem: UnableToSaveContact, **more: Any
) -> HttpResponse:
    field = problem.field if problem.field in form.fields else None
    words = str(problem)
    form.add_error(field, f"{words[:1].upper()}{words[1:]}.")
    return _page(request, site, form, status=422 if field else 409, **more)


def _page(
    request: SignedIn, site: Site, form: ContactForm, status: int = 200, **more: Any
) -> HttpResponse:
    programmes = list(form.programmes.values())
    labels = labels_of(list(Programme.objects.visible_to(request.user)))
    facts = {"site": site, "form": form, "roles": roles_known(programmes, labels), **more}
    return show(request, "rollouts/contact.html", facts, status=status)
