"""The roll-out: programmes, products, sites, waves, who is what; go-lives to look at."""

from typing import Any

from django.contrib import admin

from apps.ledger.admin import Ledgered, ReadOnly
from apps.rollouts.models import (
    GoLive,
    Membership,
    Product,
    Programme,
    ScheduleChange,
    Site,
    Wave,
)


@admin.register(Programme)
class ProgrammeAdmin(Ledgered):
    """Programmes; their dates also come from programme.yaml."""

    subject = "programme"
    list_display = ("key", "name", "first_week", "last_week", "pace", "time_zone")
    search_fields = ("key", "name")
    readonly_fields = ("shift_weeks",)
    filter_horizontal = ()

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(Ledgered):
    """What people are in a programme: their roles."""

    subject = "membership"
    list_display = ("person", "programme", "role")
    list_filter = ("role", "programme")
    list_select_related = ("person", "programme")
    search_fields = ("person__username", "person__name")


@admin.register(Product)
class ProductAdmin(Ledgered):
    """What goes live."""

    subject = "product"
    list_display = ("key", "name", "programme", "queue_name")
    list_select_related = ("programme",)
    list_filter = ("programme",)


@admin.register(Site)
class SiteAdmin(Ledgered):
    """The register of sites; the number is text."""

    subject = "site"
    list_display = ("number", "name", "region", "state", "time_zone", "is_test")
    list_filter = ("region", "is_test")
    search_fields = ("number", "name")
    raw_id_fields = ("parent",)
    list_per_page = 50


@admin.register(Wave)
class WaveAdmin(Ledgered):
    """Weeks of a programme."""

    subject = "wave"
    list_display = ("number", "name", "programme", "starts_on")
    list_select_related = ("programme",)
    list_filter = ("programme",)


@admin.register(GoLive)
class GoLiveAdmin(ReadOnly):
    """Dates and status change only through a schedule change, with its reason."""

    list_display = ("site", "product", "wave", "planned_on", "status")
    list_select_related = ("site", "product", "wave")
    list_filter = ("status", "product")
    search_fields = ("site__number", "site__name")


@admin.register(ScheduleChange)
class ScheduleChangeAdmin(ReadOnly):
    """What was decided about the schedule, why, by whom."""

    list_display = ("made_at", "kind", "programme", "decided_by", "made_by", "undone_at")
    list_select_related = ("programme",)
    list_filter = ("kind",)
