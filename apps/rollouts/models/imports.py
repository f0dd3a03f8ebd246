"""Files somebody is looking at before they are imported."""

from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import Person
from apps.core.fields import EncryptedBytesField
from apps.rollouts.models.programmes import Programme


class DraftQuerySet(models.QuerySet["ImportDraft"]):
    def of(self, person: Person) -> Self:
        """Nobody sees the files of others, whatever their role."""
        return self.filter(person=person)


class ImportDraft(models.Model):
    """A file that was looked at or, once `done_at` is set, imported: then only what became of it is
    left. Gone after a day; till then nobody reads it in the database."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=[("schedule", "Schedule"), ("sites", "Sites")])
    name = models.CharField(max_length=200)
    content = EncryptedBytesField()
    order = models.CharField(max_length=3, blank=True)
    cancel_missing = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    changes = models.JSONField(default=list, blank=True)  # ids of its schedule changes
    counts = models.JSONField(default=dict, blank=True)  # what it did, by verb

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="import_draft_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(done_at__isnull=False),
                name="import_undone_was_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
