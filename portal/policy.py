"""Who may use which route: every route is in POLICY, what is not there is refused.

A rule is PUBLIC (anybody), SIGNED_IN (any active person), or the roles one of which is needed.
Plain views are decided by PolicyMiddleware; API views by RoutePermission, because only they read
tokens. HEAD counts as GET. A role counts in the programme it was given for: RoutePermission asks
again when a view has found its object.
"""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.choices import Role
from apps.accounts.tokens import Scope
from apps.core.api.problems import is_api, problem_response
from apps.core.pages import is_page_form, is_part, page_to_come_back_to
from apps.core.refusals import refuse

if TYPE_CHECKING:
    from apps.accounts.models import Person


class Anyone(Enum):
    """Rules that ask for no role."""

    PUBLIC = "anybody"
    SIGNED_IN = "any person who is signed in"


PUBLIC, SIGNED_IN = Anyone.PUBLIC, Anyone.SIGNED_IN
Rule = Anyone | frozenset[str]
View = Callable[..., Any]

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


class PolicyMiddleware:
    """Decides plain views, and that an API view is one RoutePermission decides."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """None lets the request through."""
        match = request.resolver_match
        route = match.view_name if match else ""
        if not is_listed(route):
            return refuse(request, 403, "This route is in no policy; nobody may use it.")
        if _is_api(view):
            return None
        rule = rule_for(route, request.method or "")
        if rule is None:  # the view is not even asked: it might answer
            allow = {"Allow": ", ".join(sorted(POLICY.get(route, {"GET": 0, "POST": 0})))}
            return refuse(request, 405, "This route does not take this method.", **allow)
        return _decide(request, rule)


def _is_api(view: View) -> bool:
    """An API view, guarded; one that took our permission away is decided here, like a plain one."""
    return RoutePermission in getattr(getattr(view, "cls", None), "permission_classes", ())


def _decide(request: HttpRequest, rule: Rule) -> HttpResponse | None:
    if rule is PUBLIC:
        return None
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    if not _is_met(request.user, rule):
        return refuse(request, 403, _needs(rule))
    if isinstance(rule, frozenset):
        setattr(request, "needed_roles", rule)  # noqa: B010 - apps.accounts.pages.SignedIn has it
    return None


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """A page sends people to the sign-in and back, as does the form of one; a program or a part is
    told."""
    if is_page_form(request) and not is_api(request):
        answer = redirect_to_login(page_to_come_back_to(request) or "/")
        answer.status_code = 303
        return answer
    if is_api(request) or is_part(request) or request.method not in {"GET", "HEAD"}:
        return problem_response(401, "Sign in first.")
    return redirect_to_login(request.get_full_path())


def _is_met(person: Any, rule: Rule | None) -> bool:
    if rule is None or isinstance(rule, Anyone):
        return rule is not None
    return bool(rule & cast("Person", person).roles())


def _needs(rule: Rule | None) -> str:
    if isinstance(rule, frozenset):
        return f"You need one of these roles: {', '.join(sorted(rule))}."
    return "Nobody may do this." if rule is None else "Sign in first."


class RoutePermission(BasePermission):
    """The policy for API views: roles of the person, scopes of the token."""

    message = "You may not do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        method = request.method or ""
        if not hasattr(view, method.lower()) or method.lower() not in view.http_method_names:
            raise MethodNotAllowed(method)  # before anybody is asked who they are
        rule = _rule(request)
        if rule is PUBLIC:
            return True
        if not request.user.is_authenticated:
            return False
        self.message = _needs(rule)
        return _is_met(request.user, rule) and self._in_scope(request)

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        """In the object's own programme; what has none (a site) is decided by the route alone."""
        rule = _rule(request)
        if not isinstance(rule, frozenset) or not hasattr(obj, "programme_id"):
            return True
        self.message = f"In this programme: {_needs(rule)}"
        return bool(rule & cast("Person", request.user).roles_in(obj.programme_id))

    def _in_scope(self, request: Request) -> bool:
        if request.auth is None:  # a session may all the person may
            return True
        scope = Scope.READ if request.method in {"GET", "HEAD"} else Scope.WRITE
        self.message = f"This token does not have the scope {scope.value!r}."
        token: Any = request.auth  # BearerToken gives accounts.Token
        return scope in token.scopes


def _rule(request: Request) -> Rule | None:
    match = request.resolver_match
    return rule_for(match.view_name, request.method or "") if match else None
