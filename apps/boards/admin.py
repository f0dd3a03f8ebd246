"""Limits of the boards' columns. Cards are moved on the boards."""

from django.contrib import admin

from apps.boards.models import ColumnLimit
from apps.ledger.admin import Ledgered


@admin.register(ColumnLimit)
class ColumnLimitAdmin(Ledgered):
    """How much work a programme wants in a column at most."""

    subject = "column_limit"
    list_display = ("programme", "board", "column", "limit")
    list_select_related = ("programme",)
