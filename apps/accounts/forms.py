"""Forms of sign-in, the lock and one's own account."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password

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
