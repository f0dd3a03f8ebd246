"""POST, PATCH and DELETE of programmes, products, sites, waves, go-lives."""

from datetime import date
from typing import Any

import pytest

from apps.ledger.models import Change
from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Product, Programme, ScheduleChange, Site, Wave
from tests import build
from tests.api import As

pytestmark = pytest.mark.django_db
MONDAY = date(2030, 6, 10)
NEW: dict[str, dict[str, Any]] = {
    "programmes/": {
        "key": "q", "name": "Second", "first_week": "2030-05-06", "last_week": "2030-08-26",
        "time_zone": "America/New_York",
        "phases": [{"key": "go_live_week", "label": "Hypercare", "where_to_ask": "the hall"}],
        "labels": {"site": "Branch"}, "holidays": [{"on": "2030-07-04", "name": "Independence"}],
        "blackouts": [{"start": "2030-12-20", "end": "2031-01-02"}],
    },
    "products/": {"programme": "p", "key": "vse", "name": "VSE-CS", "queue": "Scheduling Support"},
    "sites/": {
        "number": "442GC", "name": "Fort Collins", "parent": "442", "region": "VISN 19",
        "state": "CO", "time_zone": "America/Denver", "opening_hours": {"mon-fri": "08:00-16:30"},
        "latitude": 40.5, "longitude": -105.0, "test": False,
    },
    "waves/": {"programme": "p", "number": 3, "name": "VISN 19", "starts_on": "2030-06-10"},
    "go-lives/": {
        "programme": "p", "site": "442", "product": "echeckin", "wave": 1,
        "planned_on": "2030-06-10", "scope": "two clinics", "reason": "as agreed in May",
        "decided_by": "Dee Dunn",
    },
}  # fmt: skip
WHY = {"reason": "a training slot", "decided_by": "Dee Dunn"}
NO_FIELDS = {"reason", "decided_by"}
EDITS: dict[str, dict[str, Any]] = {
    "programmes/p/": {"name": "Check-in 2030", "pace": 9},
    "products/{product}/": {"name": "Check-in", "queue": "Queue"},
    "sites/442/": {"name": "Cheyenne", "time_zone": "America/Boise"},
    "waves/{wave}/": {"name": "VISN 20", "starts_on": "2030-06-17"},
    "go-lives/{go_live}/": {"wave": None, "reason": "a training slot", "decided_by": "Dee Dunn"},
}


@pytest.fixture
def programme() -> Programme:
    return build.programme(key="p", first_week=date(2030, 5, 6), last_week=date(2030, 8, 26))


@pytest.fixture
def product(programme: Programme) -> Product:
    build.site("442", "Cheyenne VA Medical Center")
    build.wave(programme, 1, MONDAY)
    return build.product(programme)


@pytest.fixture
def row(product: Product) -> GoLive:
    wave = build.wave(product.programme, 1)
    return build.go_live(build.site("442"), product, MONDAY, wave=wave)


@pytest.fixture
def pam(product: Product) -> As:
    return As(build.person("pam", product.programme))


@pytest.fixture
def adi() -> As:
    return As(build.person("adi"))


def path_of(path: str, row: GoLive) -> str:
    return path.format(product=row.product_id, wave=row.wave_id, go_live=row.pk)


def entries() -> list[Change]:
    """The ledger, but for the tokens this test asks with."""
    return list(Change.objects.exclude(subject="token").order_by("pk"))


def told() -> list[tuple[str, str]]:
    return [(one.type, one.subject_key) for one in entries()]


@pytest.mark.parametrize("path", NEW)
def test_it_makes_one(product: Product, adi: As, path: str) -> None:
    answer = adi.post(path, NEW[path])
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    wanted = {name: value for name, value in NEW[path].items() if name not in NO_FIELDS}
    if path == "programmes/":
        wanted["blackouts"] = [{**wanted["blackouts"][0], "reason": ""}]
    assert {name: shown[name] for name in wanted} == wanted
    assert (shown["version"], answer["ETag"]) == (1, '"1"')
    key = shown["key"] if path == "programmes/" else shown.get("number") or shown.get("id")
    assert adi.get(f"{path}{key if path != 'waves/' else shown['id']}/").json() == shown
    assert len(told()) == 1


