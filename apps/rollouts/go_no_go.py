"""Whether a wave goes: what the checks of all apps say (GO_NO_GO_CHECKS), what was waived and
signed, and what that comes to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.module_loading import import_string

from apps.core.periods import local_midnight
from apps.rollouts.choices import Readiness
from apps.rollouts.models import (
    GoLive,
    ReadinessItem,
    ReadinessTemplate,
    SignOff,
    Waiver,
    Wave,
)
from apps.rollouts.rules.readiness import (
    COUNTED,
    Finding,
    Verdict,
    due_at,
    due_on,
    findings_digest,
    is_waived,
    verdict,
)

Check = Callable[[Wave, datetime], list[Finding]]
LONGEST = 400  # characters of a finding's words that are kept with a waiver
NAMED = 8  # things a finding names before it counts the rest


def findings_of(wave: Wave, now: datetime) -> list[Finding]:
    """What every check says of a wave, the gravest first; each asks a constant number of
    queries."""
    found: list[Finding] = []
    for path in cast("tuple[str, ...]", import_string(settings.GO_NO_GO_CHECKS)):
        found += cast("Check", import_string(path))(wave, now)
    return sorted(found, key=lambda one: ("red", "amber", "green").index(one.level))


def readiness(wave: Wave, now: datetime) -> list[Finding]:
    """The check of the checklist: what blocks and is not done is red, what is overdue amber."""
    rows = ReadinessItem.objects.current().filter(go_live__wave=wave)
    rows = rows.filter(go_live__status__in=COUNTED)
    totals = dict(rows.order_by().values_list("template").annotate(count=Count("pk")))
    undone: dict[int, list[_Open]] = {pk: [] for pk in totals}
    for row in (
        rows.filter(state=Readiness.OPEN).order_by("go_live__site__number", "id").values_list(*OPEN)
    ):
        undone[row[0]].append(_Open(*row[1:]))
    templates = ReadinessTemplate.objects.current().filter(pk__in=totals)
    told = [_finding(wave, one, undone[one.pk], totals[one.pk], now) for one in templates]
    found = [one for one in told if one is not None]
    if totals and not found:
        found.append(Finding("readiness", "The checklist is done as far as it is due.", "green"))
    return found


OPEN = ("template_id", "go_live__site__number", "go_live__product__key",
        "go_live__site__time_zone", "go_live__planned_on", "go_live__actual_on")  # fmt: skip


class _Open(NamedTuple):
    """An open item, as far as the check asks."""

    number: str
    product: str
    zone: str
    planned_on: date
    actual_on: date | None

    @property
    def starts_on(self) -> date:
        return self.actual_on or self.planned_on


def _finding(
    wave: Wave, template: ReadinessTemplate, undone: Sequence[_Open], total: int, now: datetime
) -> Finding | None:
    offset = template.offset_days
    late = [one for one in undone if due_at(one.starts_on, offset, ZoneInfo(one.zone)) <= now]
    told = undone if template.is_blocking else late
    if not told:
        return None
    due = min(due_on(one.starts_on, offset) for one in told)
    how = f"{len(late)} overdue" if late else f"due {due:%-d %b}"
    numbers = list(dict.fromkeys(one.number for one in told))
    return Finding(
        key=f"readiness:{template.key}",
        words=f"{template.name}: {len(told)} of {total} open, {how} ({named(numbers)}).",
        level="red" if template.is_blocking else "amber",
        link=f"{wave_path(wave)}#col-{template.key}",
        facts=frozenset(f"{one.number} {one.product}" for one in told),
    )


def named(things: Sequence[str]) -> str:
    """The first few of them by name, the others counted: "442, 636 and 9 more"."""
    shown, more = things[:NAMED], len(things) - NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def wave_path(wave: Wave) -> str:
    """The path of a wave's page."""
    return reverse("wave-page", args=[wave.programme.key, wave.number])


# --- where a wave stands --------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A finding, and the waiver that was given for it; `is_waived` when it still covers it."""

    finding: Finding
    waiver: Waiver | None
    is_waived: bool


