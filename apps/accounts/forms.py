"""Forms of sign-in, the lock and one's own account."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password

from apps.accounts.feed_tokens import feed_kinds
from apps.accounts.models import Person
from apps.core.forms import PageForm


class SignInForm(PageForm):
    """Who, and their password."""

    username = forms.CharField(
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter your username."},
    )
    password = forms.CharField(
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )


class UnlockForm(PageForm):
    """The password of who locked it."""

    password = forms.CharField(
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )


class AccountForm(PageForm):
    """What people may change about themselves."""

    time_zone = forms.ChoiceField(
        help_text="Times are shown in this zone, with the site's own beside them.",
        choices=[(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
    )
    current_password = forms.CharField(
        required=False,
        max_length=200,
        help_text="Only to change the password.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        required=False,
        max_length=200,
        help_text="At least 12 characters. Leave it empty to keep the one you have.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_new_password(self) -> str:
        new = str(self.cleaned_data["new_password"])
        if new:
            validate_password(new, self.person)
        return new

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        current = facts.get("current_password", "")
        if facts.get("new_password") and not self.person.check_password(current):
            self.add_error("current_password", "This is not your current password.")
        return facts


class FeedForm(PageForm):
    """Which calendar somebody wants in theirs."""

    calendar = forms.ChoiceField(
        label="Calendar", error_messages={"required": "Choose a calendar.",
                                          "invalid_choice": "Choose one of these calendars."},
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (kind.label, [(f"{key}:{subject}", name) for subject, name in kind.offered(person)])
            for key, kind in feed_kinds().items()
        ]
        field: Any = self.fields["calendar"]
        field.choices = [("", "Choose…"), *[group for group in groups if group[1]]]

    def chosen(self) -> dict[str, str]:
        kind, _, subject = self.cleaned_data["calendar"].partition(":")
        return {"kind": kind, "subject": subject}
