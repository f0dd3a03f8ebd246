"""Work items: what is to be done about tickets, decided on one board and delivered on the other."""

import re
from typing import Self

from django.db import models
from django.db.models import Count, Q

from apps.accounts.models import Person
from apps.boards.choices import BOARDS, Board, Decision, Kind, Stage
from apps.incidents.models import Incident
from apps.rollouts.models import Product, Programme

KEY = re.compile(r"W-(\d{1,18})\Z", re.IGNORECASE)
ACCEPTED = Q(decision=Decision.ACCEPTED)


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def visible_to(self, person: Person) -> Self:
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())

    def keyed(self, key: str) -> Self:
        """The item with this key ("W-12"); none when it is not a key."""
        match = KEY.match(key.strip())
        return self.filter(pk=int(match[1])) if match else self.none()

    def with_facts(self) -> Self:
        """What a card shows, in one query; its tickets are counted."""
        return self.select_related("programme", "product", "owner").annotate(
            ticket_count=Count("incidents")
        )

    def on_board(self, board: str, column: str) -> Self:
        """A column of a board in its order."""
        facts = BOARDS[board]
        return self.filter(**{facts.field: column}).order_by(facts.rank, "id")

    def matching(self, text: str) -> Self:
        """Whose words contain the text; its own key too."""
        found = KEY.match(text.strip())
        words = Q(search_text__icontains=" ".join(text.split()))
        return self.filter(words | Q(pk=int(found[1]))) if found else self.filter(words)


class WorkItem(models.Model):
    """Something to be done; both boards show the same items, each in its own order."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="work_items")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.BUG)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    decision = models.CharField(max_length=20, choices=Decision.choices, default=Decision.NEW)
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.NONE, blank=True)
    product_rank = models.BigIntegerField(default=0)
    delivery_rank = models.BigIntegerField(default=0)
    severity = models.PositiveSmallIntegerField(default=3)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT)
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="work_items"
    )
    due_on = models.DateField(null=True, blank=True)
    estimate = models.CharField(max_length=20, blank=True)
    incidents = models.ManyToManyField(
        Incident, through="WorkItemIncident", related_name="work_items"
    )
    search_text = models.TextField(blank=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(ACCEPTED & ~Q(stage="")) | (~ACCEPTED & Q(stage="")),
                name="work_item_has_a_stage_when_accepted",
            ),
            models.CheckConstraint(condition=Q(severity__in=(1, 2, 3)), name="work_item_severity"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="work_item_kind_known"),
            models.CheckConstraint(
                condition=Q(decision__in=Decision.values), name="work_item_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="work_item_stage_known"
            ),
        ]
        indexes = [
            models.Index(fields=["decision", "product_rank", "id"], name="work_item_product_board"),
            models.Index(fields=["stage", "delivery_rank", "id"], name="work_item_delivery_board"),
            models.Index(fields=["programme", "-id"], name="work_item_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    @property
    def key(self) -> str:
        """What people call it."""
        return f"W-{self.pk}"

    def column(self, board: str) -> str:
        """The column of a board it stands in; empty when it stands on none."""
        return str(getattr(self, BOARDS[board].field))

    def rank(self, board: str) -> int:
        return int(getattr(self, BOARDS[board].rank))

    def words(self) -> str:
        """What the search looks in."""
        product = self.product.name if self.product else ""
        return " ".join(filter(None, (f"W-{self.pk}", self.title, self.description, product)))


class WorkItemIncident(models.Model):
    """A ticket a work item is about."""

    work_item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="links")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="work_links")
    linked_by = models.CharField(max_length=120)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["work_item", "incident"], name="incident_once_per_work_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_item_id} {self.incident_id}"


class ColumnLimit(models.Model):
    """How much work a programme wants in a column at most; 0 takes the shipped limit away."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="column_limits")
    board = models.CharField(max_length=20, choices=Board.choices)
    column = models.CharField(max_length=20)
    limit = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "board", "column"], name="column_limited_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.column}: {self.limit}"
