"""How people want to be told: their addresses, for which hours, and when not at all."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from apps.accounts.models import Person
from apps.connectors.apprise.client import is_address
from apps.core.fields import EncryptedTextField
from apps.core.periods import WeeklyHours
from apps.paging.choices import Means
from apps.paging.rules import PersonFacts, Way


def valid_hours(value: Any) -> None:
    """Raise ValidationError for what are no weekly hours; none at all are fine."""
    try:
        WeeklyHours.parse(value or {})
    except (ValueError, AttributeError) as problem:
        raise ValidationError(f"{problem}") from problem


class ContactMethod(models.Model):
    """One way to reach a person, and for which hours they chose it.

    E-mail and Slack work without a row of their own, at all hours, by the address of the account
    and the Slack handle; a row switches them, or names another `address` (encrypted).
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_methods")
    means = models.CharField(max_length=10, choices=Means.choices)
    label = models.CharField(max_length=60, blank=True)
    address = EncryptedTextField(blank=True, default="")
    in_work_hours = models.BooleanField(default=True)
    after_hours = models.BooleanField(default=True)

    class Meta:
        ordering = ["person", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "means"],
                condition=~Q(means=Means.OTHER),
                name="contact_method_once_per_means",
            ),
            models.CheckConstraint(
                condition=Q(means__in=Means.values), name="contact_method_means_known"
            ),
            models.CheckConstraint(
                condition=~Q(means=Means.OTHER) | ~Q(address=""),
                name="contact_method_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(Means(self.means).label)

    def clean(self) -> None:
        """Refuse an address of another service that nothing can be sent to."""
        if self.means == Means.OTHER and not is_address(self.address):
            words = "Write an address of a service, such as twilio://SID:TOKEN@FROM/TO."
            raise ValidationError({"address": words})

    @property
    def key(self) -> str:
        return f"{self.means}:{self.pk}" if self.means == Means.OTHER else self.means


class QuietHours(models.Model):
    """When somebody is not told, in their own time zone, unless it is urgent."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="quiet")
    hours = models.JSONField(default=dict, blank=True, validators=[valid_hours])

    class Meta:
        verbose_name_plural = "quiet hours"

    def __str__(self) -> str:
        return f"quiet hours of {self.person}"


def with_ways(people: "models.QuerySet[Person]") -> "models.QuerySet[Person]":
    """Everything `address_of` and `person_facts` need: four queries, however many people."""
    return people.select_related("quiet").prefetch_related("handles", "contact_methods")


def address_of(person: Person, way: str) -> str:
    """Where a way leads: a mail address, a Slack id, an address of another service; empty when the
    person has none."""
    method = next((one for one in person.contact_methods.all() if one.key == way), None)
    if method is not None and method.address:
        return str(method.address)
    if way == Means.SLACK:
        return next((one.ref for one in person.handles.all() if one.kind == "slack"), "")
    return person.email if way == Means.EMAIL else ""


def person_facts(person: Person, *, has_slack: bool) -> PersonFacts:
    """A person as the rules see them; Slack counts where the programme has a connection to it."""
    rows = {method.key: method for method in person.contact_methods.all()}
    keys = [Means.SLACK.value, Means.EMAIL.value, *(key for key in rows if key not in Means.values)]
    ways = tuple(
        _way(key, rows.get(key))
        for key in keys
        if address_of(person, key) and (has_slack or key != Means.SLACK)
    )
    quiet = getattr(person, "quiet", None)
    return PersonFacts(
        key=person.username,
        name=str(person),
        ways=ways,
        zone=ZoneInfo(person.time_zone),
        working_hours=_hours(person.working_hours),
        quiet_hours=_hours(quiet.hours) if quiet else None,
    )


def _way(key: str, row: ContactMethod | None) -> Way:
    return Way(key, row.in_work_hours, row.after_hours) if row else Way(key)


def _hours(value: Any) -> WeeklyHours | None:
    return WeeklyHours.parse(value) if value else None
