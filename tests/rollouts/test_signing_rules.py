"""Who may sign which part of a go/no-go, and what the signatures come to."""

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollouts.rules.readiness import (
    DeputyFacts,
    Finding,
    Signature,
    WaiverFacts,
    may_sign,
    verdict,
)

PAM, DEE, EVE = {"pm"}, {"dm"}, {"dm"}
BOTH = {"pm", "dm"}
RED = Finding("k", "words", "red", facts=frozenset({"442 app"}))
COVERS = WaiverFacts("k", frozenset({"442 app"}))


def deputy(person: str, part: str, named_by: str) -> DeputyFacts:
    return DeputyFacts(part, person, named_by)


def signed(part: str, person: str, deputy_of: str = "", call: str = "go") -> Signature:
    return Signature(part, person, call, deputy_of)


@pytest.mark.parametrize(
    ("who", "part", "roles", "deputies", "signatures", "may"),
    [
        # the usual way: two people, two roles
        ("pam", "pm", PAM, [], [], True),
        ("dee", "dm", DEE, [], [signed("pm", "pam")], True),
        ("pam", "pm", PAM, [], [signed("dm", "dee")], True),
        # nobody else signs
        ("dee", "pm", DEE, [], [], False),
        ("ana", "pm", {"engineer"}, [], [], False),
        ("adi", "dm", {"administrator"}, [], [], False),
        ("vic", "dm", set(), [deputy("vic", "pm", "pam")], [], False),
        # one person with both roles signs one part
        ("pam", "dm", BOTH, [], [], True),
        ("pam", "dm", BOTH, [], [signed("pm", "pam")], False),
        # a deputy signs for who named them
        ("ben", "dm", {"engineer"}, [deputy("ben", "dm", "dee")], [signed("pm", "pam")], True),
        ("ben", "dm", {"engineer"}, [deputy("ben", "dm", "dee")], [], True),
        # the deputy of the DM who has signed for the PM
        ("ben", "dm", set(), [deputy("ben", "dm", "dee"), deputy("ben", "pm", "pam")],
         [signed("pm", "ben", "pam")], False),
        ("pam", "dm", PAM, [deputy("pam", "dm", "dee")], [signed("pm", "pam")], False),
        # who signed the PM's part herself and holds the DM's deputy: she decided both
        ("ben", "dm", {"engineer"}, [deputy("ben", "dm", "pam")], [signed("pm", "pam")], False),
        # through a deputy: Pam holds both roles, Ben signed the PM's part for her
        ("pam", "dm", BOTH, [], [signed("pm", "ben", "pam")], False),
        # two deputies of one person
        ("cleo", "dm", set(), [deputy("cleo", "dm", "pam")], [signed("pm", "ben", "pam")], False),
        # they deputise for each other: Dee signed for Pam, so neither Dee, nor Pam for Dee,
        # nor anybody else Dee named signs the DM's part; another DM does, and who she named
        ("dee", "dm", DEE, [deputy("dee", "pm", "pam")], [signed("pm", "dee", "pam")], False),
        ("pam", "dm", PAM, [deputy("pam", "dm", "dee")], [signed("pm", "dee", "pam")], False),
        ("ben", "dm", set(), [deputy("ben", "dm", "dee")], [signed("pm", "dee", "pam")], False),
        ("eve", "dm", EVE, [], [signed("pm", "dee", "pam")], True),
        ("ben", "dm", set(), [deputy("ben", "dm", "eve")], [signed("pm", "dee", "pam")], True),
        # named by two: the one counts who does not stand behind the other part
        ("ben", "dm", set(), [deputy("ben", "dm", "dee"), deputy("ben", "dm", "eve")],
         [signed("pm", "dee", "pam")], True),
        # a signature of the same part says nothing of the person
        ("ben", "dm", set(), [deputy("ben", "dm", "dee")], [signed("dm", "dee")], True),
    ],
)  # fmt: skip
def test_who_may_sign(
    who: str,
    part: str,
    roles: Collection[str],
    deputies: list[DeputyFacts],
    signatures: list[Signature],
    may: bool,
) -> None:
    found = may_sign(part, person=who, roles=roles, deputies=deputies, signatures=signatures)
    assert bool(found) is may
    assert bool(found.why_not) is not may


