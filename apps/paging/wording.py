"""What a page says, in an e-mail, in a chat, in a text message."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from apps.accounts.models import Person
from apps.paging.links import GOOD_FOR, link_of
from apps.paging.models import Notice, Page

NOT_TAKEN = "Not taken: this Slack account belongs to nobody here who may acknowledge."


def subject_of(page: Page) -> str:
    """One line, also the whole of a text message's head."""
    return " ".join(f"[{page.get_cause_display()}] {page.words}".split())[:180]


def slack_text(notice: Notice) -> str:
    """For Slack, where a sign on the message acknowledges, too."""
    page = notice.step.page
    return f"{subject_of(page)}\nReact with ✅ to take it, or open {page_address(page)}"


def who_has_it(page: Page) -> str:
    """For a thread below a page's message."""
    person = Person.objects.filter(username=page.acknowledged_by).first()
    return f"{person} has it." if person else "This page is over."


def short_text(notice: Notice) -> str:
    """For a text message: what, and where to acknowledge. Nothing in it opens a door by itself."""
    page = notice.step.page
    return f"{subject_of(page)}\nAcknowledge: {page_address(page)}"


def mail_text(notice: Notice) -> str:
    """The body of the e-mail."""
    page = notice.step.page
    hours = int(GOOD_FOR.total_seconds() // 3600)
    lines = [
        subject_of(page),
        "",
        f"Since {_written(page.started_at, notice)} · {page.programme}",
        *([f"Ticket: {ticket_address(page)}"] if page.incident else []),
        *([f"Hand-over: {hand_over_address(page)}"] if page.subject == "hand_over" else []),
        "",
        f"Acknowledge (no sign-in needed, for {hours} hours): {link_of(notice)}",
        f"In the portal: {page_address(page)}",
        "",
        "Nobody else is told once somebody acknowledges.",
    ]
    return "\n".join(lines)


def page_address(page: Page) -> str:
    """The page's own line in the portal."""
    return f"{settings.BASE_URL}{reverse('paging')}#page-{page.key}"


def ticket_address(page: Page) -> str:
    """The ticket a page is about."""
    number = page.incident.number if page.incident else ""
    return settings.BASE_URL + reverse("ticket", args=[number])


def hand_over_address(page: Page) -> str:
    """The hand-over a page is about."""
    return settings.BASE_URL + reverse("shift-hand-over", args=[page.subject_key])


def _written(at: datetime, notice: Notice) -> str:
    zone = notice.person.time_zone if notice.person else "UTC"
    return f"{at.astimezone(ZoneInfo(zone)):%a %-d %b %H:%M %Z}"
