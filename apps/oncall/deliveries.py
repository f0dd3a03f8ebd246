"""Telling somebody that their shift is about to begin, that they are asked to take one and what
became of what they asked, that a holiday's downtime is prepared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from apps.accounts.models import Person
from apps.connectors.base import ConnectorError
from apps.oncall.access import workers
from apps.oncall.choices import Answer, Preparation
from apps.oncall.models import CoverRequest, HandOver, HolidayDuty, Rota, ShiftBrief
from apps.oncall.rules import on_duty
from apps.oncall.services.telling import ASKED, UNANSWERED, dedupe_key, holders_of
from apps.oncall.wording import cover_subject, cover_text, span
from apps.outbox.handlers import Job, Sent
from apps.outbox.mail import send_mail
from apps.outbox.models import Delivery


class BriefByMail:
    """Outbox action `brief.email`. After a lost attempt it is sent again, under the same name;
    nobody is told of a shift that has gone to somebody else meanwhile."""

    def send(self, job: Job) -> Sent:
        """Send it. Raises ConnectorError."""
        brief = ShiftBrief.objects.with_people().get(pk=job.delivery.payload["brief"])
        if not is_still_theirs(brief):
            return Sent(result={"left_out": "somebody else has this shift now"})
        if not brief.person.email:
            raise ConnectorError("this person has no address any more", permanent=True)
        result = send_mail(job, to=brief.person.email, subject=subject_of(brief),
                           text=text_of(brief))  # fmt: skip
        return Sent(result=result)

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        """Nothing: the brief is on the page of their shifts, too."""


class CoverByMail:
    """Outbox action `cover.email`. After a lost attempt it is sent again, under the same name; what
    was answered or taken back meanwhile is asked of nobody."""

    def send(self, job: Job) -> Sent:
        """Send it. Raises ConnectorError."""
        facts = job.delivery.payload
        row = CoverRequest.objects.with_people().get(pk=facts["cover"])
        reader = Person.objects.filter(pk=facts["person"], is_active=True).first()
        if reader is None:
            return Sent(result={"left_out": "this person has left"})
        if why := why_left_out(row, reader, facts["says"], job.clock.now()):
            return Sent(result={"left_out": why})
        if not reader.email:
            raise ConnectorError("this person has no address any more", permanent=True)
        result = send_mail(job, to=reader.email, subject=cover_subject(row, reader, facts["says"]),
                           text=cover_text(row, reader, facts["says"]))  # fmt: skip
        return Sent(result=result)

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        """Nothing: the request is on the page of their shifts, too."""


def why_left_out(row: CoverRequest, reader: Person, says: str, now: datetime) -> str:
    """Why nobody has to hear this any more; empty when somebody has."""
    if says == ASKED:
        if row.answer != Answer.WAITING:
            return f"it was {row.get_answer_display().lower()} before"
        if row.ends_at <= now:
            return "the shift is over"
        if not workers(row.rota.programme).filter(pk=reader.pk).exists():
            return "this person works there no more"
    if says == Answer.WITHDRAWN and not was_asked(row, reader):
        return "they never heard of it"
    if says == UNANSWERED and row.answer not in {Answer.WAITING, Answer.PASSED}:
        return f"it was {row.get_answer_display().lower()} meanwhile"
    if says in {ASKED, UNANSWERED} and holders_of(row, now) != {row.asked_by.username}:
        return "somebody else has this shift now"
    return ""


def was_asked(row: CoverRequest, reader: Person) -> bool:
    """Whether the mail that asks somebody for cover went out."""
    asked = Delivery.objects.filter(dedupe_key=dedupe_key(row, reader, ASKED))
    return asked.sent().exists()


def is_still_theirs(brief: ShiftBrief) -> bool:
    """Whether the schedule says the same of the beginning of their shift now."""
    rota = Rota.objects.with_facts().get(pk=brief.rota_id)
    held = on_duty(rota.facts(), brief.starts_at).get(brief.duty)
    return held is not None and held.person_key == brief.person.username


def subject_of(brief: ShiftBrief) -> str:
    zone = ZoneInfo(brief.person.time_zone)
    return f"Your shift: {brief.duty}, from {brief.starts_at.astimezone(zone):%H:%M}"


def text_of(brief: ShiftBrief) -> str:
    """What it is, from whom they take over, and where the rest stands."""
    return "\n".join(
        [
            f"You have {brief.duty} of {brief.rota} ({brief.rota.programme})",
            span(brief.starts_at, brief.ends_at, brief.person),
            *_taken_over(brief),
            "",
            f"Your brief: {settings.BASE_URL}{reverse('shift-brief', args=[brief.pk])}",
        ]
    )


def _taken_over(brief: ShiftBrief) -> list[str]:
    row = HandOver.objects.waiting().filter(
        rota=brief.rota_id, duty=brief.duty, starts_at=brief.starts_at
    ).select_related("outgoing").first()  # fmt: skip
    if row is None:
        return []
    did = "has handed over" if row.handed_at else "has not handed over yet"
    address = f"{settings.BASE_URL}{reverse('shift-hand-over', args=[row.pk])}"
    return [f"{row.outgoing} {did}: {address}"]


class HolidayByMail:
    """Outbox action `holiday.email`. Nobody is written to about what was decided meanwhile, went to
    somebody else or is over."""

    def send(self, job: Job) -> Sent:
        """Send it. Raises ConnectorError."""
        facts = job.delivery.payload
        duty = HolidayDuty.objects.with_people().get(pk=facts["duty"])
        if why := why_not_holiday(duty, facts, job.clock.now()):
            return Sent(result={"left_out": why})
        if not duty.person.email:
            raise ConnectorError("this person has no address any more", permanent=True)
        subject = f"Downtime for {duty.names}"
        subject = f"Not confirmed yet: {subject}" if facts["is_reminder"] else subject
        return Sent(result=send_mail(job, to=duty.person.email, subject=one_line(subject),
                                     text=holiday_text(duty)))  # fmt: skip

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        """Nothing: it waits on the console of whoever has it, too."""


def why_not_holiday(duty: HolidayDuty, facts: Mapping[str, Any], now: datetime) -> str:
    """Why nobody has to hear this any more; empty when somebody has."""
    if duty.state != Preparation.PREPARED or duty.person_id != facts["person"]:
        return "decided, or somebody else's now"
    if duty.ends_at <= now:
        return "its hours are over"
    if not duty.person.is_active:
        return "this person has left"
    if not facts["is_reminder"] and "at" in facts and duty.told_at != _instant(facts["at"]):
        return "they are told by a later mail"
    return ""


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def one_line(subject: str) -> str:
    """As a header can hold it: names of holidays are typed by people."""
    return " ".join(subject.split())[:180]


def holiday_text(duty: HolidayDuty) -> str:
    """What to mute and when, what to do, and where."""
    return "\n".join(
        [
            f"{duty.names}: so little happens that monitors would fire for nothing.",
            f"It is yours in {duty.rota} ({duty.rota.programme}). Prepared: a downtime",
            span(duty.starts_at, duty.ends_at, duty.person),
            "",
            "Look at the hours, copy it into Datadog (Rollcall does not create it there), confirm:",
            f"{settings.BASE_URL}{reverse('holiday-duty-page', args=[duty.pk])}",
        ]
    )
