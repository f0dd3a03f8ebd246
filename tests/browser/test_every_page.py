"""Every page, light and dark, wide and narrow: axe, console, CSP, headings, weight, scrolling."""

import pytest
from django.core import signing
from playwright.sync_api import Page, ViewportSize, expect

from apps.incidents.models import Incident
from apps.intake.models import Message
from apps.oncall.mine import coming
from apps.oncall.models import CalendarSource, HandOver, HolidayDuty, Rota, ShiftBrief
from apps.paging.links import SALT
from apps.paging.models import ContactMethod
from apps.paging.models import Page as PagingPage
from apps.rollouts.models import ImportDraft, ReadinessItem
from apps.simulator.demo.gate import MARK
from portal.policy import POLICY, PUBLIC
from tests.browser.axe import check_axe
from tests.browser.conftest import Open, Portal
from tests.browser.scene import Scene, full_scene, make_scene
from tests.portal.routes import all_routes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
HEAVIEST = 250_000  # bytes of a first visit, as sent
WIDTHS = [1440, 360]
NO_PAGES = {  # routes that answer with something else than a page
    "healthz", "readyz", "metrics", "duty-strip", "duty-counts", "board-card", "tickets-csv",
    "audit-csv", "fairness-csv", "styleguide", "unlock", "inbox-restore", "schedule-export",
    "schedule-import-errors",
}  # fmt: skip
READERS = {"audit": "adi", "swap-arrange": "pam",
           "rota-edit": "pam", "rota-new": "pam", "layer-new": "pam", "layer-end": "pam",
           "rota-mute": "pam", "calendar-add": "pam", "calendar-file": "pam",
           "calendar-look": "pam", "calendar-remove": "pam", "planner": "pam",
           "schedule-change-page": "pam",
           "schedule-import": "pam", "schedule-import-look": "pam"}  # others: Ana  # fmt: skip
PATHS = {  # pages whose address names something; filled from the scene
    "ticket": "/incidents/{ticket}/",
    "inbox-message": "/inbox/{message}/",
    "inbox-log": "/inbox/{message}/log/",
    "inbox-attach": "/inbox/{message}/attach/",
    "inbox-dismiss": "/inbox/{message}/dismiss/",
    "inbox-ask": "/inbox/{message}/ask/",
    "inbox-reveal": "/inbox/{message}/reveal/",
    "ticket-reply": "/incidents/{ticket}/reply/",
    "channel-bind": "/inbox/channels/{channel}/bind/",
    "work-item-page": "/boards/items/{card}/",
    "site-page": "/sites/636/",
    "site-passport": "/sites/636/passport/",
    "contact-new": "/sites/636/contacts/new/",
    "contact-page": "/sites/636/contacts/{contact}/",
    "wave-page": "/waves/check-in/9/",
    "readiness-column": "/waves/check-in/9/readiness/whitelist/",
    "readiness-item": "/readiness/{item}/",
    "schedule-change-page": "/schedule/change/?go_live={go_live}&weeks=1",
    "schedule-change-go-lives-page": "/schedule/changes/{change}/",
    "schedule-import-look": "/schedule/import/{draft}/",
    "cover-ask": "/oncall/cover/ask/?{shift}",
    "rota-page": "/oncall/rotas/{rota}/",
    "rota-edit": "/oncall/rotas/{rota}/edit/",
    "layer-new": "/oncall/rotas/{rota}/layers/new/",
    "layer-end": "/oncall/rotas/{rota}/layers/end/?layer=command",
    "calendar-add": "/oncall/rotas/{rota}/calendars/new/",
    "calendar-page": "/oncall/calendars/{calendar}/",
    "calendar-file": "/oncall/calendars/{calendar}/file/",
    "calendar-look": "/oncall/calendars/{calendar}/look/",
    "calendar-remove": "/oncall/calendars/{calendar}/remove/",
    "shift-hand-over": "/oncall/hand-overs/{hand_over}/",
    "holiday-duty-page": "/oncall/holidays/{holiday}/",
    "rota-mute": "/oncall/rotas/{rota}/mute/",
    "shift-brief": "/oncall/briefs/{brief}/",
    "swap-ask": "/oncall/swap/ask/?{shift}",
    "swap-arrange": "/oncall/swap/arrange/?{shift}",
    "override-page": "/oncall/override/?{shift}",
    "my-way-remove": "/paging/mine/{way}/remove/",
    "page-link": "/paging/link/{link}/",
    "planner": "/schedule/plan/?pace=2&first_week=2030-01-01&group_by=region",
}


def page_routes() -> list[str]:
    """Names of every route that answers GET with a page."""
    return sorted(
        route.name
        for route in all_routes()
        if not route.is_api and route.name in POLICY and "GET" in POLICY[route.name]
        and route.name not in NO_PAGES
    )  # fmt: skip


