"""Pages as people look at them: their steps, whom each told, how every delivery went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.outbox.models import Delivery
from apps.paging.choices import GONE, Cause, Means
from apps.paging.models import Notice, Page, PageQuerySet, PageStep

STATES = {"open": "Open", "past": "Acknowledged", "all": "All"}
LEFT_OUT = {GONE: "address gone"}


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Somebody told, with its delivery (None: it is gone)."""

    notice: Notice
    delivery: Delivery | None

    @property
    def way(self) -> str:
        """The way in words."""
        name = self.notice.way.partition(":")[0]
        return str(Means(name).label) if name in Means.values else "Channel"

    @property
    def went(self) -> str:
        """How it went: sent, waiting, dead, held, left out because somebody was faster, or address
        gone."""
        if self.delivery is None:
            return "gone"
        why = self.delivery.result.get("left_out")
        return self.delivery.state if why is None else LEFT_OUT.get(why, "left out")


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that was taken."""

    step: PageStep
    notices: list[NoticeLine]
    is_last_resort: bool


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page with its course."""

    page: Page
    steps: list[StepLine]


def chosen(rows: PageQuerySet, *, state: str, cause: str) -> PageQuerySet:
    """The pages a filter asks for; what it does not know means any."""
    rows = {"open": rows.open, "past": rows.past}.get(state, rows.all)()
    return rows.filter(cause=cause) if cause in Cause.values else rows


def lines(pages: Sequence[Page]) -> list[PageLine]:
    """The course of each page (read with `with_course`); one query for all their deliveries."""
    deliveries = deliveries_of(pages)
    return [PageLine(page, [_step(page, step, deliveries) for step in page.steps.all()])
            for page in pages]  # fmt: skip


def deliveries_of(pages: Iterable[Page]) -> dict[str, Delivery]:
    """The deliveries of these pages by dedupe key."""
    rows = Delivery.objects.filter(
        subject="page", subject_key__in=[str(page.key) for page in pages]
    )
    return {row.dedupe_key: row for row in rows}


def _step(page: Page, step: PageStep, deliveries: dict[str, Delivery]) -> StepLine:
    notices = [NoticeLine(one, deliveries.get(one.dedupe_key)) for one in step.notices.all()]
    return StepLine(step, notices, page.is_last_resort(step))
