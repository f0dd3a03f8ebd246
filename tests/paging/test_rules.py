"""Who is told when, over values: the usual course, and what must hold in any."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.paging.rules import (
    DEFAULT_POLICY,
    Place,
    PolicyFacts,
    StepFacts,
    Target,
    Way,
    World,
    escalation,
    first_due,
    resumed,
    take,
    telling,
    ways_at,
)
from tests.paging.facts import (
    EMAIL,
    NIGHT,
    OFFICE,
    SLACK,
    START,
    minutes,
    policies,
    someone,
    world,
    worlds,
)

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def course(
    policy: PolicyFacts = DEFAULT_POLICY, there: World | None = None, **facts: object
) -> list[tuple[float, str]]:
    """(minutes from the start, who was told) of the first round."""
    usual = {"is_urgent": True, "until": START + timedelta(minutes=29)}
    taken = escalation(policy, START, lambda at: there or world(), **usual | facts)  # type: ignore[arg-type]
    return [
        ((at - START) / MINUTE, told.person)
        for at, step in taken
        for told in step.telling.people
    ]  # fmt: skip


def test_it_tells_primary_then_backup_then_the_delivery_manager_then_administrators() -> None:
    assert course() == [(0, "ana"), (5, "ben"), (10, "dee"), (20, "adi")]


def test_it_begins_again_after_the_last_resort_until_the_rounds_are_over() -> None:
    told = course(until=START + DAY)
    assert [at for at, who in told if who == "ana"] == [0, 30, 60]
    assert len(told) == 12


@pytest.mark.parametrize(("minute", "told"), [(0, 0), (3, 1), (5, 1), (6, 2), (11, 3)])
def test_an_acknowledgement_stops_it(minute: int, told: int) -> None:
    assert len(course(acknowledged_at=START + minute * MINUTE)) == told


def test_nobody_on_duty_tells_the_delivery_manager_at_once() -> None:
    assert course(there=world(on_duty={}))[:2] == [(0, "dee"), (10, "adi")]


def test_nobody_on_duty_and_no_delivery_manager_tells_administrators_at_once() -> None:
    assert course(there=world(on_duty={}, roles={"administrator": ("adi",)}))[:1] == [(0, "adi")]


def test_it_says_whom_it_passed_over_and_why() -> None:
    there = world(on_duty={"backup": "ben"}, people={"ben": someone("ben"), "dee": someone("dee")})
    taking = take(DEFAULT_POLICY, Place(0, 0), there, START, is_urgent=True)
    assert [step.telling.passed for step in taking.steps] == [("Nobody is primary on duty",), ()]
    assert taking.following == Place(0, 2)


def test_who_has_no_address_is_passed_over() -> None:
    there = world(people={**world().people, "ana": someone("ana").__class__(
        "ana", "Ana", (), someone("ana").zone)})  # fmt: skip
    assert course(there=there)[0] == (0, "ben")


def test_quiet_hours_pass_somebody_over_unless_it_is_urgent() -> None:
    quiet = {**world().people, "ana": someone("ana", quiet_hours=OFFICE)}
    assert course(there=world(people=quiet), is_urgent=False)[0] == (0, "ben")
    assert course(there=world(people=quiet))[0] == (0, "ana")


def test_quiet_hours_of_all_do_not_silence_the_last_resort() -> None:
    asleep = {name: someone(name, quiet_hours=OFFICE) for name in world().people}
    assert course(there=world(people=asleep), is_urgent=False)[0] == (0, "dee")


def test_the_last_resort_prefers_who_is_awake() -> None:
    people = {**world().people, "dee": someone("dee", quiet_hours=OFFICE)}
    there = world(on_duty={}, people=people)
    assert course(there=there, is_urgent=False)[0] == (0, "adi")


def test_a_round_that_could_tell_nobody_does_not_count() -> None:
    empty = world(on_duty={}, roles={}, people={})
    there = {True: empty, False: world()}
    late = START + 100 * MINUTE
    taken = escalation(
        DEFAULT_POLICY, START, lambda at: there[at < late], is_urgent=True, until=START + DAY
    )
    told = [(at - START) / MINUTE for at, step in taken if step.telling.people]
    assert told[0] == 100
    assert len(told) == 12


def test_a_channel_is_told_beside_people_and_is_nobody_itself() -> None:
    step = StepFacts(timedelta(), (Target("channel", "dsva:C1"),))
    policy = PolicyFacts((step,), DEFAULT_POLICY.last_resort, timedelta(minutes=10), 1)
    assert course(policy) == [(10, "dee")]


def test_a_channel_beside_a_duty_nobody_has_holds_up_nobody() -> None:
    beside = StepFacts(timedelta(), (Target("duty", "primary"), Target("channel", "dsva:C1")))
    policy = replace(DEFAULT_POLICY, steps=(beside, *DEFAULT_POLICY.steps[1:]))
    there = world(on_duty={"backup": "ben"})
    assert course(policy, there=there)[:2] == [(0, "ben"), (5, "dee")]
    taken = take(policy, Place(0, 0), there, START, is_urgent=True)
    assert [step.telling.channels for step in taken.steps] == [("dsva:C1",), ()]


def test_a_channel_no_connection_leads_to_is_passed_over() -> None:
    step = StepFacts(timedelta(), (Target("channel", "gone:C1"),))
    policy = PolicyFacts((step,), DEFAULT_POLICY.last_resort, timedelta(minutes=10), 1)
    assert course(policy)[0] == (0, "dee")


def test_who_is_passed_over_is_named_once() -> None:
    step = (Target("role", "dm"), Target("person", "dee"))
    mute = replace(someone("dee"), ways=())
    found = telling(step, world(people={"dee": mute}), START, is_urgent=True)
    assert found.passed == ("Dee has no address",)


@pytest.mark.parametrize(
    ("hour", "ways"), [(0, ("slack",)), (10, ("email", "other:1"))], ids=["at work", "at night"]
)
def test_people_choose_their_ways_for_work_and_after(hour: int, ways: tuple[str, ...]) -> None:
    chosen = (Way("slack", after_hours=False), Way("email", in_work_hours=False),
              Way("other:1", in_work_hours=False))  # fmt: skip
    ana = someone("ana", *chosen, working_hours=OFFICE)
    assert tuple(way.key for way in ways_at(ana, START + timedelta(hours=hour))) == ways


def test_who_chose_no_way_for_an_hour_is_told_by_all() -> None:
    ana = someone("ana", Way("email", after_hours=False), working_hours=NIGHT)
    assert [way.key for way in ways_at(ana, START)] == ["email"]
    assert ways_at(someone("ben", EMAIL, SLACK), START) == (EMAIL, SLACK)


def test_waits_are_elapsed_time_over_a_change_of_the_clocks() -> None:
    before = datetime.fromisoformat("2022-11-06T05:58:00+00:00")  # 01:58 EDT, two minutes before
    taken = escalation(DEFAULT_POLICY, before, lambda at: world(), is_urgent=True,
                       until=before + 11 * MINUTE)  # fmt: skip
    assert [(at - before) / MINUTE for at, _ in taken] == [0, 5, 10]


@pytest.mark.parametrize("text", ["", "duty", "boss dee", "channel C1", "channel :C1", "person "])
def test_a_target_that_names_nobody_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        Target.parse(text)


def test_a_plan_reads_back_what_it_says() -> None:
    assert PolicyFacts.parse(DEFAULT_POLICY.plan()) == DEFAULT_POLICY


# --- in any policy and any world ---------------------------------------------------------------


@given(policies)
def test_any_plan_reads_back(policy: PolicyFacts) -> None:
    assert PolicyFacts.parse(policy.plan()) == policy


@given(policies, worlds(), st.booleans())
def test_somebody_is_always_told(policy: PolicyFacts, there: World, urgent: bool) -> None:
    """Within the waits of one round, whoever is away, asleep or has no address."""
    longest = sum((step.wait for step in policy.steps), policy.last_wait)
    taken = escalation(policy, START, lambda at: there, is_urgent=urgent,
                       until=START + longest + MINUTE)  # fmt: skip
    assert any(step.telling.people for _, step in taken)


@given(policies, worlds(), st.booleans())
def test_steps_come_in_order_and_none_is_left_out(
    policy: PolicyFacts, there: World, urgent: bool
) -> None:
    taken = escalation(policy, START, lambda at: there, is_urgent=urgent, until=START + 30 * DAY)
    places = [step.place for _, step in taken]
    whole = [Place(one, at) for one in range(policy.rounds) for at in range(len(policy.steps) + 1)]
    assert places == whole
    times = [at for at, _ in taken]
    assert times == sorted(times)
    assert times[0] == first_due(policy, START)


@given(policies, worlds(), minutes(600))
def test_nobody_is_told_from_the_acknowledgement_on(
    policy: PolicyFacts, there: World, wait: timedelta
) -> None:
    facts = {"is_urgent": True, "until": START + 30 * DAY}
    whole = escalation(policy, START, lambda at: there, **facts)  # type: ignore[arg-type]
    acknowledged = START + wait
    cut = escalation(policy, START, lambda at: there, acknowledged_at=acknowledged, **facts)  # type: ignore[arg-type]
    assert cut == [one for one in whole if one[0] < acknowledged]


@given(policies, worlds(), st.booleans())
def test_nobody_is_told_twice_in_one_step(policy: PolicyFacts, there: World, urgent: bool) -> None:
    for _, step in escalation(policy, START, lambda at: there, is_urgent=urgent,
                              until=START + DAY):  # fmt: skip
        people = [told.person for told in step.telling.people]
        assert len(people) == len(set(people))
        assert all(told.ways for told in step.telling.people)


@given(minutes(600), minutes(600))
def test_a_pause_that_ends_resumes(due: timedelta, pause: timedelta) -> None:
    """There is always a time at which it goes on, and it is not before the pause ends."""
    at = resumed(START + due, held_until=START + pause)
    assert at in (START + due, START + pause)
    assert at >= START + pause
