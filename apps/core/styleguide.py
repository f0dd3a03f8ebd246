"""What the style guide shows: samples of every state, made up on the spot."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms

from apps.core.forms import PageForm


@dataclass(frozen=True)
class Sample:
    """Something with a state, as a ticket has."""

    state: str
    name: str

    def get_state_display(self) -> str:
        return self.name


STATES = (
    ("new", "New"), ("acknowledged", "Acknowledged"), ("in_progress", "In progress"),
    ("waiting_for_site", "Waiting for site"), ("waiting_for_team", "Waiting for other team"),
    ("resolved", "Resolved"), ("closed", "Closed"),
)  # fmt: skip
PHASES = (
    "planned", "go_live_week", "servicenow", "paused", "rolled_back", "cancelled", "closed",
)  # fmt: skip


class SampleForm(PageForm):
    """One field of each kind."""

    title = forms.CharField(help_text="One line. Start with what people see.")
    site = forms.CharField(error_messages={"required": "Choose a site, or say that none fits."})
    severity = forms.ChoiceField(choices=[("1", "1 – down for all"), ("2", "2 – a part")])
    on = forms.DateField(
        label="Go-live on", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    told = forms.ChoiceField(
        label="The reporter", choices=[("thread", "is told in the thread"), ("not", "is not told")],
        widget=forms.RadioSelect, error_messages={"required": "Say how the reporter learns of it."},
    )  # fmt: skip
    parts = forms.MultipleChoiceField(
        label="Affected", choices=[("kiosk", "Kiosk"), ("phone", "Phone"), ("desk", "Desk")],
        widget=forms.CheckboxSelectMultiple, help_text="All that apply.", required=False,
    )  # fmt: skip
    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))


def samples(now: datetime) -> dict[str, Any]:
    """Context of the page; instants are around `now` (UTC)."""
    minutes = (-42, -1, 12, 59, 110, 60 * 26)
    refused = SampleForm({"title": "Kiosk shows an error", "severity": "2"}, prefix="refused")
    refused.is_valid()
    return {
        "form": SampleForm(),
        "refused": refused,
        "dues": [now + timedelta(minutes=each) for each in minutes],
        "states": [Sample(*each) for each in STATES],
        "phases": PHASES,
        "rows": range(1, 4),
        "hours": range(8, 16),
        "week": [now.date() + timedelta(days=each) for each in range(7)],
        "kinds": ("neutral", "info", "success", "warning", "danger"),
    }
