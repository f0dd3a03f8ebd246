"""Django's entry for this app."""

from django.apps import AppConfig


class ServiceNowConfig(AppConfig):
    name = "apps.servicenow"
    label = "servicenow"
