"""Who may use which route: every route is in POLICY, what is not there is refused.

A rule is PUBLIC (anybody), SIGNED_IN (any active person), or the roles one of which is needed.
Plain views are decided by PolicyMiddleware; API views by RoutePermission, because only they read
tokens. HEAD counts as GET. A role counts in the programme it was given for: RoutePermission asks
again when a view has found its object.
"""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.choices import Role
from apps.accounts.tokens import Scope
from apps.core.api.problems import problem_response

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

OPEN: dict[str, Rule] = {"GET": PUBLIC}
READ: dict[str, Rule] = {"GET": EVERY_ROLE}

POLICY: dict[str, dict[str, Rule]] = {
    # plain views
    "status": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,
    "hook": {"POST": PUBLIC},  # signed by the sender; the view verifies
    # the API about itself
    "openapi": OPEN,
    "docs": OPEN,
    "me": {"GET": SIGNED_IN},
    # the API
    "programmes": READ,
    "products": READ,
    "sites": READ,
    "site": READ,
    "site-phase": READ,
    "waves": READ,
    "go-lives": READ,
    "oncall-now": READ,
    "oncall-shifts": READ,
    "changes": READ,
    "incidents": READ,
    "incident": READ,
    "incident-timeline": READ,
    "messages": READ,
    "message": READ,
    "message-log": {"POST": HANDLING},
    "arrivals": {"GET": RUNNING},
    "arrival-replay": {"POST": RUNNING},
    "deliveries": {"GET": RUNNING},
    "delivery-replay": {"POST": RUNNING},
}


def rule_for(route: str, method: str) -> Rule | None:
    """The rule of a method of a route (its full view name), None when it is refused to all."""
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
        if route not in POLICY:
            return problem_response(403, "This route is in no policy; nobody may use it.")
        if _is_api(view):
            return None
        rule = rule_for(route, request.method or "")
        if rule is None:  # the view is not even asked: it might answer
            allow = {"Allow": ", ".join(sorted(POLICY[route]))}
            return problem_response(405, "This route does not take this method.", headers=allow)
        return _decide(request, rule)


def _is_api(view: View) -> bool:
    """An API view, guarded; one that took our permission away is decided here, like a plain one."""
    return RoutePermission in getattr(getattr(view, "cls", None), "permission_classes", ())


def _decide(request: HttpRequest, rule: Rule) -> HttpResponse | None:
    if rule is PUBLIC:
        return None
    if not request.user.is_authenticated:
        return problem_response(401, "Sign in first.")
    return None if _is_met(request.user, rule) else problem_response(403, _needs(rule))


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
