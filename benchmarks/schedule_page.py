"""The schedule with 1,056 sites and two products: the phases alone, the timeline page.

Limits of the same run: the same go-lives as plain rows (phases), the page with none of them (page).
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.feed_tokens import feed_kinds
from apps.accounts.models import Person
from apps.core.calendars import ical
from apps.rollouts.models import GoLive, Programme, Site
from apps.rollouts.rules import support_phase
from apps.rollouts.services import Decision, Plan, plan_go_lives
from benchmarks.asking import BATCH, Table, analyse, measured, page, signed_in
from tests import build

SITES, WEEKS = 1056, 17
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
         "America/Phoenix", "Pacific/Honolulu", "America/Anchorage", "Asia/Manila")  # fmt: skip
STATES = ("TX", "CA", "FL", "NY", "PA", "OH", "IL", "GA", "NC", "MI", "VA", "WA", "AZ", "MA", "TN",
          "IN", "MD", "MO", "WI", "CO", "MN", "SC", "AL", "LA", "KY", "OR", "PR", "PI")  # fmt: skip
PAGES = ("/schedule/", "/schedule/?view=calendar&month=2022-06", "/schedule/map/",
         "/schedule/map/?at=2022-06-20", "/sites/", "/waves/")  # fmt: skip
NOW = datetime(2022, 6, 15, 15, tzinfo=UTC)


def run() -> None:
    """Fill, ask, print."""
    programme = build.programme()
    client = signed_in(build.person("pam", programme))
    limits = {url: page(client, url) for url in PAGES}
    _fill(programme)
    rows = GoLive.objects.filter(programme=programme)
    limits["phases"] = measured(
        lambda: list(rows.values_list("site__time_zone", "planned_on")) and None
    )
    table = Table(limits)
    facts = [row.facts() for row in rows.with_facts()]
    values = measured(lambda: [support_phase(one, NOW).key for one in facts] and None)
    table.line(f"phases of {len(facts)} go-lives, from values", values, "phases")
    for url in PAGES:
        table.line(url, page(client, url), url)
    table.line(
        "/feeds/ of a programme", measured(lambda: _calendar(programme, "programme")), "phases"
    )
    table.line("/feeds/ of a product", measured(lambda: _calendar(programme, "product")), "phases")
    print("  aims: phases 50 ms, timeline and map 200 ms, a constant number of queries")


def _calendar(programme: Programme, kind: str) -> None:
    subject = f"{programme.key}/echeckin" if kind == "product" else programme.key
    found = feed_kinds()[kind].calendar(subject, Person.objects.get(username="pam"))
    assert found is not None
    ical(found)


def _fill(programme: Programme) -> None:
    products = [build.product(programme), build.product(programme, key="vse", name="VSE-CS")]
    Site.objects.bulk_create(
        [
            Site(number=f"{400 + n // 10}{'GHQJ'[n % 4]}{n % 10}", name=f"Clinic {n}",
                 state=STATES[n % len(STATES)],
                 region=f"Region {n % 18}", time_zone=str(ZoneInfo(ZONES[n % len(ZONES)])))
            for n in range(SITES)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    waves = [
        build.wave(programme, week + 1, date(2022, 5, 2) + timedelta(weeks=week))
        for week in range(WEEKS)
    ]
    plans = [
        Plan(site=site, product=product, wave=waves[n % WEEKS],
             planned_on=waves[n % WEEKS].starts_on)
        for n, site in enumerate(Site.objects.order_by("pk"))
        for product in products
    ]  # fmt: skip
    decision = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="command")
    plan_go_lives(programme=programme, plans=plans, decision=decision, now=NOW)
    analyse()
