"""The passport of a site: one page to print and put on a wall."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.core.panels import panels
from apps.rollouts.board import opening_now
from apps.rollouts.models import Programme, Site
from apps.rollouts.passport import passport_of
from apps.rollouts.views.sites import labels_of


@require_safe
def passport(request: SignedIn, number: str) -> HttpResponse:
    """Dates, phases, where to ask, contacts, tickets, history, and the way back as a QR code."""
    now = clock.now()
    found = get_object_or_404(Site.objects.select_related("parent"), number=number)
    is_open, opens_at = opening_now(found, now)
    facts = {
        "now": now,
        "site": found,
        "is_open": is_open,
        "opens_at": opens_at,
        "passport": passport_of(found, request.user, now),
        "address": f"{settings.BASE_URL}{reverse('site-page', args=[number])}",
        "labels": labels_of(list(Programme.objects.visible_to(request.user))),
        "panels": panels(request, "passport", found, now),
    }
    return show(request, "rollouts/passport.html", facts)
