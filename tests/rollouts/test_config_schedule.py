"""programme.yaml: products, sites, waves, go_lives, also from CSV files."""

from datetime import date
from pathlib import Path

import pytest

from apps.rollouts.models import GoLive, Product, ScheduleChange, Site, Wave
from tests.rollouts.files import GO_LIVE, HEAD, PRODUCT, SITE, SITES, WAVES, WHOLE, apply, refused

pytestmark = pytest.mark.django_db
WAVE = "{number: 7, starts_on: 2022-06-13}"
TABLES = f"{HEAD}{PRODUCT}{WAVES}sites: {{file: sites.csv}}\ngo_lives: {{file: schedule.csv}}\n"
SITES_CSV = """\
number,name,parent,region,state,time_zone,opening_hours,test
442GC,"Fort Collins, VA Clinic",442,VISN 19,CO,America/Denver,mon-fri 08:00-16:30; sat closed,
442,Cheyenne,,VISN 19,WY,America/Denver,,true
"""
SCHEDULE_CSV = """\
site,product,wave,planned_on,scope
442,app,7,2022-06-13,two clinics
442GC,app,,2022-06-20,
"""


Tables = dict[str, str | bytes]


def tables(sites: str = SITES_CSV, schedule: str = SCHEDULE_CSV) -> Tables:
    return {"sites.csv": sites, "schedule.csv": schedule}


def test_it_makes_products_sites_waves_and_go_lives(tmp_path: Path) -> None:
    assert apply(tmp_path, WHOLE) == [
        "+ programme p", "+ product app", "+ site 442 Cheyenne", "+ wave 7", "+ go-live 442 app",
    ]  # fmt: skip
    row = GoLive.objects.select_related("site", "product", "wave").get()
    assert (row.site.number, row.product.key, row.planned_on) == ("442", "app", date(2022, 6, 13))
    assert row.wave == Wave.objects.get()
    change = ScheduleChange.objects.get()
    assert (change.kind, change.reason, change.decided_by) == (
        "plan", "applied from the file of p", "adi",
    )  # fmt: skip


def test_it_reads_tables_beside_the_file(tmp_path: Path) -> None:
    apply(tmp_path, TABLES, tables=tables())
    child = Site.objects.select_related("parent").get(number="442GC")
    assert child.parent is not None
    assert (child.name, child.parent.number, child.is_test) == (
        "Fort Collins, VA Clinic", "442", False,
    )  # fmt: skip
    assert child.opening_hours == {"mon-fri": "08:00-16:30", "sat": "closed"}
    assert Site.objects.get(number="442").is_test
    scopes = dict(GoLive.objects.values_list("site__number", "scope"))
    assert scopes == {"442": "two clinics", "442GC": ""}


def test_it_takes_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    windows = {
        name: b"\xef\xbb\xbf" + table.encode().replace(b"\n", b"\r\n")
        for name, table in (("sites.csv", SITES_CSV), ("schedule.csv", SCHEDULE_CSV))
    }
    apply(tmp_path, TABLES, tables={**windows})
    assert GoLive.objects.count() == 2


def test_it_changes_nothing_the_second_time(tmp_path: Path) -> None:
    apply(tmp_path, TABLES, tables=tables())
    assert apply(tmp_path, TABLES) == []
    assert ScheduleChange.objects.count() == 1


