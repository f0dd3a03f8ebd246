"""Forms of pages: label above, hint and error with the field, a summary that takes focus."""

from typing import Any

from django import forms


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


def _first_id(field: forms.BoundField) -> str:
    """Where the summary leads: the field, or the first choice of a group."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
