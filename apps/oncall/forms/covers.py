"""Asking for cover, for a swap; arranging one for others."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from apps.accounts.models import Person
from apps.core.forms import PageForm, needed
from apps.oncall.rules import Stint

Choices = Sequence[tuple[str, str]]
ANYBODY = "*"  # no username


def key_of(stint: Stint) -> str:
    return f"{stint.duty}|{stint.slot}"


class _Message(PageForm):
    message = forms.CharField(
        label="Message", required=False, max_length=300, widget=forms.Textarea({"rows": 2})
    )


class AskCoverForm(_Message):
    """Whom to ask to take a shift."""

    asked = forms.ChoiceField(
        label="Ask",
        error_messages=needed("Say whom to ask.")
        | {"invalid_choice": "Choose somebody who works in this programme."},
    )
    field_order = ("asked", "message")

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {one.username: one for one in people}
        names: Any = self.fields
        names["asked"].choices = [
            (ANYBODY, "Anybody: the first to accept takes it"),
            *((key, str(one)) for key, one in self._people.items()),
        ]

    def asked_person(self) -> Person | None:
        return self._people.get(self.cleaned_data["asked"])


class AskSwapForm(_Message):
    """Which of somebody's shifts to take in return."""

    in_return = forms.ChoiceField(
        label="For which shift", error_messages=needed("Choose the shift you would take."),
    )  # fmt: skip
    field_order = ("in_return", "message")

    def __init__(self, *args: Any, shifts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: Any = self.fields
        names["in_return"].choices = [("", "Choose a shift"), *shifts]


class SwapForm(PageForm):
    """Two shifts of a rota that change hands, and why."""

    first = forms.ChoiceField(label="Shift", error_messages=needed("Choose a shift."))
    second = forms.ChoiceField(
        label="Swapped with", error_messages=needed("Choose the shift it is swapped with.")
    )
    reason = forms.CharField(
        label="Reason", max_length=300, error_messages=needed("Say why they swap.")
    )

    def __init__(self, *args: Any, shifts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: Any = self.fields
        for name in ("first", "second"):
            names[name].choices = [("", "Choose a shift"), *shifts]
