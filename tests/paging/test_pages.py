"""The page of pages and the page behind a link: works, wrong method, wrong person, queries."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail, signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.oncall.models import Rota
from apps.paging.links import SALT
from apps.paging.models import Page
from tests import build
from tests.pages import HTMX, at_work, text_of
from tests.paging.rows import NOW, delivers, goes_on, someone, staffed, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page() -> Page:
    return Page.objects.latest("id")


def test_it_shows_a_page_with_its_steps_and_deliveries() -> None:
    row = ticket(staffed())
    goes_on(0)
    text = text_of(at_work(build.person("ben")).get("/paging/"))
    assert f"{row.number} Check-in is down" in text
    assert "Ana Ortiz" in text
    assert "Waiting" in text
    delivers()
    assert "Sent" in text_of(at_work(build.person("ben")).get("/paging/"))


def test_it_says_so_when_nobody_is_paged() -> None:
    staffed()
    assert "Nobody is being paged" in text_of(at_work(build.person("ana")).get("/paging/"))


def test_filters_stand_in_the_address() -> None:
    programme = staffed()
    ticket(programme)
    ana = at_work(build.person("ana"))
    assert "Check-in is down" in text_of(ana.get("/paging/?cause=severity_one"))
    for query in ("cause=silence", "state=past", "programme=other", "before=0"):
        assert "Check-in is down" not in text_of(ana.get(f"/paging/?{query}")), query
    assert "Check-in is down" in text_of(ana.get("/paging/?state=nonsense&before=x"))


def test_htmx_gets_the_part() -> None:
    ticket(staffed())
    text = text_of(at_work(build.person("ana")).get("/paging/", headers=HTMX))
    assert "<html" not in text
    assert "Check-in is down" in text


def test_people_of_other_programmes_see_and_do_nothing() -> None:
    ticket(staffed())
    pam = at_work(build.person("pam", build.programme()))
    assert "Check-in is down" not in text_of(pam.get("/paging/"))
    for act in ("acknowledge", "reopen", "pause"):
        assert pam.post(f"/paging/{page().key}/{act}/").status_code == 404
    assert page().state == "open"


def test_a_viewer_of_this_programme_who_is_more_elsewhere_may_not_answer() -> None:
    programme = staffed()
    ticket(programme)
    vic = build.person("vic", programme)
    build.member(vic, build.programme(), "engineer")
    assert at_work(vic).post(f"/paging/{page().key}/acknowledge/").status_code == 403


def test_a_page_is_acknowledged_and_who_is_second_hears_of_it() -> None:
    ticket(staffed())
    first = at_work(build.person("ben")).post(f"/paging/{page().key}/acknowledge/", follow=True)
    assert "You have it" in text_of(first)
    second = at_work(build.person("dee")).post(f"/paging/{page().key}/acknowledge/", follow=True)
    assert "Ben Boyd was faster" in text_of(second)
    assert (page().acknowledged_by, page().acknowledged_through) == ("ben", "page")


def test_an_acknowledgement_is_undone() -> None:
    ticket(staffed())
    ben = at_work(build.person("ben"))
    ben.post(f"/paging/{page().key}/acknowledge/")
    ben.post(f"/paging/{page().key}/reopen/")
    assert page().state == "open"


def test_a_page_is_paused() -> None:
    ticket(staffed())
    at_work(build.person("ben")).post(f"/paging/{page().key}/pause/")
    assert page().held_until == NOW + timedelta(minutes=30)


def test_it_pages_me_now() -> None:
    staffed()
    ana = at_work(build.person("ana"))
    for _ in range(2):
        assert ana.post("/paging/test/", {"token": "t1"}).status_code == 303
    assert Page.objects.count() == 1
    goes_on(0)
    delivers()
    assert mail.outbox[0].to == ["ana@example.gov"]


def test_it_does_not_page_me_where_nothing_leads_to_me() -> None:
    programme = staffed()
    dev = at_work(build.person("dev", programme, email=""))
    shown = dev.post("/paging/test/", {"token": "t1"}, follow=True)
    assert "Nothing leads to you yet" in text_of(shown)
    assert not Page.objects.exists()


def test_a_list_of_many_takes_the_queries_of_one() -> None:
    programme = staffed()
    ana = at_work(build.person("ana"))
    counts = []
    for many in (1, 5):
        for _ in range(many):
            ticket(programme)
        goes_on(0)
        with CaptureQueriesContext(connection) as asked:
            ana.get("/paging/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_older_pages_follow() -> None:
    programme = staffed()
    for number in range(26):
        ticket(programme, title=f"Trouble {number:02}")
    ana = at_work(build.person("ana"))
    text = text_of(ana.get("/paging/"))
    assert "Trouble 00" not in text
    older = re.search(r'href="(\?[^"]*before=\d+)"', text)
    assert older is not None
    assert "Trouble 00" in text_of(ana.get(f"/paging/{older[1].replace('&amp;', '&')}"))


# --- the link of an e-mail ---------------------------------------------------------------------


def link(username: str = "ana") -> str:
    token = signing.dumps({"page": str(page().key), "by": username}, salt=SALT)
    return f"/paging/link/{token}/"


def test_looking_at_a_link_changes_nothing() -> None:
    ticket(staffed())
    for method in ("get", "head"):
        assert getattr(Client(), method)(link()).status_code == 200
    assert page().state == "open"


def test_its_button_acknowledges_without_a_session() -> None:
    row = ticket(staffed())
    client = Client(enforce_csrf_checks=True)
    shown = client.get(link())
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text_of(shown))
    assert token is not None
    assert "sessionid" not in shown.cookies
    done = client.post(link(), {"csrfmiddlewaretoken": token[1]})
    assert "You have it, Ana Ortiz" in text_of(done)
    assert (page().acknowledged_by, page().acknowledged_through) == ("ana", "link")
    row.refresh_from_db()
    assert row.state == "acknowledged"


def test_the_link_in_a_mail_leads_there() -> None:
    ticket(staffed())
    goes_on(0)
    delivers()
    address = re.search(r"http://127.0.0.1:8000(/paging/link/\S+)", str(mail.outbox[0].body))
    assert address is not None
    assert "Acknowledge as Ana Ortiz" in text_of(Client().get(address[1]))


def test_a_link_without_its_token_of_the_form_is_refused() -> None:
    ticket(staffed())
    assert Client(enforce_csrf_checks=True).post(link()).status_code == 403
    assert page().state == "open"


def test_who_comes_second_by_link_is_told_who_has_it() -> None:
    ticket(staffed())
    Client().post(link("ben"))
    for client in (Client(), Client()):
        assert "Ben Boyd has it already" in text_of(client.post(link()))
    assert page().acknowledged_by == "ben"


def test_a_link_is_good_for_a_day() -> None:
    ticket(staffed())
    address = link()
    with time_machine.travel(NOW + timedelta(hours=23, minutes=59), tick=False):
        assert Client().get(address).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=24, minutes=1), tick=False):
        assert Client().post(address).status_code == 404
    assert page().state == "open"


def test_a_link_that_is_none_of_ours_leads_nowhere() -> None:
    ticket(staffed())
    other = signing.dumps({"page": str(page().key), "by": "ana"}, salt="another")
    for token in ("x", other, f"{link()[14:-1]}x"):
        assert Client().post(f"/paging/link/{token}/").status_code == 404
    assert page().state == "open"


def test_the_link_of_somebody_who_left_leads_nowhere() -> None:
    ticket(staffed())
    ana = someone("ana")
    type(ana).objects.filter(pk=ana.pk).update(is_active=False)
    assert Client().post(link()).status_code == 404


WITHOUT = pytest.mark.parametrize("role", ["viewer", None], ids=["looks on", "left the programme"])


def loses(username: str, role: str | None) -> None:
    rows = someone(username).memberships
    rows.update(role=role) if role else rows.all().delete()


@WITHOUT
def test_who_is_counted_on_takes_a_page_whatever_their_role(role: str | None) -> None:
    """Whoever has a duty is told, so the link of the mail works for them."""
    ticket(staffed())
    loses("ana", role)
    assert Client().post(link()).status_code == 200
    assert page().acknowledged_by == "ana"


@WITHOUT
def test_a_link_takes_no_page_without_a_role_for_it(role: str | None) -> None:
    ticket(staffed())
    loses("ana", role)
    Rota.objects.all().delete()
    for method in ("get", "post"):
        answer = getattr(Client(), method)(link())
        assert answer.status_code == 403
        assert "You have no role in this programme that may acknowledge." in text_of(answer)
    assert page().state == "open"
