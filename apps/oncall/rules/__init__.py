"""Who is on duty: arithmetic over values and time zones. No ORM, no clock.

How turns are given:

- Hand-offs cut time into slots. The first slot holds `starts_on`, the first person of each duty
  takes it. A slot in which the rota's windows leave no time (a Saturday, say) is not a slot and
  takes nobody's turn. With unit "shift" each window is a slot.
- Each duty has a queue. The first person active and not on leave at the slot's start takes it and
  goes last; those passed over stay in front; a duty passes over who has a duty listed before it.
- A version counts from the first hand-off of its day (or midnight, on a day without one), never
  from before it was saved (unless it was saved with the rota itself), so the past stays. Who is on
  duty then stays until the next hand-off if still listed, else the rest of the slot is a turn, if
  it has open time. Queues carry on: who was there keeps their place, newcomers stand behind the one
  listed before them; where the order of the list itself changed, the new list starts with whoever
  was next. A new `starts_on` starts turns anew.
- In the hour a hand-off happens twice or never, the newer slot counts from its first reading. A
  slot that loses all its time to that hour is a turn all the same.
- An override takes its period whatever the windows say; the later one wins. One that names a slot
  takes that slot's open time as it is now, while its layer has a slot of that local start; else
  the period it was made for. Nobody has two duties: where an override makes the backup primary, the
  next in the backup's queue stands in.
- A rota may have layers, each with versions, zone, slots and queues of its own. Where a later layer
  gives a duty to somebody it covers the earlier ones; elsewhere they show through. Where that would
  give one person two duties, the one chosen later goes to the next in its layer's queue, and where
  nobody is next to the layer below.
- A version may follow its people's working hours: within a slot the time is cut wherever somebody
  begins or ends work, or goes on leave (here a leave counts to the instant). The people of a duty
  who are at work together are a group; groups of all duties that are at work at the same time have
  queues of their own, in the order of the list at first, and a slot is one turn in them: in all of
  a slot's time the same groups have the same holders. Whoever is not at work has no turn; time in
  which nobody works has nobody. An edit within a slot changes nothing for a group that goes on. One
  that begins to follow hours leaves a duty to who is at work on it at that moment; all other groups
  begin with a turn.
"""

from apps.oncall.rules.calling_off import why_it_stays
from apps.oncall.rules.differences import Difference, differences
from apps.oncall.rules.facts import (
    DutyFacts,
    HandOff,
    LeaveFacts,
    OverrideFacts,
    RotaFacts,
    Shift,
    Turn,
    VersionFacts,
)
from apps.oncall.rules.handing import (
    ASKED_FOR,
    BRIEFED_BEFORE,
    Fact,
    Passing,
    Spell,
    is_asked_for,
    passings,
    prefilled,
    spells,
)
from apps.oncall.rules.schedule import duties_listed, final_schedule, next_on_duty, on_duty
from apps.oncall.rules.stints import Stint, instant_near, of_person, stints

__all__ = [
    "ASKED_FOR",
    "BRIEFED_BEFORE",
    "Difference",
    "DutyFacts",
    "Fact",
    "HandOff",
    "LeaveFacts",
    "OverrideFacts",
    "Passing",
    "RotaFacts",
    "Shift",
    "Spell",
    "Stint",
    "Turn",
    "VersionFacts",
    "differences",
    "duties_listed",
    "final_schedule",
    "instant_near",
    "is_asked_for",
    "next_on_duty",
    "of_person",
    "on_duty",
    "passings",
    "prefilled",
    "spells",
    "stints",
    "why_it_stays",
]
