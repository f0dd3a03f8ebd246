"""Django's entry for this app."""

from django.apps import AppConfig


class PagingConfig(AppConfig):
    name = "apps.paging"
    label = "paging"
    verbose_name = "Paging"
