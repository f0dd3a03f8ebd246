"""A change of a rota that is still to come, called off."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.ledger.services import record
from apps.oncall.models import Rota, RotaVersion
from apps.oncall.rules import why_it_stays
from apps.oncall.services.drafts import UnableToSaveRota
from apps.oncall.services.rotas import layer_of


@transaction.atomic
def call_off(*, version: RotaVersion, actor: str, origin: str, now: datetime) -> None:
    """What was decided for a later day is not to be: what was said before goes on. Twice does no
    harm.

    Raises UnableToSaveRota for a version that counts already, is followed by another, or is all its
    rota says.
    """
    rota = Rota.objects.select_for_update().get(pk=version.rota_id)
    row = rota.versions.filter(pk=version.pk).first()
    if row is None:
        return
    _check(rota, row, now)
    record(
        subject="rota",
        subject_key=rota.key,
        verb="called_off",
        actor=actor,
        origin=origin,
        programme_id=rota.programme_id,
        now=now,
        fields={"effective_from": str(row.effective_from), "layer": row.layer,
                **layer_of(row).told()},
    )  # fmt: skip
    row.delete()


def may_be_called_off(rota: Rota, row: RotaVersion, now: datetime) -> bool:
    """Whether `call_off` would; for a rota read with its versions."""
    return not _reason(rota, row, now)


def _check(rota: Rota, row: RotaVersion, now: datetime) -> None:
    if reason := _reason(rota, row, now):
        raise UnableToSaveRota(reason, field="")


def _reason(rota: Rota, row: RotaVersion, now: datetime) -> str:
    """Why not; empty where it may be."""
    today = now.astimezone(ZoneInfo(row.time_zone or rota.time_zone)).date()
    *others, last = [one for one in rota.versions.all() if one.layer == row.layer]
    return why_it_stays(
        row.effective_from, today,
        changes_again_on=None if last.pk == row.pk else last.effective_from,
        is_all=not others and not row.layer,
    )  # fmt: skip
