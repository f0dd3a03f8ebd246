"""Q7: every route stands in the matrix, and the real stack does what the matrix says."""

from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.accounts.tokens import create_token
from apps.core.api.base import ApiView
from apps.rollouts.models import Membership, Product, Programme
from portal.guards import RoutePermission
from portal.policy import ADMINISTRATING, POLICY, PUBLIC, SIGNED_IN, Anyone, rule_for
from portal.urls import urlpatterns as portal_urls
from tests import build
from tests.portal.routes import Route, all_routes

EVERY_ROUTE = all_routes()
ROUTES = [route for route in EVERY_ROUTE if not route.name.startswith("admin:")]
ADMIN = [route for route in EVERY_ROUTE if route.name.startswith("admin:")]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ABOUT_ITSELF = {"openapi", "docs"}  # drf-spectacular's own views
REFUSED = {401, 403}
SESSION = settings.SESSION_COOKIE_NAME
WHO = ["nobody", "stranger", *Role.values]
ALIKE = set(Role.values) - {Role.ENGINEER}  # a method no view has is refused before roles matter
# What is asked here knows no database; on PostgreSQL the filled pages and the API's own tests ask.
pytestmark = pytest.mark.sqlite_only


def token_of(person: Person, *scopes: str) -> str:
    return create_token(
        person=person,
        scopes=list(scopes or ("read", "write")),
        days=1,
        actor="system",
        origin="command",
        now=timezone.now(),
    )


def caller(who: str, programme: Programme) -> Person | None:
    """Somebody with exactly one role in the programme; a stranger has none."""
    if who == "nobody":
        return None
    person = Person.objects.create_user(who, name=who)
    if who != "stranger":
        Membership.objects.create(person=person, programme=programme, role=who)
    return person


CLIENT = Client()  # one for all: each has to build the whole stack of middleware


class Caller:
    """Somebody who calls routes: the API with a token, pages with a session, made once."""

    def __init__(self, person: Person | None) -> None:
        self._person = person
        self._token = ""
        self._session = ""

    def ask(self, route: Route, method: str, *, as_part: bool = False) -> Any:
        """`as_part`: as a script does for a part of a page; a refusal is drawn without a shell."""
        CLIENT.cookies.clear()
        if self._person is None:
            return ask(CLIENT, route, method)
        if route.is_api:
            self._token = self._token or token_of(self._person)
            return ask(CLIENT, route, method, self._token)
        self._sign_in(self._person)
        return ask(CLIENT, route, method, as_part=as_part)

    def _sign_in(self, person: Person) -> None:
        """With the session of before, unless the sign-out ended it."""
        CLIENT.cookies[SESSION] = self._session
        if "_auth_user_id" not in CLIENT.session:
            CLIENT.cookies.clear()
            CLIENT.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            self._session = CLIENT.cookies[SESSION].value


def ask(
    client: Client, route: Route, method: str, token: str = "", *, as_part: bool = False
) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if as_part:
        headers["HX-Request"] = "true"
    return client.generic(
        method, route.path, data=b"{}", content_type="application/json", headers=headers
    )


def answers(route: Route, method: str) -> bool:
    """Whether the view has a handler for the method."""
    wanted = "get" if method == "HEAD" else method.lower()
    if route.view_class is None:
        return ("GET" if method == "HEAD" else method) in POLICY[route.name]
    return wanted in route.view_class.http_method_names and hasattr(route.view_class, wanted)


def expected(route: Route, method: str, who: str) -> str:
    """What the matrix says: "405", "401", "403", or "in"."""
    if not answers(route, method):
        return "405"
    rule = rule_for(route.name, method)
    if rule is PUBLIC:
        return "in"
    if who == "nobody":  # a page sends people to the sign-in and back
        return "401" if route.is_api or method not in {"GET", "HEAD"} else "302"
    return "in" if rule is SIGNED_IN or (isinstance(rule, frozenset) and who in rule) else "403"


def test_every_route_is_in_the_policy() -> None:
    assert sorted({route.name for route in ROUTES} - set(POLICY)) == []


def test_every_entry_of_the_policy_is_a_route() -> None:
    assert sorted(set(POLICY) - {route.name for route in ROUTES}) == []


