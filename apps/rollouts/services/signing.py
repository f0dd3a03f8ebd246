"""Go or no-go of a wave: signatures and waivers (product R7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.accounts.models import Person
from apps.ledger.services import record
from apps.rollouts.choices import Call, Part
from apps.rollouts.go_no_go import LONGEST, GoNoGo, where_it_stands
from apps.rollouts.models import Programme, SignOff, Waiver, Wave
from apps.rollouts.rules.readiness import NOT_ENTITLED, Finding, Permission
from apps.rollouts.services.deputies import (
    NotEntitled,
    UnableToSign,
    permission,
    roles_of,
    signs_in,
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody signs. `seen` is the digest of the findings they looked at; empty takes the
    findings as they are."""

    part: Part
    call: Call
    comment: str = ""
    seen: str = ""


@transaction.atomic
def sign(*, wave: Wave, draft: Draft, by: Person, origin: str, now: datetime) -> SignOff:
    """Sign one part of a wave's go/no-go. The same signature again is the one that stands.

    Raises NotEntitled for somebody who does not sign this part at all; UnableToSign when the wave
    has begun, the part or the other one is signed so that this one cannot be, a red finding has
    no waiver, the findings are not those that were seen, or a no-go does not say why.
    """
    if draft.part not in signs_in(by, wave.programme, now):
        raise NotEntitled(NOT_ENTITLED)
    stands = _hold(wave, now)
    allowed = permission(part=draft.part, person=by, programme=wave.programme,
                         signatures=stands.sign_offs, now=now)  # fmt: skip
    there = stands.signed.get(draft.part)
    if there is not None and (there.person_id, there.call) == (by.pk, draft.call):
        return there
    _refuse(stands, draft, there, allowed)
    row = SignOff.objects.create(
        wave=wave, part=draft.part, call=draft.call, person=by, comment=draft.comment.strip(),
        deputy_of=Person.objects.filter(username=allowed.deputy_of).first(), signed_at=now,
        digest=stands.digest,
        findings=[{"key": one.finding.key, "words": one.finding.words, "level": one.finding.level,
                   "is_waived": one.is_waived} for one in stands.findings],
    )  # fmt: skip
    told = {"part": row.part, "call": row.call, "deputy_of": allowed.deputy_of or None}
    _record(wave, "sign_off", "signed", by, origin, now, told | {"comment": row.comment})
    return row


def _hold(wave: Wave, now: datetime) -> GoNoGo:
    """Where the wave stands, with the wave held until the transaction ends: signatures, waivers
    and withdrawals come one after the other. Raises UnableToSign once it has begun."""
    list(Wave.objects.select_for_update(no_key=True).filter(pk=wave.pk).values_list("pk"))
    stands = where_it_stands(wave, now)
    if stands.has_begun:
        raise UnableToSign("the wave has begun: its sign-off is history")
    return stands


def _refuse(stands: GoNoGo, draft: Draft, there: SignOff | None, allowed: Permission) -> None:
    if not stands.has_go_lives:
        raise UnableToSign("nothing goes live in this wave")
    if not allowed:
        raise UnableToSign(allowed.why_not)
    if there is not None:
        words = f"{there.person} has signed {there.get_call_display().lower()}"
        raise UnableToSign(f"{words}: that has to be withdrawn first")
    if draft.seen and draft.seen != stands.digest:
        raise UnableToSign("what the checks say has changed meanwhile: look at it again")
    if draft.call == Call.GO and stands.blocking:
        raise UnableToSign(f"a waiver is missing: {stands.blocking[0].words}")
    if draft.call == Call.NO_GO and not draft.comment.strip():
        raise UnableToSign("say why it does not go")


@transaction.atomic
def withdraw_sign_off(*, sign_off: SignOff, by: Person, origin: str, now: datetime) -> SignOff:
    """Take a signature back, until the wave begins. Twice does no harm.

    Those may who stand behind it, and who holds the role. Raises UnableToSign, NotEntitled.
    """
    rows = SignOff.objects.select_related("wave__programme", "person", "deputy_of")
    row: SignOff = rows.get(pk=sign_off.pk)
    is_behind = by.username in row.facts().behind
    if not is_behind and row.part not in roles_of(by, row.wave.programme):
        raise NotEntitled("only who signed it, or holds its role, takes it back")
    _hold(row.wave, now)
    row.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "version"])
    if row.withdrawn_at is None:
        _withdraw(row, by, now)
        told = {"part": row.part, "call": row.call}
        _record(row.wave, "sign_off", "withdrawn", by, origin, now, told)
    return row


# --- waivers --------------------------------------------------------------------------------


@transaction.atomic
def waive(
    *, wave: Wave, finding: str, reason: str, by: Person, origin: str, now: datetime
) -> Waiver:
    """Accept a red finding (by key), as it is now. A waiver that still covers it is kept; one that
    does not any more makes room.

    Raises NotEntitled for who signs no part, UnableToSign without a reason, for no such finding,
    and once the wave has begun.
    """
    _refuse_strangers(wave.programme, by, now)
    stands = _hold(wave, now)
    if not reason.strip():
        raise UnableToSign("say why the wave may go nevertheless")
    told = next((one for one in stands.findings if one.finding.key == finding), None)
    if told is None or told.finding.level != "red":
        raise UnableToSign("there is no such red finding: look at it again")
    if told.waiver is not None and told.is_waived:
        return told.waiver
    if told.waiver is not None:
        _withdraw(told.waiver, by, now)
    row = _write_waiver(wave, told.finding, reason.strip(), by, now)
    facts = {"finding": finding, "reason": row.reason, "words": row.words}
    _record(wave, "waiver", "given", by, origin, now, facts)
    return row


def _write_waiver(wave: Wave, finding: Finding, reason: str, by: Person, now: datetime) -> Waiver:
    row: Waiver = Waiver.objects.create(
        wave=wave, finding=finding.key, words=finding.words[:LONGEST], reason=reason,
        facts=sorted(finding.facts), given_by=by.username, given_at=now,
    )  # fmt: skip
    return row


@transaction.atomic
def withdraw_waiver(*, waiver: Waiver, by: Person, origin: str, now: datetime) -> Waiver:
    """Take a waiver back, until the wave begins. Twice does no harm. Raises as `waive` does."""
    _refuse_strangers(waiver.wave.programme, by, now)
    _hold(waiver.wave, now)
    row: Waiver = Waiver.objects.select_related("wave__programme").get(pk=waiver.pk)
    if row.withdrawn_at is None:
        _withdraw(row, by, now)
        _record(row.wave, "waiver", "withdrawn", by, origin, now, {"finding": row.finding})
    return row


def _withdraw(row: Waiver | SignOff, by: Person, now: datetime) -> None:
    row.withdrawn_at, row.withdrawn_by = now, by.username
    row.version += 1
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "version"])


def _refuse_strangers(programme: Programme, by: Person, now: datetime) -> None:
    if not signs_in(by, programme, now):
        raise NotEntitled("only who may sign a part gives and withdraws waivers")


def _record(
    wave: Wave, subject: str, verb: str, by: Person, origin: str, now: datetime,
    fields: Mapping[str, object],
) -> None:  # fmt: skip
    record(
        subject=subject, subject_key=f"wave {wave.number}", verb=verb, actor=by.username,
        origin=origin, programme_id=wave.programme_id, now=now, fields=fields,
    )  # fmt: skip
