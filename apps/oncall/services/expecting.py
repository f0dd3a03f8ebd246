"""Which hand-overs and briefs a rota's schedule asks for: rows that follow it until they begin."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Person
from apps.ledger.services import Entry, record_many
from apps.oncall.models import HandOver, Rota, ShiftBrief
from apps.oncall.rules import ASKED_FOR, Passing, Spell, final_schedule, passings, spells
from apps.oncall.rules.handing import LONGEST_GAP

AHEAD = timedelta(hours=24)  # how early there is a row
BACK = timedelta(minutes=15)  # a shift that began so lately still counts as one to come
WHOLE = timedelta(days=16)  # longer than any slot


@transaction.atomic
def expect(*, rota: Rota, now: datetime) -> None:
    """Make the rows of a rota what its schedule says for the next day. What has begun stays; what
    somebody wrote goes along when a hand-over moves."""
    row = Rota.objects.select_for_update(no_key=True).get(pk=rota.pk)
    fresh = Rota.objects.with_facts().get(pk=row.pk)
    shifts = final_schedule(fresh.facts(), now - WHOLE, now + AHEAD + LONGEST_GAP)
    found, people = spells(shifts), fresh.people()
    _expect_hand_overs(fresh, people, passings(found), now)
    _expect_briefs(fresh, people, found, now)


def _expect_briefs(
    rota: Rota, people: Mapping[str, Person], found: Iterable[Spell], now: datetime
) -> None:
    wanted = {
        (one.duty, one.start, people[one.person].pk): one
        for one in found
        if now - BACK < one.start <= now + AHEAD
    }
    rows = ShiftBrief.objects.filter(rota=rota, starts_at__gt=now - BACK)
    known = {(row.duty, row.starts_at, row.person_id): row for row in rows}
    gone = [row.pk for key, row in known.items() if key not in wanted and row.told_at is None]
    if gone:
        ShiftBrief.objects.filter(pk__in=gone, told_at=None).delete()
    for key, spell in wanted.items():
        row = known.get(key)
        if row is not None and row.ends_at != spell.end:
            ShiftBrief.objects.filter(pk=row.pk).update(ends_at=spell.end)
    ShiftBrief.objects.bulk_create(
        [
            ShiftBrief(rota=rota, duty=spell.duty, person_id=key[2], starts_at=spell.start,
                       ends_at=spell.end, due_at=ShiftBrief.due_before(spell.start))
            for key, spell in wanted.items() if key not in known
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _expect_hand_overs(
    rota: Rota, people: Mapping[str, Person], found: Sequence[Passing], now: datetime
) -> None:
    wanted = {
        (one.duty, one.starts_at): one
        for one in found
        if one.ends_at <= now + AHEAD and one.starts_at > now - BACK
    }
    rows = HandOver.objects.standing().filter(rota=rota, starts_at__gt=now - BACK)
    known = {(row.duty, row.starts_at): row for row in rows}
    entries = [entry for key in wanted.keys() & known.keys()
               if (entry := _follow(rota, known[key], wanted[key], people, now))]  # fmt: skip
    lost = [row for key, row in known.items() if key not in wanted and row.starts_at > now]
    for key in sorted(wanted.keys() - known.keys()):
        passing = wanted[key]
        row = _moved(lost, passing, people) or HandOver(rota=rota)
        entries.append(_set(rota, row, passing, people))
    entries += [_drop(rota, row, now) for row in lost]
    record_many(entries, now=now)


def _moved(lost: list[HandOver], passing: Passing, people: Mapping[str, Person]) -> HandOver | None:
    """The row of a hand-over by the same person that is at another time now."""
    giver = people[passing.outgoing].pk
    for row in lost:
        if row.duty == passing.duty and row.outgoing_id == giver:
            lost.remove(row)
            return row
    return None


def _follow(
    rota: Rota, row: HandOver, passing: Passing, people: Mapping[str, Person], now: datetime
) -> Entry | None:
    """None where the row says the same, and where it has begun: the past stays."""
    said = (people[passing.outgoing].pk, people[passing.incoming].pk, passing.ends_at)
    if row.starts_at <= now or said == (row.outgoing_id, row.incoming_id, row.ends_at):
        return None
    return _set(rota, row, passing, people)


def _set(rota: Rota, row: HandOver, passing: Passing, people: Mapping[str, Person]) -> Entry:
    """Write what the schedule says; who acknowledged does so no more when somebody else comes."""
    incoming, is_new = people[passing.incoming], row.pk is None
    if not is_new and row.incoming_id != incoming.pk:
        row.acknowledged_at, row.acknowledged_by = None, ""
    row.duty, row.outgoing, row.incoming = passing.duty, people[passing.outgoing], incoming
    row.ends_at, row.starts_at = passing.ends_at, passing.starts_at
    row.acknowledge_due_at = passing.starts_at + ASKED_FOR
    row.version += not is_new
    row.save()
    return _entry(rota, row, "expected" if is_new else "moved")


def _drop(rota: Rota, row: HandOver, now: datetime) -> Entry:
    entry = _entry(rota, row, "withdrawn")
    if row.written_at is None:
        row.delete()
    else:
        HandOver.objects.filter(pk=row.pk).update(withdrawn_at=now, version=row.version + 1)
    return entry


def _entry(rota: Rota, row: HandOver, verb: str) -> Entry:
    return Entry(
        subject="hand_over", subject_key=str(row.pk), verb=verb, actor="system", origin="worker",
        programme_id=rota.programme_id,
        fields={"rota": rota.key, "duty": row.duty, "starts_at": row.starts_at.isoformat(),
                "outgoing": row.outgoing.username, "incoming": row.incoming.username},
    )  # fmt: skip