def test_every_name_leads_to_one_route() -> None:
    names = [route.name for route in ROUTES]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_policy_names_exactly_the_methods_a_view_answers(route: Route) -> None:
    methods = {method for method in METHODS if answers(route, method)} - {"HEAD", "OPTIONS"}
    assert set(POLICY[route.name]) == methods


@pytest.mark.parametrize("name", sorted(POLICY))
def test_every_rule_has_roles_that_exist(name: str) -> None:
    for rule in POLICY[name].values():
        assert isinstance(rule, Anyone) or (rule and rule <= set(Role.values))


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.is_api], ids=lambda route: route.name
)
def test_every_api_view_is_guarded_and_limited(route: Route) -> None:
    assert RoutePermission in route.view_class.permission_classes
    assert route.name in ABOUT_ITSELF or issubclass(route.view_class, ApiView)


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_role_gets_what_the_matrix_says(route: Route) -> None:
    programme = build.programme()
    for who in WHO:
        one = Caller(caller(who, programme))
        for method in METHODS:
            if who in ALIKE and not answers(route, method):
                continue
            wanted = expected(route, method, who)
            answer = one.ask(route, method, as_part=wanted in {"403", "405"})
            got = str(answer.status_code)
            if wanted == "in":
                # In, whatever the view then says of this empty request (400, 404, 409 …); a signed
                # route refuses by itself.
                assert got not in {"401", "403", "405", "500"} or route.name == "hook"
                assert "/sign-in/?next" not in answer.headers.get("Location", "")
            else:
                assert got == wanted, f"{method} {route.path} as {who}"


@pytest.mark.django_db
@pytest.mark.parametrize("route", [one for one in ROUTES if one.is_api], ids=lambda one: one.name)
def test_a_token_does_only_what_its_scopes_say(client: Client, route: Route) -> None:
    person = caller(Role.ADMINISTRATOR, build.programme())
    assert person is not None
    tokens = {scope: token_of(person, scope) for scope in ("read", "write")}
    for method, rule in POLICY[route.name].items():
        needed = "read" if method == "GET" else "write"
        other = "write" if needed == "read" else "read"
        allowed = ask(client, route, method, tokens[needed]).status_code
        refused = ask(client, route, method, tokens[other]).status_code
        assert allowed not in REFUSED
        assert (refused == 403) is (rule is not PUBLIC)


@pytest.mark.django_db
@pytest.mark.parametrize("route", [one for one in ROUTES if one.is_api], ids=lambda one: one.name)
def test_an_administrator_needs_no_membership(client: Client, route: Route) -> None:
    token = token_of(build.person("adi"))
    for method in POLICY[route.name]:
        assert ask(client, route, method, token).status_code not in REFUSED


@pytest.mark.django_db
@pytest.mark.parametrize("who", [one for one in WHO if one != Role.ADMINISTRATOR])
def test_the_admin_is_for_administrators_alone(who: str) -> None:
    """One rule for all of its routes: each is asked by nobody and one role, some by every role."""
    assert {rule_for(route.name, "GET") for route in ADMIN} == {ADMINISTRATING}
    person = caller(who, build.programme())
    one = Caller(person)
    for route in ADMIN if who in {"nobody", Role.DM} else ADMIN[::20]:
        for method in ("GET", "POST"):
            status = one.ask(route, method).status_code
            wanted = {403} if person else {302 if method == "GET" else 401}
            assert status in wanted, f"{method} {route.path} as {who}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "route",
    [one for one in ADMIN if one.name.endswith(("_changelist", ":index"))],
    ids=lambda route: route.name,
)
def test_the_admin_lets_administrators_in(route: Route) -> None:
    adi = Caller(build.person("adi"))
    assert adi.ask(route, "GET").status_code == 200
    assert adi.ask(route, "DELETE").status_code == 405


# --- the machinery, on routes of its own -----------------------------------------------------


class OfProgramme(APIView):
    """Answers when the caller may touch the product in the address."""

    def post(self, request: Request, pk: int) -> Response:
        self.check_object_permissions(request, Product.objects.get(pk=pk))
        return Response({"ok": True})


