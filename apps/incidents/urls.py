"""Addresses of tickets below /api/v1/."""

from django.urls import path

from apps.incidents.api import Incidents, OneIncident, Timeline

urlpatterns = [
    path("incidents/", Incidents.as_view(), name="incidents"),
    path("incidents/<str:number>/", OneIncident.as_view(), name="incident"),
    path("incidents/<str:number>/timeline/", Timeline.as_view(), name="incident-timeline"),
]