@dataclass(frozen=True)
class GoNoGo:
    """A wave before its go-live: findings with their waivers, signatures by part, the verdict.
    Once it has begun no check is asked any more: the decision is history."""

    wave: Wave
    begins_at: datetime
    has_begun: bool
    has_go_lives: bool
    findings: list[Told]
    signed: dict[str, SignOff]
    digest: str
    verdict: Verdict

    @property
    def blocking(self) -> list[Finding]:
        """Red findings without a waiver."""
        return [one.finding for one in self.findings
                if one.finding.level == "red" and not one.is_waived]  # fmt: skip

    @property
    def sign_offs(self) -> list[SignOff]:
        """The signatures that stand."""
        return list(self.signed.values())

    def is_stale(self, part: str) -> bool:
        """Whether the findings have changed since this part was signed."""
        return not self.has_begun and part in self.signed and (
            self.signed[part].digest != self.digest
        )  # fmt: skip


def where_it_stands(wave: Wave, now: datetime) -> GoNoGo:
    """Everything about the go/no-go of a wave, in a constant number of queries."""
    begins_at, has_go_lives = begins(wave)
    has_begun = begins_at <= now
    findings = [] if has_begun else findings_of(wave, now)
    waivers = {row.finding: row for row in Waiver.objects.standing().filter(wave=wave)}
    facts = [row.to_facts() for row in waivers.values()]
    signed = {row.part: row for row in signatures_of(wave)}
    word = verdict(
        findings=findings, waivers=facts, signatures=[row.facts() for row in signed.values()],
        has_begun=has_begun,
    )  # fmt: skip
    told = [Told(one, waivers.get(one.key), is_waived(one, facts)) for one in findings]
    digest = findings_digest(findings)
    return GoNoGo(wave, begins_at, has_begun, has_go_lives, told, signed, digest, word)


def signatures_of(wave: Wave) -> list[SignOff]:
    """The signatures of a wave that stand."""
    rows = SignOff.objects.standing().filter(wave=wave)
    return list(rows.select_related("wave__programme", "person", "deputy_of").order_by("part"))


def begins(wave: Wave) -> tuple[datetime, bool]:
    """When the first site of a wave begins, by its own clock, and whether there is any."""
    found = _beginnings([wave]).get(wave.pk)
    return found or _usual_beginning(wave), found is not None


def _usual_beginning(wave: Wave) -> datetime:
    return local_midnight(wave.starts_on, ZoneInfo(wave.programme.time_zone))


def _beginnings(waves: Iterable[Wave]) -> dict[int, datetime]:
    """The first local midnight of each wave's go-lives; those paused or cancelled do not count."""
    rows = GoLive.objects.filter(wave__in=list(waves), status__in={*COUNTED, "rolled_back"})
    columns = "wave_id", "site__time_zone", "planned_on", "actual_on"
    found: dict[int, datetime] = {}
    for wave, zone, planned_on, actual_on in rows.order_by().values_list(*columns).distinct():
        at = local_midnight(actual_on or planned_on, ZoneInfo(zone))
        found[wave] = min(found.get(wave, at), at)
    return found


def verdicts_of(waves: Sequence[Wave], now: datetime) -> dict[int, Verdict]:
    """The verdict of each wave, for lists. The checks are asked again only for waves that are
    signed go by both and have not begun: one or two of a programme."""
    rows = SignOff.objects.standing().filter(wave__in=waves).select_related("person", "deputy_of")
    signed: dict[int, list[Any]] = {}
    for row in rows:
        signed.setdefault(row.wave_id, []).append(row.facts())
    begin = _beginnings([wave for wave in waves if wave.pk in signed])
    return {wave.pk: _verdict(wave, signed, begin, now) for wave in waves}


def _verdict(
    wave: Wave, signed: Mapping[int, list[Any]], begin: Mapping[int, datetime], now: datetime
) -> Verdict:
    signatures = signed.get(wave.pk, [])
    alone = verdict(findings=(), waivers=(), signatures=signatures, has_begun=True)
    if alone.word != "go" or begin.get(wave.pk, _usual_beginning(wave)) <= now:
        return alone
    return where_it_stands(wave, now).verdict
