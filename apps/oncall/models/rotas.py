"""Rotas, what they say from a day on, and who takes turns in them."""

from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.rules import DutyFacts, HandOff, LeaveFacts, RotaFacts, Turn, VersionFacts
from apps.rollouts.models import Programme

MIDNIGHT = "00:00"  # a rota by shifts has no hand-off of its own
UNITS = [(unit.value, unit.name.capitalize()) for unit in Unit]


class RotaQuerySet(models.QuerySet["Rota"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())

    def for_programme(self, programme: Programme) -> Self:
        return self.filter(programme=programme)

    def with_facts(self) -> Self:
        """Everything `facts()` and `people()` need: six queries, however many rows there are."""
        people = Participant.objects.select_related("person")
        return self.prefetch_related(
            "versions",
            models.Prefetch("versions__participants", queryset=people),
            "versions__participants__person__leaves",
            "overrides__person",
        )


class Rota(models.Model):
    """Who takes which duty of a programme in turns; what it says is in its versions."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rotas")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60)
    # What a holiday's downtime mutes, a line each: `tag:service:check-in`, `monitor:123`, words.
    mute = models.TextField(blank=True)

    objects = RotaQuerySet.as_manager()

    class Meta:
        ordering = ["programme_id", "key"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="rota_keyed_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def latest(self) -> "list[RotaVersion]":
        """The version of each layer made for the latest day, the layers from below: what an edit
        starts from."""
        found = {version.layer: version for version in self.versions.all()}
        return sorted(found.values(), key=lambda version: version.position)

    def facts(self) -> RotaFacts:
        """This rota as values for the rules; people are named by username."""
        versions = sorted(self.versions.all(), key=lambda version: version.position)
        return RotaFacts(
            zone=self.zone,
            versions=tuple(version.facts() for version in versions),
            leaves=tuple(self._leaves()),
            overrides=tuple(override.facts() for override in self.overrides.all()),
        )

    def people(self) -> dict[str, Person]:
        """Everybody a shift of this rota may name, by username."""
        called_in = {override.person.username: override.person for override in self.overrides.all()}
        return self._listed() | called_in

    def _listed(self) -> dict[str, Person]:
        """Everybody who takes turns in any version."""
        versions = self.versions.all()
        rows = [row for version in versions for row in version.participants.all()]
        return {row.person.username: row.person for row in rows}

    def _leaves(self) -> list[LeaveFacts]:
        return [
            LeaveFacts(username, leave.starts_at, leave.ends_at)
            for username, person in self._listed().items()
            for leave in person.leaves.all()
        ]


class RotaVersion(models.Model):
    """What a layer of a rota says from a day on. Rows are never changed, so the past stays.

    The layer keeps its `position`; a higher one lies over those below. One without participants
    ends its layer.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="versions")
    layer = models.SlugField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    time_zone = models.CharField(max_length=60, blank=True)  # empty: the rota's
    follows_hours = models.BooleanField(default=False)
    effective_from = models.DateField()
    unit = models.CharField(max_length=10, choices=UNITS)
    hand_off = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField()
    windows = models.JSONField(null=True, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["effective_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__in=[unit.value for unit in Unit]), name="rota_unit_known"
            ),
        ]

    def __str__(self) -> str:
        return f"version from {self.effective_from}"

    def duties(self) -> dict[str, list["Participant"]]:
        """The participants by duty: duties in the order they choose, people in that of turns."""
        found: dict[str, list[Participant]] = {}
        for row in self.participants.all():
            found.setdefault(row.duty, []).append(row)
        return found

    def facts(self) -> VersionFacts:
        """This version as values for the rules."""
        return VersionFacts(
            effective_from=self.effective_from,
            made_at=self.made_at,
            unit=Unit(self.unit),
            hand_off=HandOff.parse(self.hand_off or MIDNIGHT),
            starts_on=self.starts_on,
            windows=None if self.windows is None else WeeklyHours.parse(self.windows),
            duties=tuple(
                DutyFacts(duty, tuple(row.turn() for row in rows))
                for duty, rows in self.duties().items()
            ),
            layer=self.layer,
            zone=ZoneInfo(self.time_zone) if self.time_zone else None,
            follows=self.follows_hours,
        )


class Participant(models.Model):
    """Somebody's place in the turns of a duty; `ends_on` is their last day.

    Rows are written duty by duty, in the order in which the duties choose. Where the version
    follows working hours, theirs of that day are kept here: a later change leaves the past alone.
    """

    version = models.ForeignKey(RotaVersion, on_delete=models.CASCADE, related_name="participants")
    duty = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    working_hours = models.JSONField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "duty", "position"], name="participant_one_per_position"
            ),
            models.UniqueConstraint(
                fields=["version", "duty", "person"], name="participant_once_per_duty"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="participant_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.position}"

    def turn(self) -> Turn:
        return Turn(
            self.person.username,
            self.starts_on,
            self.ends_on,
            WeeklyHours.parse(self.working_hours) if self.working_hours else None,
            ZoneInfo(self.time_zone) if self.time_zone else None,
        )
