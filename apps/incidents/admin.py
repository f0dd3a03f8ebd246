"""Queues and categories. Tickets are worked on their own pages."""

from django.contrib import admin

from apps.incidents.models import Category, Queue
from apps.ledger.admin import Ledgered


@admin.register(Queue)
class QueueAdmin(Ledgered):
    """Assignment groups; `ours` are this team's."""

    subject = "queue"
    list_display = ("name", "programme", "tier", "ours", "email")
    list_select_related = ("programme",)
    list_filter = ("programme", "ours")
    search_fields = ("name",)


@admin.register(Category)
class CategoryAdmin(Ledgered):
    """Kinds of trouble and the words that propose them."""

    subject = "category"
    list_display = ("key", "label", "programme", "queue", "position")
    list_select_related = ("programme", "queue")
    list_filter = ("programme",)
    search_fields = ("key", "label")
