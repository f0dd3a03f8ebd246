"""Programmes, products, sites, waves, go-lives, and the changes of their schedule."""

from apps.rollouts.models.holds import HandOverHold
from apps.rollouts.models.imports import ImportDraft
from apps.rollouts.models.programmes import Membership, OfProgramme, Product, Programme, Wave
from apps.rollouts.models.schedule import (
    INTERRUPTS,
    GoLive,
    GoLiveQuerySet,
    ScheduleChange,
    ScheduleChangeItem,
)
from apps.rollouts.models.sites import Site

__all__ = [
    "INTERRUPTS",
    "GoLive",
    "GoLiveQuerySet",
    "HandOverHold",
    "ImportDraft",
    "Membership",
    "OfProgramme",
    "Product",
    "Programme",
    "ScheduleChange",
    "ScheduleChangeItem",
    "Site",
    "Wave",
]