def test_it_tells_each_new_one_by_the_same_words_as_a_file_does(product: Product, adi: As) -> None:
    for path, body in NEW.items():
        assert adi.post(path, body).status_code == 201
    assert told() == [
        ("programme.added", "q"), ("product.added", "vse"), ("site.added", "442GC"),
        ("wave.added", "3"), ("go_live.planned", "442 echeckin"),
    ]  # fmt: skip
    assert {one.origin for one in entries()} == {"api"}


@pytest.mark.parametrize("path", [path for path in NEW if path != "programmes/"])
def test_it_makes_one_for_a_key_once(product: Product, pam: As, path: str) -> None:
    first, second = (pam.post(path, NEW[path], **{"Idempotency-Key": "k1"}) for _ in "ab")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert len(told()) == 1


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [("programmes/", 400, "key"), ("products/", 400, "key"), ("sites/", 400, "number"),
     ("waves/", 400, "number"), ("go-lives/", 409, "site")],
)  # fmt: skip
def test_it_makes_no_second_one(
    product: Product, adi: As, path: str, status: int, field: str
) -> None:
    assert adi.post(path, NEW[path]).status_code == 201
    answer = adi.post(path, NEW[path])
    assert (answer.status_code, list(answer.json()["errors"])) == (status, [field])
    assert len(told()) == 1


@pytest.mark.parametrize("path", EDITS)
def test_it_changes_one(row: GoLive, pam: As, path: str) -> None:
    url = path_of(path, row)
    before = pam.get(url).json()
    answer = pam.patch(url, EDITS[path] | {"version": 1})
    assert answer.status_code == 200, answer.content
    shown = {name: value for name, value in EDITS[path].items() if name not in WHY}
    assert answer.json() == before | shown | {"version": 2}
    assert answer["ETag"] == '"2"'
    assert pam.get(url).json() == answer.json()
    (change,) = entries()
    assert (change.verb, change.origin, change.actor) == ("changed", "api", "pam")


@pytest.mark.parametrize("path", EDITS)
def test_it_writes_nothing_when_all_stands_so(row: GoLive, pam: As, path: str) -> None:
    url = path_of(path, row)
    pam.patch(url, EDITS[path])
    again = pam.patch(url, EDITS[path])
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert pam.patch(url, {}).json()["version"] == 2
    assert len(told()) == 1


@pytest.mark.parametrize("path", EDITS)
def test_it_overwrites_nothing_that_was_not_seen(row: GoLive, pam: As, path: str) -> None:
    url = path_of(path, row)
    fresh = pam.patch(url, EDITS[path]).json()
    by_body = pam.patch(url, EDITS[path] | {"version": 1})
    by_header = pam.patch(url, EDITS[path], **{"If-Match": '"1"'})
    assert (by_body.status_code, by_header.status_code) == (409, 412)
    assert by_body.json()["current"] == by_header.json()["current"] == fresh
    assert (by_body["ETag"], by_header["ETag"]) == ('"2"', '"2"')
    assert pam.patch(url, EDITS[path], **{"If-Match": '"2"'}).status_code == 200


