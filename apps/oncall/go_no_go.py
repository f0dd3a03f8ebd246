"""What the rotas say of the go/no-go of a wave: is somebody there while its sites begin."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from apps.core.periods import Period
from apps.oncall.coverage import Proof, earliest, prove
from apps.oncall.models import Rota
from apps.oncall.rules.coverage import Hole
from apps.rollouts.go_no_go import begins, named
from apps.rollouts.models import Wave
from apps.rollouts.rules.readiness import Finding

KEY = "coverage"
SLACK = timedelta(
    days=2
)  # the first week of a site in another zone, or one that begins a day later


def coverage(wave: Wave, now: datetime) -> list[Finding]:
    """Red for opening hours of the wave's first week without a primary or backup, amber for sites
    whose hours nobody entered. Nothing for a programme without rotas: they are kept elsewhere."""
    if not Rota.objects.for_programme(wave.programme).exists():
        return []
    start, _ = begins(wave)
    end = start + timedelta(days=wave.programme.go_live_days) + SLACK
    proof = prove(wave.programme, Period(start, end))
    mine = set(wave.go_lives.values_list("site__number", flat=True))
    holes = [hole for hole in proof.found.holes if hole.site in mine]
    unknown = [number for number in proof.needs.unknown if number in mine]
    found = [*_holes(wave, proof, holes), *_unknown(unknown)]
    words = "Every opening hour of its first week has a primary and a backup."
    return found or [Finding(KEY, words, "green", _link(wave))]


def _holes(wave: Wave, proof: Proof, holes: Sequence[Hole]) -> list[Finding]:
    """One finding for all; it is about sites, duties and days, so that a hole that shrinks within
    its day stays waived."""
    if not holes:
        return []
    zones = {hole.site: ZoneInfo(proof.needs.zones[hole.site]) for hole in holes}
    sites = sorted({hole.site for hole in holes})
    _, begins_at = earliest(proof, holes)
    words = (
        f"Opening hours without primary or backup at {len(sites)} of its sites"
        f" ({named(sites)}); the first {begins_at:%a %-d %b %H:%M} there."
    )
    facts = frozenset(
        f"{hole.site} {hole.duty} {hole.start.astimezone(zones[hole.site]):%Y-%m-%d}"
        for hole in holes
    )
    return [Finding(KEY, words, "red", _link(wave), facts)]


def _unknown(numbers: Sequence[str]) -> list[Finding]:
    if not numbers:
        return []
    words = f"Opening hours are not entered: {named(numbers)}. Coverage cannot be proved there."
    return [Finding(f"{KEY}:hours", words, "amber", "", frozenset(numbers))]


def _link(wave: Wave) -> str:
    week = f"{wave.starts_on:%G-W%V}"
    return f"{reverse('coverage-page')}?programme={wave.programme.key}&week={week}"
