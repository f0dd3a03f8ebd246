"""Channels to configure; arrivals to look at and replay, their bodies never shown."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from apps.core import clock
from apps.intake.models import Arrival, Channel
from apps.intake.services import replay_dead
from apps.ledger.admin import Ledgered, ReadOnly


@admin.register(Channel)
class ChannelAdmin(Ledgered):
    """Where people write."""

    subject = "channel"
    list_display = ("name", "external_id", "connection", "purpose", "programme", "site")
    list_select_related = ("connection", "programme", "site")
    list_filter = ("purpose", "connection")
    search_fields = ("name", "external_id")
    raw_id_fields = ("site", "wave")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Arrival)
class ArrivalAdmin(ReadOnly):
    """What arrived, and what became of it."""

    list_display = ("id", "connection", "received_at", "state", "attempts", "outcome")
    list_select_related = ("connection",)
    list_filter = ("connection",)
    fields = ("connection", "received_at", "attempts", "done_at", "dead_at", "outcome",
              "last_error")  # fmt: skip
    actions = ("replay",)
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    @admin.action(description="Process the dead ones among them again", permissions=["view"])
    def replay(self, request: HttpRequest, queryset: Any) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        done = replay_dead(ids=ids, actor=request.user.get_username(), origin="admin",
                           now=clock.now())  # fmt: skip
        messages.success(request, f"{len(done)} are processed again.")
