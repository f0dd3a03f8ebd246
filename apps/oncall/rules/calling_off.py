"""Whether a change of a rota that was decided for a later day may be called off."""

from datetime import date


def why_it_stays(
    effective_from: date, today: date, *, changes_again_on: date | None, is_all: bool
) -> str:
    """Why a version is not called off, in words; empty where it may be.

    `today` is that of its layer's clock, `changes_again_on` the day of a later version of the
    layer, `is_all` whether nothing would be left of the rota.
    """
    if effective_from <= today:
        return "it counts already, and what was stays as it was"
    if changes_again_on is not None:
        return f"it changes again on {changes_again_on}: call that off first"
    if is_all:
        return "this is all the rota says: edit it instead"
    return ""
