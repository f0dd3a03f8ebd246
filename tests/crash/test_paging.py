"""A process is killed at every point of an escalation's step and of its delivery, two workers run,
one wakes with an old lease: somebody is always told, there is one winner, and nobody is told more
often than once and once for each kill. What the mail server received decides."""

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, connections
from django.test import override_settings

from apps.core.models import LeaseLost
from apps.incidents import services as tickets
from apps.incidents.models import Incident
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.paging.choices import Through
from apps.paging.models import Notice, Page, PageStep
from apps.paging.rules import LEASE
from apps.paging.services import acknowledge, take_step
from apps.paging.work import take_due
from tests import build
from tests.crash.kill import Points, is_killed_at
from tests.paging.rows import MINUTE, NOW, asked, staffed, ticket

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
SECOND = MINUTE / 60


class PostBox(BaseEmailBackend):
    """A mail server with an append-only ledger, kept outside the process that dies."""

    file = Path()

    def send_messages(self, messages: Any) -> int:
        lines = [json.dumps([message.to[0], message.subject]) for message in messages]
        with self.file.open("a", encoding="utf-8") as ledger:
            ledger.write("".join(f"{line}\n" for line in lines))
        return len(lines)


@pytest.fixture(autouse=True)
def post_box(tmp_path: Path) -> Iterator[Path]:
    PostBox.file = tmp_path / "post"
    with override_settings(EMAIL_BACKEND="tests.crash.test_paging.PostBox"):
        yield PostBox.file
    connections.close_all()


def received() -> list[str]:
    """Who got mail, in order."""
    if not PostBox.file.exists():
        return []
    lines = PostBox.file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)[0].partition("@")[0] for line in lines]


def begin() -> Page:
    """A new page, and an empty post box."""
    PostBox.file.unlink(missing_ok=True)
    programme = Incident.objects.first()
    row = ticket(programme.programme if programme else staffed())
    return row.pages.get()


def works(at: float = 0) -> None:
    """What workers do so many minutes after the start: steps first, then deliveries."""
    take_due(now=NOW + at * MINUTE)
    deliver_due(now=NOW + at * MINUTE + 5 * SECOND)


def ends(page: Page) -> None:
    """Take it from the queue, so that the next run is alone."""
    acknowledge(page=page, person=build.person("ana"), through=Through.PAGE, origin="page", now=NOW)
    Delivery.objects.filter(subject_key=str(page.key), done_at=None).update(done_at=NOW)


def is_whole(page: Page) -> None:
    """A step is there with its notices and deliveries, or not at all."""
    page.refresh_from_db()
    notices = Notice.objects.filter(step__page=page).values_list("dedupe_key", flat=True)
    promised = Delivery.objects.filter(subject_key=str(page.key))
    assert page.taken == PageStep.objects.filter(page=page).count()
    assert set(notices) == set(promised.values_list("dedupe_key", flat=True))


def mailing(points: Points) -> None:
    """An outgoing call is a point of its own, before and after."""
    PostBox.send_messages = points.around(PostBox.send_messages)  # type: ignore[method-assign]  # child only


def test_a_kill_at_every_statement_and_call_of_a_step_leaves_it_told() -> None:
    point, page = 1, begin()
    while is_killed_at(point, works, also=mailing):
        is_whole(page)
        works(0.9)  # within a minute, and before the next step is due
        is_whole(page)
        got = received()
        assert 1 <= len(got) <= 2, f"killed at point {point}: {got}"
        assert set(got) == {"ana"}
        ends(page)
        point, page = point + 1, begin()
    assert point > 40
    assert received() == ["ana"]


def test_a_second_kill_right_after_the_first_leaves_it_told() -> None:
    page = begin()
    for point in range(2, 80, 13):
        for again in range(2, 80, 13):
            is_killed_at(point, works, also=mailing)
            is_killed_at(again, lambda: works(0.9), also=mailing)
            works(1.8)
            is_whole(page)
            got = received()
            assert 1 <= len(got) <= 3, f"killed at points {point} and {again}: {got}"
            ends(page)
            page = begin()


def test_a_kill_within_an_acknowledgement_leaves_it_whole() -> None:
    """Page and ticket are acknowledged together, or neither is."""

    def act() -> None:
        one = Page.objects.open().get()
        acknowledge(page=one, person=build.person("ben"), through=Through.LINK, origin="link",
                    now=NOW)  # fmt: skip

    point, page = 1, begin()
    while is_killed_at(point, act):
        page.refresh_from_db()
        row = Incident.objects.get(pages=page)
        assert (page.acknowledged_at is None) is (row.acknowledged_at is None), point
        ends(page)
        point, page = point + 1, begin()
    assert point > 10


def test_a_worker_that_wakes_with_an_old_lease_tells_nobody() -> None:
    page = begin()
    (asleep,) = Page.objects.claim(now=NOW, limit=1, term=LEASE)
    late = NOW + LEASE + SECOND
    assert take_due(now=late) == 1
    with pytest.raises(LeaseLost):
        take_step(page=asleep, now=late)
    assert Notice.objects.filter(step__page=page).count() == 1


def test_a_worker_that_wakes_after_the_acknowledgement_tells_nobody() -> None:
    page = begin()
    (asleep,) = Page.objects.claim(now=NOW, limit=1, term=LEASE)
    acknowledge(page=page, person=build.person("ben"), through=Through.API, origin="api", now=NOW)
    with pytest.raises(LeaseLost):
        take_step(page=asleep, now=NOW)
    assert not PageStep.objects.exists()


def at_once(*acts: Any) -> None:
    """Each in a thread with a connection of its own, all started together."""
    gate = threading.Barrier(len(acts))
    failed: list[BaseException] = []

    def run(act: Any) -> None:
        try:
            gate.wait(10)
            act()
        except BaseException as problem:
            failed.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed, [str(one) for one in failed]


def test_two_workers_take_a_step_once() -> None:
    for _ in range(8):
        page = begin()
        at_once(*[lambda: take_due(now=NOW)] * 2)
        is_whole(page)
        assert page.taken == 1
        at_once(*[lambda: deliver_due(now=NOW + 5 * SECOND)] * 2)
        assert received() == ["ana"]
        ends(page)


def test_of_many_acknowledgements_at_once_one_wins() -> None:
    for _ in range(4):
        page, won = begin(), list[str]()

        def take(username: str, page: Page = page, won: list[str] = won) -> None:
            if acknowledge(page=page, person=build.person(username), through=Through.PAGE,
                           origin="page", now=NOW):  # fmt: skip
                won.append(username)

        at_once(*[lambda name=name: take(name) for name in ("ana", "ben", "dee", "adi")])
        page.refresh_from_db()
        assert won == [page.acknowledged_by]


def by_page(page: Page) -> None:
    acknowledge(page=page, person=build.person("ben"), through=Through.PAGE, origin="page", now=NOW)


def by_ticket(page: Page) -> None:
    tickets.acknowledge(incident=Incident.objects.get(pages=page), asked=asked("ben"))


@pytest.mark.parametrize("answer", [by_page, by_ticket])
def test_a_step_and_an_acknowledgement_at_once_do_not_wait_for_each_other(
    answer: Callable[[Page], None],
) -> None:
    for _ in range(20):
        page = begin()
        build.person("ben")
        at_once(lambda: take_due(now=NOW), partial(answer, page))
        is_whole(page)
        assert page.state == "acknowledged"
        ends(page)
