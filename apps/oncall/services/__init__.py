"""Every write to on-call: rotas, who stands in, cover, leave, accepted holes."""

from apps.oncall.services.applying import Applied
from apps.oncall.services.calendars import (
    UnableToUseCalendar,
    add_calendar,
    draft_file,
    draft_newer,
    forget_drafts,
    preview_draft,
    read_now,
    remove_calendar,
    take_draft,
    take_reading,
)
from apps.oncall.services.calling_off import call_off, may_be_called_off
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
from apps.oncall.services.editing import (
    RotaPreview,
    draft_of,
    follow_hours,
    preview_rota,
    with_layer,
    without_layer,
)
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
from apps.oncall.services.holidays import (
    UnableToPrepare,
    UnableToUseHours,
    Wanted,
    adjust_holiday,
    confirm_holiday,
    reopen_holiday,
    set_mute,
    withdraw_holiday,
)
from apps.oncall.services.outlook import look_ahead
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
from apps.oncall.services.preparing import prepare
from apps.oncall.services.rotas import make_rota, save_rota
from apps.oncall.services.telling import pass_unanswered

__all__ = [
    "LONGEST",
    "Applied",
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
    "UnableToPrepare",
    "UnableToSaveRota",
    "UnableToUseCalendar",
    "UnableToUseHours",
    "Wanted",
    "accept_cover",
    "accept_hole",
    "acknowledge_hand_over",
    "add_calendar",
    "adjust_holiday",
    "arrange_swap",
    "ask_for_cover",
    "call_off",
    "confirm_holiday",
    "decline_cover",
    "draft_file",
    "draft_newer",
    "draft_of",
    "expect",
    "follow_hours",
    "forget_drafts",
    "hand_over_note",
    "look_ahead",
    "make_rota",
    "may_be_called_off",
    "pass_unanswered",
    "prepare",
    "preview_draft",
    "preview_rota",
    "put_on_duty",
    "put_on_turn",
    "read_now",
    "remove_calendar",
    "reopen_holiday",
    "save_rota",
    "set_mute",
    "shift_of",
    "take_draft",
    "take_leave",
    "take_reading",
    "tell_brief",
    "with_layer",
    "withdraw_accepted_hole",
    "withdraw_cover",
    "withdraw_holiday",
    "withdraw_leave",
    "withdraw_override",
    "without_layer",
    "write_note",
]