@pytest.mark.parametrize("path", EDITS)
def test_it_says_that_it_has_not_changed(row: GoLive, pam: As, path: str) -> None:
    url = path_of(path, row)
    etag = pam.get(url)["ETag"]
    assert pam.get(url, **{"If-None-Match": etag}).status_code == 304
    pam.patch(url, EDITS[path])
    assert pam.get(url, **{"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("who", ["ana", "dev", "vic"])
def test_only_those_who_decide_write(row: GoLive, who: str) -> None:
    asker = As(build.person(who, row.programme))
    for path, body in NEW.items():
        assert asker.post(path, body).status_code == 403
    for path, body in EDITS.items():
        assert asker.patch(path_of(path, row), body).status_code == 403
    for path in ("products/{product}/", "waves/{wave}/"):
        assert asker.delete(path_of(path, row)).status_code == 403
    assert told() == []


def test_a_programme_is_made_by_administrators_alone(product: Product, pam: As) -> None:
    assert pam.post("programmes/", NEW["programmes/"]).status_code == 403
    member = build.person("dee")
    build.member(member, product.programme, "administrator")
    answer = As(member).post("programmes/", NEW["programmes/"])
    assert (answer.status_code, Programme.objects.count()) == (403, 1)


def test_a_role_counts_in_its_own_programme(row: GoLive) -> None:
    ana = build.person("ana", row.programme)
    build.member(ana, build.programme(key="other"), "dm")
    asker = As(ana)
    for path in ("products/", "waves/", "go-lives/"):
        assert asker.post(path, NEW[path]).status_code == 403
    for path, body in EDITS.items():
        assert asker.patch(path_of(path, row), body).status_code == 403


def test_what_one_does_not_see_is_not_there(row: GoLive) -> None:
    stranger = As(build.person("dee", build.programme(key="other")))
    for path, body in EDITS.items():
        wanted = 403 if path == "sites/442/" else 404
        assert stranger.patch(path_of(path, row), body).status_code == wanted
    for path in ("products/", "waves/", "go-lives/"):
        answer = stranger.post(path, NEW[path])
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["programme"])


def test_a_site_of_no_programme_is_kept_by_whoever_decides(product: Product, pam: As) -> None:
    assert pam.patch("sites/442/", {"name": "Cheyenne"}).status_code == 200
    build.go_live(build.site("442"), build.product(build.programme()), MONDAY)
    assert pam.patch("sites/442/", {"name": "Another"}).status_code == 403
    build.go_live(build.site("442"), product, MONDAY)
    assert pam.patch("sites/442/", {"name": "Another"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        ("programmes/", {"time_zone": "Mars/Olympus"}, "time_zone"),
        ("programmes/", {"last_week": "2030-05-01"}, "last_week"),
        ("programmes/", {"pace": 0}, "pace"),
        ("programmes/", {"go_live_days": 0}, "go_live_days"),
        ("programmes/", {"key": "not a key"}, "key"),
        ("programmes/", {"phases": [{"key": "planned", "label": "a"}] * 2}, "phases"),
        ("programmes/", {"phases": [{"key": "party", "label": "Party"}]}, "phases"),
        ("programmes/", {"holidays": [{"on": "2030-02-30"}]}, "holidays"),
        ("programmes/", {"blackouts": [{"start": "2030-02-02", "end": "2030-02-01"}]}, "blackouts"),
        ("programmes/", {"labels": {"site": ["Branch"]}}, "labels"),
        ("programmes/", {"version": 1}, "version"),
        ("products/", {"programme": "none"}, "programme"),
        ("products/", {"name": ""}, "name"),
        ("sites/", {"number": "4 4 2"}, "number"),
        ("sites/", {"number": ""}, "number"),
        ("sites/", {"number": 4420.0}, "number"),
        ("sites/", {"parent": "999"}, "parent"),
        ("sites/", {"opening_hours": {"someday": "08:00-16:30"}}, "opening_hours"),
        ("sites/", {"opening_hours": 8}, "opening_hours"),
        ("sites/", {"latitude": 91}, "latitude"),
        ("sites/", {"longitude": "nan"}, "longitude"),
        ("sites/", {"nmae": "Fort Collins"}, "nmae"),
        ("waves/", {"number": 0}, "number"),
        ("waves/", {"starts_on": "tomorrow"}, "starts_on"),
        ("go-lives/", {"site": "999"}, "site"),
        ("go-lives/", {"product": "none"}, "product"),
        ("go-lives/", {"wave": 99}, "wave"),
        ("go-lives/", {"reason": " "}, "reason"),
        ("go-lives/", {"decided_by": ""}, "decided_by"),
        ("go-lives/", {"planned_on": "9999-12-31"}, "planned_on"),
        ("go-lives/", {"status": "live"}, "status"),
        ("go-lives/", {"actual_on": "2030-06-10"}, "actual_on"),
    ],
)
def test_it_says_which_field_is_wrong(
    product: Product, adi: As, path: str, change: dict[str, Any], field: str
) -> None:
    answer = adi.post(path, NEW[path] | change)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]
    assert told() == []


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [("planned_on", "2030-06-17", "move"), ("status", "paused", "pause"),
     ("actual_on", "2030-06-10", "move"), ("scope", "two clinics", "reduce")],
)  # fmt: skip
def test_dates_status_and_scope_change_by_a_decision_alone(
    row: GoLive, pam: As, field: str, value: str, kind: str
) -> None:
    answer = pam.patch(f"go-lives/{row.pk}/", {field: value})
    (words,) = answer.json()["errors"][field]
    assert answer.status_code == 400
    assert "POST schedule-changes/" in words
    assert kind in words


