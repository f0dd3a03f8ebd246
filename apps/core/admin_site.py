"""The admin: configuration for administrators, under the portal's own sign-in and look."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

NAMES = {"axes": "Sign-in attempts"}  # headings of apps that are not ours


class PortalAdmin(admin.AdminSite):
    """Django's admin; who may come in is decided by the policy before it is asked."""

    site_header = "Rollcall settings"
    site_title = "Rollcall"
    index_title = "Settings"
    site_url = "/"
    enable_nav_sidebar = False

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one sign-in."""
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(  # type: ignore[override]  # a redirect, where the stubs know a page only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Signing out is a POST of the portal's own."""
        return HttpResponseRedirect(reverse("console"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The index, each app under a heading that says what it holds."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["name"] = NAMES.get(app["app_label"], app["name"])
        return found

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_administrator", False) and request.user.is_active)
