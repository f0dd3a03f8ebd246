"""People and their tokens."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.html import format_html
from knox.settings import CONSTANTS

from apps.accounts.models import Handle, Person, Token
from apps.accounts.tokens import MOST_DAYS, Scope, create_token
from apps.core import clock
from apps.ledger.admin import Base, Ledgered
from apps.ledger.services import record

if TYPE_CHECKING:  # only the stubs know their parameters
    PersonBase = forms.ModelForm[Person]
    TokenBase = forms.ModelForm[Token]
    Inline = admin.TabularInline[Handle, Person]
else:
    PersonBase = TokenBase = forms.ModelForm
    Inline = admin.TabularInline


admin.site.unregister(Group)  # roles are memberships of a programme; groups would do nothing


class PersonForm(PersonBase):
    """A person; an empty password keeps the one they have."""

    new_password = forms.CharField(
        required=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Empty keeps the present one; somebody new without one "
        "cannot sign in.",
    )  # fmt: skip

    class Meta:
        model = Person
        fields = ("username", "name", "email", "time_zone", "working_hours", "is_active",
                  "is_superuser")  # fmt: skip
        labels = {"is_superuser": "Administrator"}
        help_texts = {
            "is_superuser": "Sees and configures every programme.",
            "is_active": "Untick instead of deleting: history keeps its names.",
        }

    def clean_new_password(self) -> str:
        text = str(self.cleaned_data["new_password"])
        if text:
            validate_password(text, self.instance)
        return text


class HandleInline(Inline):
    model = Handle
    extra = 0


@admin.register(Person)
class PersonAdmin(Ledgered):
    """People; roles are memberships of a programme."""

    form = PersonForm
    subject = "person"
    private = frozenset({"email", "working_hours"})
    list_display = ("username", "name", "time_zone", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "name", "email")
    inlines = (HandleInline,)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        text = form.cleaned_data.get("new_password", "")
        if text:
            obj.set_password(text)
        elif not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if text and change:
            self._record(request, obj, "changed", {"password": "new"})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TokenForm(TokenBase):
    """A new token."""

    user = forms.ModelChoiceField(Person.objects.filter(is_active=True), label="Person")
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.READ]
    )
    days = forms.IntegerField(min_value=1, max_value=MOST_DAYS, initial=90)

    class Meta:
        model = Token
        fields = ("user", "name", "scopes")


@admin.register(Token)
class TokenAdmin(Base):
    """API tokens: shown once when made, then only withdrawn."""

    form = TokenForm
    list_display = ("name", "user", "token_key", "created", "expiry")
    list_select_related = ("user",)
    search_fields = ("name", "user__username")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        facts = form.cleaned_data
        text = create_token(
            person=facts["user"], scopes=facts["scopes"], days=facts["days"], name=facts["name"],
            actor=request.user.get_username(), origin="admin", now=clock.now(),
        )  # fmt: skip
        obj.pk = Token.objects.get(token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH]).pk
        words = format_html("The token, shown only now: <code>{}</code>", text)
        messages.warning(request, words)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._withdrawn(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self._withdrawn(request, row)
        super().delete_queryset(request, queryset)

    def _withdrawn(self, request: HttpRequest, obj: Any) -> None:
        record(
            subject="token", subject_key=obj.digest[:12], verb="withdrawn",
            actor=request.user.get_username(), origin="admin", programme_id=None,
            now=clock.now(), fields={"person": obj.user.username, "name": obj.name},
        )  # fmt: skip

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None
