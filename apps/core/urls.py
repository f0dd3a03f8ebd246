"""Addresses of the portal about itself: health, status, search, style guide."""

from django.urls import URLPattern, path

from apps.core import views

pages: list[URLPattern] = [
    path("status/", views.status, name="status"),
    path("search/", views.find, name="search"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
]
