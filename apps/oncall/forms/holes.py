"""Holes in coverage: accepting one, covering one."""

from typing import Any

from django import forms

from apps.core.forms import PageForm


class HoleForm(PageForm):
    """A hole as the page names it: its time, its duty, its sites."""

    start = forms.DateTimeField(widget=forms.HiddenInput)
    end = forms.DateTimeField(widget=forms.HiddenInput)
    duty = forms.SlugField(widget=forms.HiddenInput, max_length=40)
    sites = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20000)

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if "start" in facts and "end" in facts and facts["end"] <= facts["start"]:
            self.add_error("end", "This ends before it begins.")
        return facts


class AcceptForm(HoleForm):
    """Why a hole can be lived with."""

    reason = forms.CharField(
        label="Why it can be lived with", max_length=500,
        error_messages={"required": "Say why this hole can be lived with."},
    )  # fmt: skip


class CoverForm(HoleForm):
    """Who takes a hole."""

    person = forms.CharField(max_length=60)
