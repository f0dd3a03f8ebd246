"""Forms of one's own ways: what is switched when, quiet hours, another service."""

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.connectors.apprise.client import SCHEMES, is_public_address
from apps.core.forms import HoursField, PageForm, needed
from apps.paging.mine import Mine, OwnWay
from apps.paging.rules import Way


class WaysForm(PageForm):
    """Two boxes for each way that can be used, and the quiet hours."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    quiet_hours = HoursField(
        label="Quiet hours", required=False,
        help_text="A line each in your time zone, such as mon-fri 22:00-07:00; left empty, none.",
    )  # fmt: skip

    def __init__(self, *args: Any, mine: Mine, **kwargs: Any) -> None:
        initial = {"seen": mine.version, "quiet_hours": mine.quiet_hours}
        super().__init__(*args, initial=initial, **kwargs)
        self._ways = [one for one in mine.ways if one.is_usable]
        for one in self._ways:
            self.fields[f"work {one.key}"] = _box("Work hours", one.way.in_work_hours)
            self.fields[f"after {one.key}"] = _box("After hours", one.way.after_hours)

    def boxes_of(self, way: OwnWay) -> list[forms.BoundField]:
        return [self[f"{when} {way.key}"] for when in ("work", "after") if way.is_usable]

    def chosen(self) -> Iterable[Way]:
        """Each way as it is switched here."""
        facts = self.cleaned_data
        return [Way(one.key, facts[f"work {one.key}"], facts[f"after {one.key}"])
                for one in self._ways]  # fmt: skip


def _box(label: str, is_on: bool) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, initial=is_on)


class AddWayForm(PageForm):
    """Another service; its address is a secret from then on."""

    address = forms.CharField(
        label="Address", max_length=500, strip=True,
        help_text="As apprise writes it, such as twilio://SID:TOKEN@FROM/TO or pover://USER@TOKEN. "
        f"Services: {', '.join(sorted(SCHEMES))}.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages=needed("Write the address of the service."),
    )  # fmt: skip
    label = forms.CharField(
        label="What you call it", max_length=60, required=False,
        help_text="Such as My phone; the address itself is not shown again.",
    )  # fmt: skip

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if not is_public_address(address):
            raise forms.ValidationError("Write it as the service's name, ://, and its parts.")
        return address
