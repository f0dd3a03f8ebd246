"""The roll-out: programmes, products, sites, waves, checklists, deputies, who is what; go-lives,
waivers and signatures to look at."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.core import clock
from apps.ledger.admin import Ledgered, ReadOnly
from apps.rollouts.choices import Way
from apps.rollouts.models import (
    Contact,
    Deputy,
    GoLive,
    Membership,
    Product,
    Programme,
    ReadinessItem,
    ReadinessTemplate,
    ScheduleChange,
    SignOff,
    Site,
    Waiver,
    Wave,
)
from apps.rollouts.services import hold_checklist, make_items, what_uses

if TYPE_CHECKING:  # only the stubs know its parameter
    DeputyBase = forms.ModelForm[Deputy]
else:
    DeputyBase = forms.ModelForm


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


if TYPE_CHECKING:  # only the stubs know its parameter
    ContactBase = forms.ModelForm[Contact]
else:
    ContactBase = forms.ModelForm


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


@admin.register(ReadinessTemplate)
class ReadinessTemplateAdmin(Ledgered):
    """Items of the checklists; every go-live gets its own when one is saved. One is retired, not
    deleted, so that what was ticked stays."""

    subject = "readiness_template"
    list_display = ("key", "name", "programme", "owner_role", "offset_days", "is_blocking",
                    "retired_at")  # fmt: skip
    list_select_related = ("programme",)
    list_filter = ("programme", "owner_role", "is_blocking")
    search_fields = ("key", "name")
    filter_horizontal = ("products",)

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        """After the products: they decide which go-lives get the item."""
        super().save_related(request, form, formsets, change)
        hold_checklist(form.instance.programme)
        make_items(form.instance.programme)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(ReadinessItem)
class ReadinessItemAdmin(ReadOnly):
    """What is ticked for whom; it is ticked on the wave's page."""

    list_display = ("template", "go_live", "state", "changed_by", "changed_at", "owner")
    list_select_related = ("template", "go_live", "owner")
    list_filter = ("state", "template")
    search_fields = ("go_live__site__number",)
    show_full_result_count = False


@admin.register(Waiver)
class WaiverAdmin(ReadOnly):
    """Red findings that were accepted, why, by whom."""

    list_display = ("wave", "words", "given_by", "given_at", "withdrawn_at")
    list_select_related = ("wave",)


@admin.register(SignOff)
class SignOffAdmin(ReadOnly):
    """Who signed which part of which wave."""

    list_display = ("wave", "part", "call", "person", "deputy_of", "signed_at", "withdrawn_at")
    list_select_related = ("wave", "person", "deputy_of")
    list_filter = ("part", "call")


class DeputyForm(DeputyBase):
    """A deputy needs a holder of the role who names them, and is a member."""

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if not {"programme", "role", "person", "named_by"} <= facts.keys():
            return facts
        members = Membership.objects.filter(programme=facts["programme"])
        if not members.filter(person=facts["named_by"], role=facts["role"]).exists():
            self.add_error("named_by", "They do not hold this role in the programme.")
        if not members.filter(person=facts["person"]).exists():
            self.add_error("person", "They are nobody in the programme.")
        return facts


@admin.register(Deputy)
class DeputyAdmin(Registered):
    """Who may sign for whom; also on the page of the deputies."""

    subject = "deputy"
    form = DeputyForm
    list_display = ("person", "role", "named_by", "programme", "until", "ended_at")
    list_select_related = ("person", "named_by", "programme")
    list_filter = ("programme", "role")
    exclude = ("named_at",)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.named_at = clock.now()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
