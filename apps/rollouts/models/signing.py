"""Go or no-go of a wave: waivers of what speaks against it, signatures, deputies."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.rollouts.choices import Call, Part
from apps.rollouts.models.programmes import OfProgramme, Programme, Wave
from apps.rollouts.models.versions import Versioned
from apps.rollouts.rules.readiness import DeputyFacts, Signature, WaiverFacts

STANDS = Q(withdrawn_at=None)


class OfWave(models.QuerySet[Any]):
    """Rows of a wave that may be withdrawn."""

    def visible_to(self, person: Person) -> Self:
        """Rows of the person's programmes; administrators see all."""
        if person.is_administrator:
            return self
        return self.filter(wave__programme__in=person.programme_ids())

    def standing(self) -> Self:
        """Those nobody has withdrawn."""
        return self.filter(STANDS)


class Waiver(Versioned):
    """A red finding is accepted, for what it was about then (`facts`) and nothing more."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="waivers")
    finding = models.CharField(max_length=120)
    words = models.CharField(max_length=400)
    facts = models.JSONField(default=list)
    reason = models.TextField()
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)

    objects = OfWave.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "finding"], condition=STANDS, name="finding_waived_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"waiver of {self.finding}"

    @property
    def programme_id(self) -> int:
        return self.wave.programme_id

    def to_facts(self) -> WaiverFacts:
        """This waiver as values for the rules."""
        return WaiverFacts(self.finding, frozenset(self.facts))


class SignOff(Versioned):
    """One part of a go/no-go, signed by a holder of the role or a deputy. `findings` are those it
    was given on, `digest` tells whether they are still the same."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="sign_offs")
    part = models.CharField(max_length=2, choices=Part.choices)
    call = models.CharField(max_length=5, choices=Call.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sign_offs")
    deputy_of = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.TextField(blank=True)
    signed_at = models.DateTimeField()
    findings = models.JSONField(default=list)
    digest = models.CharField(max_length=32)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)

    objects = OfWave.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "part"], condition=STANDS, name="part_signed_once"
            ),
            models.UniqueConstraint(
                fields=["wave", "person"], condition=STANDS, name="person_signs_one_part"
            ),
            models.CheckConstraint(condition=Q(part__in=Part.values), name="part_known"),
            models.CheckConstraint(condition=Q(call__in=Call.values), name="call_known"),
            models.CheckConstraint(
                condition=Q(call=Call.GO) | ~Q(comment=""), name="no_go_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} of {self.wave_id} by {self.part}"

    @property
    def programme_id(self) -> int:
        return self.wave.programme_id

    def facts(self) -> Signature:
        """This signature as values for the rules."""
        deputy_of = self.deputy_of.username if self.deputy_of else ""
        return Signature(self.part, self.person.username, self.call, deputy_of)


class DeputyQuerySet(OfProgramme):
    def active(self, on: date) -> Self:
        """Those who may sign on this day: not ended, not expired, named by somebody who still
        holds the role."""
        holds = Q(named_by__memberships__programme=F("programme")) & Q(
            named_by__memberships__role=F("role")
        )
        rows = self.filter(holds, ended_at=None, until__gte=on)
        return rows.filter(person__is_active=True, named_by__is_active=True)


class Deputy(Versioned):
    """Somebody who may sign a part for the one who named them, up to and including a day."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="deputies")
    role = models.CharField(max_length=2, choices=Part.choices)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputising")
    named_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deputies")
    until = models.DateField(help_text="The last day.")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "deputies"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "role", "person", "named_by"],
                condition=Q(ended_at=None),
                name="deputy_named_once",
            ),
            models.CheckConstraint(condition=Q(role__in=Part.values), name="deputy_role_known"),
            models.CheckConstraint(
                condition=~Q(person=F("named_by")), name="deputy_is_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.named_by} as {self.role}"

    def facts(self) -> DeputyFacts:
        """This deputy as values for the rules."""
        return DeputyFacts(self.role, self.person.username, self.named_by.username)