def test_it_moves_a_go_live_for_the_reason_given(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    moved = WHOLE.replace("planned_on: 2022-06-13", "planned_on: 2022-06-27")
    assert apply(tmp_path, moved, reason="no training yet") == [
        "~ go-live 442 app: planned_on '2022-06-13' → '2022-06-27'"
    ]
    change = ScheduleChange.objects.get(kind="move")
    assert (change.reason, change.items.get().to_on) == ("no training yet", date(2022, 6, 27))


def test_it_shows_a_change_of_wave_and_scope(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    changed = WHOLE.replace("wave: 7, planned", "wave: null, scope: one clinic, planned")
    assert apply(tmp_path, changed) == [
        "~ go-live 442 app: wave 7 → nothing, scope nothing → 'one clinic'"
    ]
    change = ScheduleChange.objects.get(kind="move")
    item = change.items.get()
    assert (item.to_on, item.from_wave, item.to_wave, item.from_scope, item.to_scope) == (
        None, Wave.objects.get(), None, "", "one clinic",
    )  # fmt: skip
    row = GoLive.objects.with_facts().get()
    assert (row.planned_on, row.scope, row.version) == (date(2022, 6, 13), "one clinic", 2)
    assert apply(tmp_path, changed) == []


def test_what_a_file_says_nothing_of_stays(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE.replace("wave: 7, planned", "wave: 7, scope: one clinic, planned"))
    silent = WHOLE.replace("wave: 7, planned", "planned")
    assert apply(tmp_path, silent) == []
    assert apply(tmp_path, silent.replace("planned_on: 2022-06-13", "planned_on: 2022-06-20")) == [
        "~ go-live 442 app: planned_on '2022-06-13' → '2022-06-20'"
    ]
    row = GoLive.objects.select_related("wave").get()
    assert row.wave is not None
    assert (row.wave.number, row.scope) == (7, "one clinic")
    assert apply(tmp_path, WHOLE.replace("wave: 7, planned", 'scope: "", planned')) != []
    assert GoLive.objects.get().scope == ""


def test_it_shows_a_change_of_a_site_and_a_product(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    changed = WHOLE.replace("America/Denver", "America/Boise").replace("App}", "App, queue: Q}")
    assert apply(tmp_path, changed) == [
        "~ product app: queue_name nothing → 'Q'",
        "~ site 442 Cheyenne: time_zone 'America/Denver' → 'America/Boise'",
    ]


def test_it_removes_nothing_that_left_the_file(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    assert apply(tmp_path, HEAD) == []
    assert apply(tmp_path, f"{HEAD}products: []\nsites: []\nwaves: []\ngo_lives: []\n") == []
    assert GoLive.objects.count() == Product.objects.count() == 1


def test_it_says_that_a_cancelled_go_live_stays_so(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    GoLive.objects.update(status="cancelled")
    assert apply(tmp_path, WHOLE.replace("2022-06-13}", "2022-06-27}")) == [
        "~ wave 7: starts_on '2022-06-13' → '2022-06-27'"
    ]
    assert GoLive.objects.get().planned_on == date(2022, 6, 13)


def site(**values: str) -> str:
    known = {"number": '"442"', "name": "Cheyenne", "time_zone": "UTC"} | values
    return HEAD + f"sites: [{{{', '.join(f'{key}: {one}' for key, one in known.items())}}}]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (site(time_zone="America/Cheyenne"), "sites.time_zone: 'America/Cheyenne' is not a time"),
        (site(parent='"442"'), "sites.parent: a site is not its own parent"),
        (site(parent='"9"'), "sites.parent: no site '9'"),
        (site(number='"442.0"'), "'442.0' is a number that a spreadsheet made, not a site number"),
        (site(number='"4.42E+03"'), "is a number that a spreadsheet made, not a site number"),
        (site(number='"٤٤٢"'), "sites.number: '٤٤٢' is no site number here"),
        (site(number='"4 42"'), "sites.number: '4 42' is no site number here"),
        (site(number="0442"), "0442 may be read as another number"),
        (site(number="442E1"), "442E1 may be read as another number"),
        (site(opening_hours="{mon-fri: all day}"), "sites.opening_hours:"),
        (site(opening_hours='{moonday: "08:00-16:30"}'), "is not a weekday"),
        (site(test="perhaps"), "sites.test:"),
        (HEAD + f"sites: [{SITE}, {SITE}]\n", "442 stands here a second time (first as entry 1)"),
        (HEAD + "products: [{key: a, name: A}, {key: a, name: B}]\n", "a stands here a second"),
        (HEAD + "waves: [{number: 1, starts_on: 2022-02-30}]\n", "2022-02-30 is not a day"),
        (HEAD + "waves: [{number: -1, starts_on: 2022-02-03}]\n", "waves.number:"),
        (HEAD + f"waves: [{WAVE}, {WAVE}]\n", "7 stands here a second time"),
        (HEAD + f"{PRODUCT}{WAVES}go_lives: [{GO_LIVE}]\n", "go_lives.site: no site '442'"),
        (HEAD + f"{SITES}{WAVES}go_lives: [{GO_LIVE}]\n", "go_lives.product: no product 'app'"),
        (HEAD + f"{PRODUCT}{SITES}go_lives: [{GO_LIVE}]\n", "go_lives.wave: no wave 7"),
        (WHOLE.replace(GO_LIVE, f"{GO_LIVE}, {GO_LIVE}"), "442 app stands here a second time"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_writes_nothing(tmp_path: Path, text: str, words: str) -> None:
    said = refused(tmp_path, text)
    assert any(words in line for line in said), said
    assert all(line.startswith("p.yaml:") for line in said)
    assert Site.objects.count() == GoLive.objects.count() == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("WY,America/Denver", "WY,America/Denvr", "sites.csv:3: sites.time_zone: 'America/Denvr'"),
        ('442GC,"Fort', '442,"Fort', "sites.csv:3: sites.number: 442 stands here a second time"),
        ('442GC,"Fort', '442gc$,"Fort', "sites.csv:2: sites.number: '442gc$' is no site"),
        (",442,VISN", ",999,VISN", "sites.csv:2: sites.parent: no site '999'"),
        ("Cheyenne,,", "Cheyenne,", "sites.csv:3: 7 cells where the first line has 8"),
        ("number,name", "nummer,name", "unknown key 'nummer'; did you mean 'number'?"),
        ("08:00-16:30", "08:00", "sites.csv:2: sites.opening_hours:"),
    ],
)
def test_it_says_the_line_and_column_of_a_table_of_sites(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    said = refused(tmp_path, TABLES, tables(sites=SITES_CSV.replace(old, new)))
    assert any(words in line for line in said), said
    assert Site.objects.count() == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2022-06-13", "2022-02-30", "schedule.csv:2: go_lives.planned_on: 2022-02-30 is not a"),
        ("2022-06-13", "13.06.2022", "schedule.csv:2: go_lives.planned_on: '13.06.2022' is not a"),
        ("442GC", "444", "schedule.csv:3: go_lives.site: no site '444'"),
        ("app,7", "apps,7", "schedule.csv:2: go_lives.product: no product 'apps'"),
        ("app,7", "app,8", "schedule.csv:2: go_lives.wave: no wave 8"),
        ("app,7", "app,seven", "schedule.csv:2: go_lives.wave:"),
        ("442GC,app,", "442,app,", "schedule.csv:3: go_lives.site: 442 app stands here a second"),
    ],
)
def test_it_says_the_line_and_column_of_a_schedule(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    said = refused(tmp_path, TABLES, tables(schedule=SCHEDULE_CSV.replace(old, new)))
    assert any(words in line for line in said), said
    assert Site.objects.count() == GoLive.objects.count() == 0


def test_it_says_everything_that_is_wrong_at_once(tmp_path: Path) -> None:
    both = SCHEDULE_CSV.replace("app,7", "apps,7").replace("442GC", "444")
    assert len(refused(tmp_path, TABLES, tables(schedule=both))) == 2


def test_new_numbers_look_as_the_programme_says_and_old_ones_stay(tmp_path: Path) -> None:
    own = HEAD.replace("time_zone: UTC", "time_zone: UTC, site_number_pattern: '[0-9]{3}'")
    apply(tmp_path, HEAD + SITES.replace("442", "442GC"))
    text = own + SITES.replace("442", "442GC").replace("]\n", f", {SITE.replace('442', '44')}]\n")
    (said,) = refused(tmp_path, text)
    assert "'44' is no site number here: it looks like [0-9]{3}" in said


def test_it_refuses_sites_that_stand_above_each_other(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    circle = HEAD + (
        'sites: [{number: "442", name: A, time_zone: UTC, parent: "443"},'
        ' {number: "443", name: B, time_zone: UTC, parent: "442"}]\n'
    )
    told = refused(tmp_path, circle)
    assert "sites.parent: a site is not its own parent" in str(told)
    assert not Site.objects.filter(number="443").exists()
    apply(tmp_path, circle.replace(', parent: "443"', ""))
    through_one_that_stands = HEAD + (
        'sites: [{number: "442", name: A, time_zone: UTC, parent: "443"}]\n'
    )
    assert "a site is not its own parent" in str(refused(tmp_path, through_one_that_stands))


def test_tables_may_come_from_any_spreadsheet(tmp_path: Path) -> None:
    semicolons = SITES_CSV.replace(";", "|").replace(", VA", " VA").replace(",", ";")
    content = semicolons.replace("|", ",").replace("mon-fri 08:00-16:30, sat closed", "")
    tabs = SCHEDULE_CSV.replace(",", "\t")
    apply(
        tmp_path, TABLES,
        tables={"sites.csv": content.encode("utf-16"), "schedule.csv": tabs.encode("utf-8-sig")},
    )  # fmt: skip
    assert GoLive.objects.count() == Site.objects.count() == 2
