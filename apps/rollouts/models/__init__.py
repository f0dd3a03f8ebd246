"""Programmes, products, sites, waves, go-lives, and the changes of their schedule."""

from apps.rollouts.models.contacts import Contact
from apps.rollouts.models.holds import HandOverHold
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
    "Contact",
    "GoLive",
    "GoLiveQuerySet",
    "HandOverHold",
    "Membership",
    "OfProgramme",
    "Product",
    "Programme",
    "ScheduleChange",
    "ScheduleChangeItem",
    "Site",
    "Wave",
]
