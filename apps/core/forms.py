"""Forms of pages: label above, hint and error with the field, a summary that takes focus."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.periods import WeeklyHours


def needed(words: str) -> dict[str, str]:
    """`error_messages` of a field that must be filled in: what to do, not what went wrong."""
    return {"required": words}


class PageForm(forms.Form):
    """A form whose fields say in HTML what is wrong with them."""

    use_required_attribute = False
    required_css_class = "is-required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the field, its label, what is wrong) for the summary; no id for the whole form."""
        found = []
        for name, errors in self.errors.items():
            field = self[name] if name in self.fields else None
            where = (_first_id(field), str(field.label)) if field else ("", "")
            found += [(*where, str(words)) for words in errors]
        return found


class HoursField(forms.CharField):
    """Weekly hours, a line each, such as "mon-fri 08:00-20:00"; cleaned to days and their hours."""

    def __init__(self, **kwargs: Any) -> None:
        area = forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"})
        super().__init__(widget=area, max_length=500, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return hours_told(value) if isinstance(value, Mapping) else value

    def clean(self, value: Any) -> dict[str, str]:
        hours = hours_read(super().clean(value))
        try:
            WeeklyHours.parse(hours)
        except ValueError as problem:
            words = str(problem)
            raise ValidationError(f"{words[:1].upper()}{words[1:]}.") from problem
        return hours


def hours_read(text: str) -> dict[str, str]:
    """Days and their hours of lines such as "mon-fri 08:00-20:00"; nothing is checked."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        days, _, hours = line.partition(" ")
        found[days] = ",".join(filter(None, [found.get(days, ""), hours.strip()]))
    return found


def hours_told(hours: Mapping[str, str]) -> str:
    """The lines that say these hours."""
    return "\n".join(f"{days} {times}" for days, times in hours.items())


def _first_id(field: forms.BoundField) -> str:
    """Where the summary leads: the field, or the first choice of a group."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
