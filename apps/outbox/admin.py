"""Deliveries: how each promise went, and another try for the dead."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest

from apps.core import clock
from apps.ledger.admin import ReadOnly
from apps.outbox.models import Delivery
from apps.outbox.services import replay_dead


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """What we promised other systems."""

    list_display = ("id", "action", "connection", "subject_key", "due_at", "attempts", "done_at",
                    "dead_at")  # fmt: skip
    list_select_related = ("connection",)
    list_filter = ("action", "connection")
    search_fields = ("subject_key",)
    fields = ("action", "connection", "subject", "subject_key", "due_at", "attempts", "done_at",
              "dead_at", "last_error")  # fmt: skip
    actions = ("replay",)
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    @admin.action(description="Try the dead ones among them again", permissions=["view"])
    def replay(self, request: HttpRequest, queryset: Any) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        with transaction.atomic():
            done = replay_dead(ids=ids, actor=request.user.get_username(), origin="admin",
                               now=clock.now())  # fmt: skip
        messages.success(request, f"{len(done)} are tried again.")
