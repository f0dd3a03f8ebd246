"""Taking the step that is due: whom it tells, in one transaction with its deliveries."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from apps.accounts.models import Person
from apps.core.doorbell import ring
from apps.core.models import LeaseLost
from apps.outbox.models import Delivery
from apps.outbox.services import promise
from apps.paging.models import Notice, Page, PageStep, address_of, with_ways
from apps.paging.rules import Step, Taking, Told, first_due, take
from apps.paging.services.starting import note_page
from apps.paging.services.ways import CHANNEL, action_of, connection_for
from apps.paging.world import world_at


@transaction.atomic
def take_step(*, page: Page, now: datetime) -> Taking:
    """Take the step of a claimed page: steps, notices and deliveries are there together or not at
    all, and with them the time of what comes next. Raises LeaseLost when it was acknowledged, or
    another worker has it."""
    if not page.hold():
        raise LeaseLost(f"page {page.pk}, fence {page.fence}")
    policy = page.facts()
    taking = take(
        policy, page.place, world_at(page.programme, policy, now), now,
        is_urgent=page.is_urgent, already=_told_in_round(page) if page.position else (),
    )  # fmt: skip
    for number, step in enumerate(taking.steps, page.taken + 1):
        _write(page, number, step, now)
    page.go_on(taking, now=now)
    if taking.due_at is None:
        note_page(page, "unanswered", actor="system", origin="worker", now=now)
    return taking


def _told_in_round(page: Page) -> set[str]:
    notices = _of_round(page).exclude(person=None)
    return set(notices.values_list("person__username", flat=True))


def _of_round(page: Page) -> QuerySet[Notice]:
    """The notices since the first step was last taken."""
    steps = PageStep.objects.filter(page=page, position=0).order_by("-number")
    began = steps.values_list("number", flat=True).first() or 0
    return Notice.objects.filter(step__page=page, step__number__gte=began)


def _write(page: Page, number: int, step: Step, now: datetime) -> None:
    telling = step.telling
    row = PageStep.objects.create(
        page=page, number=number, round=step.place.round, position=step.place.position,
        taken_at=now, passed=list(telling.passed),
    )  # fmt: skip
    for notice, address in [*_notices(row, telling.people), *_posts(row, telling.channels)]:
        _promise(page, notice, address, now)
    note_page(
        page, "stepped", actor="system", origin="worker", now=now, step=number,
        told=[*(told.person for told in telling.people), *telling.channels],
        passed=list(telling.passed),
    )  # fmt: skip


def _notices(row: PageStep, people: Sequence[Told]) -> Iterator[tuple[Notice, str]]:
    """A notice for each way of each person, with the address it goes to."""
    if not people:
        return
    rows = with_ways(Person.objects.filter(username__in=[told.person for told in people]))
    found = {person.username: person for person in rows}
    for told in people:
        person = found[told.person]
        for way in told.ways:
            key = f"page:{row.page.key}:{row.number}:{person.pk}:{way.key}"
            made = Notice(step=row, person=person, way=way.key, dedupe_key=key)
            yield made, address_of(person, way.key)


def _posts(row: PageStep, channels: Sequence[str]) -> Iterator[tuple[Notice, str]]:
    for channel in channels:
        key = f"page:{row.page.key}:{row.number}:{CHANNEL}:{channel}"[:200]
        yield Notice(step=row, channel=channel, way=CHANNEL, dedupe_key=key), channel


def _promise(page: Page, notice: Notice, address: str, now: datetime) -> None:
    """The notice and its delivery; the delivery names the notice, never the address."""
    notice.save()
    promise(
        action=action_of(notice.way),
        connection=connection_for(page, notice.way, address=address),
        subject="page",
        subject_key=str(page.key),
        programme_id=page.programme_id,
        dedupe_key=notice.dedupe_key,
        payload={"notice": notice.pk},
        now=now,
    )


@transaction.atomic
def hurry(*, notice: Notice, now: datetime) -> bool:
    """A notice could not be delivered, or was left out: when none of its step can be any more, the
    next step is due at once, for nobody was told. True when it is. A channel is nobody. After the
    last resort that is the next of those it names; a round in which nobody could be told begins
    again after the last wait, as when nobody has an address.

    Of two at once one waits for the other, else each would count on it.
    """
    if notice.person_id is None:
        return False
    step = PageStep.objects.get(pk=notice.step_id)
    page = Page.objects.select_for_update(no_key=True).get(pk=step.page_id)
    if _reaches_somebody(step.notices.exclude(pk=notice.pk)):
        return False
    if page.is_last_resort(step):
        named = _of_round(page).exclude(pk=notice.pk)
        before = named.filter(person=notice.person, step__number__lt=step.number)
        if step.position and not before.exists():  # at 0 each telling is a round of its own
            return _go_back(page, step, position=step.position, due_at=now, now=now)
        if not _reaches_somebody(named):
            policy = page.facts()
            due_at = first_due(policy, now + policy.last_wait)
            return _go_back(page, step, position=0, due_at=due_at, now=now)
    waiting = Page.objects.waiting().filter(pk=page.pk, taken=step.number, due_at__gt=now)
    paused = waiting.filter(held_until__gt=now)
    if paused.exists() or not waiting.update(due_at=now, version=F("version") + 1):
        return False
    ring("paging")
    return True


def _reaches_somebody(notices: QuerySet[Notice]) -> bool:
    """Whether a person among these was told, or still can be."""
    keys = notices.exclude(person=None).values("dedupe_key")
    told = Delivery.objects.filter(dedupe_key__in=keys, dead_at=None)
    return told.exclude(result__has_key="left_out").exists()


def _go_back(page: Page, step: PageStep, *, position: int, due_at: datetime, now: datetime) -> bool:
    """In the same round, which does not count, also where it was the last one: a mail server that
    refuses everything for a minute must not end an escalation."""
    open_ones = Page.objects.open().filter(pk=page.pk, taken=step.number)
    gone_back = open_ones.update(
        round=step.round, position=position, due_at=due_at, dead_at=None, leased_until=None,
        last_error="", fence=F("fence") + 1, version=F("version") + 1,
    )  # fmt: skip
    if gone_back:
        note_page(page, "repeated", actor="system", origin="worker", now=now)
        ring("paging")
    return bool(gone_back)
