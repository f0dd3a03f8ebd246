"""Which admin site the project has."""

from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig


class PortalAdminConfig(SimpleAdminConfig):
    """Finds the `admin` modules of all apps for our own site."""

    default_site = "apps.core.admin_site.PortalAdmin"

    def ready(self) -> None:
        super().ready()
        admin.autodiscover()
