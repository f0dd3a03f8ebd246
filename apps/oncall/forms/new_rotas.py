"""A new rota, and a new layer over one that is there."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.text import slugify

from apps.accounts.models import Person
from apps.core.forms import needed
from apps.oncall.choices import BACKUP, PRIMARY, Unit
from apps.oncall.forms.rotas import RotaForm
from apps.oncall.services import LayerDraft, RotaDraft

BLANK = LayerDraft(unit=Unit.WEEK, hand_off="mon 08:00", starts_on=date.min, windows=None,
                   duties={PRIMARY: [], BACKUP: []})  # fmt: skip
ZONES = sorted(available_timezones())
MOST_NAMED = 20
FARTHEST_BACK = timedelta(days=14)  # the slot of today may have begun so long ago
DAY = {"invalid": "Write a day, such as 2022-06-27."}


class NewLayerForm(RotaForm):
    """A layer that lies over the others: a key, its first day, a clock of its own if need be."""

    key = forms.SlugField(
        label="Key", max_length=20, help_text="Short, such as nights; it names the layer.",
        error_messages=needed("Give the layer a short name, such as nights.")
        | {"invalid": "Use letters, digits and hyphens, such as nights."},
    )  # fmt: skip
    starts_on = forms.DateField(
        label="First day", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="The first slot holds it, and the first person of each duty takes that.",
        error_messages=needed("Say from which day on.") | DAY,
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label="Time zone", choices=[(one, one.replace("_", " ")) for one in ZONES]
    )
    field_order: Sequence[str] = ("key", "starts_on", "time_zone")

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        there = list(people)
        super().__init__(*args, layer=BLANK, people=there, **kwargs)
        for name in ("effective_from", *self.unasked()):
            del self.fields[name]
        for duty in BLANK.duties:
            self.fields[f"duty-{duty}"].required = False
        names = ", ".join(str(one) for one in there[:MOST_NAMED])
        more = f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else ""
        self.fields[f"duty-{PRIMARY}"].help_text += f" Here work {names}{more}." if names else ""

    def unasked(self) -> Sequence[str]:
        """A layer has no name but its key."""
        return ("name",)

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if not self.errors and not self.duties():
            self.add_error(f"duty-{PRIMARY}", "Name somebody to take turns.")
        return facts

    def layer(self, usual: str) -> LayerDraft:
        """The layer as it was filled in; `usual` is the rota's own time zone."""
        facts, columns = self.cleaned_data, self.changes()
        columns.pop("name", None)
        zone = "" if facts["time_zone"] == usual else facts["time_zone"]
        return LayerDraft(key=facts["key"], starts_on=facts["starts_on"], time_zone=zone, **columns)

    def changes(self) -> dict[str, Any]:
        self.cleaned_data.setdefault("name", "")
        return super().changes()


class NewRotaForm(NewLayerForm):
    """A rota of one layer."""

    field_order = ("name", "key", "starts_on", "time_zone")

    key = forms.SlugField(
        label="Key", max_length=60, required=False,
        help_text="How programs name it; left empty, it is made of the name.",
        error_messages={"invalid": "Use letters, digits and hyphens, such as nights."},
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def unasked(self) -> Sequence[str]:
        """Of a rota that is not there nobody has seen a version."""
        return ("seen",)

    def clean_starts_on(self) -> date:
        on: date = self.cleaned_data["starts_on"]
        if on < self._today - FARTHEST_BACK:
            raise forms.ValidationError(
                f"Begin on {self._today - FARTHEST_BACK} or later: turns before that nobody had."
            )
        return on

    def rota_key(self) -> str:
        facts = self.cleaned_data
        return facts["key"] or slugify(facts["name"])[:60] or "rota"

    def draft(self) -> RotaDraft:
        """The rota as it was filled in."""
        own = {name: self.cleaned_data[name] for name in ("time_zone", "starts_on")}
        return RotaDraft(**own, **self.changes())