def path_of(name: str, scene: Scene) -> str:
    route = next(one for one in all_routes() if one.name == name)
    message = Message.objects.inbox().order_by("source_at").first()
    ticket = Incident.objects.order_by("id").first()
    card = scene.programme.work_items.order_by("id").first()
    assert message is not None
    assert ticket is not None
    go_live = scene.programme.go_lives.order_by("id").first()
    item = ReadinessItem.objects.order_by("id").first()
    assert item is not None
    assert card is not None
    assert go_live is not None
    draft = ImportDraft.objects.order_by("id").first()
    assert draft is not None
    paged = PagingPage.objects.order_by("id").first()
    assert paged is not None
    link = signing.dumps({"page": str(paged.key), "by": "ana"}, salt=SALT)
    facts = {"link": link, "message": message.pk, "ticket": ticket.number, "card": card.key,
             "channel": message.channel_id, "go_live": go_live.pk, "draft": draft.pk,
             "item": item.pk, "change": scene.programme.schedule_changes.latest("pk").pk,
             "shift": shift_of(scene), "rota": Rota.objects.get().pk,
             "calendar": CalendarSource.objects.get().pk,
             "hand_over": HandOver.objects.earliest("pk").pk,
             "holiday": HolidayDuty.objects.get().pk,
             "brief": ShiftBrief.objects.earliest("pk").pk,
             "way": ContactMethod.objects.get().pk,
             "contact": scene.programme.contacts.get().pk}  # fmt: skip
    return PATHS.get(name, route.path).format(**facts)


def shift_of(scene: Scene) -> str:
    """What the forms of on-call are about: Ana's next shift."""
    [rota] = Rota.objects.with_facts()
    stint = next(one for one in coming(rota, scene.now) if one.person_key == "ana")
    return f"rota={rota.pk}&duty={stint.duty}&slot={stint.slot}"


def check_page(page: Page) -> None:
    """What holds for every page in every state."""
    check_axe(page)
    assert page.locator("h1").count() == 1
    assert page.title().endswith("Rollcall")
    width = page.viewport_size["width"]  # type: ignore[index]  # there is one
    assert wide(page) <= width, f"{page.url} scrolls sideways: {wide(page)}"


def wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def size(width: int) -> ViewportSize:
    return {"width": width, "height": 800}


def test_every_page_is_known_here() -> None:
    named = {name for name in PATHS if name not in page_routes()}
    assert named - {"inbox-log", "inbox-reveal", "channel-bind", "ticket-reply"} == set()


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("width", [1440, 360])
def test_every_page_in_every_mode(open_as: Open, width: int, half: int) -> None:
    """Each page is loaded once in each width."""
    scene = full_scene()
    people = {name: scene.people[name] for name in {"ana", *READERS.values()}}
    at = {key: open_as(one, "/account/", viewport=size(width)) for key, one in people.items()}
    for name in seen_pages()[half::2]:
        page = at[READERS.get(name, "ana")]
        page.goto(path_of(name, scene))
        check_page(page)
        if width == 360:
            page.set_viewport_size(size(320))
            assert wide(page) <= 320, f"{name} scrolls sideways: {wide(page)}"
            page.set_viewport_size(size(width))


def seen_pages() -> list[str]:
    """The pages of people who are signed in."""
    return [name for name in page_routes() if POLICY[name]["GET"] is not PUBLIC]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_sign_in_in_every_mode(open_as: Open, width: int) -> None:
    make_scene()
    check_page(open_as(None, "/sign-in/", viewport=size(width)))


def test_the_style_guide_in_every_mode(open_as: Open, frail: Portal) -> None:
    ana = make_scene().people["ana"]
    frail.stop()
    mark = frail.log.parent / MARK
    mark.touch()
    frail.start(DEBUG="1", DEMO="1")
    for width in WIDTHS:
        page = open_as(ana, "/styleguide/", viewport=size(width))
        page.locator(".errors a", has_text="The reporter").click()
        expect(page.get_by_label("is told in the thread").nth(1)).to_be_focused()
        check_axe(page)
        assert wide(page) <= width
        page.locator("[data-play] summary").click()
        check_axe(page)
        page.context.clear_cookies()
        page.goto("/sign-in/")
        expect(page.locator(".demo-people")).to_be_visible()
        check_page(page)
        page.context.close()
    mark.unlink()


def test_every_page_is_fit_to_be_seen_when_it_is_empty(open_as: Open) -> None:
    page = open_as(make_scene().people["ana"], "/")
    for path in ("/", "/inbox/", "/incidents/", "/boards/product/", "/boards/delivery/",
                 "/schedule/changes/", "/schedule/?text=nothing", "/schedule/?view=calendar",
                 "/schedule/map/?wave=99", "/sites/442/", "/sites/442/passport/",
                 "/incidents/?text=nothing", "/sites/?text=nothing", "/audit/?actor=nobody",
                 "/no/such/page/"):  # fmt: skip
        page.goto(path)
        check_page(page)


def test_a_first_visit_is_light(open_as: Open) -> None:
    scene = full_scene()
    for path in ("/", "/inbox/", "/incidents/", "/boards/product/", "/sites/"):
        page = open_as(None, "/sign-in/")
        page.context.close()
        page = open_as(scene.people["ana"], path)
        sent = page.evaluate(
            "performance.getEntries().reduce((sum, one) => sum + (one.transferSize || 0), 0)"
        )
        assert 0 < sent <= HEAVIEST, f"{path}: {sent} bytes"
        page.context.close()


DIALOGS = (
    ("ticket", "Note…"), ("ticket", "Resolve…"), ("ticket", "Assign…"),
    ("inbox-message", "Attach…"), ("inbox-message", "No action…"), ("inbox-message", "Ask back…"),
)  # fmt: skip


def test_dialogs_take_the_focus_and_give_it_back(open_as: Open) -> None:
    scene = full_scene()
    page = open_as(scene.people["ana"], "/account/")
    for name, button in DIALOGS:
        page.goto(path_of(name, scene))
        opener = page.get_by_role("link", name=button)
        opener.click()
        assert page.locator("dialog[open]").count() == 1
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        check_axe(page)
        page.keyboard.press("Escape")
        assert page.locator("dialog[open]").count() == 0
        assert opener.evaluate("one => one === document.activeElement")