@pytest.mark.parametrize("field", ["key", "number", "id", "programme", "site"])
def test_what_names_a_thing_stays(row: GoLive, pam: As, field: str) -> None:
    for path in EDITS:
        answer = pam.patch(path_of(path, row), {field: "other"})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_new_go_live_has_its_plan_and_reason(product: Product, pam: As) -> None:
    made = pam.post("go-lives/", NEW["go-lives/"]).json()
    assert made["status"] == "planned"
    (plan,) = pam.get(f"go-lives/{made['id']}/changes/").json()["results"]
    assert (plan["kind"], plan["reason"], plan["decided_by"], plan["made_by"]) == (
        "plan", "as agreed in May", "Dee Dunn", "pam",
    )  # fmt: skip
    row = GoLive.objects.with_facts().get()
    assert row.folded().planned_on == row.planned_on == MONDAY


def test_what_was_cancelled_can_be_planned_anew(row: GoLive, pam: As) -> None:
    change = {"kind": "cancel", "go_lives": [{"id": row.pk}], "reason": "no staff",
              "decided_by": "Dee"}  # fmt: skip
    assert pam.post("schedule-changes/", change).status_code == 201
    assert pam.post("go-lives/", NEW["go-lives/"]).status_code == 201
    assert sorted(GoLive.objects.values_list("status", flat=True)) == ["cancelled", "planned"]


def test_a_roll_back_is_given_up_before_the_next_attempt(row: GoLive, pam: As) -> None:
    build.change(row, "roll-back")  # type: ignore[arg-type]  # its value
    GoLive.objects.update(status=Status.ROLLED_BACK)
    refused = pam.post("go-lives/", NEW["go-lives/"])
    assert refused.json()["detail"] == f"go-live {row.pk} stands for it and was rolled back"
    change = {"kind": "cancel", "go_lives": [{"id": row.pk}], "reason": "a new attempt in June",
              "decided_by": "Dee"}  # fmt: skip
    assert pam.post("schedule-changes/", change).status_code == 201
    assert pam.post("go-lives/", NEW["go-lives/"]).status_code == 201


def test_a_wave_of_another_programme_is_no_wave(row: GoLive, pam: As) -> None:
    build.wave(build.programme(), 7)
    answer = pam.patch(f"go-lives/{row.pk}/", WHY | {"wave": 7})
    assert (answer.status_code, answer.json()["errors"]) == (
        400, {"wave": ["There is no wave 7."]},
    )  # fmt: skip


def test_a_go_live_joins_another_wave_and_keeps_its_date(row: GoLive, pam: As) -> None:
    build.wave(row.programme, 2, date(2030, 6, 17))
    answer = pam.patch(f"go-lives/{row.pk}/", WHY | {"wave": 2}).json()
    assert (answer["wave"], answer["planned_on"], answer["version"]) == (2, "2030-06-10", 2)
    made = ScheduleChange.objects.get(kind="move")
    (change,) = entries()
    assert (change.type, change.subject_key, change.fields) == (
        "go_live.changed", "442 echeckin", {"wave": [1, 2], "change": made.pk, **WHY},
    )  # fmt: skip
    item = made.items.select_related("from_wave", "to_wave").get()
    assert (item.to_on, item.from_wave, item.to_wave) == (
        None, *row.programme.waves.order_by("number"),
    )  # fmt: skip
    assert pam.post(f"schedule-changes/{made.pk}/undo/").status_code == 200
    assert pam.get(f"go-lives/{row.pk}/").json()["wave"] == 1


@pytest.mark.parametrize("missing", ["reason", "decided_by"])
def test_a_wave_without_a_reason_or_who_decided_is_refused(
    row: GoLive, pam: As, missing: str
) -> None:
    body = {name: words for name, words in WHY.items() if name != missing} | {"wave": None}
    for said in (body, body | {missing: " "}):
        answer = pam.patch(f"go-lives/{row.pk}/", said)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [missing])
    assert entries() == []


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.ROLLED_BACK])
def test_what_is_over_joins_no_wave(product: Product, pam: As, status: str) -> None:
    over = build.go_live(build.site("442"), product, MONDAY, status=status)
    assert pam.patch(f"go-lives/{over.pk}/", WHY | {"wave": 1}).status_code == 409


def test_what_has_begun_stays_in_its_wave(product: Product, pam: As) -> None:
    begun = build.go_live(build.site("442"), product, date(2022, 5, 2))
    answer = pam.patch(f"go-lives/{begun.pk}/", WHY | {"wave": 1})
    assert (answer.status_code, answer.json()["detail"]) == (
        409, "it has gone live: its wave is history",
    )  # fmt: skip
    assert entries() == []


