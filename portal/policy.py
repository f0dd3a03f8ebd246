"""Who may use which route: every route is in POLICY, what is not there is refused.

A rule is PUBLIC (anybody), SIGNED_IN (any active person), or the roles one of which is needed. HEAD
counts as GET. portal/guards.py decides by it.
"""

from enum import Enum

from apps.accounts.choices import Role


class Anyone(Enum):
    """Rules that ask for no role."""

    PUBLIC = "anybody"
    SIGNED_IN = "any person who is signed in"


PUBLIC, SIGNED_IN = Anyone.PUBLIC, Anyone.SIGNED_IN
Rule = Anyone | frozenset[str]

EVERY_ROLE: Rule = frozenset(Role.values)
HANDLING: Rule = frozenset({Role.ENGINEER, Role.PM, Role.DM, Role.ADMINISTRATOR})
RUNNING: Rule = frozenset({Role.ENGINEER, Role.DM, Role.DEVOPS, Role.ADMINISTRATOR})
DECIDING: Rule = frozenset({Role.PM, Role.DM, Role.ADMINISTRATOR})
TICKING: Rule = frozenset(set(Role.values) - {Role.VIEWER})
ADMINISTRATING: Rule = frozenset({Role.ADMINISTRATOR})

OPEN: dict[str, Rule] = {"GET": PUBLIC}
READ: dict[str, Rule] = {"GET": EVERY_ROLE}

