"""GET /api/v1/incidents/ and the timeline of one."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core.api.views import Readable, ReadList
from apps.incidents.models import NUMBER, Entry, Incident, IncidentQuerySet
from apps.incidents.serializers import EntrySerializer, IncidentSerializer


class IncidentFilter(django_filters.FilterSet):
    """Filters of the list of tickets."""

    site = django_filters.CharFilter("site__number")
    product = django_filters.CharFilter("product__key")
    programme = django_filters.CharFilter("programme__key")
    queue = django_filters.CharFilter("queue__name")
    assignee = django_filters.CharFilter("assignee__username")
    updated_since = django_filters.IsoDateTimeFilter("updated_at", "gte")
    open = django_filters.BooleanFilter(method="only_open")
    search = django_filters.CharFilter(method="find")

    class Meta:
        model = Incident
        fields = ["state", "severity", "priority"]

    def only_open(self, rows: IncidentQuerySet, name: str, value: bool) -> IncidentQuerySet:
        return (
            rows.open()
            if value
            else rows.filter(pk__in=rows.values("pk")).exclude(pk__in=rows.open().values("pk"))
        )

    def find(self, rows: IncidentQuerySet, name: str, value: str) -> IncidentQuerySet:
        """By number, ServiceNow number, or a part of title, description, site or reporter."""
        text = value.strip()
        if by_number := NUMBER.match(text):
            return rows.filter(pk=int(by_number[1]))
        if text.upper().startswith("INC"):
            return rows.filter(servicenow_link__record__number__iexact=text)
        return rows.matching(text)


class Incidents(ReadList[Incident]):
    """Tickets, newest first."""

    queryset = Incident.objects.with_facts()
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter
    ordering = ("-id",)
    ordering_fields = ("id", "updated_at", "opened_at")

    def visible(self, rows: Any) -> Any:
        return rows.listed_for(self.request.user)


class Timeline(Readable[Entry]):
    """Everything that happened to a ticket, in the order of the source's own times."""

    serializer_class = EntrySerializer
    queryset = Entry.objects.all()
    ordering = ("source_at", "id")
    ordering_fields = ("source_at", "id")

    @extend_schema(responses=EntrySerializer(many=True))
    def get(self, request: Request, number: str) -> Any:
        mine = Incident.objects.visible_to(request.user)  # type: ignore[arg-type]  # signed in
        incident = get_object_or_404(mine.numbered(number))
        page = self.paginate_queryset(incident.entries.order_by())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
