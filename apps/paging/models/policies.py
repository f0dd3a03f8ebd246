"""Escalation policies: whom a programme tells, in which order, after which waits."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from apps.accounts.choices import Role
from apps.paging.choices import Cause
from apps.paging.rules import PolicyFacts, StepFacts, Target
from apps.rollouts.models import OfProgramme, Programme

LEAST_WAIT = 60  # seconds before the last resort and between rounds
MOST_ROUNDS = 9
CAUSES = {  # cause: the column that says a policy is for it
    Cause.SEVERITY_ONE: "on_severity_one",
    Cause.MISSED_ACKNOWLEDGEMENT: "on_missed_acknowledgement",
    Cause.SILENCE: "on_silence",
    Cause.HAND_OVER: "on_hand_over",
}


def read_target(text: str) -> Target:
    """What a policy is to name. Raises ValueError in words, also for a role there is not: its step
    would find nobody, which nobody would see before a page was passed over."""
    target = Target.parse(text)
    if target.kind == "role" and target.ref not in Role.values:
        raise ValueError(f"there is no role {target.ref!r}; there are {', '.join(Role.values)}")
    return target


def valid_targets(value: Any) -> None:
    """Raise ValidationError unless this is a list of targets that names somebody."""
    if not isinstance(value, list) or not value:
        raise ValidationError("name somebody, such as [“duty primary”]")
    for text in value:
        try:
            read_target(str(text))
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem


def _one_for(cause: Cause) -> models.UniqueConstraint:
    column = CAUSES[cause]
    return models.UniqueConstraint(
        fields=["programme"], condition=Q(**{column: True}), name=f"one_policy_{column}"
    )


class EscalationPolicy(models.Model):
    """What a programme does until somebody acknowledges. At most one answers for each cause.

    Tickets whose acknowledgement was due before `counts_from` page nobody, nor do hand-overs of
    shifts that began before it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="escalations")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    on_severity_one = models.BooleanField(default=False)
    on_missed_acknowledgement = models.BooleanField(default=False)
    on_silence = models.BooleanField(default=False)
    on_hand_over = models.BooleanField(default=False)
    last_resort = models.JSONField(validators=[valid_targets])
    last_wait = models.PositiveIntegerField(default=600)
    rounds = models.PositiveSmallIntegerField(default=3)
    counts_from = models.DateTimeField()

    objects = OfProgramme.as_manager()

    class Meta:
        ordering = ["programme", "key"]
        verbose_name_plural = "escalation policies"
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="policy_keyed_once"),
            _one_for(Cause.SEVERITY_ONE),
            _one_for(Cause.MISSED_ACKNOWLEDGEMENT),
            _one_for(Cause.SILENCE),
            _one_for(Cause.HAND_OVER),
            models.CheckConstraint(
                condition=Q(last_wait__gte=LEAST_WAIT), name="policy_waits_a_minute_at_last"
            ),
            models.CheckConstraint(
                condition=Q(rounds__gte=1, rounds__lte=MOST_ROUNDS), name="policy_rounds_1_to_9"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def facts(self) -> PolicyFacts:
        """This policy as values for the rules."""
        return PolicyFacts(
            steps=tuple(step.facts() for step in self.steps.all()),
            last_resort=tuple(Target.parse(text) for text in self.last_resort),
            last_wait=timedelta(seconds=self.last_wait),
            rounds=self.rounds,
        )


class EscalationStep(models.Model):
    """One step; `wait` in seconds since the step before was taken."""

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    wait = models.PositiveIntegerField()
    targets = models.JSONField(validators=[valid_targets])

    class Meta:
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "position"], name="step_one_per_position"),
        ]

    def __str__(self) -> str:
        return f"step {self.position + 1}"

    def facts(self) -> StepFacts:
        targets = tuple(Target.parse(text) for text in self.targets)
        return StepFacts(timedelta(seconds=self.wait), targets)
