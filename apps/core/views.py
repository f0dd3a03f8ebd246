"""Health, readiness, metrics, the status page, search, the style guide."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from apps.core import clock
from apps.core.health import Check, ready_checks
from apps.core.pages import is_part, show
from apps.core.search import MOST, search
from apps.core.styleguide import samples


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """What works: 503 when the database is gone; a missing broker is "degraded" and 200."""
    checks = ready_checks(clock.now())
    state = _worst(checks)
    body = {
        "state": state,
        "checks": {one.name: {"state": one.state, "words": one.words, **one.facts}
                   for one in checks},
    }  # fmt: skip
    return JsonResponse(body, status=503 if state == "broken" else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text: each check as 1 (ok) or 0, and its figures."""
    registry = CollectorRegistry()
    healthy = Gauge("rollcall_check_ok", "1 when the check is ok", ["check"], registry=registry)
    figures = Gauge("rollcall_work", "Rows and seconds", ["check", "figure"], registry=registry)
    for one in ready_checks(clock.now()):
        healthy.labels(one.name).set(one.state == "ok")
        for name, value in one.facts.items():
            if isinstance(value, int | float):
                figures.labels(one.name, name).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The status page: what runs, what does not, and where to go."""
    now = clock.now()
    checks = ready_checks(now)
    facts = {"checks": checks, "state": _worst(checks), "now": now, "base_url": settings.BASE_URL,
             "version": settings.VERSION}  # fmt: skip
    return render(request, "core/status.html", facts)


def _worst(checks: list[Check]) -> str:
    states = {one.state for one in checks}
    return next((state for state in ("broken", "degraded") if state in states), "ok")


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """What `q` finds, as a page or as options of the palette and of comboboxes (`kind` narrows)."""
    text, kind = request.GET.get("q", ""), request.GET.get("kind", "")
    most = MOST if is_part(request) else 50
    facts = {"text": text, "groups": search(text, request.user, kind=kind, most=most)}
    return show(request, "core/search.html", facts, part="core/_hits.html")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; only while DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    now = clock.now()
    return show(request, "core/styleguide.html", {"now": now, **samples(now)})