POLICY: dict[str, dict[str, Rule]] = {
    # pages about the portal and the person
    "sign-in": {"GET": PUBLIC, "POST": PUBLIC},
    "sign-out": {"POST": PUBLIC},
    "lock": {"POST": SIGNED_IN},
    "unlock": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "account": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "feeds-page": {"GET": EVERY_ROLE, "POST": EVERY_ROLE},
    "feed-revoke": {"POST": EVERY_ROLE},
    "feed-restore": {"POST": EVERY_ROLE},
    "search": {"GET": SIGNED_IN},
    "styleguide": OPEN,  # answers 404 unless DEBUG is on
    # the inbox
    "inbox": READ,
    "inbox-message": READ,
    "inbox-done": READ,
    "inbox-log": {"POST": HANDLING},
    "inbox-attach": {"GET": HANDLING, "POST": HANDLING},
    "inbox-dismiss": {"GET": HANDLING, "POST": HANDLING},
    "inbox-ask": {"GET": HANDLING, "POST": HANDLING},
    "inbox-restore": {"POST": HANDLING},
    "inbox-reveal": {"POST": HANDLING},
    "channel-bind": {"POST": HANDLING},
    "ticket-reply": {"POST": HANDLING},
    "console": {"GET": SIGNED_IN},
    "duty-strip": {"GET": SIGNED_IN},
    "duty-counts": {"GET": SIGNED_IN},
    "product-board": READ,
    "delivery-board": READ,
    "board-card": READ,
    "new-work-item": {"GET": HANDLING, "POST": HANDLING},
    "work-item-page": {"GET": EVERY_ROLE, "POST": HANDLING},
    "work-item-page-move": {"POST": HANDLING},
    "work-item-link": {"POST": HANDLING},
    "work-item-unlink": {"POST": HANDLING},
    "tickets": READ,
    "tickets-csv": READ,
    "tickets-assign": {"POST": HANDLING},
    "tickets-unassign": {"POST": HANDLING},
    "tickets-view-save": {"POST": SIGNED_IN},
    "tickets-view-delete": {"POST": SIGNED_IN},
    "ticket": READ,
    "ticket-act": {"POST": HANDLING},
    "sites-page": READ,
    "site-page": READ,
    "site-passport": READ,
    "contact-new": {"GET": HANDLING, "POST": HANDLING},
    "contact-page": {"GET": HANDLING, "POST": HANDLING},
    "contact-remove": {"POST": HANDLING},
    "contact-take-back": {"POST": HANDLING},
    "schedule": READ,
    "schedule-map": READ,
    "schedule-change-page": {"GET": DECIDING, "POST": DECIDING},
    "schedule-changes-page": READ,
    "schedule-change-go-lives-page": READ,
    "schedule-change-undo": {"POST": DECIDING},
    "schedule-change-announce": {"POST": DECIDING},
    "schedule-import": {"GET": DECIDING, "POST": DECIDING},
    "schedule-import-look": {"GET": DECIDING, "POST": DECIDING},
    "schedule-import-read-as": {"POST": DECIDING},
    "schedule-import-errors": {"GET": DECIDING},
    "schedule-import-undo": {"POST": DECIDING},
    "schedule-export": READ,
    "hand-overs": READ,
    "hand-over-hold": {"POST": HANDLING},
    "planner": {"GET": DECIDING},
    "planner-accept": {"POST": DECIDING},
    "waves-page": READ,
    "wave-page": READ,
    "wave-sign": {"POST": EVERY_ROLE},  # deputies have any role: the service decides
    "wave-waive": {"POST": EVERY_ROLE},
    "readiness-cells": {"POST": TICKING},
    "readiness-column": {"GET": TICKING, "POST": TICKING},
    "readiness-item": {"GET": EVERY_ROLE, "POST": TICKING},
    "readiness-undo": {"POST": TICKING},
    "sign-off-page-withdraw": {"POST": EVERY_ROLE},
    "waiver-page-withdraw": {"POST": EVERY_ROLE},
    "deputies-page": {"GET": EVERY_ROLE, "POST": DECIDING},
    "deputy-page-end": {"POST": EVERY_ROLE},
    "oncall-week": READ,
    "coverage-page": READ,
    "coverage-accept": {"POST": DECIDING},
    "coverage-withdraw": {"POST": DECIDING},
    "coverage-cover": {"POST": DECIDING},
    "fairness-page": READ,
    "fairness-csv": READ,
    "rota-page": READ,
    "rota-new": {"GET": DECIDING, "POST": DECIDING},
    "rota-edit": {"GET": DECIDING, "POST": DECIDING},
    "layer-new": {"GET": DECIDING, "POST": DECIDING},
    "layer-end": {"GET": DECIDING, "POST": DECIDING},
    "version-call-off": {"POST": DECIDING},
    "calendar-add": {"GET": DECIDING, "POST": DECIDING},
    "calendar-page": READ,
    "calendar-file": {"GET": DECIDING, "POST": DECIDING},
    "calendar-look": {"GET": DECIDING, "POST": DECIDING},
    "calendar-read": {"POST": DECIDING},
    "calendar-remove": {"GET": DECIDING, "POST": DECIDING},
    "my-shifts": READ,
    "shift-hand-overs": READ,
    "shift-hand-over": {"GET": EVERY_ROLE, "POST": TICKING},  # who goes, or who decides
    "shift-hand-over-acknowledge": {"POST": TICKING},  # who comes, or who decides
    "shift-brief": READ,
    "holiday-duties-page": READ,
    "holiday-duty-page": {"GET": EVERY_ROLE, "POST": TICKING},  # who has it, or who decides
    "holiday-duty-page-confirm": {"POST": TICKING},
    "holiday-duty-page-withdraw": {"POST": TICKING},
    "holiday-duty-page-reopen": {"POST": TICKING},
    "rota-mute": {"GET": DECIDING, "POST": DECIDING},
    "cover-ask": {"GET": TICKING, "POST": TICKING},
    "cover-page-accept": {"POST": TICKING},
    "cover-page-decline": {"POST": TICKING},
    "cover-page-withdraw": {"POST": TICKING},
    "swap-ask": {"GET": TICKING, "POST": TICKING},
    "swap-arrange": {"GET": DECIDING, "POST": DECIDING},
    "leave-page": {"GET": TICKING, "POST": TICKING},
    "leave-page-withdraw": {"POST": TICKING},
    "override-page": {"GET": TICKING, "POST": TICKING},  # others than oneself: who decides
    "override-page-withdraw": {"POST": TICKING},
    "paging": READ,
    "my-ways": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "my-way-add": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "my-way-remove": {"GET": SIGNED_IN, "POST": SIGNED_IN},
    "page-test": {"POST": TICKING},
    "page-acknowledge": {"POST": TICKING},
    "page-reopen": {"POST": TICKING},
    "page-pause": {"POST": TICKING},
    "page-link": {"GET": PUBLIC, "POST": PUBLIC},  # its token is signed; the view verifies
    "audit": READ,
    "audit-csv": READ,
    "demo-sign-in": {"POST": PUBLIC},  # answers 404 anywhere but in a demonstration
    "demo-play": {"POST": SIGNED_IN},
    # plain views
    "status": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,
    "hook": {"POST": PUBLIC},  # signed by the sender; the view verifies
    "feed-file": OPEN,  # the token in its address is the key
    # the API about itself
    "openapi": OPEN,
    "docs": OPEN,
    "me": {"GET": SIGNED_IN},
    "feeds": {"GET": EVERY_ROLE, "POST": EVERY_ROLE},
    "feed": {"GET": EVERY_ROLE, "DELETE": EVERY_ROLE},
    # the API
    "programmes": {"GET": EVERY_ROLE, "POST": ADMINISTRATING},
    "programme": {"GET": EVERY_ROLE, "PATCH": DECIDING},
    "products": {"GET": EVERY_ROLE, "POST": DECIDING},
    "product": {"GET": EVERY_ROLE, "PATCH": DECIDING, "DELETE": DECIDING},
    "sites": {"GET": EVERY_ROLE, "POST": DECIDING},
    "site": {"GET": EVERY_ROLE, "PATCH": DECIDING},
    "site-phase": READ,
    "contacts": {"GET": EVERY_ROLE, "POST": HANDLING},
    "contact": {"GET": EVERY_ROLE, "PATCH": HANDLING, "DELETE": HANDLING},
    "waves": {"GET": EVERY_ROLE, "POST": DECIDING},
    "wave": {"GET": EVERY_ROLE, "PATCH": DECIDING, "DELETE": DECIDING},
    "go-lives": {"GET": EVERY_ROLE, "POST": DECIDING},
    "go-live": {"GET": EVERY_ROLE, "PATCH": DECIDING},
    "go-live-changes": READ,
    "schedule-imports": {"POST": DECIDING},
    "schedule-changes": {"GET": EVERY_ROLE, "POST": DECIDING},
    "schedule-change": READ,
    "schedule-change-go-lives": READ,
    "schedule-undo": {"POST": DECIDING},
    "schedule-announce": {"POST": DECIDING},
    "readiness": READ,
    "readiness-one": READ,
    "readiness-tick": {"POST": TICKING},
    "readiness-batch-undo": {"POST": TICKING},
    "readiness-templates": READ,
    "go-no-go": READ,
    "sign-offs": {"GET": EVERY_ROLE, "POST": EVERY_ROLE},  # the service knows who signs
    "sign-off-withdraw": {"POST": EVERY_ROLE},
    "waivers": {"GET": EVERY_ROLE, "POST": EVERY_ROLE},
    "waiver-withdraw": {"POST": EVERY_ROLE},
    "deputies": {"GET": EVERY_ROLE, "POST": DECIDING},
    "deputy-end": {"POST": EVERY_ROLE},
    "oncall-now": READ,
    "oncall-shifts": READ,
    "oncall-coverage": READ,
    "oncall-fairness": READ,
    "oncall-overrides": {"GET": EVERY_ROLE, "POST": TICKING},  # others than oneself: who decides
    "oncall-override": {"GET": EVERY_ROLE, "DELETE": TICKING},
    "oncall-swaps": {"POST": DECIDING},
    "oncall-covers": {"GET": EVERY_ROLE, "POST": TICKING},
    "oncall-cover": READ,
    "oncall-cover-accept": {"POST": TICKING},
    "oncall-cover-decline": {"POST": TICKING},
    "oncall-cover-withdraw": {"POST": TICKING},
    "oncall-calendars": {"GET": EVERY_ROLE, "POST": DECIDING},
    "oncall-calendar": {"GET": EVERY_ROLE, "DELETE": DECIDING},
    "oncall-leaves": {"GET": EVERY_ROLE, "POST": TICKING},
    "oncall-leave": {"GET": EVERY_ROLE, "DELETE": TICKING},
    "holiday-duties": READ,
    "holiday-duty": {"GET": EVERY_ROLE, "PATCH": TICKING},  # who has it, or who decides
    "holiday-duty-confirm": {"POST": TICKING},
    "holiday-duty-withdraw": {"POST": TICKING},
    "holiday-duty-reopen": {"POST": TICKING},
    "handovers": READ,
    "handover": {"GET": EVERY_ROLE, "PATCH": TICKING},
    "handover-give": {"POST": TICKING},
    "handover-acknowledge": {"POST": TICKING},
    "pages": READ,
    "page": READ,
    "paging-acknowledge": {"POST": TICKING},
    "paging-mine": {"GET": SIGNED_IN, "PATCH": SIGNED_IN},
    "paging-test": {"POST": TICKING},
    "changes": READ,
    "stream": READ,
    "incidents": {"GET": EVERY_ROLE, "POST": HANDLING},
    "incident": {"GET": EVERY_ROLE, "PATCH": HANDLING},
    "incident-timeline": READ,
    "incident-acknowledge": {"POST": HANDLING},
    "incident-assign": {"POST": HANDLING},
    "incident-route": {"POST": HANDLING},
    "incident-comment": {"POST": HANDLING},
    "incident-resolve": {"POST": HANDLING},
    "incident-reopen": {"POST": HANDLING},
    "incident-duplicate": {"POST": HANDLING},
    "work-items": {"GET": EVERY_ROLE, "POST": HANDLING},
    "work-item": {"GET": EVERY_ROLE, "PATCH": HANDLING},
    "work-item-move": {"POST": HANDLING},
    "board-product": READ,
    "board-delivery": READ,
    "messages": READ,
    "message": READ,
    "message-log": {"POST": HANDLING},
    "message-attach": {"POST": HANDLING},
    "message-dismiss": {"POST": HANDLING},
    "message-ask": {"POST": HANDLING},
    "message-restore": {"POST": HANDLING},
    "arrivals": {"GET": RUNNING},
    "arrival-replay": {"POST": RUNNING},
    "deliveries": {"GET": RUNNING},
    "delivery-replay": {"POST": RUNNING},
}


ADMIN = "admin:"  # every route of the admin site: for administrators, whatever the method


def is_listed(route: str) -> bool:
    """Whether the policy says something of a route."""
    return route in POLICY or route.startswith(ADMIN)


def rule_for(route: str, method: str) -> Rule | None:
    """The rule of a method of a route (its full view name), None when it is refused to all."""
    if route.startswith(ADMIN):
        return ADMINISTRATING if method in {"GET", "HEAD", "POST"} else None
    return POLICY.get(route, {}).get("GET" if method == "HEAD" else method)
