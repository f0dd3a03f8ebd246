"""Health, readiness, metrics, and the plain status page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from apps.core.health import Check, ready_checks


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """What works: 503 when the database is gone; a missing broker is "degraded" and 200."""
    checks = ready_checks(timezone.now())
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
    for one in ready_checks(timezone.now()):
        healthy.labels(one.name).set(one.state == "ok")
        for name, value in one.facts.items():
            if isinstance(value, int | float):
                figures.labels(one.name, name).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The status page: what runs, what does not, and where to go."""
    now = timezone.now()
    checks = ready_checks(now)
    facts = {"checks": checks, "state": _worst(checks), "now": now, "base_url": settings.BASE_URL,
             "version": settings.VERSION}  # fmt: skip
    return render(request, "core/status.html", facts)


def _worst(checks: list[Check]) -> str:
    states = {one.state for one in checks}
    return next((state for state in ("broken", "degraded") if state in states), "ok")
