"""Calendars shifts come from: an address, or a file."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.core.forms import PageForm, needed
from apps.oncall.rules.calendars import MOST_BYTES

FILE_HELP = f"An .ics file of up to {MOST_BYTES // 1_000_000} MB. You see first what it changes."
ACCEPT = ".ics,.ical,.ifb,text/calendar"
NEITHER = "Give the address of the calendar, or choose a file."


class FileForm(PageForm):
    """A calendar file."""

    file = forms.FileField(
        label="File", required=False, widget=forms.FileInput({"accept": ACCEPT}),
        help_text=FILE_HELP,
        error_messages=needed("Choose a file.") | {"empty": "The file is empty."},
    )  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
        return file

    def given(self) -> tuple[str, bytes]:
        """The file's name and what it holds."""
        file = self.cleaned_data["file"]
        return file.name, file.read()


class NewerFileForm(FileForm):
    """A newer file of a calendar that has one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = True


class CalendarForm(FileForm):
    """For which duty, and either an address or a file."""

    duty = forms.ChoiceField(label="Duty")
    url = forms.CharField(
        label="Address", required=False, max_length=2000,
        help_text="As the calendar's owner publishes it, with https:// or webcal://. "
        "Read every 15 minutes.",
    )  # fmt: skip
    field_order = ("duty", "url", "file")

    def __init__(self, *args: Any, duties: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: Any = self.fields
        names["duty"].choices = [(one, one.capitalize()) for one in duties]
        names["file"].label = "Or a file"
        names["url"].is_alternative = names["file"].is_alternative = True  # one of the two

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(facts.get("url")) == bool(facts.get("file")):
            self.add_error("url", "Give one of the two." if facts.get("url") else NEITHER)
        return facts
