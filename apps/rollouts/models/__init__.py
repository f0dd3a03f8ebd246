"""Programmes, products, sites, waves, go-lives, the changes of their schedule, their readiness."""

from apps.rollouts.models.contacts import Contact
from apps.rollouts.models.holds import HandOverHold
from apps.rollouts.models.imports import ImportDraft
from apps.rollouts.models.programmes import Membership, OfProgramme, Product, Programme, Wave
from apps.rollouts.models.readiness import (
    ReadinessBatch,
    ReadinessItem,
    ReadinessStep,
    ReadinessTemplate,
)
from apps.rollouts.models.schedule import (
    INTERRUPTS,
    GoLive,
    GoLiveQuerySet,
    ScheduleChange,
    ScheduleChangeItem,
)
from apps.rollouts.models.signing import Deputy, SignOff, Waiver
from apps.rollouts.models.sites import Site, site_numbers_of
from apps.rollouts.models.versions import Versioned

__all__ = [
    "INTERRUPTS",
    "Contact",
    "Deputy",
    "GoLive",
    "GoLiveQuerySet",
    "HandOverHold",
    "ImportDraft",
    "Membership",
    "OfProgramme",
    "Product",
    "Programme",
    "ReadinessBatch",
    "ReadinessItem",
    "ReadinessStep",
    "ReadinessTemplate",
    "ScheduleChange",
    "ScheduleChangeItem",
    "SignOff",
    "Site",
    "Versioned",
    "Waiver",
    "Wave",
    "site_numbers_of",
]
