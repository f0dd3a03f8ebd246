"""What rotas say from a day on, and who takes turns in them. Rows that are never changed."""

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.oncall.choices import Unit

UNITS = [(unit.value, unit.name.capitalize()) for unit in Unit]


class RotaVersion(models.Model):
    """What a layer of a rota says from a day on. Rows are never changed, so the past stays.

    The layer keeps its `position`; a higher one lies over those below. One without participants
    ends its layer.
    """

    rota = models.ForeignKey("oncall.Rota", on_delete=models.CASCADE, related_name="versions")
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
