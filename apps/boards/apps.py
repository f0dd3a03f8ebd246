"""Django's entry for this app."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "apps.boards"
    label = "boards"
