"""The note of a hand-over."""

from django import forms

from apps.core.forms import PageForm
from apps.oncall.services import Note

LONGEST = 8000  # characters of each part


def _text(label: str, hint: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 6}),
        help_text=hint,
    )  # fmt: skip


class NoteForm(PageForm):
    """What somebody hands over; `version` is that of the hand-over they read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    open_items = _text("Open items", "What is not finished, and what comes next.")
    watch = _text("What to watch", "What may come up in the next shift.")

    def note(self) -> Note:
        facts = self.cleaned_data
        return Note(open_items=facts["open_items"], watch=facts["watch"])
