"""Editing a layer of a rota: when it counts, who takes turns, from which day on."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms

from apps.accounts.models import Person
from apps.core.forms import PageForm, hours_read, hours_told, needed
from apps.oncall.choices import Unit
from apps.oncall.services import LayerDraft, Place, RotaDraft

LINE = re.compile(
    r"(?P<who>.+?)(?:\s+from\s+(?P<first>[\d-]+))?(?:\s+until\s+(?P<last>[\d-]+))?\s*\Z",
    re.IGNORECASE,
)
UNITS = {
    Unit.SHIFT: "Each window", Unit.DAY: "Each day", Unit.WEEK: "Each week",
    Unit.SPRINT: "Every two weeks",
}  # fmt: skip
ROWS: dict[str, Any] = {"rows": 3, "spellcheck": "false", "autocomplete": "off"}
PEOPLE = ROWS | {"data-people": True}  # people.js makes a list of it


class RotaForm(PageForm):
    """One layer; each of its duties is a list of people, a line each, in the order of turns."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=120, error_messages=needed("Say how the rota is called."))
    effective_from = forms.DateField(
        label="Counts from", required=False,
        help_text="The first hand-off of that day; left empty, from now. The past stays.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day, such as 2022-06-27."},
    )  # fmt: skip
    unit = forms.ChoiceField(
        label="Hands over", choices=[(unit.value, words) for unit, words in UNITS.items()]
    )
    hand_off = forms.CharField(
        label="At", required=False, max_length=20,
        help_text="Weekday and time, such as mon 08:00; for days 08:00 alone.",
    )  # fmt: skip
    windows = forms.CharField(
        label="Hours", required=False, max_length=500, widget=forms.Textarea(ROWS),
        help_text="A line each, such as mon-fri 08:00-20:00; left empty, always.",
    )  # fmt: skip
    follows_hours = forms.BooleanField(
        label="Goes with the working hours of its people", required=False
    )

    another_duty = forms.SlugField(
        label="One more duty", required=False, max_length=40,
        help_text="Such as incident-commander; it chooses after those above.",
        error_messages={"invalid": "Use letters, digits and hyphens, such as incident-commander."},
    )  # fmt: skip
    another_people = forms.CharField(
        label="Who takes turns in it",
        required=False,
        max_length=4000,
        widget=forms.Textarea(PEOPLE),
    )

    def __init__(
        self, *args: Any, layer: LayerDraft, people: Iterable[Person], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._layer, self._called = layer, called(people)
        self._people = {one.username.casefold(): one for one in self._called}
        self._people |= {name.casefold(): one for one, name in self._called.items()}
        if layer.key:
            del self.fields["name"]
        for duty, places in layer.duties.items():
            self.fields[f"duty-{duty}"] = self.duty_field(duty, len(places) + 2)
        for name in ("another_duty", "another_people"):
            self.fields[name] = self.fields.pop(name)

    def names(self) -> list[str]:
        """How to name everybody who may take turns, sorted."""
        return sorted(self._called.values(), key=str.casefold)

    def duty_field(self, duty: str, rows: int) -> forms.CharField:
        """The people of a duty."""
        return forms.CharField(
            label=duty.capitalize(), max_length=4000,
            widget=forms.Textarea(PEOPLE | {"rows": rows}),
            help_text="Somebody a line, in the order of turns; if need be: Ana Ortiz from "
            "2022-06-27 until 2022-08-22.",
            error_messages=needed("Name somebody to take turns."),
        )  # fmt: skip

    @classmethod
    def initial_of(
        cls, draft: RotaDraft, layer: LayerDraft, seen: int, people: Iterable[Person]
    ) -> dict[str, Any]:
        """What the form shows first."""
        names = called(people)
        duties = {
            f"duty-{duty}": "\n".join(_told(place, names[place.person]) for place in places)
            for duty, places in layer.duties.items()
        }
        windows = hours_told(layer.windows or {})
        return {
            "seen": seen, "name": draft.name, "unit": layer.unit.value, "windows": windows,
            "hand_off": layer.hand_off, "follows_hours": layer.follows_hours, **duties,
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        for name in (*(f"duty-{duty}" for duty in self._layer.duties), "another_people"):
            try:
                facts[name] = list(self._places(facts.get(name, "")))
            except ValueError as problem:
                self.add_error(name, str(problem))
        if facts.get("another_duty") and not facts.get("another_people"):
            if "another_people" not in self.errors:
                self.add_error("another_people", "Name somebody to take turns.")
        elif facts.get("another_people") and not facts.get("another_duty"):
            if "another_duty" not in self.errors:
                self.add_error("another_duty", "Say which duty they take.")
        elif facts.get("another_duty") in self._layer.duties:
            self.add_error("another_duty", "There is a duty of that name above.")
        return facts

    def changes(self) -> dict[str, Any]:
        """What the layer is to say, as columns of its draft."""
        facts = self.cleaned_data
        columns = {
            "unit": Unit(facts["unit"]),
            "hand_off": facts["hand_off"],
            "windows": hours_read(facts["windows"]) or None,
            "follows_hours": facts["follows_hours"],
            "duties": self.duties(),
        }
        return columns | ({} if self._layer.key else {"name": facts["name"]})

    def duties(self) -> dict[str, list[Place]]:
        """Who takes turns in which duty; those nobody was named for are left out."""
        facts = self.cleaned_data
        found = {duty: facts[f"duty-{duty}"] for duty in self._layer.duties}
        found |= {facts["another_duty"]: facts["another_people"]} if facts["another_duty"] else {}
        return {duty: places for duty, places in found.items() if places}

    def field_of(self, problem_field: str) -> str | None:
        """Which field a refusal of the service is about."""
        if problem_field == "duties":
            return f"duty-{next(iter(self._layer.duties))}"
        return problem_field if problem_field in self.fields else None

    def _places(self, text: str) -> Iterator[Place]:
        for line in filter(None, map(str.strip, text.splitlines())):
            found = LINE.match(line)
            person = self._people.get(found["who"].strip().casefold()) if found else None
            if found is None or person is None:
                raise ValueError(f"“{line[:60]}”: {self._why_nobody(found)}.")
            yield Place(person=person, starts_on=_day(found["first"]), ends_on=_day(found["last"]))

    def _why_nobody(self, found: re.Match[str] | None) -> str:
        who = found["who"].strip().casefold() if found else ""
        if any(str(one).casefold() == who for one in self._called):
            return "two people are called so; write the username"
        return "nobody of that name works in this programme"


def called(people: Iterable[Person]) -> dict[Person, str]:
    """How each is named in a form: by name, by username where the name is somebody else's too."""
    every = list(people)
    taken = Counter(str(one).casefold() for one in every)
    taken.update(one.username.casefold() for one in every if one.username != str(one))
    return {one: str(one) if taken[str(one).casefold()] == 1 else one.username for one in every}


def _told(place: Place, name: str) -> str:
    first = f" from {place.starts_on}" if place.starts_on else ""
    last = f" until {place.ends_on}" if place.ends_on else ""
    return f"{name}{first}{last}"


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise ValueError(f"“{text}” is not a day such as 2022-06-27.") from problem
