"""Which days the fairness ledger is about."""

from datetime import date, timedelta
from typing import Any

from django import forms

from apps.core.forms import PageForm
from apps.oncall.fairness import LONGEST

DAY = timedelta(days=1)
FIRST, LAST = date(1970, 1, 2), date(2199, 12, 30)
NO_DAY = {"invalid": "Write a day as in 2022-05-02."}


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], error_messages=NO_DAY)


class RangeForm(PageForm):
    """Two days, both part of the range, at most 400 of them."""

    since = _day("From")
    until = _day("To")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        since, until = facts.get("since"), facts.get("until")
        if since is None or until is None:
            return facts
        if until < since:
            self.add_error("until", "This day is before the first. Choose a later one.")
        elif until - since >= LONGEST:
            words = f"At most {LONGEST.days} days at once. Choose a shorter range."
            self.add_error("until", words)
        elif not FIRST <= since <= until <= LAST:
            self.add_error("since", "No rota reaches there. Choose days from 1970 to 2199.")
        return facts
