"""Messages over the API: the list with its filters, and one of them."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from apps.core.api.views import ReadList, ReadOne
from apps.intake.choices import Exit
from apps.intake.models import Message, MessageQuerySet
from apps.intake.serializers import MessageSerializer


class MessageFilter(django_filters.FilterSet):
    """Filters of the inbox."""

    logged = django_filters.BooleanFilter(
        method="by_exit", help_text="false: messages of people without an exit (the inbox)."
    )
    site = django_filters.CharFilter("site__number")
    channel = django_filters.CharFilter("channel__external_id")
    programme = django_filters.CharFilter("programme__key")
    incident = django_filters.NumberFilter("incident__pk")
    search = django_filters.CharFilter("text", "icontains")

    class Meta:
        model = Message
        fields = ["exit", "severity", "phase", "thread_ref"]

    def by_exit(self, rows: MessageQuerySet, name: str, value: bool) -> MessageQuerySet:
        return rows.filter(exit=Exit.LOGGED) if value else rows.inbox()


class Messages(ReadList[Message]):
    """Channel messages, newest first."""

    queryset = Message.objects.with_facts()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    ordering = ("-source_at", "-id")
    ordering_fields = ("source_at", "received_at", "id")


class OneMessage(ReadOne[Message]):
    """One channel message."""

    queryset = Message.objects.with_facts()
    serializer_class = MessageSerializer

    def find(self, rows: QuerySet[Any], **kwargs: Any) -> Any:
        return get_object_or_404(rows, pk=kwargs["pk"])
