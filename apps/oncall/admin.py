"""On call: leave to enter, rotas to look at (they are edited in programme.yaml, with versions)."""

from django.contrib import admin

from apps.ledger.admin import Ledgered, ReadOnly
from apps.oncall.models import HandOver, HolidayDuty, Leave, Override, Rota, RotaVersion


@admin.register(Leave)
class LeaveAdmin(Ledgered):
    """Periods in which somebody takes no turns."""

    subject = "leave"
    list_display = ("person", "starts_at", "ends_at")
    list_select_related = ("person",)
    search_fields = ("person__username", "person__name")


@admin.register(Override)
class OverrideAdmin(Ledgered):
    """Somebody takes a duty for a period, whoever's turn it is."""

    subject = "override"
    list_display = ("rota", "duty", "person", "starts_at", "ends_at", "reason")
    list_select_related = ("rota", "person")


@admin.register(Rota)
class RotaAdmin(ReadOnly):
    """Rotas; an edit is a new version, made by `manage.py apply`, so that the past stays."""

    list_display = ("key", "name", "programme", "time_zone")
    list_select_related = ("programme",)


@admin.register(RotaVersion)
class RotaVersionAdmin(ReadOnly):
    """What a rota says from a day on."""

    list_display = ("rota", "effective_from", "unit", "hand_off", "made_by", "made_at")
    list_select_related = ("rota",)


@admin.register(HandOver)
class HandOverAdmin(ReadOnly):
    """Hand-overs between shifts; they are written and acknowledged on their pages."""

    list_display = ("rota", "duty", "outgoing", "incoming", "starts_at", "acknowledged_by")
    list_select_related = ("rota", "outgoing", "incoming")


@admin.register(HolidayDuty)
class HolidayDutyAdmin(ReadOnly):
    """Downtimes of holidays; they are adjusted and confirmed on their pages."""

    list_display = ("rota", "names", "person", "starts_at", "ends_at", "state", "decided_by")
    list_select_related = ("rota", "person")
