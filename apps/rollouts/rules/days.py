"""Which day a cell of somebody's table means, of all the ways people and spreadsheets write one."""

import calendar
import re
from datetime import date, datetime, time, timedelta
from typing import Literal

from apps.rollouts.rules.calendars import YEARS
from apps.rollouts.rules.cells import BadCell, Broken, Cell, text_of

DayOrder = Literal["", "mdy", "dmy"]  # how 3/4/2022 is meant; empty: not said
SERIAL_1900 = date(1899, 12, 30)  # day 0 of a spreadsheet's days, from March 1900 on
MONTHS = tuple(calendar.month_name)
_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_PARTS = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_NAMED = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})\.?[ ,-] ?([0-9]{4})")
_NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?")
_SHORT_YEAR = re.compile(r"[0-9A-Za-z]{1,9}[./ -][0-9A-Za-z]{1,9}[./ ,-]+[0-9]{2}")


def order_of(text: str) -> DayOrder:
    """The order a form says; everything else says none."""
    return "mdy" if text == "mdy" else "dmy" if text == "dmy" else ""


def day_of(value: Cell, *, order: DayOrder = "", epoch: date | None = None) -> date:
    """The day in a cell: a real date, 2022-05-02, 2 May 2022, or 5/2/2022 when its order is plain
    or said. A bare number is a day where `epoch`, day 0 of its workbook, is known.

    Raises BadCell: 30 February, a time of day, an order that could be either, a year too far.
    """
    if isinstance(value, bool | Broken | time | timedelta):
        text_of(value)  # what is broken says why itself
        raise BadCell("is not a day: write it like 2022-05-02")
    if isinstance(value, datetime):
        if value.time() != time():
            raise BadCell("has a time of day: give the day alone")
        return _in_range(value.date())
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, int | float):
        return _from_serial(value, epoch)
    text = text_of(value)
    if not text:
        raise BadCell("the day is missing")
    return _from_text(text, order)


def _from_serial(value: float, epoch: date | None) -> date:
    day = _serial(value, epoch or SERIAL_1900)
    if day is None:
        raise BadCell("is a number, not a day: format the column as dates")
    if epoch is None:
        raise BadCell(f"is a number; a spreadsheet may mean {day}: format the column as dates")
    return day


def _serial(value: float, epoch: date) -> date | None:
    """The day a spreadsheet keeps as this number; None when that is no day of a roll-out."""
    first, last = (date(YEARS[0], 1, 1) - epoch).days, (date(YEARS[-1], 12, 31) - epoch).days
    if not float(value).is_integer() or not first <= value <= last:
        return None
    return epoch + timedelta(days=int(value))


def _from_text(text: str, order: DayOrder) -> date:
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _PARTS.fullmatch(text):
        return _by_order(int(match[1]), int(match[3]), int(match[4]), match[2], order)
    if match := _NAMED.fullmatch(text):
        return _day(int(match[3]), _month(match[2]), int(match[1]))
    if match := _NAMED_FIRST.fullmatch(text):
        return _day(int(match[3]), _month(match[1]), int(match[2]))
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text), None)
    if _SHORT_YEAR.fullmatch(text):
        raise BadCell("has a year of two digits: write it like 2022-05-02")
    raise BadCell("is not a day: write it like 2022-05-02")


def _month(name: str) -> int:
    """Of an English month or its first three letters. Raises BadCell."""
    for number, month in enumerate(MONTHS):
        if month and name.casefold() in {month.casefold(), month[:3].casefold()}:
            return number
    raise BadCell("is not a day: write it like 2022-05-02")


def _by_order(first: int, second: int, year: int, mark: str, order: DayOrder) -> date:
    order = order or ("dmy" if mark == "." else "")
    if not order and first <= 12 and second <= 12 and first != second:
        either = f"{first} {MONTHS[second]} or {second} {MONTHS[first]}"
        raise BadCell(f"is either {either}: choose how days are written")
    is_month_first = order == "mdy" if order else first <= 12
    month, day = (first, second) if is_month_first else (second, first)
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> date:
    try:
        made = date(year, month, day)
    except ValueError as problem:
        raise BadCell("there is no such day") from problem
    return _in_range(made)


def _in_range(day: date) -> date:
    if day.year not in YEARS:
        raise BadCell(f"is not within {YEARS[0]} to {YEARS[-1]}")
    return day
