"""Pages of tickets: the list with its views, one ticket, and what is done with it."""

from apps.incidents.views.list import (
    assign_many,
    delete_view,
    download,
    save_view,
    tickets,
    unassign_many,
)
from apps.incidents.views.ticket import act, ticket

__all__ = [
    "act",
    "assign_many",
    "delete_view",
    "download",
    "save_view",
    "ticket",
    "tickets",
    "unassign_many",
]
