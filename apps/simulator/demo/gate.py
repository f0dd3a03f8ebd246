"""Is this a demonstration? Only then may anybody be signed in with a click."""

from django.conf import settings
from django.http import Http404

MARK = "demo.applied"  # what `manage.py up --demo` leaves in VAR_DIR


def is_demonstration() -> bool:
    """DEMO is set, and this very folder was filled by a demonstration."""
    return bool(settings.DEMO) and (settings.VAR_DIR / MARK).exists()


def need_demonstration() -> None:
    """Raise Http404 anywhere else: the route is not there."""
    if not is_demonstration():
        raise Http404
