"""People, their tokens, their calendars."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.html import format_html
from knox.settings import CONSTANTS

from apps.accounts.feed_tokens import feed_kinds, make_feed, revoke_feed
from apps.accounts.models import Feed, Handle, Person, Token
from apps.accounts.tokens import MOST_DAYS, Scope, create_token
from apps.core import clock
from apps.ledger.admin import Base, Ledgered
from apps.ledger.services import record

if TYPE_CHECKING:  # only the stubs know their parameters
    PersonBase = forms.ModelForm[Person]
    TokenBase = forms.ModelForm[Token]
    FeedBase = forms.ModelForm[Feed]
    Inline = admin.TabularInline[Handle, Person]
else:
    PersonBase = TokenBase = FeedBase = forms.ModelForm
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


class NewFeedForm(FeedBase):
    """A new calendar for somebody."""

    person = forms.ModelChoiceField(Person.objects.filter(is_active=True))
    subject = forms.CharField(
        max_length=160, help_text="The programme's key; for a wave key/7, for a product key/name."
    )

    class Meta:
        model = Feed
        fields = ("person", "kind", "subject")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, kind.label) for key, kind in feed_kinds().items()]
        self.fields["kind"] = forms.ChoiceField(choices=choices)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        kind = feed_kinds().get(facts.get("kind", ""))
        offered = dict(kind.offered(facts["person"])) if kind and facts.get("person") else {}
        if facts.get("subject") not in offered:
            self.add_error("subject", "There is no such calendar for this person.")
        return facts


@admin.register(Feed)
class FeedAdmin(Base):
    """Calendars people subscribed to: their address is shown once, then only revoked."""

    form = NewFeedForm
    list_display = ("name", "person", "created_at", "last_read_at", "revoked_at")
    list_select_related = ("person",)
    list_filter = ("kind", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("person__username", "name")
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        facts = form.cleaned_data
        feed, address = make_feed(
            person=facts["person"], kind=facts["kind"], subject=facts["subject"],
            actor=request.user.get_username(), origin="admin", now=clock.now(),
        )  # fmt: skip
        obj.pk = feed.pk
        words = format_html("Its address, shown only now: <code>{}</code>", address)
        messages.warning(request, words)

    @admin.action(description="Revoke", permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        for feed in queryset:
            revoke_feed(feed_id=feed.pk, actor=request.user.get_username(), origin="admin",
                        now=clock.now())  # fmt: skip

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None
