"""A process is killed while go-lives are planned, ticked and signed off, at every seventh of
its points: each act is there as a whole or not at all, and doing it again completes it."""

from datetime import date

import pytest
from django.utils import timezone

from apps.ledger.models import Change
from apps.rollouts.choices import Call, Part, Readiness
from apps.rollouts.models import (
    GoLive,
    Programme,
    ReadinessBatch,
    ReadinessItem,
    ReadinessStep,
    ReadinessTemplate,
    SignOff,
)
from apps.rollouts.services import Decision, Draft, Plan, Tick, plan_go_lives, sign, tick
from tests import build
from tests.crash.kill import is_killed_at

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
DAY = date(2099, 7, 13)
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")


def begin() -> Programme:
    """A programme with one site and half a checklist."""
    programme = build.programme()
    build.product(programme)
    build.wave(programme, 1, DAY)
    build.person("pam", programme)
    plan(programme, "636")
    build.checklist(programme, *build.CHECKLIST[:2])
    return programme


def plan(programme: Programme, number: str) -> None:
    plans = [Plan(site=build.site(number, f"Site {number}"), product=programme.products.get(),
                  wave=programme.waves.get(), planned_on=DAY)]  # fmt: skip
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=timezone.now())


def acts(programme: Programme) -> None:
    """Another site, the other half, all ticked in one act, and the PM's signature."""
    now, pam = timezone.now(), build.person("pam")
    plan(programme, "437")
    build.checklist(programme)
    rows = ReadinessItem.objects.filter(go_live__programme=programme)
    wanted = {row.pk: Tick(Readiness.DONE, "list") for row in rows}
    tick(programme=programme, wanted=wanted, by=pam, origin="page", now=now)
    draft = Draft(part=Part.PM, call=Call.GO)
    sign(wave=programme.waves.select_related("programme").get(), draft=draft, by=pam,
         origin="page", now=now)  # fmt: skip


def is_whole(programme: Programme) -> None:
    """What holds after every kill: no act is half there."""
    mine = ReadinessItem.objects.filter(go_live__programme=programme)
    templates = ReadinessTemplate.objects.filter(programme=programme).count()
    assert mine.count() == templates * GoLive.objects.filter(programme=programme).count()
    done = mine.filter(state="done").count()
    assert done == ReadinessStep.objects.filter(batch__programme=programme).count()
    assert done == told(programme, "readiness", "ticked")
    assert done in {0, 8}
    signed = SignOff.objects.filter(wave__programme=programme).count()
    assert signed == told(programme, "sign_off", "signed")


def told(programme: Programme, subject: str, verb: str) -> int:
    return Change.objects.filter(programme_id=programme.pk, subject=subject, verb=verb).count()


def test_each_act_is_there_as_a_whole_or_not_at_all() -> None:
    point, programme = 1, begin()
    while is_killed_at(point, lambda: acts(programme)):  # noqa: B023 - run at once
        is_whole(programme)
        acts(programme)
        is_whole(programme)
        assert told(programme, "sign_off", "signed") == 1
        assert ReadinessBatch.objects.filter(programme=programme).count() == 1
        point, programme = point + 3, begin()
    assert point > 40
