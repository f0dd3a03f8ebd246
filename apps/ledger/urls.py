"""Addresses of the ledger below /api/v1/."""

from django.urls import path

from apps.ledger.api import Changes

urlpatterns = [path("changes/", Changes.as_view(), name="changes")]
