"""Addresses of paging: `urlpatterns` below /api/v1/, `pages` at the root."""

from django.urls import URLPattern, path

from apps.paging import api, views

ONE = "paging/<uuid:key>/"

urlpatterns = [
    path("paging/", api.Pages.as_view(), name="pages"),
    path("paging/test/", api.TestPage.as_view(), name="paging-test"),
    path(ONE, api.OnePage.as_view(), name="page"),
    path(f"{ONE}acknowledge/", api.AcknowledgePage.as_view(), name="paging-acknowledge"),
]

pages: list[URLPattern] = [
    path("paging/", views.pages, name="paging"),
    path("paging/test/", views.page_me, name="page-test"),
    path("paging/link/<str:token>/", views.link, name="page-link"),
    path(f"{ONE}acknowledge/", views.acknowledge, name="page-acknowledge"),
    path(f"{ONE}reopen/", views.reopen, name="page-reopen"),
    path(f"{ONE}pause/", views.pause, name="page-pause"),
]
