"""Tickets over the API."""

from apps.incidents.api.acts import (
    Acknowledge,
    Assign,
    Comment,
    Duplicate,
    Reopen,
    Resolve,
    Route,
)
from apps.incidents.api.reads import Incidents, Timeline
from apps.incidents.api.writes import NewIncidents, OneIncident

__all__ = [
    "Acknowledge",
    "Assign",
    "Comment",
    "Duplicate",
    "Incidents",
    "NewIncidents",
    "OneIncident",
    "Reopen",
    "Resolve",
    "Route",
    "Timeline",
]
