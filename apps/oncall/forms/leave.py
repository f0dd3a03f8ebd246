"""Leave, in whole days."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from apps.accounts.models import Person
from apps.core.forms import PageForm, needed
from apps.core.periods import local_midnight

ONE_DAY = timedelta(days=1)
DAY = "Write a day, such as 2022-06-27."


def _day(label: str, words: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages=needed(words) | {"invalid": DAY},
    )  # fmt: skip


class LeaveForm(PageForm):
    """Days on which somebody takes no turns, in their own zone. Who decides may enter those of
    others; `people` are all they may enter leave for, themselves the first."""

    person = forms.ChoiceField(label="Who", error_messages=needed("Say who is away."))
    start = _day("First day", "Say the first day you are away.")
    end = _day("Last day", "Say the last day you are away.")
    note = forms.CharField(
        label="Note", required=False, max_length=200, help_text="Your colleagues can read it."
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {one.username: one for one in people}
        names: Any = self.fields
        names["person"].choices = [(key, str(one)) for key, one in self._people.items()]
        if len(people) == 1:
            del self.fields["person"]

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if "start" in facts and "end" in facts and facts["end"] < facts["start"]:
            self.add_error("end", "The last day comes before the first.")
        return facts

    def who(self) -> Person:
        return self._people[self.cleaned_data.get("person") or next(iter(self._people))]

    def period(self) -> tuple[datetime, datetime]:
        """From the midnight of the first day to that after the last, where they live."""
        zone = ZoneInfo(self.who().time_zone)
        first, last = self.cleaned_data["start"], self.cleaned_data["end"]
        return local_midnight(first, zone), local_midnight(last + ONE_DAY, zone)
