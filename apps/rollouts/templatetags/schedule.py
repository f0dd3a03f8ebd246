"""What the timeline repeats a thousand times: one tag, where a template's variables would each be
looked up, and cost more than everything else on the page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.rollouts.timeline import Slot

register = template.Library()
CHOICE = (
    '<input type="checkbox" name="go_live" value="{}" aria-label="Choose {} {}"'
    ' data-key="x" data-key-words="Choose the go-live">'
)
SLOT = (
    '<li class="slot" data-slot data-row id="s-{first}">{choice}'
    '<a class="mono" data-open href="/sites/{number}/">{number}</a>'
    ' <span class="slot-name" title="{name}">{name}</span>'
    '<span class="slot-facts">{day} · <i class="dot phase-{phase}"></i>{label}{more}</span></li>'
)


@register.simple_tag
def slot_line(slot: Slot, may_write: bool) -> SafeString:
    """A slot of a week; with a box to choose it for who may change the schedule."""
    choice = format_html(CHOICE, slot.value, slot.number, slot.name) if may_write else ""
    more = f" · {', '.join(slot.products)}" if slot.is_partial else ""
    more += " · Test site" if slot.is_test else ""
    return format_html(
        SLOT, first=slot.ids[0], choice=choice, number=slot.number, name=slot.name, day=slot.day,
        phase=slot.phase, label=slot.label, more=more,
    )  # fmt: skip
