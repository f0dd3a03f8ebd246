"""Policies, pages with their steps, and how people want to be told."""

from apps.paging.models.pages import Notice, Page, PageQuerySet, PageStep
from apps.paging.models.people import (
    ContactMethod,
    QuietHours,
    address_of,
    person_facts,
    with_ways,
)
from apps.paging.models.policies import CAUSES, EscalationPolicy, EscalationStep, read_target

__all__ = [
    "CAUSES",
    "ContactMethod",
    "EscalationPolicy",
    "EscalationStep",
    "Notice",
    "Page",
    "PageQuerySet",
    "PageStep",
    "QuietHours",
    "address_of",
    "person_facts",
    "read_target",
    "with_ways",
]
