"""Forms of the schedule: what somebody wants changed, and why."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms

from apps.core.forms import PageForm
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme

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
        return {pk: row.starts_on + WEEK * facts["weeks"] for pk, row in rows.items()}

    def told(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["tell"].split(",") if name.strip()]


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
