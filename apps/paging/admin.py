"""Paging: policies and pages to look at, ways and quiet hours of people to enter."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from apps.ledger.admin import Ledgered, ReadOnly
from apps.paging.models import ContactMethod, EscalationPolicy, EscalationStep, Page, QuietHours

if TYPE_CHECKING:  # only the stubs know its parameters
    Inline = admin.TabularInline[EscalationStep, EscalationPolicy]
else:
    Inline = admin.TabularInline


class StepsInline(Inline):
    """The steps of a policy."""

    model = EscalationStep
    fields = readonly_fields = ("position", "wait", "targets")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(ReadOnly):
    """Policies; they are edited in programme.yaml (`escalations`), each edit one ledger entry."""

    list_display = ("key", "name", "programme", "on_severity_one", "on_missed_acknowledgement",
                    "on_silence", "on_hand_over", "rounds")  # fmt: skip
    list_select_related = ("programme",)
    inlines = (StepsInline,)


@admin.register(Page)
class PageAdmin(ReadOnly):
    """Escalations; they are answered on the page “Paging”."""

    list_display = ("words", "cause", "programme", "started_at", "acknowledged_by")
    list_select_related = ("programme",)
    list_filter = ("cause",)
    search_fields = ("subject_key", "words")
    show_full_result_count = False


@admin.register(ContactMethod)
class ContactMethodAdmin(Ledgered):
    """How people are told, and for which hours; an address is never told to the ledger."""

    subject = "contact_method"
    private = frozenset({"address"})
    list_display = ("person", "means", "label", "in_work_hours", "after_hours")
    list_select_related = ("person",)
    search_fields = ("person__username", "person__name")


@admin.register(QuietHours)
class QuietHoursAdmin(Ledgered):
    """When somebody is told only what is urgent."""

    subject = "quiet_hours"
    list_display = ("person", "hours")
    list_select_related = ("person",)
