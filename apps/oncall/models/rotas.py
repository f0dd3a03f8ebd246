"""Rotas: who takes which duty of a programme in turns."""

from typing import Self
from zoneinfo import ZoneInfo

from django.db import models

from apps.accounts.models import Person
from apps.oncall.models.reading import Reading, Readings
from apps.oncall.models.versions import Participant, RotaVersion
from apps.oncall.rules import RotaFacts
from apps.rollouts.models import Programme


class RotaQuerySet(models.QuerySet["Rota"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())

    def for_programme(self, programme: Programme) -> Self:
        return self.filter(programme=programme)

    def following(self) -> Self:
        """Those of which some version goes with the working hours of its people."""
        return self.filter(versions__follows_hours=True).distinct()

    def with_facts(self) -> Self:
        """What `facts()` needs in four queries, and `people()` in one more, however many rows."""
        return self.prefetch_related("reading")

    def with_versions(self) -> Self:
        """Their versions with the people in them, as rows."""
        people = Participant.objects.select_related("person")
        return self.prefetch_related(
            "versions", models.Prefetch("versions__participants", queryset=people)
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
    reading = Readings()

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

    def latest(self) -> list[RotaVersion]:
        """The version of each layer made for the latest day, the layers from below: what an edit
        starts from."""
        found = {version.layer: version for version in self.versions.all()}
        return sorted(found.values(), key=lambda version: version.position)

    def newest(self) -> int:
        """The version made last, by its id: whether somebody has edited the rota since."""
        return max(version.pk for version in self.versions.all())

    def facts(self) -> RotaFacts:
        """This rota as values for the rules; people are named by username. As first read: whoever
        writes in between says `forget`."""
        reading: Reading = self.reading
        return reading.facts

    def people(self) -> dict[str, Person]:
        """Everybody a shift of this rota may name, by username."""
        reading: Reading = self.reading
        return reading.people

    def forget(self) -> None:
        """Read facts and people anew when they are next asked for."""
        self.__dict__.pop("reading", None)