def test_a_number_is_one_site_in_any_case(product: Product, pam: As) -> None:
    assert pam.post("sites/", NEW["sites/"]).status_code == 201
    answer = pam.post("sites/", NEW["sites/"] | {"number": "442gc"})
    assert answer.json()["errors"] == {"number": ["there is a site 442GC already"]}
    assert pam.get("sites/442GC/").json()["number"] == "442GC"


@pytest.mark.parametrize(("site", "parent"), [("442", "442"), ("442", "442GC")])
def test_a_site_is_not_above_itself(product: Product, pam: As, site: str, parent: str) -> None:
    build.site("442GC", parent=build.site("442"))
    answer = pam.patch(f"sites/{site}/", {"parent": parent})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["parent"])


def test_a_new_start_of_a_wave_moves_no_go_live(row: GoLive, pam: As) -> None:
    pam.patch(f"waves/{row.wave_id}/", {"starts_on": "2030-06-17"})
    row.refresh_from_db()
    assert (row.planned_on, ScheduleChange.objects.count()) == (MONDAY, 1)


@pytest.mark.parametrize("path", ["products/{product}/", "waves/{wave}/"])
def test_what_is_in_use_stays(row: GoLive, pam: As, path: str) -> None:
    answer = pam.delete(path_of(path, row))
    assert (answer.status_code, answer.json()["detail"]) == (409, "it is in use by go lives")
    assert pam.get(path_of(path, row)).status_code == 200


def test_a_wave_in_the_history_of_the_schedule_stays(row: GoLive, pam: As) -> None:
    later = build.wave(row.programme, 2, date(2030, 6, 17))
    build.change(row, "move", to_on=MONDAY, from_wave=later)  # type: ignore[arg-type]  # its value
    assert pam.delete(f"waves/{later.pk}/").status_code == 409


@pytest.mark.parametrize(("path", "model"), [("products/", Product), ("waves/", Wave)])
def test_what_nothing_uses_goes(product: Product, pam: As, path: str, model: Any) -> None:
    made = pam.post(path, NEW[path]).json()
    pam.patch(f"{path}{made['id']}/", {"name": "Other"})
    stale = pam.delete(f"{path}{made['id']}/", **{"If-Match": '"1"'})
    assert stale.status_code == 412
    assert pam.delete(f"{path}{made['id']}/", **{"If-Match": '"2"'}).status_code == 204
    assert not model.objects.filter(pk=made["id"]).exists()
    assert told()[-1][0].endswith(".deleted")


@pytest.mark.parametrize("path", ["programmes/p/", "sites/442/", "go-lives/{go_live}/"])
def test_history_is_not_deleted(row: GoLive, adi: As, path: str) -> None:
    assert adi.delete(path_of(path, row)).status_code == 405


def test_a_site_in_use_keeps_its_place_in_the_register(row: GoLive) -> None:
    assert Site.objects.get().is_kept_by(build.person("adi"))


# --- numbers of new sites -----------------------------------------------------------------------

SITE = {"name": "Fort Collins", "time_zone": "America/Denver"}


@pytest.mark.parametrize("number", ["442.0", "4.42E+03", "12E+3", "٤٤٢", "442gc", "44", 442.5])
def test_a_number_that_fits_no_programme_in_which_one_decides_is_refused(
    pam: As, number: Any
) -> None:
    own = r"[0-9]{3}[A-Z]*|[0-9.]+|[0-9.E+]+"
    Programme.objects.update(site_number_pattern=own)
    build.programme(key="q", site_number_pattern="[a-z0-9]*")
    Programme.objects.filter(key="p").update(site_number_pattern="[0-9]{3,5}[A-Z]*")
    told = pam.post("sites/", SITE | {"number": number})
    assert told.status_code == 400
    assert "number" in told.json()["errors"]


def test_an_administrator_may_use_the_numbers_of_every_programme(pam: As) -> None:
    Programme.objects.update(site_number_pattern="[0-9]{3}")
    build.programme(key="q", site_number_pattern="B[0-9]{4}")
    adi = As(build.person("adi"))
    assert pam.post("sites/", SITE | {"number": "B1234"}).status_code == 400
    assert adi.post("sites/", SITE | {"number": "B1234"}).status_code == 201
    assert adi.post("sites/", SITE | {"number": "C1234"}).status_code == 400
