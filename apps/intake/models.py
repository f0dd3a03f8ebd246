"""The inbox: arrivals as they came, channels, and the messages made of them."""

import json
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Self

from django.db import connection as database
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import Person
from apps.connections.models import Connection
from apps.core.fields import EncryptedBytesField, EncryptedTextField, fernet
from apps.core.models import DueRow, DueRowQuerySet
from apps.incidents.models import Category, Incident, Queue
from apps.intake.choices import Exit, Purpose
from apps.rollouts.models import Membership, Product, Programme, Site, Wave


class ArrivalQuerySet(DueRowQuerySet["Arrival"]):
    def visible_to(self, person: Person) -> Self:
        if person.is_administrator:
            return self
        return self.filter(connection__programmes__in=person.programme_ids()).distinct()

    def keep(
        self,
        *,
        connection_id: int,
        delivery_key: str | None,
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
    ) -> bool:
        """Commit one delivery; False when this connection already has its `delivery_key`.

        One statement: what the sender waits for is one round trip and one flush to disk.
        """
        at = database.ops.adapt_datetimefield_value(now)
        sealed = fernet().encrypt(body)
        values = [connection_id, delivery_key, json.dumps(dict(headers)), sealed, at, at]
        together = transaction.atomic() if database.vendor == "sqlite" else nullcontext()
        with together, database.cursor() as cursor:
            cursor.execute(_KEEP, values)
            return cursor.fetchone() is not None


_KEEP = """
INSERT INTO intake_arrival (connection_id, delivery_key, headers, body, received_at, due_at,
  fence, attempts, unfinished, last_error, outcome)
VALUES (%s, %s, %s, %s, %s, %s, 0, 0, 0, '', '') ON CONFLICT DO NOTHING RETURNING id
"""


class Arrival(DueRow):
    """What a connection was sent, verified and kept before it was answered. Body encrypted."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="arrivals")
    delivery_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - null: no key
    received_at = models.DateTimeField()
    headers = models.JSONField(default=dict)
    body = EncryptedBytesField()
    outcome = models.CharField(max_length=200, blank=True)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "delivery_key"],
                name="arrival_kept_once",
                condition=Q(delivery_key__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="intake_waiting",
                condition=Q(done_at=None, dead_at=None),
            ),
            models.Index(fields=["-dead_at"], name="intake_dead", condition=~Q(dead_at=None)),
        ]

    def __str__(self) -> str:
        return f"arrival {self.pk}"

    @property
    def state(self) -> str:
        """In one word: processed, dead or waiting."""
        if self.done_at:
            return "processed"
        return "dead" if self.dead_at else "waiting"


class Channel(models.Model):
    """Where people write: bound to a programme, and perhaps to one site or wave, for a while."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="channels")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.UNKNOWN)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="channels"
    )
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT)
    wave = models.ForeignKey(Wave, null=True, blank=True, on_delete=models.PROTECT)
    opens_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "external_id"], name="channel_known_once"
            ),
            models.CheckConstraint(
                condition=Q(opens_on=None)
                | Q(closes_on=None)
                | Q(opens_on__lte=models.F("closes_on")),
                name="channel_opens_before_it_closes",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.external_id


IS_REPLY = ~Q(thread_ref="")  # said in queries too: the index of replies holds only these


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, person: Person) -> Self:
        """Messages of the person's programmes; those of an unbound channel are shown to everybody
        whose programme uses the connection, so that somebody can bind it."""
        if person.is_administrator:
            return self
        mine = person.programme_ids()
        heard = Connection.objects.filter(programmes__in=mine)
        unbound = Q(programme=None, channel__connection__in=heard.values("pk"))
        return self.filter(Q(programme__in=mine) | unbound)

    def with_facts(self) -> Self:
        return self.select_related(
            "programme", "channel__connection", "site", "product", "category", "queue", "incident"
        )

    def inbox(self) -> Self:
        """What people wrote that has no exit yet. A reply goes with its root, so it is listed only
        when its root cannot take it along: unknown to us, a bot's, deleted, or dismissed."""
        root = Message.objects.filter(
            channel=OuterRef("channel"),
            source_ref=OuterRef("thread_ref"),
            exit=Exit.NONE,
            is_bot=False,
            deleted_at=None,
        )
        alerts = Channel.objects.filter(purpose=Purpose.ALERTS)
        return self.filter(
            Q(thread_ref="") | ~Exists(root), exit=Exit.NONE, is_bot=False, deleted_at=None
        ).exclude(channel__in=alerts.values("pk"))

    def thread_of(self, root: "Message") -> Self:
        return self.filter(IS_REPLY, channel=root.channel_id, thread_ref=root.source_ref)

    def around(self, message: "Message") -> Self:
        """The whole thread a message stands in, its root first."""
        root, channel = message.thread_root, message.channel_id
        first = Q(channel=channel, source_ref=root)  # each side of the OR has an index of its own
        replies = Q(IS_REPLY, channel=channel, thread_ref=root)
        return self.filter(first | replies).order_by("source_at", "id")

    def done(self) -> Self:
        """Messages a person gave an exit, the last one first."""
        return self.exclude(exit=Exit.NONE).exclude(exit_by="system").order_by("-exit_at", "-id")


