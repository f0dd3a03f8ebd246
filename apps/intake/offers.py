"""What the forms of the inbox offer to choose from, read in one query."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from apps.accounts.models import Person
from apps.incidents.models import Category, Queue
from apps.intake.models import Channel, Message
from apps.rollouts.models import Product, Programme

Choice = tuple[str, str]


@dataclass(frozen=True)
class Offers:
    """Choices (value, label): of the filters, and of the log form of one message."""

    programmes: list[Choice] = field(default_factory=list)
    channels: list[Choice] = field(default_factory=list)
    products: list[Choice] = field(default_factory=list)
    categories: list[Choice] = field(default_factory=list)
    queues: list[Choice] = field(default_factory=list)
    people: list[Choice] = field(default_factory=list)


def offers_for(person: Person, message: Message | None) -> Offers:
    """One query, whatever is offered: a union of short lists, each in its own order."""
    mine = Programme.objects.visible_to(person)
    channels = Channel.objects.filter(programme__in=mine.values("pk"))
    parts = [
        _part("programmes", mine.order_by(), "key", "name"),
        _part("channels", channels.exclude(purpose="alerts").order_by(), "pk", "name"),
        *(_of_programme(message.programme_id) if message and message.programme_id else []),
    ]
    found: dict[str, list[Choice]] = defaultdict(list)
    rows = parts[0].union(*parts[1:], all=True).order_by("offer", "of_place", "of_label")
    for row in rows:
        found[row["offer"]].append((row["of_value"], row["of_label"] or row["of_value"]))
    return Offers(**found)


def _of_programme(programme_id: int) -> list[QuerySet[Any, Any]]:
    people = Person.objects.filter(is_active=True, memberships__programme=programme_id)
    return [
        _part("products", Product.objects.filter(programme=programme_id).order_by(), "pk", "name"),
        _part("categories", Category.objects.filter(programme=programme_id).order_by(), "pk",
              "label", place="position"),
        _part("queues", Queue.objects.filter(programme=programme_id).order_by(), "pk", "name",
              place="tier"),
        _part("people", people.order_by().distinct(), "pk", "name"),
    ]  # fmt: skip


def _part(
    offer: str, rows: "QuerySet[Any]", value: str, label: str, *, place: str = ""
) -> "QuerySet[Any, Any]":
    return rows.values(
        offer=Value(offer, CharField()),
        of_value=Cast(F(value), CharField()),
        of_label=F(label),
        of_place=Cast(F(place), IntegerField()) if place else Value(0, IntegerField()),
    )
