"""Who takes turns is put in order: by buttons, by hand, with dates, as text, without scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.oncall.models import Participant, Rota
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.test_oncall import begin, fits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]


def opened(open_as: Open, width: int = 1440) -> tuple[Page, Locator]:
    """The form of the rota, and the list of its primaries."""
    dee, rota = begin().people["dee"], Rota.objects.get()
    size = {"width": width, "height": 800}
    page = open_as(dee, f"/oncall/rotas/{rota.pk}/edit/", viewport=size)
    return page, page.get_by_role("list", name="Primary, in the order of turns")


def named(people: Locator) -> list[str]:
    return people.locator("b").all_text_contents()


@pytest.mark.parametrize("width", [1440, 360])
def test_people_are_put_in_order_by_keyboard_alone(open_as: Open, width: int) -> None:
    page, people = opened(open_as, width)
    fits(page)
    assert named(people) == ["Ana Ortiz", "Ben Boyd"]
    add = page.locator(".field-duty-primary").get_by_label("Add")
    add.select_option("Dee Dunn")
    expect(page.get_by_role("status").filter(has_text="Dee Dunn is added")).to_have_count(1)
    people.get_by_role("button", name="Move Dee Dunn up").focus()
    page.keyboard.press("Enter")
    expect(people.get_by_role("button", name="Move Dee Dunn up")).to_be_focused()
    page.keyboard.press("Enter")
    assert named(people) == ["Dee Dunn", "Ana Ortiz", "Ben Boyd"]
    page.keyboard.press("Enter")  # there is no higher place
    assert named(people) == ["Dee Dunn", "Ana Ortiz", "Ben Boyd"]
    people.get_by_role("button", name="Take Ana Ortiz off").focus()
    page.keyboard.press("Enter")
    expect(people.get_by_role("button", name="Take Ben Boyd off")).to_be_focused()
    people.get_by_role("button", name="Dates of Ben Boyd").press("Enter")
    expect(people.locator("input:visible")).to_have_count(2)
    expect(people.locator("input:visible").first).to_be_focused()
    people.locator("input:visible").last.fill("2022-08-22")
    fits(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#preview-head")).to_be_visible()
    page.get_by_role("button", name="Save the rota").click()
    expect(page.locator("[data-toast]")).to_contain_text("is saved")
    places = Participant.objects.filter(version=Rota.objects.get().newest(), duty="primary")
    told = [(one.person.username, str(one.ends_on or "")) for one in places.order_by("position")]
    assert told == [("dee", ""), ("ben", "2022-08-22")]


def test_people_are_dragged(open_as: Open) -> None:
    page, people = opened(open_as)
    grip, last = people.locator(".grip").first, people.locator("li").last
    grip.drag_to(last, target_position={"x": 8, "y": 26})
    expect(people.locator("b").first).to_have_text("Ben Boyd")
    assert page.locator("#id_duty-primary").input_value() == "Ben Boyd\nAna Ortiz"


def test_the_text_and_the_list_say_the_same(open_as: Open) -> None:
    page, people = opened(open_as)
    page.get_by_text("As text").first.click()
    page.get_by_label("Primary", exact=True).fill("Zoe\nBen Boyd from 2022-07-04")
    expect(people.locator("li")).to_have_count(2)
    expect(people.locator("li").first).to_contain_text("not found by this name")
    expect(people.get_by_label("From").last).to_have_value("2022-07-04")
    check_axe(page)
    people.get_by_role("button", name="Take Zoe off").click()
    expect(page.get_by_label("Primary", exact=True)).to_have_value("Ben Boyd from 2022-07-04")
    people.get_by_role("button", name="Take Ben Boyd off").click()
    expect(page.locator(".field-duty-primary").get_by_text("Nobody yet")).to_be_visible()
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.locator(".errors")).to_contain_text("Name somebody to take turns.")
    expect(page.get_by_label("Primary", exact=True)).to_be_visible()  # refused: the text is open


def test_the_text_is_there_without_scripts(open_as: Open) -> None:
    dee, rota = begin().people["dee"], Rota.objects.get()
    page = open_as(dee, f"/oncall/rotas/{rota.pk}/edit/", java_script_enabled=False)
    expect(page.get_by_label("Primary", exact=True)).to_have_value("Ana Ortiz\nBen Boyd")
