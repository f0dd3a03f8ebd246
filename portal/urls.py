"""Every address of the portal; who may use which is in portal/policy.py."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView

from apps.core import views
from apps.core.api.docs import DocsPage
from apps.intake.webhooks import hook

api: list[URLPattern | URLResolver] = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("docs/", DocsPage.as_view(url_name="openapi"), name="docs"),
    path("", include("apps.accounts.urls")),
    path("", include("apps.ledger.urls")),
    path("", include("apps.outbox.urls")),
    path("", include("apps.rollouts.urls")),
    path("", include("apps.oncall.urls")),
    path("", include("apps.incidents.urls")),
    path("", include("apps.intake.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.status, name="status"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("hooks/<slug:key>/", hook, name="hook"),
    path("api/v1/", include(api)),
]

handler400 = "apps.core.api.problems.bad_request"
handler403 = "apps.core.api.problems.permission_denied"
handler404 = "apps.core.api.problems.not_found"
handler500 = "apps.core.api.problems.server_error"
