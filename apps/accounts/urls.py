"""Addresses of accounts: `urlpatterns` below /api/v1/, `pages` at the root."""

from django.urls import URLPattern, path

from apps.accounts import views
from apps.accounts.api import Me

urlpatterns = [path("me/", Me.as_view(), name="me")]

pages: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("lock/", views.lock, name="lock"),
    path("unlock/", views.unlock, name="unlock"),
    path("account/", views.account, name="account"),
]
