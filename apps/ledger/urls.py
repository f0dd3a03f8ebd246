"""Addresses of the ledger below /api/v1/."""

from django.urls import URLPattern, path

from apps.ledger import views
from apps.ledger.api import Changes
from apps.ledger.stream import Stream

urlpatterns = [
    path("changes/", Changes.as_view(), name="changes"),
    path("stream/", Stream.as_view(), name="stream"),
]

pages: list[URLPattern] = [
    path("audit/", views.audit, name="audit"),
    path("audit/audit.csv", views.audit_csv, name="audit-csv"),
]
