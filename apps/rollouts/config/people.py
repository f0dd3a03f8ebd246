"""programme.yaml: people, with their role in the programme and their handles."""

from typing import Any

from rest_framework import serializers

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.accounts.services import UnableToSavePerson, hashed, save_person
from apps.core.config import Applying, FromEnvironment, Section, Wrong
from apps.core.config.diffs import note_change
from apps.rollouts.config.fields import HoursField, ZoneField, refuse_twice
from apps.rollouts.models import Membership, Programme
from apps.rollouts.services import save_member


class PersonForm(serializers.Serializer[Any]):
    username = serializers.RegexField(r"^[A-Za-z0-9._-]{1,60}$")
    name = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(choices=Role.values)
    email = serializers.EmailField(default="", allow_blank=True)
    time_zone = ZoneField(default="UTC")
    working_hours = HoursField(default=dict)
    password = serializers.CharField(
        max_length=200, required=False, trim_whitespace=False, write_only=True
    )
    handles = serializers.DictField(child=serializers.CharField(max_length=120), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The password as it is kept, made before the transaction that holds up all other writes on
        SQLite."""
        if password := attrs.get("password"):
            attrs["password"] = hashed(username=attrs["username"], password=password)
        return attrs


def apply_people(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """People and their memberships; nobody is removed, passwords are never shown."""
    refuse_twice(applying, "people", [entry["username"] for entry in entries], "username")
    if applying.wrongs:
        return
    for place, entry in enumerate(entries):
        try:
            _apply_person(applying, entry)
        except UnableToSavePerson as problem:
            raise Wrong(str(problem), ("people", place, problem.field)) from problem


def _apply_person(applying: Applying, entry: dict[str, Any]) -> None:
    columns = {name: entry[name] for name in ("name", "email", "time_zone", "working_hours")}
    person, before, after = save_person(
        username=entry["username"],
        columns={**columns, "is_superuser": _is_administrator(applying.programme, entry)},
        handles=entry.get("handles"),
        password_hash=entry.get("password"),
        actor=applying.actor,
        origin=applying.origin,
        now=applying.now,
    )
    was, is_now = save_member(
        programme=applying.programme, person=person, role=entry["role"], actor=applying.actor,
        origin=applying.origin, now=applying.now,
    )  # fmt: skip
    shown = None if before is None else before | (was or {"role": ""})
    note_change(applying, f"person {entry['username']} ({entry['role']})", shown, after | is_now)


def _is_administrator(programme: Programme, entry: dict[str, Any]) -> bool:
    """Administrators are so everywhere: this file takes back only what it gave."""
    if entry["role"] == Role.ADMINISTRATOR:
        return True
    was_so = Person.objects.filter(username=entry["username"], is_superuser=True).exists()
    given = Membership.objects.filter(person__username=entry["username"], role=Role.ADMINISTRATOR)
    by_this_one = given.filter(programme=programme).exists()
    return was_so and (not by_this_one or given.exclude(programme=programme).exists())


def export_people(programme: Programme) -> list[dict[str, Any]]:
    rows = Membership.objects.filter(programme=programme).select_related("person")
    return [_exported(row) for row in rows.order_by("person__username")]


def _exported(row: Membership) -> dict[str, Any]:
    person = row.person
    entry: dict[str, Any] = {
        "username": person.username,
        "name": person.name,
        "role": row.role,
        "email": person.email,
        "time_zone": person.time_zone,
        "working_hours": person.working_hours,
        "handles": dict(person.handles.order_by("kind").values_list("kind", "ref")),
    }
    if person.has_usable_password():
        entry["password"] = FromEnvironment(f"{person.username.upper()}_PASSWORD")
    return {name: value for name, value in entry.items() if value not in ("", {}, None)}


PEOPLE = Section("people", PersonForm, apply_people, export_people)
