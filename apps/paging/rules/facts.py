"""Facts about an escalation: what its policy says, who can be told and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

from apps.core.periods import WeeklyHours


class Target(NamedTuple):
    """Whom a step names: `kind` is duty, person, role or channel.

    A duty is named alone ("primary") or with its rota ("support/primary"), a person by username,
    a channel as connection and their id ("dsva:C02UP02HHGX").
    """

    kind: str
    ref: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "duty primary". Raises ValueError in words."""
        kind, _, ref = text.strip().partition(" ")
        if kind not in {"duty", "person", "role", "channel"} or not ref.strip():
            raise ValueError(f"“{text}” names nobody: write duty, person, role or channel and whom")
        if kind == "channel" and not all(ref.strip().partition(":")):
            raise ValueError(f"“{text}”: write a channel as connection:id")
        return cls(kind, ref.strip())

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


@dataclass(frozen=True, slots=True)
class StepFacts:
    """`wait` counts from when the step before was taken, for the first from the start."""

    wait: timedelta
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """Steps, and the last resort: told after them, and at once when nobody else can be.

    `last_wait` lies between the last step and the last resort, and before the next of `rounds`.
    """

    steps: tuple[StepFacts, ...]
    last_resort: tuple[Target, ...]
    last_wait: timedelta
    rounds: int = 1

    @classmethod
    def parse(cls, plan: Mapping[str, Any]) -> Self:
        """From the JSON a page keeps: waits in seconds, targets as text."""
        return cls(
            steps=tuple(
                StepFacts(timedelta(seconds=step["wait"]), _targets(step["targets"]))
                for step in plan["steps"]
            ),
            last_resort=_targets(plan["last_resort"]),
            last_wait=timedelta(seconds=plan["last_wait"]),
            rounds=plan["rounds"],
        )

    def plan(self) -> dict[str, Any]:
        """As JSON; `parse` reads it."""
        return {
            "steps": [
                {"wait": int(step.wait.total_seconds()), "targets": _texts(step.targets)}
                for step in self.steps
            ],
            "last_resort": _texts(self.last_resort),
            "last_wait": int(self.last_wait.total_seconds()),
            "rounds": self.rounds,
        }  # fmt: skip


def _targets(texts: list[str]) -> tuple[Target, ...]:
    return tuple(Target.parse(text) for text in texts)


def _texts(targets: tuple[Target, ...]) -> list[str]:
    return [str(target) for target in targets]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to tell somebody; `key` names it ("email", "slack", "other:7")."""

    key: str
    in_work_hours: bool = True
    after_hours: bool = True


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody who may be told; hours are those of their own `zone`."""

    key: str
    name: str
    ways: tuple[Way, ...]
    zone: ZoneInfo
    working_hours: WeeklyHours | None = None
    quiet_hours: WeeklyHours | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Who is what at an instant; people are named by username, `chats` are the connections that can
    post to channels."""

    on_duty: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: Mapping[str, PersonFacts] = field(default_factory=dict)
    chats: frozenset[str] = frozenset()


DEFAULT_POLICY = PolicyFacts(
    steps=(
        StepFacts(timedelta(), (Target("duty", "primary"),)),
        StepFacts(timedelta(minutes=5), (Target("duty", "backup"),)),
        StepFacts(timedelta(minutes=5), (Target("role", "dm"),)),
    ),
    last_resort=(Target("role", "dm"), Target("role", "administrator")),
    last_wait=timedelta(minutes=10),
    rounds=3,
)

HAND_OVER_POLICY = PolicyFacts(  # whoever should have acknowledged is the one who did not
    steps=(StepFacts(timedelta(), (Target("role", "dm"),)),),
    last_resort=(Target("role", "dm"), Target("role", "administrator")),
    last_wait=timedelta(minutes=30),
)
