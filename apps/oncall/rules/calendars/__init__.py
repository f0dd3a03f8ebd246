"""Shifts out of a calendar somebody else keeps (RFC 5545): bytes in, values and troubles out.

- Only what touches a window is read, and a hostile calendar costs no more than a long one: size,
  events, repetitions and shifts are bounded before anything is expanded.
- A time with a zone is read in it (IANA and Windows names, or the calendar's own VTIMEZONE), one
  without in the calendar's X-WR-TIMEZONE, else the rota's; a day from midnight to midnight where
  the rota is. A start that is absent or doubled takes the first reading, an end the last.
- Who has a shift: the one attendee (who declined and who organises aside) with a known address,
  else the one person the summary names, else a known organiser. Several or nobody is a trouble.
- A trouble costs the event it is about, nothing else.
"""

from apps.oncall.rules.calendars.people import Known
from apps.oncall.rules.calendars.reading import read_calendar
from apps.oncall.rules.calendars.values import (
    MOST_BYTES,
    Booking,
    Reading,
    Trouble,
    UnableToRead,
)

__all__ = [
    "MOST_BYTES",
    "Booking",
    "Known",
    "Reading",
    "Trouble",
    "UnableToRead",
    "read_calendar",
]
