"""Addresses of paging: `urlpatterns` below /api/v1/, `pages` at the root."""

from django.urls import URLPattern, path

from apps.paging import api
from apps.paging.views import mine
from apps.paging.views import pages as views

ONE = "paging/<uuid:key>/"

urlpatterns = [
    path("paging/", api.Pages.as_view(), name="pages"),
    path("paging/mine/", api.MyWays.as_view(), name="paging-mine"),
    path("paging/test/", api.TestPage.as_view(), name="paging-test"),
    path(ONE, api.OnePage.as_view(), name="page"),
    path(f"{ONE}acknowledge/", api.AcknowledgePage.as_view(), name="paging-acknowledge"),
]

pages: list[URLPattern] = [
    path("paging/", views.pages, name="paging"),
    path("paging/mine/", mine.mine, name="my-ways"),
    path("paging/mine/new/", mine.add, name="my-way-add"),
    path("paging/mine/<int:pk>/remove/", mine.remove, name="my-way-remove"),
    path("paging/test/", views.page_me, name="page-test"),
    path("paging/link/<str:token>/", views.link, name="page-link"),
    path(f"{ONE}acknowledge/", views.acknowledge, name="page-acknowledge"),
    path(f"{ONE}reopen/", views.reopen, name="page-reopen"),
    path(f"{ONE}pause/", views.pause, name="page-pause"),
]
