"""An import in a browser: a file dropped, looked at, mended, explained, taken over, undone."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.rollouts.models import GoLive, ImportDraft, ScheduleChange
from tests import build
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import Scene, make_scene
from tests.browser.test_schedule import coming

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
WIDTHS = [1440, 360]
DROP = """
(zone, text) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "plan.csv", {type: "text/csv"}));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
  }
}
"""


def file(text: str, name: str = "plan.csv") -> Any:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def check(page: Page) -> None:
    """No violation, and nothing wider than the screen."""
    check_axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide}"


def look_at(page: Page, text: str) -> None:
    page.get_by_label("File", exact=True).set_input_files(file(text))
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/schedule/import/*/")


def plan(scene: Scene) -> tuple[list[GoLive], str]:
    """Two go-lives that come, and a file that moves the first to the week after and adds one."""
    rows = coming(scene)
    build.site("803", "Site 803")
    later = rows[0].planned_on + timedelta(weeks=1)
    return rows, f"site,planned_on\n801,{later}\n803,{later}\n"


def test_a_dropped_file_is_looked_at_taken_over_and_undone(open_as: Open) -> None:
    scene = make_scene()
    (first, _), text = plan(scene)
    page = open_as(scene.people["pam"], "/schedule/")
    page.get_by_role("link", name="Import").click()
    page.wait_for_load_state()
    page.locator("[data-drop-zone]").evaluate(DROP, text)
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/schedule/import/*/")
    expect(page.locator("#diff-head")).to_be_visible()
    page.get_by_role("link", name="Moved").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Import all of it").click()
    expect(page.locator(".errors")).to_be_focused()
    check(page)
    page.get_by_label("Reason").fill("The plan of autumn")
    page.get_by_role("button", name="Import all of it").click()
    expect(page.get_by_role("heading", name="It is imported")).to_be_visible()
    check(page)
    change = ScheduleChange.objects.get(kind="move")
    assert (change.reason, change.decided_by) == ("The plan of autumn", "Pam Price")
    page.locator("#main").get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="The import is undone")).to_be_visible()
    check(page)
    moved = GoLive.objects.get(pk=first.pk)
    assert moved.planned_on == first.planned_on


@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_is_fit_to_be_seen(open_as: Open, width: int) -> None:
    scene = make_scene()
    (first, _), text = plan(scene)
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}}
    page = open_as(scene.people["pam"], "/schedule/import/", **options)
    check(page)
    for content in (text, "site,planned_on\n801,2022-02-30\n80I,3/4/2022\n", "Sta3n,When\n801,x\n",
                    f"site,planned_on\n801,{first.planned_on}\n"):  # fmt: skip
        page.goto("/schedule/import/")
        look_at(page, content)
        check(page)
    page.get_by_text("Columns").click()
    check(page)
    page.goto("/schedule/import/")
    page.get_by_label("What the file holds").select_option("sites")
    look_at(page, "number,name,opening_hours\n801,Another name,mon-fri 08:00-16:00\n")
    check(page)


def test_what_takes_long_says_so(open_as: Open) -> None:
    scene = make_scene()
    page = open_as(scene.people["pam"], "/schedule/import/")
    form = page.locator("form[data-busy]")
    form.evaluate("one => one.addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("status").get_by_text("Reading the file…")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Reading the file…")).to_be_visible()
    expect(page.get_by_role("button", name="Look at it")).to_be_disabled()
    check(page)


def test_headers_are_explained_by_keyboard_and_remembered(open_as: Open) -> None:
    scene = make_scene()
    plan(scene)
    page = open_as(scene.people["dee"], "/schedule/import/")
    look_at(page, "Sta3n,When\n801,2030-01-07\n")
    page.get_by_role("link", name="Say what the columns are").press("Enter")
    page.get_by_label("“Sta3n”").select_option("site")
    page.get_by_label("“When”").select_option("planned_on")
    page.get_by_role("button", name="Read it so").press("Enter")
    expect(page.locator("#diff-head")).to_be_visible()
    page.get_by_role("link", name="Another file").press("Enter")
    look_at(page, "Sta3n,When\n802,2030-01-07\n")
    expect(page.locator("#diff-head")).to_be_visible()


def test_what_to_mend_is_downloaded_and_a_bad_file_refused_where_it_was_chosen(
    open_as: Open,
) -> None:
    scene = make_scene()
    plan(scene)
    page = open_as(scene.people["pam"], "/schedule/import/")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "x.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04 nothing"}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".errors")).to_contain_text("cannot be read as XLSX")
    assert not ImportDraft.objects.exists()
    look_at(page, "site,planned_on\n801,2022-02-30\n")
    with page.expect_download() as started:
        page.get_by_role("link", name="As CSV").click()
    assert "no such day" in started.value.path().read_text(encoding="utf-8")
