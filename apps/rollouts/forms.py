"""Forms of the schedule: what somebody wants changed, and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from apps.core.forms import PageForm
from apps.rollouts.choices import ChangeKind, Way
from apps.rollouts.models import Contact, GoLive, Product, Programme

KINDS = [(kind.value, kind.label) for kind in ChangeKind if kind != ChangeKind.PLAN]
GROUPS = [("region", "Region by region"), ("state", "State by state"), ("", "As they come")]
WEEK = timedelta(days=7)


class ChangeForm(PageForm):
    """A change of one or many go-lives."""

    go_live = forms.CharField(widget=forms.MultipleHiddenInput, required=False)
    kind = forms.ChoiceField(label="What changes", choices=KINDS, initial=ChangeKind.MOVE)
    to = forms.DateField(
        label="To the day", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text="For a move. Each of them begins on this day.",
    )  # fmt: skip
    weeks = forms.IntegerField(
        label="Or by weeks", required=False, min_value=-104, max_value=104,
        help_text="Each keeps its weekday: 1 is a week later, -1 a week earlier.",
    )  # fmt: skip
    scope = forms.CharField(
        label="What remains", required=False, max_length=200,
        help_text="For a reduced scope, such as: two clinics.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Reason", max_length=1000, widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why, so that the site's history tells it."},
    )  # fmt: skip
    decided_by = forms.CharField(
        label="Decided by", max_length=120,
        error_messages={"required": "Say who decided this."},
    )  # fmt: skip
    tell = forms.CharField(
        label="Whom to tell", required=False, max_length=400,
        help_text="Names or roles, with commas between. Announce the change once they were told.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A move needs one of day and weeks, a reduced scope its scope."""
        facts: dict[str, Any] = super().clean() or {}
        kind = facts.get("kind")
        is_read = "to" in facts and "weeks" in facts  # each on its own
        if kind == ChangeKind.MOVE and is_read and bool(facts["to"]) == bool(facts["weeks"]):
            self.add_error("to", "Give a day, or a number of weeks; one of them.")
        if kind == ChangeKind.REDUCE and not facts.get("scope"):
            self.add_error("scope", "Say what remains.")
        return facts

    def wanted(self, rows: Mapping[int, GoLive]) -> dict[int, date | None]:
        """The new day of each go-live by id; None for what is no move."""
        facts = self.cleaned_data
        if facts["kind"] != ChangeKind.MOVE:
            return dict.fromkeys(rows)
        if facts["to"]:
            return dict.fromkeys(rows, facts["to"])
        return {pk: row.planned_on + WEEK * facts["weeks"] for pk, row in rows.items()}

    def told(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["tell"].split(",") if name.strip()]


class ContactForm(PageForm):
    """Somebody to reach at a site."""

    programme = forms.ChoiceField(label="Programme")
    role_label = forms.CharField(
        label="Role", max_length=80, help_text="What they are there for.",
        widget=forms.TextInput({"list": "contact-roles", "autocomplete": "off"}),
        error_messages={"required": "Say what they are there for."},
    )  # fmt: skip
    name = forms.CharField(
        label="Name", max_length=120, widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Say how they are called."},
    )  # fmt: skip
    email = forms.EmailField(
        label="E-mail", required=False, max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"invalid": "Write the whole address, such as name@example.gov."},
    )  # fmt: skip
    phone = forms.CharField(
        label="Phone", required=False, max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )  # fmt: skip
    teams = forms.CharField(label="Teams", required=False, max_length=120)
    slack = forms.CharField(label="Slack", required=False, max_length=120)
    preferred = forms.ChoiceField(
        label="Reach them by", required=False, choices=[("", "No preference"), *Way.choices]
    )
    product = forms.ChoiceField(label="For", required=False)
    note = forms.CharField(
        label="Note", required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, programmes: Sequence[Programme], products: Iterable[Product],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.programmes = {row.key: row for row in programmes}
        keys = {row.pk: row.key for row in programmes}
        self._products = {
            f"{keys[row.programme_id]}/{row.key}": row for row in products
            if row.programme_id in keys
        }  # fmt: skip
        names: Any = self.fields
        names["product"].choices = [("", "All products"), *self._named(len(programmes) > 1)]
        names["programme"].choices = [(row.key, row.name) for row in programmes]
        if len(programmes) == 1:
            del self.fields["programme"]

    def _named(self, is_mixed: bool) -> list[tuple[str, str]]:
        return [
            (key, f"{row} ({self.programmes[key.partition('/')[0]]})" if is_mixed else str(row))
            for key, row in self._products.items()
        ]

    def chosen(self) -> Programme:
        """The programme it is for; the only one when there is no choice."""
        return self.programmes[self.cleaned_data.get("programme") or next(iter(self.programmes))]

    def columns(self) -> dict[str, Any]:
        facts = self.cleaned_data
        names = ("role_label", "name", *Way.values, "preferred", "note")
        product = self._products.get(facts["product"])
        return {name: facts[name] for name in names} | {"product": product}

    @staticmethod
    def initial_of(row: Contact) -> dict[str, Any]:
        product = f"{row.programme.key}/{row.product.key}" if row.product else ""
        return row.columns() | {"product": product, "version": row.version}


class PlanForm(PageForm):
    """How the planner spreads sites over weeks."""

    first_week = forms.DateField(
        label="First week", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text="Any day of it. Waves begin on its Monday, or after a holiday on the next day.",
    )  # fmt: skip
    pace = forms.IntegerField(label="Sites a week", min_value=1, max_value=500)
    group_by = forms.ChoiceField(label="Grouped", choices=GROUPS, required=False)
    only = forms.CharField(
        label="Only these sites", required=False, max_length=20000,
        widget=forms.Textarea({"rows": 2}),
        help_text="Numbers with spaces or commas between. Empty: all whose go-live has not begun.",
    )  # fmt: skip

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = programme.labels.get("region", "Region")
        self.fields["group_by"].choices = [("region", f"{region} by {region}"), *GROUPS[1:]]  # type: ignore[attr-defined]  # a ChoiceField

    def numbers(self) -> set[str]:
        """Site numbers somebody typed or pasted."""
        return set(self.cleaned_data["only"].replace(",", " ").replace(";", " ").split())


class AgreeForm(PageForm):
    """Why a whole plan is taken over, and who decided it."""

    reason = forms.CharField(label="Reason", max_length=1000, widget=forms.Textarea({"rows": 2}))
    decided_by = forms.CharField(label="Decided by", max_length=120)
