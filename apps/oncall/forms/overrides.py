"""Putting somebody on duty."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms

from apps.core.forms import PageForm, needed
from apps.oncall.candidates import Candidate
from apps.oncall.forms.fields import WallTime

WHEN = "Write a day and a time."


class OverrideForm(PageForm):
    """Who has a duty from when until when, and why; `turn` takes the whole turn of a slot."""

    duty = forms.ChoiceField(label="Duty")
    person = forms.ChoiceField(
        label="Who",
        error_messages=needed("Say who takes it.")
        | {"invalid_choice": "Choose somebody you may put on duty in this programme."},
    )
    turn = forms.BooleanField(label="The whole turn", required=False)
    start = WallTime(label="From", edge="start", error_messages=needed(WHEN) | {"invalid": WHEN})
    end = WallTime(label="Until", edge="end", error_messages=needed(WHEN) | {"invalid": WHEN})
    reason = forms.CharField(
        label="Reason", required=False, max_length=300, help_text="Such as: Ana is ill."
    )

    def __init__(
        self, *args: Any, duties: Sequence[str], candidates: Iterable[Candidate], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._people = {one.person.username: one for one in candidates}
        names: Any = self.fields
        names["duty"].choices = [(one, one.capitalize()) for one in duties]
        names["person"].choices = [
            ("", "Choose somebody"),
            *((key, one.words) for key, one in self._people.items()),
        ]

    def chosen(self) -> Candidate:
        return self._people[self.cleaned_data["person"]]

    def keeps(self, start: datetime, end: datetime) -> bool:
        """Whether the times are still those the page proposed, to the minute."""
        given = (self.cleaned_data["start"], self.cleaned_data["end"])
        return [_minute(at) for at in given] == [_minute(start), _minute(end)]


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
