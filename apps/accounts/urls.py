"""Addresses of accounts below /api/v1/."""

from django.urls import path

from apps.accounts.api import Me

urlpatterns = [path("me/", Me.as_view(), name="me")]
