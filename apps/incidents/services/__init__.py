"""Every write to incidents."""

from apps.incidents.services.configuring import save_category, save_queue
from apps.incidents.services.following import Happened, tell_followers
from apps.incidents.services.handling import (
    Asked,
    UnableToChange,
    acknowledge,
    assign,
    change_state,
    close,
    comment,
    edit,
    mark_duplicate,
    reopen,
    resolve,
    route,
)
from apps.incidents.services.many import bulk_assign, give_back
from apps.incidents.services.opening import (
    Draft,
    note,
    note_first_response,
    open_incident,
    touch,
)
from apps.incidents.services.views import delete_view, save_view

__all__ = [
    "Asked",
    "Draft",
    "Happened",
    "UnableToChange",
    "acknowledge",
    "assign",
    "bulk_assign",
    "change_state",
    "close",
    "comment",
    "delete_view",
    "edit",
    "give_back",
    "mark_duplicate",
    "note",
    "note_first_response",
    "open_incident",
    "reopen",
    "resolve",
    "route",
    "save_category",
    "save_queue",
    "save_view",
    "tell_followers",
    "touch",
]
