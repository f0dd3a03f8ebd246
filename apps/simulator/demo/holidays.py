"""The last holiday of the demonstration: its downtime, confirmed by who was on duty before it."""

from datetime import datetime, timedelta

from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.rules.breaks import break_near, prepared_at
from apps.oncall.services import Wanted, confirm_holiday, prepare
from apps.rollouts.models import Programme

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BACK = 60  # days in which there is a holiday, mostly


def seed_holidays(programme: Programme, now: datetime) -> int:
    """Prepare and confirm the downtime of the last holiday before `now` (UTC) for each rota that
    had somebody on duty; returns how many."""
    for rota in Rota.objects.for_programme(programme):
        if (at := _last(programme, rota, now)) is not None:
            prepare(rota=rota, now=at)
    rows = HolidayDuty.objects.prepared().filter(rota__programme=programme).with_people()
    return sum(_confirmed(row) for row in rows)


def _last(programme: Programme, rota: Rota, now: datetime) -> datetime | None:
    """When the last break that is over was prepared."""
    holidays, today = programme.holiday_names().keys(), now.astimezone(rota.zone).date()
    near = (break_near(today - DAY * back, holidays) for back in range(BACK))
    found = next((one for one in near if one is not None and one.after <= today), None)
    return None if found is None else prepared_at(found.before, rota.zone)


def _confirmed(row: HolidayDuty) -> bool:
    at = row.remind_at - 30 * MINUTE
    return confirm_holiday(
        duty=row, wanted=Wanted(actor=row.person.username, origin="command", now=at)
    )
