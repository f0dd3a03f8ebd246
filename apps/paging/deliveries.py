"""Telling somebody: by mail, in a chat, in a channel, by another service."""

import logging
from datetime import datetime
from functools import partial

from apps.accounts.models import Person
from apps.connectors.apprise.client import tell
from apps.connectors.base import Chat, ConnectorError
from apps.connectors.registry import open_chat
from apps.outbox.handlers import Job, Sent
from apps.outbox.mail import send_mail
from apps.outbox.models import Delivery
from apps.paging.choices import GONE
from apps.paging.models import Notice, Page, address_of, with_ways
from apps.paging.services import hurry
from apps.paging.services.saying import HAS_IT
from apps.paging.wording import (
    NOT_TAKEN,
    mail_text,
    short_text,
    slack_text,
    subject_of,
    who_has_it,
)

log = logging.getLogger(__name__)


class Teller:
    """One attempt at one notice. After a lost attempt it is told again: twice is better than not
    at all. What was acknowledged meanwhile is told to nobody. Where the address is gone, the next
    step must not wait, as after a failure: but there is nothing for anybody to mend."""

    def send(self, job: Job) -> Sent:
        """Tell. Raises ConnectorError."""
        rows = Notice.objects.select_related("step__page__programme", "step__page__incident")
        notice = rows.get(pk=job.delivery.payload["notice"])
        page = notice.step.page
        if page.acknowledged_at is not None:
            lost = "; an earlier attempt may have arrived" if job.may_have_happened else ""
            return Sent(result={"left_out": f"{page.acknowledged_by} had acknowledged it{lost}"})
        address = _address(notice)
        if not address:
            return Sent(result={"left_out": GONE}, settle=partial(_go_on, notice))
        return Sent(result=self.tell(job, notice, address))

    def tell(self, job: Job, notice: Notice, address: str) -> dict[str, str]:
        """Say it over this means; returns what the log keeps. Raises ConnectorError."""
        raise NotImplementedError

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        """The next step must not wait for somebody who was not told."""
        notice = Notice.objects.filter(pk=delivery.payload["notice"]).first()
        if notice is not None:
            _go_on(notice, now)


class ByMail(Teller):
    """Outbox action `page.email`."""

    def tell(self, job: Job, notice: Notice, address: str) -> dict[str, str]:
        page = notice.step.page
        return send_mail(
            job, to=address, subject=subject_of(page), text=mail_text(notice),
            headers={"X-Priority": "1"},
        )  # fmt: skip


class BySlack(Teller):
    """Outbox action `page.slack`: a direct message."""

    def tell(self, job: Job, notice: Notice, address: str) -> dict[str, str]:
        return _posted(job, address, slack_text(notice))


class ByOther(Teller):
    """Outbox action `page.other`: a text message, a push."""

    def tell(self, job: Job, notice: Notice, address: str) -> dict[str, str]:
        job.guard()
        tell(address, title=subject_of(notice.step.page), text=short_text(notice))
        return {}


class ToChannel(Teller):
    """Outbox action `page.channel`."""

    def tell(self, job: Job, notice: Notice, address: str) -> dict[str, str]:
        return _posted(job, address, slack_text(notice))


class InThread:
    """Outbox action `page.thread`: what a sign on the message of a page led to, said below it."""

    def send(self, job: Job) -> Sent:
        """Say it. Raises ConnectorError."""
        facts = job.delivery.payload
        page = Page.objects.get(pk=facts["page"])
        if facts["says"] == HAS_IT and page.acknowledged_at is None:
            return Sent(result={"left_out": "the page began again"})
        text = who_has_it(page) if facts["says"] == HAS_IT else NOT_TAKEN
        return Sent(result=_posted(job, facts["channel"], text, thread=facts["thread"]))

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        """Nothing: the page itself says who has it."""


def _posted(job: Job, channel: str, text: str, *, thread: str = "") -> dict[str, str]:
    connection, key = job.delivery.connection, str(job.delivery.key)
    chat = open_chat(connection.kind, connection.base_url, connection.settings, connection.secrets)
    if job.may_have_happened and (found := _found(chat, channel, thread, key)):
        return {"source_ref": found}
    job.guard()
    ref = chat.post(channel_ref=channel, thread_ref=thread, text=text, key=key)
    return {"source_ref": ref}


def _found(chat: Chat, channel: str, thread: str, key: str) -> str | None:
    """The post of an earlier attempt; None also when it cannot be looked for now."""
    try:
        return chat.find_post(channel_ref=channel, thread_ref=thread, key=key)
    except ConnectorError as problem:
        log.warning("paging: an earlier post cannot be looked for (%s)", problem)
        return None


def _address(notice: Notice) -> str:
    """Where this notice goes now; empty when the address is gone."""
    if notice.channel:
        return notice.channel.partition(":")[2]
    people = with_ways(Person.objects.filter(notices=notice))
    return next((address_of(person, notice.way) for person in people), "")


def _go_on(notice: Notice, now: datetime) -> None:
    hurry(notice=notice, now=now)
