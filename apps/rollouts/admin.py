"""The roll-out: programmes, products, sites, waves, who is what; go-lives to look at."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.core import clock
from apps.ledger.admin import Ledgered, ReadOnly
from apps.rollouts.choices import Way
from apps.rollouts.models import (
    Contact,
    GoLive,
    Membership,
    Product,
    Programme,
    ScheduleChange,
    Site,
    Wave,
)

if TYPE_CHECKING:  # only the stubs know its parameter
    ContactBase = forms.ModelForm[Contact]
else:
    ContactBase = forms.ModelForm


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


class ContactForm(ContactBase):
    """A contact; its addresses are encrypted columns, which know no lengths of their own."""

    email = forms.EmailField(required=False, max_length=254)
    phone = forms.CharField(required=False, max_length=40)
    teams = forms.CharField(required=False, max_length=120)
    slack = forms.CharField(required=False, max_length=120)
    note = forms.CharField(required=False, max_length=500, widget=forms.Textarea({"rows": 3}))

    class Meta:
        model = Contact
        fields = ("programme", "site", "product", "role", "role_label", "name", *Way.values,
                  "preferred", "note")  # fmt: skip

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        product, programme = facts.get("product"), facts.get("programme")
        if product and programme and product.programme_id != programme.pk:
            self.add_error("product", "This product is of another programme.")
        if facts.get("preferred") and not facts.get(facts["preferred"]):
            self.add_error("preferred", "This way is preferred, and empty.")
        return facts


@admin.register(Contact)
class ContactAdmin(Ledgered):
    """Whom to reach at a site. Looked for by site, never by what is personal."""

    form = ContactForm
    subject = "contact"
    private = frozenset({"name", *Way.values, "preferred", "note"})
    list_display = ("site", "role_label", "programme", "product", "preferred", "changed_at")
    list_select_related = ("site", "programme", "product")
    list_filter = ("programme", "role_label")
    search_fields = ("site__number", "site__name")
    raw_id_fields = ("site",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.standing()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.changed_at = clock.now()
        obj.version += int(change)
        super().save_model(request, obj, form, change)


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
