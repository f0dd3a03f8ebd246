"""Connections: what may be shown, secrets that are only written, and a button that tries them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from apps.connections.models import Connection
from apps.connections.trying import try_connection
from apps.connectors.registry import KINDS
from apps.ledger.admin import Ledgered

if TYPE_CHECKING:  # only the stubs know its parameter
    FormBase = forms.ModelForm[Connection]
else:
    FormBase = forms.ModelForm


class ConnectionForm(FormBase):
    """A connection; each line of `secrets` sets one, what is not named keeps its value."""

    kind = forms.ChoiceField(choices=[(key, key) for key in sorted(KINDS)])
    new_secrets = forms.CharField(
        required=False, label="Secrets", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One in a line, as name=value. They are never shown; what is not named here "
        "keeps its value.",
    )  # fmt: skip

    class Meta:
        model = Connection
        fields = ("key", "kind", "base_url", "settings", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ", ".join(sorted(self.instance.secrets)) if self.instance.pk else ""
        self.fields["new_secrets"].widget.attrs["placeholder"] = f"set: {known}" if known else ""

    def clean_new_secrets(self) -> dict[str, str]:
        lines = str(self.cleaned_data["new_secrets"]).splitlines()
        pairs = [line.partition("=") for line in lines if line.strip()]
        allowed = KINDS[self.data.get("kind", "")].secrets if self.data.get("kind") in KINDS else ()
        for name, mark, _ in pairs:
            if not mark or name.strip() not in allowed:
                names = ", ".join(sorted(allowed)) or "none"
                raise forms.ValidationError(f"Write name=value; this kind has: {names}.")
        return {name.strip(): value.strip() for name, _, value in pairs}


@admin.register(Connection)
class ConnectionAdmin(Ledgered):
    """The outside systems."""

    form = ConnectionForm
    subject = "connection"
    list_display = ("key", "kind", "base_url", "is_active", "failures", "last_ok_at")
    list_filter = ("kind", "is_active")
    search_fields = ("key", "base_url")
    readonly_fields = ("failures", "quiet_until", "last_error", "last_ok_at")
    change_form_template = "admin/connection_form.html"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data["new_secrets"]
        obj.secrets = {**obj.secrets, **given}
        super().save_model(request, obj, form, change)
        if given:
            self._record(request, obj, "changed", {"secrets": sorted(given)})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.try_it))
        return [path("<int:pk>/try/", view, name="connection-try"), *super().get_urls()]

    def try_it(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One call, its answer in words."""
        connection = get_object_or_404(Connection, pk=pk)
        is_fine, words = try_connection(connection)
        say = messages.success if is_fine else messages.error
        say(request, f"{connection.key}: {words}")
        return HttpResponseRedirect(
            reverse("admin:connections_connection_change", args=[connection.pk])
        )
