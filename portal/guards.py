"""Decides every request by the policy.

Plain views are decided by PolicyMiddleware; API views by RoutePermission, because only they read
tokens. A role counts in the programme it was given for: RoutePermission asks again when a view has
found its object.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.tokens import Scope
from apps.core.api.problems import is_api, problem_response
from apps.core.pages import is_page_form, is_part, page_to_come_back_to
from apps.core.refusals import refuse
from portal.policy import POLICY, PUBLIC, Anyone, Rule, is_listed, rule_for

if TYPE_CHECKING:
    from apps.accounts.models import Person

View = Callable[..., Any]


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
