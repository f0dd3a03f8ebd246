"""The downtime of a holiday: its hours and what it mutes; why it is not needed."""

from typing import Any

from django import forms

from apps.core.forms import PageForm, needed
from apps.core.periods import Period
from apps.oncall.forms.fields import WallTime

WHEN = "Write a day and a time."
LINES: dict[str, Any] = {"rows": 4, "spellcheck": "false", "autocomplete": "off"}
MUTE_HINT = (
    "A line each: tag:service:check-in, or monitor:123, or scope:env:prod. Other words stay in the"
    " text to copy."
)


def mute_field() -> forms.CharField:
    return forms.CharField(
        label="What to mute", required=False, max_length=2000, help_text=MUTE_HINT,
        widget=forms.Textarea(LINES),
    )  # fmt: skip


class DowntimeForm(PageForm):
    """Wall times of the reader's zone; `version` is that of what they read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    start = WallTime(label="From", edge="start", error_messages=needed(WHEN) | {"invalid": WHEN})
    end = WallTime(label="Until", edge="end", error_messages=needed(WHEN) | {"invalid": WHEN})
    mute = mute_field()

    def period(self) -> Period:
        return Period(self.cleaned_data["start"], self.cleaned_data["end"])


class NotNeededForm(PageForm):
    """Why nothing has to be muted; `version` is that of what they read."""

    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    reason = forms.CharField(
        max_length=300,
        error_messages=needed("Say why it is not needed.")
        | {"max_length": "The reason is too long: at most 300 characters."},
    )


class MuteForm(PageForm):
    """What downtimes of a rota mute."""

    mute = mute_field()
