"""The admin's part of the ledger: a mixin that records every change, and the read-only history."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import JSONField, Model, QuerySet
from django.http import HttpRequest

from apps.core import clock
from apps.ledger.models import Change
from apps.ledger.services import record

HIDDEN = "changed"  # what the ledger says of a value it must not hold


if TYPE_CHECKING:  # only the stubs know its parameter
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


class Indented(DjangoJSONEncoder):
    """JSON that a person can read and change."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"indent": 2})


class Ledgered(Base):
    """Configuration: each change is one entry with before and after, in the same transaction.

    `subject` names the object in the ledger; `private` columns are told as changed only.
    """

    subject = ""
    private: frozenset[str] = frozenset()
    save_on_top = False
    formfield_overrides = {JSONField: {"encoder": Indented}}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        many = {field.name for field in type(obj)._meta.many_to_many} & set(form.changed_data)
        names = [name for name in form.changed_data if name not in many and hasattr(obj, name)]
        old = type(obj)._default_manager.filter(pk=obj.pk).first() if change else None
        # Relations are saved after this; what they will be stands in the form.
        told = {name: [_named(old, name), _plain(form.cleaned_data[name])] for name in sorted(many)}
        super().save_model(request, obj, form, change)
        told |= {name: self._told(name, old, obj) for name in names}
        fields = {name: value for name, value in told.items() if _differs(value)}
        if fields or not change:
            self._record(request, obj, "changed" if change else "added", fields)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Rows beside the object are told with it, all of them before and after."""
        rows = formset.get_queryset()  # its own are changed already by what the form holds
        before = [str(one) for one in rows.all()]
        super().save_formset(request, form, formset, change)
        told = [sorted(before), sorted(str(one) for one in rows.all())]
        if _differs(told):
            self._record(request, formset.instance, "changed", {formset.prefix: told})

    def _told(self, name: str, old: Any, new: Any) -> Any:
        told = [_plain(getattr(old, name, None)), _plain(getattr(new, name))]
        return HIDDEN if name in self.private and _differs(told) else told

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._record(request, obj, "deleted", {})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self._record(request, row, "deleted", {})
        super().delete_queryset(request, queryset)

    def subject_key(self, obj: Any) -> str:
        """How the ledger calls an object; override to call it as services do."""
        return str(getattr(obj, "key", None) or obj)

    def _record(self, request: HttpRequest, obj: Model, verb: str, fields: dict[str, Any]) -> None:
        record(
            subject=self.subject or obj._meta.model_name or "",
            subject_key=self.subject_key(obj)[:120],
            verb=verb,
            actor=request.user.get_username(),
            origin="admin",
            programme_id=getattr(obj, "programme_id", None),
            now=clock.now(),
            fields=fields,
        )

    # The ledger is the one history; Django's own log would be a second.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None


class ReadOnly(Base):
    """History: to look at, never to change."""

    actions: Any = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _named(old: Any, name: str) -> list[str]:
    """The rows a many-to-many relation of an object leads to, by name."""
    return [str(one) for one in getattr(old, name).all()] if old is not None else []


def _differs(told: Any) -> bool:
    return bool(told == HIDDEN or told[0] != told[1])


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    if isinstance(value, Iterable) and not isinstance(value, Model):
        return [str(one) for one in value]
    return str(value)


@admin.register(Change)
class ChangeAdmin(ReadOnly):
    """Every change, in the order it was written."""

    list_display = ("seq", "at", "actor", "origin", "subject", "subject_key", "verb")
    list_filter = ("subject", "origin")
    search_fields = ("subject_key", "actor")
    ordering = ("-id",)
    show_full_result_count = False