def test_a_holder_of_the_role_signs_as_such() -> None:
    own = may_sign("dm", person="dee", roles=DEE, deputies=[deputy("dee", "dm", "eve")],
                   signatures=[])  # fmt: skip
    assert own.deputy_of == ""
    named = may_sign("dm", person="ben", roles=(), deputies=[deputy("ben", "dm", "dee")],
                     signatures=[])  # fmt: skip
    assert named.deputy_of == "dee"


def test_it_tells_strangers_from_those_who_come_second() -> None:
    stranger = may_sign("pm", person="ana", roles=(), deputies=[], signatures=[])
    second = may_sign("dm", person="pam", roles=BOTH, deputies=[], signatures=[signed("pm", "pam")])
    assert (stranger.is_entitled, second.is_entitled) == (False, True)


PEOPLE = st.sampled_from(["ana", "ben", "dee", "eve", "pam"])
PARTS = st.sampled_from(["pm", "dm"])
ROLES = st.dictionaries(PEOPLE, st.frozensets(PARTS))
DEPUTIES = st.lists(st.builds(DeputyFacts, PARTS, PEOPLE, PEOPLE), max_size=6)


@given(roles=ROLES, deputies=DEPUTIES, turns=st.lists(st.tuples(PARTS, PEOPLE), max_size=10))
def test_however_they_sign_nobody_stands_behind_both_parts(
    roles: dict[str, frozenset[str]],
    deputies: list[DeputyFacts],
    turns: list[tuple[str, str]],
) -> None:
    stand: dict[str, Signature] = {}
    for part, person in turns:
        may = may_sign(part, person=person, roles=roles.get(person, ()), deputies=deputies,
                       signatures=stand.values())  # fmt: skip
        if may and part not in stand:
            stand[part] = signed(part, person, may.deputy_of)
    if len(stand) == 2:
        assert not stand["pm"].behind & stand["dm"].behind
    for one in stand.values():
        holds = one.part in roles.get(one.person, ())
        assert holds or DeputyFacts(one.part, one.person, one.deputy_of) in deputies


GO = [signed("pm", "pam"), signed("dm", "dee")]
MIXED = [signed("pm", "pam"), signed("dm", "dee", call="no-go")]


@pytest.mark.parametrize(
    ("findings", "waivers", "signatures", "has_begun", "word"),
    [
        ([], [], [], False, "open"),
        ([], [], GO[:1], False, "open"),
        ([], [], GO, False, "go"),
        ([], [], MIXED, False, "no-go"),
        ([], [], MIXED[1:], False, "no-go"),
        ([RED], [], GO, False, "open"),
        ([RED], [COVERS], GO, False, "go"),
        ([RED], [COVERS], GO[1:], False, "open"),
        ([RED], [], GO, True, "go"),
        ([RED], [], MIXED, True, "no-go"),
        ([RED], [], [], True, "open"),
    ],
)  # fmt: skip
def test_what_it_comes_to(
    findings: list[Finding],
    waivers: list[WaiverFacts],
    signatures: list[Signature],
    has_begun: bool,
    word: str,
) -> None:
    found = verdict(findings=findings, waivers=waivers, signatures=signatures, has_begun=has_begun)
    assert found.word == word
    parts = {one.part for one in signatures}
    assert set(found.missing) == {"pm", "dm"} - parts


@given(
    calls=st.dictionaries(PARTS, st.sampled_from(["go", "no-go"])),
    is_red=st.booleans(), is_waived=st.booleans(), has_begun=st.booleans(),
)  # fmt: skip
def test_a_go_has_two_signatures_no_objection_and_nothing_uncovered(
    calls: dict[str, str], is_red: bool, is_waived: bool, has_begun: bool
) -> None:
    found = verdict(
        findings=[RED] if is_red else [], waivers=[COVERS] if is_waived else [],
        signatures=[signed(part, part, call=call) for part, call in calls.items()],
        has_begun=has_begun,
    )  # fmt: skip
    is_clear = has_begun or not is_red or is_waived
    assert (found.word == "go") is (calls == {"pm": "go", "dm": "go"} and is_clear)
    assert (found.word == "no-go") is ("no-go" in calls.values())
