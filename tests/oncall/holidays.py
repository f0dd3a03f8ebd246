"""A rota before Independence Day of 2022, a Monday: Ana has primary until Monday 8:00, then Ben."""

from datetime import timedelta
from typing import Any

from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.services import Wanted, prepare
from tests import build
from tests.oncall.facts import OFFICE, local
from tests.oncall.handing import rota_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NINE = local("2022-07-01T09:00")  # Friday, when it is prepared
FOUR = local("2022-07-01T16:00")  # when it is reminded of
STARTS, ENDS = local("2022-07-01T20:00"), local("2022-07-05T08:00")
FOURTH = [{"on": "2022-07-04", "name": "Independence Day"}]


def rota_before(**columns: Any) -> Rota:
    """Weekdays 8 to 20; mutes what carries the tag of check-in."""
    programme = build.programme(holidays=FOURTH)
    made = rota_of(programme, **{"windows": OFFICE} | columns)
    made.mute = "tag:service:check-in"
    made.save()
    return made


def prepared(rota: Rota, at: Any = NINE) -> HolidayDuty:
    """What a look at the rota has made."""
    prepare(rota=rota, now=at)
    return HolidayDuty.objects.with_people().get(rota=rota)


def by(who: str, at: Any = NINE + HOUR) -> Wanted:
    return Wanted(actor=who, origin="page", now=at)
