"""The roll-out: programmes, products, sites, waves, who is what; go-lives to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

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
from apps.rollouts.services import what_uses


class Registered(Ledgered):
    """Rows with a version, which a save raises; what something points at is not deleted."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            old = type(obj)._default_manager.select_for_update().get(pk=obj.pk)
            names = [name for name in form.changed_data if hasattr(obj, name)]
            differs = any(getattr(old, name) != getattr(obj, name) for name in names)
            obj.version = old.version + differs
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not what_uses(obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None that deletes many at once: each may be in use."""
        actions: dict[str, Any] = super().get_actions(request)
        return {name: act for name, act in actions.items() if name != "delete_selected"}


class OfProgramme(Registered):
    """What belongs to a programme belongs to it for good: go-lives rely on it."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("programme",) if obj is not None else ()


@admin.register(Programme)
class ProgrammeAdmin(Registered):
    """Programmes; their dates also come from programme.yaml."""

    subject = "programme"
    list_display = ("key", "name", "first_week", "last_week", "pace", "time_zone")
    search_fields = ("key", "name")
    readonly_fields = ("shift_weeks",)
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Membership)
class MembershipAdmin(Ledgered):
    """What people are in a programme: their roles."""

    subject = "member"
    list_display = ("person", "programme", "role")
    list_filter = ("role", "programme")
    list_select_related = ("person", "programme")
    search_fields = ("person__username", "person__name")

    def subject_key(self, obj: Any) -> str:
        return str(obj.person.username)


@admin.register(Product)
class ProductAdmin(OfProgramme):
    """What goes live."""

    subject = "product"
    list_display = ("key", "name", "programme", "queue_name")
    list_select_related = ("programme",)
    list_filter = ("programme",)


@admin.register(Site)
class SiteAdmin(Registered):
    """The register of sites; the number is text."""

    subject = "site"
    list_display = ("number", "name", "region", "state", "time_zone", "is_test")
    list_filter = ("region", "is_test")
    search_fields = ("number", "name")
    raw_id_fields = ("parent",)
    list_per_page = 50

    def subject_key(self, obj: Any) -> str:
        return str(obj.number)


@admin.register(Wave)
class WaveAdmin(OfProgramme):
    """Weeks of a programme."""

    subject = "wave"
    list_display = ("number", "name", "programme", "starts_on")
    list_select_related = ("programme",)
    list_filter = ("programme",)

    def subject_key(self, obj: Any) -> str:
        return str(obj.number)


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
