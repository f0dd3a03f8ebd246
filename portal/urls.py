"""Every address of the portal; who may use which is in portal/policy.py."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView

from apps.accounts import urls as accounts
from apps.accounts.feeds import feed_file
from apps.boards import urls as boards
from apps.core import urls as core
from apps.core.api.docs import DocsPage
from apps.duty import urls as duty
from apps.incidents import urls as incidents
from apps.intake import urls as intake
from apps.intake.webhooks import hook
from apps.ledger import urls as ledger
from apps.oncall import urls as oncall
from apps.paging import urls as paging
from apps.rollouts import urls as rollouts
from apps.simulator import urls as simulator

api: list[URLPattern | URLResolver] = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("docs/", DocsPage.as_view(url_name="openapi"), name="docs"),
    path("", include("apps.accounts.urls")),
    path("", include("apps.ledger.urls")),
    path("", include("apps.outbox.urls")),
    path("", include("apps.rollouts.urls")),
    path("", include("apps.oncall.urls")),
    path("", include("apps.paging.urls")),
    path("", include("apps.incidents.urls")),
    path("", include("apps.intake.urls")),
    path("", include("apps.boards.urls")),
]

pages: list[URLPattern | URLResolver] = [
    *accounts.pages,
    *boards.pages,
    *core.pages,
    *duty.pages,
    *incidents.pages,
    *intake.pages,
    *ledger.pages,
    *oncall.pages,
    *paging.pages,
    *rollouts.pages,
    *simulator.pages,
]

urlpatterns: list[URLPattern | URLResolver] = [
    *pages,
    path("admin/", admin.site.urls),
    path("hooks/<slug:key>/", hook, name="hook"),
    path("feeds/<str:token>.ics", feed_file, name="feed-file"),
    path("api/v1/", include(api)),
]

handler400 = "apps.core.refusals.bad_request"
handler403 = "apps.core.refusals.permission_denied"
handler404 = "apps.core.refusals.not_found"
handler500 = "apps.core.refusals.server_error"
