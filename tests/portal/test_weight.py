"""What `make bench` says of a page's weight: everything a first visit fetches is counted."""

import pytest

from benchmarks.weight import MOST, weight_of
from tests import build
from tests.pages import at_work

pytestmark = pytest.mark.django_db


def test_a_page_weighs_all_it_names_and_not_too_much() -> None:
    client = at_work(build.person("ana", build.programme()))
    page = len(client.get("/", headers={"Accept-Encoding": "gzip"}).content)
    assert page + 80_000 < weight_of(client, "/") <= MOST  # font, icons, styles and scripts too