class Message(models.Model):
    """One channel message: masked text to show, the original encrypted, what is proposed for it,
    and its exit. Unique per channel and source id, however often and in whatever order it comes."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="messages")
    source_ref = models.CharField(max_length=120)
    thread_ref = models.CharField(max_length=120, blank=True)
    source_version = models.CharField(max_length=60)
    source_at = models.DateTimeField()
    received_at = models.DateTimeField()
    author_ref = models.CharField(max_length=120, blank=True)
    author_name = models.CharField(max_length=120, blank=True)
    is_bot = models.BooleanField(default=False)
    text = models.TextField()
    original = EncryptedTextField(blank=True)
    found = models.JSONField(default=list)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT)
    phase = models.CharField(max_length=40, blank=True)
    phase_since_at = models.DateTimeField(null=True, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL)
    severity = models.PositiveSmallIntegerField(default=3)
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.SET_NULL)
    exit = models.CharField(max_length=20, choices=Exit.choices, default=Exit.NONE)
    exit_at = models.DateTimeField(null=True, blank=True)
    exit_by = models.CharField(max_length=120, blank=True)
    exit_reason = models.CharField(max_length=400, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    version = models.PositiveIntegerField(default=1)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-source_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "source_ref"], name="message_kept_once"),
            models.CheckConstraint(
                condition=Q(exit__in=[Exit.LOGGED, Exit.ATTACHED], incident__isnull=False)
                | Q(exit__in=[Exit.NONE, Exit.DISMISSED], incident=None),
                name="message_exit_matches_its_incident",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=(1, 2, 3)), name="message_severity_1_to_3"
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "source_at"],
                name="message_inbox",
                condition=Q(exit=Exit.NONE),
            ),
            models.Index(
                fields=["source_at", "id"],
                name="message_waiting",
                condition=Q(exit=Exit.NONE, is_bot=False, deleted_at=None),
            ),
            models.Index(
                fields=["source_at", "id"],
                name="message_urgent",
                condition=Q(exit=Exit.NONE, is_bot=False, deleted_at=None, severity=1),
            ),
            models.Index(
                fields=["-exit_at", "-id"], name="message_done", condition=~Q(exit=Exit.NONE)
            ),
            models.Index(
                fields=["channel", "thread_ref"], name="message_replies", condition=IS_REPLY
            ),
            models.Index(fields=["incident"], name="message_incident"),
            models.Index(fields=["programme", "-source_at", "-id"], name="message_programme"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def author(self) -> str:
        """Who wrote it, as far as the channel says."""
        return self.author_name or self.author_ref or "unknown"

    @property
    def thread_root(self) -> str:
        """The source id of the first message of its thread: where an answer is posted."""
        return self.thread_ref or self.source_ref

    @property
    def is_waiting_for_answer(self) -> bool:
        """Somebody asked back, and nobody has answered yet."""
        return self.asked_at is not None and self.answered_at is None

    def may_be_handled_by(self, person: Person, roles: frozenset[str]) -> bool:
        """Whether the person has one of `roles` in the message's programme; with an unbound channel
        in one of the programmes that use its connection."""
        if person.is_administrator or self.programme_id is not None:
            return bool(roles & person.roles_in(self.programme_id))
        mine = Membership.objects.filter(person=person, role__in=roles)
        return mine.filter(programme__connections=self.channel.connection_id).exists()
