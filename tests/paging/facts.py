"""Values for the rules of paging, and strategies that make many of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from apps.core.periods import WeeklyHours
from apps.paging.rules import PersonFacts, PolicyFacts, StepFacts, Target, Way, World

START = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)  # a Monday, 10:40 Eastern
EASTERN = ZoneInfo("America/New_York")
OFFICE = WeeklyHours.parse({"mon-fri": "08:00-17:00"})
NIGHT = WeeklyHours.parse({"mon-sun": "22:00-07:00"})
NAMES = ("ana", "ben", "dee", "adi", "pam")
EMAIL, SLACK = Way("email"), Way("slack")


def someone(key: str, *ways: Way, **facts: Any) -> PersonFacts:
    return PersonFacts(key, key.capitalize(), ways or (EMAIL,), EASTERN, **facts)


def world(**facts: Any) -> World:
    """Ana is primary, Ben backup, Dee the DM, Adi the administrator."""
    usual: dict[str, Any] = {
        "on_duty": {"primary": "ana", "backup": "ben"},
        "roles": {"dm": ("dee",), "administrator": ("adi",)},
        "people": {name: someone(name) for name in NAMES},
        "chats": frozenset({"dsva"}),
    }
    return World(**usual | facts)


_TARGETS = st.one_of(
    st.sampled_from(["primary", "backup", "lead"]).map(lambda ref: Target("duty", ref)),
    st.sampled_from(["dm", "pm", "administrator"]).map(lambda ref: Target("role", ref)),
    st.sampled_from([*NAMES, "nobody"]).map(lambda ref: Target("person", ref)),
    st.sampled_from(["dsva:C1", "gone:C2"]).map(lambda ref: Target("channel", ref)),
)
_SPANS = st.sampled_from([None, OFFICE, NIGHT, WeeklyHours.parse({"mon-sun": "00:00-24:00"})])
_KEYS = st.sampled_from(["email", "slack", "other:1"])
_PEOPLE = st.builds(
    PersonFacts,
    key=st.just(""),
    name=st.just("Somebody"),
    ways=st.lists(
        st.builds(Way, _KEYS, st.booleans(), st.booleans()),
        max_size=3, unique_by=lambda way: way.key,
    ).map(tuple),
    zone=st.sampled_from([EASTERN, ZoneInfo("Asia/Manila"), ZoneInfo("Pacific/Honolulu")]),
    working_hours=_SPANS,
    quiet_hours=_SPANS,
)  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Anybody may be on duty, have a role, no address, quiet hours; Adi can always be told."""
    people = {}
    for name in NAMES:
        made = draw(_PEOPLE)
        ways = made.ways if name != "adi" else (EMAIL,)
        people[name] = PersonFacts(
            name, name, ways, made.zone, made.working_hours, made.quiet_hours
        )
    who = st.sampled_from(NAMES)
    return World(
        on_duty=draw(st.dictionaries(st.sampled_from(["primary", "backup"]), who)),
        roles={
            "dm": tuple(draw(st.lists(who, max_size=2, unique=True))),
            "administrator": ("adi",),
        },
        people=people,
        chats=frozenset({"dsva"}),
    )


def minutes(most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(0, most).map(lambda count: timedelta(minutes=count))


policies = st.builds(
    PolicyFacts,
    steps=st.lists(
        st.builds(
            StepFacts, minutes(60), st.lists(_TARGETS, min_size=1, max_size=3).map(tuple)
        ),
        max_size=5,
    ).map(tuple),
    last_resort=st.just((Target("role", "dm"), Target("role", "administrator"))),
    last_wait=st.integers(1, 60).map(lambda count: timedelta(minutes=count)),
    rounds=st.integers(1, 4),
)  # fmt: skip
