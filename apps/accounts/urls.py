"""Addresses of accounts: `urlpatterns` below /api/v1/, `pages` at the root."""

from django.urls import URLPattern, path

from apps.accounts import views
from apps.accounts.api import Feeds, Me, OneFeed

urlpatterns = [
    path("me/", Me.as_view(), name="me"),
    path("feeds/", Feeds.as_view(), name="feeds"),
    path("feeds/<int:pk>/", OneFeed.as_view(), name="feed"),
]

pages: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("lock/", views.lock, name="lock"),
    path("unlock/", views.unlock, name="unlock"),
    path("account/", views.account, name="account"),
    path("account/feeds/", views.feeds, name="feeds-page"),
    path("account/feeds/<int:pk>/revoke/", views.revoke, name="feed-revoke"),
    path("account/feeds/<int:pk>/restore/", views.restore, name="feed-restore"),
]
