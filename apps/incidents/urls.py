"""Addresses of tickets: `urlpatterns` below /api/v1/, `pages` at the root."""

from django.urls import URLPattern, path

from apps.incidents import api, views

ONE = "incidents/<str:number>/"

urlpatterns = [
    path("incidents/", api.NewIncidents.as_view(), name="incidents"),
    path(ONE, api.OneIncident.as_view(), name="incident"),
    path(f"{ONE}timeline/", api.Timeline.as_view(), name="incident-timeline"),
    path(f"{ONE}acknowledge/", api.Acknowledge.as_view(), name="incident-acknowledge"),
    path(f"{ONE}assign/", api.Assign.as_view(), name="incident-assign"),
    path(f"{ONE}route/", api.Route.as_view(), name="incident-route"),
    path(f"{ONE}comment/", api.Comment.as_view(), name="incident-comment"),
    path(f"{ONE}resolve/", api.Resolve.as_view(), name="incident-resolve"),
    path(f"{ONE}reopen/", api.Reopen.as_view(), name="incident-reopen"),
    path(f"{ONE}duplicate/", api.Duplicate.as_view(), name="incident-duplicate"),
]

pages: list[URLPattern] = [
    path("incidents/", views.tickets, name="tickets"),
    path("incidents/tickets.csv", views.download, name="tickets-csv"),
    path("incidents/assign/", views.assign_many, name="tickets-assign"),
    path("incidents/unassign/", views.unassign_many, name="tickets-unassign"),
    path("incidents/views/", views.save_view, name="tickets-view-save"),
    path("incidents/views/<int:pk>/delete/", views.delete_view, name="tickets-view-delete"),
    path(ONE, views.ticket, name="ticket"),
    path(f"{ONE}do/<slug:name>/", views.act, name="ticket-act"),
]
