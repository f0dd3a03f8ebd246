"""Telling somebody that their shift is about to begin, or that a holiday's downtime is prepared."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from apps.connectors.base import ConnectorError
from apps.oncall.choices import Preparation
from apps.oncall.models import HandOver, HolidayDuty, Rota, ShiftBrief
from apps.oncall.rules import on_duty
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
            f"from {_written(brief.starts_at, brief)} to {_written(brief.ends_at, brief)}.",
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


def _written(at: datetime, row: ShiftBrief | HolidayDuty) -> str:
    return f"{at.astimezone(ZoneInfo(row.person.time_zone)):%a %-d %b %H:%M %Z}"


class HolidayByMail:
    """Outbox action `holiday.email`. Nobody is written to about what was decided meanwhile, or went
    to somebody else."""

    def send(self, job: Job) -> Sent:
        """Send it. Raises ConnectorError."""
        facts = job.delivery.payload
        duty = HolidayDuty.objects.with_people().get(pk=facts["duty"])
        if duty.state != Preparation.PREPARED or duty.person_id != facts["person"]:
            return Sent(result={"left_out": "decided, or somebody else's now"})
        if not duty.person.email:
            raise ConnectorError("this person has no address any more", permanent=True)
        subject = f"Downtime for {duty.names}"
        subject = f"Not confirmed yet: {subject}" if facts["is_reminder"] else subject
        return Sent(result=send_mail(job, to=duty.person.email, subject=subject,
                                     text=holiday_text(duty)))  # fmt: skip

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        """Nothing: it waits on the console of whoever has it, too."""


def holiday_text(duty: HolidayDuty) -> str:
    """What to mute and when, what to do, and where."""
    return "\n".join(
        [
            f"{duty.names}: so little happens that monitors would fire for nothing.",
            f"You are on duty in {duty.rota} ({duty.rota.programme}). Prepared: a downtime",
            f"from {_written(duty.starts_at, duty)} to {_written(duty.ends_at, duty)}.",
            "",
            "Look at the hours, copy it into Datadog (Rollcall does not create it there), confirm:",
            f"{settings.BASE_URL}{reverse('holiday-duty-page', args=[duty.pk])}",
        ]
    )
