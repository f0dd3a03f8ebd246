"""Addresses of the duty console."""

from django.urls import URLPattern, path

from apps.duty import views

pages: list[URLPattern] = [
    path("", views.console, name="console"),
    path("duty/strip/", views.strip, name="duty-strip"),
    path("duty/counts/", views.counts, name="duty-counts"),
]
