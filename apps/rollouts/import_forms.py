"""Forms of an import: the file, and how it is meant."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from apps.core.forms import PageForm
from apps.rollouts.models import ImportDraft
from apps.rollouts.rules.columns import headers_of
from apps.rollouts.rules.days import order_of
from apps.rollouts.services import GivenFile, ImportOptions
from apps.rollouts.sheets import MOST_BYTES, MOST_ROWS

ORDERS = [("", "Refuse days that could be either"), ("mdy", "4 March"), ("dmy", "3 April")]
ACCEPT = ".csv,.tsv,.txt,.xlsx,text/csv"


class HowForm(PageForm):
    """How a file is meant, whatever it holds."""

    order = forms.ChoiceField(label="3/4/2022 means", required=False, choices=ORDERS)
    cancel_missing = forms.BooleanField(
        label="Cancel go-lives that the file does not name", required=False,
        help_text="For a schedule that is whole. Otherwise what it does not name stays.",
    )  # fmt: skip

    def options(self) -> ImportOptions:
        facts = self.cleaned_data
        return ImportOptions(order=order_of(facts["order"]), cancel_missing=facts["cancel_missing"])


class ImportForm(HowForm):
    """A file of sites or of a schedule."""

    kind = forms.ChoiceField(label="What the file holds")
    file = forms.FileField(
        label="File", widget=forms.FileInput({"accept": ACCEPT, "data-drop": ""}),
        help_text=f"CSV or XLSX, up to {MOST_BYTES // 1_000_000} MB and {MOST_ROWS:,} rows.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )  # fmt: skip
    field_order = ("kind", "file", "order", "cancel_missing")

    def __init__(self, *args: Any, sites: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [("schedule", "The schedule"), ("sites", sites)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            most = f"{MOST_BYTES // 1_000_000} MB"
            raise forms.ValidationError(f"The file is larger than {most}: split it.")
        return file

    def given(self) -> GivenFile:
        facts = self.cleaned_data
        return GivenFile(kind=facts["kind"], name=facts["file"].name, content=facts["file"].read())


class ReadAsForm(HowForm):
    """How a file that is kept is meant: also which column each of its headers is."""

    def __init__(
        self, data: Any = None, *, draft: ImportDraft, headers: Mapping[str, str], **kwargs: Any
    ) -> None:
        first = {"order": draft.order, "cancel_missing": draft.cancel_missing}
        super().__init__(data, initial=first, **kwargs)
        if draft.kind == "sites":
            del self.fields["order"], self.fields["cancel_missing"]
        self._headers = list(headers)
        self._meant = dict(headers)
        ours = [(one, one) for one in headers_of(draft.kind, draft.programme.labels)]
        for place, header in enumerate(self._headers):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=f"“{header}”", choices=[("", "left out"), *ours], required=False,
                initial=headers[header],
            )  # fmt: skip

    def options(self) -> ImportOptions:
        return super().options() if "order" in self.fields else ImportOptions()

    def columns(self) -> dict[str, str]:
        """What somebody says of a header, where it is not what was thought anyway."""
        said = {
            header: self.cleaned_data[f"column_{place}"]
            for place, header in enumerate(self._headers)
        }
        return {header: ours for header, ours in said.items() if ours != self._meant[header]}

    def of_columns(self) -> Iterator[forms.BoundField]:
        return (self[f"column_{place}"] for place in range(len(self._headers)))

    def of_values(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in ("order", "cancel_missing") if name in self.fields)