class Bare(APIView):
    permission_classes = []

    def get(self, request: Request) -> Response:
        return Response({"ok": True})


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    *portal_urls,
    path("page/", page, name="t-page"),
    path("everybody/", page, name="t-everybody"),
    path("unlisted/", page, name="t-unlisted"),
    path("unnamed/", page),
    path("api/bare/", Bare.as_view(), name="t-bare"),
    path("api/products/<int:pk>/", OfProgramme.as_view(), name="t-product"),
]
ENGINEERS = frozenset({"engineer"})


@pytest.fixture
def own_routes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = "tests.portal.test_policy"
    monkeypatch.setitem(POLICY, "t-page", {"GET": ENGINEERS})
    monkeypatch.setitem(POLICY, "t-everybody", {"GET": SIGNED_IN})
    monkeypatch.setitem(POLICY, "t-bare", {"GET": ENGINEERS})
    monkeypatch.setitem(POLICY, "t-product", {"POST": ENGINEERS})


@pytest.mark.django_db
@pytest.mark.usefixtures("own_routes")
class TestMachinery:
    @pytest.mark.parametrize("address", ["/unlisted/", "/unnamed/"])
    def test_a_route_in_no_policy_is_refused_to_all(self, client: Client, address: str) -> None:
        client.force_login(build.person("adi"))
        answer = client.get(address)
        assert answer.status_code == 403
        assert b"in no policy" in answer.content

    def test_a_page_asks_to_sign_in(self, client: Client) -> None:
        for address in ("/page/", "/everybody/"):
            answer = client.get(address)
            assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={address}")

    def test_a_page_asks_for_the_role(self, client: Client) -> None:
        client.force_login(build.person("vic", build.programme()))
        answer = client.get("/page/")
        assert answer.status_code == 403
        assert b"You need one of these roles: engineer." in answer.content
        assert client.get("/everybody/").status_code == 200

    def test_a_page_lets_the_role_in(self, client: Client) -> None:
        client.force_login(build.person("ana", build.programme()))
        assert client.get("/page/").status_code == 200
        assert client.head("/page/").status_code == 200

    @pytest.mark.parametrize("method", ["post", "delete", "options"])
    def test_a_page_is_not_asked_for_a_method_that_is_not_in_the_policy(
        self, client: Client, method: str
    ) -> None:
        client.force_login(build.person("adi"))
        answer = getattr(client, method)("/page/")
        assert answer.status_code == 405
        assert answer["Allow"] == "GET"

    def test_an_api_view_without_its_guard_is_decided_like_a_page(self, client: Client) -> None:
        assert client.get("/api/bare/").status_code == 401
        token = token_of(build.person("ana", build.programme()))
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/api/bare/", headers=headers).status_code == 401

    def test_a_role_counts_only_in_its_own_programme(self, client: Client) -> None:
        ana = build.person("ana", build.programme())
        headers = {"Authorization": f"Bearer {token_of(ana)}"}
        other = build.product(build.programme())
        answer = client.post(f"/api/products/{other.pk}/", headers=headers)
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("In this programme: You need")

    def test_another_role_in_the_programme_of_the_object_does_not_do(self, client: Client) -> None:
        ana = build.person("ana", build.programme())
        product = build.product(build.programme())
        Membership.objects.create(person=ana, programme=product.programme, role=Role.VIEWER)
        headers = {"Authorization": f"Bearer {token_of(ana)}"}
        assert client.post(f"/api/products/{product.pk}/", headers=headers).status_code == 403

    def test_the_role_in_the_programme_of_the_object_does(self, client: Client) -> None:
        product = build.product(build.programme())
        headers = {"Authorization": f"Bearer {token_of(build.person('ana', product.programme))}"}
        assert client.post(f"/api/products/{product.pk}/", headers=headers).status_code == 200

    def test_a_session_must_bring_the_csrf_token(self) -> None:
        product = build.product(build.programme())
        client = Client(enforce_csrf_checks=True)
        client.force_login(build.person("ana", product.programme))
        answer = client.post(f"/api/products/{product.pk}/")
        assert answer.status_code == 403
        assert "CSRF" in answer.json()["detail"]

    def test_a_path_that_leads_nowhere_is_not_found(self, client: Client) -> None:
        assert client.get("/nowhere/").status_code == 404
