"""The page that shows the API and lets one try it."""

from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView

# Swagger UI draws icons from data: addresses and sets styles of its own; only this page may.
ALLOWED: dict[str, Any] = {"img-src": ["data:"], "style-src": ["'unsafe-inline'"]}


@method_decorator(csp_update(ALLOWED), name="dispatch")
class DocsPage(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files; the script is a request of its own."""
