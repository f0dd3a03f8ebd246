"""The admin: changes are in the ledger once, secrets nowhere, history read-only."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Person, Token
from apps.connections.models import Connection
from apps.ledger.models import Change
from apps.rollouts.models import Deputy, GoLive, ReadinessItem, ReadinessTemplate
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def adi() -> Client:
    return at_work(build.person("adi"))


def told(subject: str) -> list[tuple[str, Any]]:
    rows = Change.objects.filter(subject=subject).order_by("id")
    return [(row.verb, row.fields) for row in rows]


def test_a_change_is_told_once_with_before_and_after(adi: Client) -> None:
    site = build.site()
    data = {"number": "636", "name": "Omaha", "region": "VISN 23", "state": "NE",
            "time_zone": "America/Chicago", "opening_hours": "{}"}  # fmt: skip
    assert adi.post(f"/admin/rollouts/site/{site.pk}/change/", data).status_code == 302
    assert told("site") == [("changed", {"name": ["Omaha VA Medical Center", "Omaha"]})]
    adi.post(f"/admin/rollouts/site/{site.pk}/change/", data)
    assert len(told("site")) == 1
    assert Change.objects.get(subject="site").origin == "admin"


def test_secrets_are_written_and_never_shown(adi: Client) -> None:
    connection = build.slack(build.programme(), key="dsva")
    url = f"/admin/connections/connection/{connection.pk}/change/"
    assert "xoxb-1" not in text_of(adi.get(url))
    data = {"key": "dsva", "kind": "slack", "base_url": connection.base_url, "settings": "{}",
            "is_active": "on", "new_secrets": "bot_token = xoxb-new-secret"}  # fmt: skip
    assert adi.post(url, data).status_code == 302
    kept = Connection.objects.get().secrets
    assert (kept["bot_token"], "signing_secret" in kept) == ("xoxb-new-secret", True)
    assert "xoxb-new-secret" not in str(told("connection")) + text_of(adi.get(url))
    refused = adi.post(url, data | {"new_secrets": "nonsense"})
    assert "Write name=value" in text_of(refused)


def test_a_connection_is_tried_and_the_answer_said(adi: Client) -> None:
    connection = build.servicenow(build.programme())
    url = f"/admin/connections/connection/{connection.pk}/try/"
    assert adi.get(url).status_code == 405
    assert connection.key in text_of(adi.post(url, follow=True))


def test_people_are_made_and_never_deleted(adi: Client) -> None:
    data = {
        "username": "new", "name": "New One", "time_zone": "UTC", "working_hours": "{}",
        "is_active": "on", "new_password": "a long enough one", "handles-TOTAL_FORMS": "0",
        "handles-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert adi.post("/admin/accounts/person/add/", data).status_code == 302
    person = Person.objects.get(username="new")
    assert person.check_password("a long enough one")
    assert "a long enough one" not in str(told("person"))
    assert adi.post(f"/admin/accounts/person/{person.pk}/delete/").status_code == 403
    weak = adi.post("/admin/accounts/person/add/", data | {"username": "x", "new_password": "x"})
    assert "too short" in text_of(weak)


def test_the_handles_of_a_person_are_told_with_them(adi: Client) -> None:
    person = build.person("ana", build.programme())
    url = f"/admin/accounts/person/{person.pk}/change/"
    data = {
        "username": "ana", "name": person.name, "email": person.email,
        "time_zone": person.time_zone, "working_hours": json.dumps(person.working_hours),
        "is_active": "on", "handles-TOTAL_FORMS": "1", "handles-INITIAL_FORMS": "0",
        "handles-0-kind": "slack", "handles-0-ref": "U0ANA", "handles-0-person": person.pk,
    }  # fmt: skip
    assert adi.post(url, data).status_code == 302
    kept = data | {"handles-INITIAL_FORMS": "1", "handles-0-id": person.handles.get().pk}
    assert adi.post(url, kept).status_code == 302
    assert adi.post(url, kept | {"handles-0-ref": "U1ANA"}).status_code == 302
    assert adi.post(url, kept | {"handles-0-DELETE": "on"}).status_code == 302
    assert told("person") == [
        ("changed", {"handles": [[], ["slack:U0ANA"]]}),
        ("changed", {"handles": [["slack:U0ANA"], ["slack:U1ANA"]]}),
        ("changed", {"handles": [["slack:U1ANA"], []]}),
    ]


def test_a_token_is_shown_once(adi: Client) -> None:
    person = build.person("ana", build.programme())
    data = {"user": person.pk, "name": "bot", "scopes": ["read"], "days": "30"}
    page = text_of(adi.post("/admin/accounts/token/add/", data, follow=True))
    token = page.split("<code>")[1].split("</code>")[0]
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/me/", headers=headers).json()["username"] == "ana"
    assert token not in text_of(adi.get("/admin/accounts/token/"))
    digest = Token.objects.get().pk
    adi.post(f"/admin/accounts/token/{digest}/delete/", {"post": "yes"})
    assert Client().get("/api/v1/me/", headers=headers).status_code == 401
    assert [verb for verb, _ in told("token")] == ["created", "withdrawn"]


def test_dates_of_go_lives_are_not_edited_here(adi: Client) -> None:
    programme = build.programme()
    row = build.go_live(build.site(), build.product(programme), programme.first_week)
    url = f"/admin/rollouts/golive/{row.pk}/change/"
    assert adi.post(url, {"planned_on": "2022-08-01"}).status_code == 403
    assert GoLive.objects.get().planned_on == programme.first_week


@pytest.mark.parametrize("path", ["login", "logout"])
def test_there_is_one_sign_in(adi: Client, path: str) -> None:
    assert adi.get(f"/admin/{path}/").status_code in {302, 405}
    assert Client().get("/admin/")["Location"] == "/sign-in/?next=/admin/"


def test_a_new_item_of_the_checklist_is_made_for_every_go_live(adi: Client) -> None:
    programme = build.programme()
    product, other = build.product(programme), build.product(programme, "vse")
    for one in (product, other):
        build.go_live(build.site(), one, programme.first_week)
    data = {"programme": programme.pk, "key": "poster", "name": "Posters", "owner_role": "pm",
            "offset_days": "-1", "position": "1", "products": [product.pk]}  # fmt: skip
    assert adi.post("/admin/rollouts/readinesstemplate/add/", data).status_code == 302
    assert [row.go_live.product for row in ReadinessItem.objects.all()] == [product]
    assert [verb for verb, _ in told("readiness_template")] == ["added"]
    template = ReadinessTemplate.objects.get()
    url = f"/admin/rollouts/readinesstemplate/{template.pk}"
    adi.post(f"{url}/change/", data | {"products": []})
    assert ReadinessItem.objects.current().count() == 2
    assert adi.post(f"{url}/delete/").status_code == 403
    late = adi.post(f"{url}/change/", data | {"offset_days": "1", "is_blocking": "on"})
    assert late.status_code == 200  # refused: it would block what has happened


def test_what_was_ticked_signed_and_waived_is_read_only(adi: Client) -> None:
    for name in ("readinessitem", "signoff", "waiver"):
        assert adi.get(f"/admin/rollouts/{name}/").status_code == 200
        assert adi.get(f"/admin/rollouts/{name}/add/").status_code == 403


def test_a_deputy_is_named_by_a_holder_of_the_role(adi: Client) -> None:
    programme = build.programme()
    dee, ben = build.person("dee", programme), build.person("ben", programme)
    data = {"programme": programme.pk, "role": "dm", "person": ben.pk, "named_by": dee.pk,
            "until": "2099-01-01"}  # fmt: skip
    refused = text_of(adi.post("/admin/rollouts/deputy/add/", data | {"role": "pm"}))
    assert "do not hold this role" in refused
    stranger = build.person("vic")
    refused = text_of(adi.post("/admin/rollouts/deputy/add/", data | {"person": stranger.pk}))
    assert "They are nobody in the programme" in refused
    assert adi.post("/admin/rollouts/deputy/add/", data).status_code == 302
    assert [verb for verb, _ in told("deputy")] == ["added"]
    row = Deputy.objects.get()
    later = data | {"until": "2099-02-01"}
    assert adi.post(f"/admin/rollouts/deputy/{row.pk}/change/", later).status_code == 302
    row.refresh_from_db()
    assert (str(row.until), row.version) == ("2099-02-01", 2)
