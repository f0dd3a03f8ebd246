"""Every write to on-call: rotas, who stands in, cover, leave, accepted holes."""

from apps.oncall.services.covering import (
    Part,
    accept_cover,
    arrange_swap,
    ask_for_cover,
    decline_cover,
    put_on_turn,
    withdraw_cover,
)
from apps.oncall.services.drafts import LayerDraft, Place, RotaDraft, UnableToSaveRota
from apps.oncall.services.editing import RotaPreview, draft_of, preview_rota, with_layer
from apps.oncall.services.expecting import expect
from apps.oncall.services.handing import (
    Note,
    UnableToHandOver,
    acknowledge_hand_over,
    hand_over_note,
    tell_brief,
    write_note,
)
from apps.oncall.services.holes import (
    UnableToAcceptHole,
    accept_hole,
    withdraw_accepted_hole,
)
from apps.oncall.services.overriding import (
    LONGEST,
    Stand,
    UnableToOverride,
    put_on_duty,
    shift_of,
    take_leave,
    withdraw_leave,
    withdraw_override,
)
from apps.oncall.services.rotas import save_rota

__all__ = [
    "LONGEST",
    "LayerDraft",
    "Note",
    "Part",
    "Place",
    "RotaDraft",
    "RotaPreview",
    "Stand",
    "UnableToAcceptHole",
    "UnableToHandOver",
    "UnableToOverride",
    "UnableToSaveRota",
    "accept_cover",
    "accept_hole",
    "acknowledge_hand_over",
    "arrange_swap",
    "ask_for_cover",
    "decline_cover",
    "draft_of",
    "expect",
    "hand_over_note",
    "preview_rota",
    "put_on_duty",
    "put_on_turn",
    "save_rota",
    "shift_of",
    "take_leave",
    "tell_brief",
    "with_layer",
    "withdraw_accepted_hole",
    "withdraw_cover",
    "withdraw_leave",
    "withdraw_override",
    "write_note",
]
