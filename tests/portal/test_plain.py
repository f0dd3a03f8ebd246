"""Signs no database takes are refused with words, wherever they stand."""

import pytest

from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
WORDS = "It holds a NUL, a sign that is no text."


@pytest.mark.parametrize(
    "path",
    ["/incidents/?text=a%00b", "/incidents/?%00=1", "/boards/product/?owner=%00", "/sites/%00/",
     "/audit/?actor=%00", "/search/?q=%00", "/admin/accounts/person/?q=%00"],
)  # fmt: skip
def test_a_nul_in_an_address_is_refused(path: str) -> None:
    answer = at_work(build.person("adi")).get(path)
    assert (answer.status_code, WORDS in text_of(answer)) == (400, True)


def test_a_nul_in_a_form_is_refused() -> None:
    client = at_work(build.person("ana", build.programme()))
    for data in ({"name": "a\x00b"}, {"a\x00b": "name"}):
        answer = client.post("/incidents/views/", data)
        assert (answer.status_code, WORDS in text_of(answer)) == (400, True)


def test_a_program_gets_a_problem() -> None:
    client = at_work(build.person("ana", build.programme()))
    answer = client.get("/api/v1/sites/?search=%00")
    assert (answer.status_code, answer.json()["detail"]) == (400, WORDS)


def test_half_a_sign_in_a_body_is_refused() -> None:
    client = at_work(build.person("ana", build.programme()))
    answer = client.post(
        "/api/v1/incidents/", '{"title": "\\ud800"}', content_type="application/json"
    )
    assert (answer.status_code, "no text" in answer.json()["detail"]) == (400, True)


def test_other_signs_are_text() -> None:
    client = at_work(build.person("ana", build.programme()))
    for text in ("😀", "\u202eabc", "%2500", "\x01", "x" * 5000):
        assert client.get("/incidents/", {"text": text, "site": text}).status_code == 200
