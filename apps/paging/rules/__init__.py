"""Who is told when, as arithmetic over values. No ORM, no clock.

- A policy is steps; each waits for real elapsed time since the one before was taken, then tells
  its targets: whoever has a duty, a role, a person, a channel.
- A step that finds nobody (nobody on duty, no address, quiet hours) passes to the next at once, and
  the last to the last resort, so that "nobody on call" never drops work. A channel is nobody: it is
  told as well, and holds up the next step only where it is named alone.
- The last resort tells the first of its targets somebody of whom was not told yet; quiet hours do
  not silence it.
- A round in which no person could be told does not count; it begins again.
- People choose their ways for work hours and for after hours; who chose none is told by all.
"""

from apps.paging.rules.facts import (
    DEFAULT_POLICY,
    HAND_OVER_POLICY,
    PersonFacts,
    PolicyFacts,
    StepFacts,
    Target,
    Way,
    World,
)
from apps.paging.rules.steps import (
    LEASE,
    LONGEST_PAUSE,
    Place,
    Step,
    Taking,
    escalation,
    first_due,
    resumed,
    take,
)
from apps.paging.rules.telling import (
    Telling,
    Told,
    is_of_before,
    is_quiet,
    is_taking,
    last_resort,
    telling,
    ways_at,
)

__all__ = [
    "DEFAULT_POLICY",
    "HAND_OVER_POLICY",
    "LEASE",
    "LONGEST_PAUSE",
    "PersonFacts",
    "Place",
    "PolicyFacts",
    "Step",
    "StepFacts",
    "Taking",
    "Target",
    "Telling",
    "Told",
    "Way",
    "World",
    "escalation",
    "first_due",
    "is_of_before",
    "is_quiet",
    "is_taking",
    "last_resort",
    "resumed",
    "take",
    "telling",
    "ways_at",
]
