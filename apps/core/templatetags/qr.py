"""A QR code in the page: drawn by the server as SVG, nothing fetched, nothing inline but shapes."""

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
QUIET = 4  # modules of white around it; scanners need them, also on a dark page


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """The text as a QR code that still reads with a fold or a stain (level M)."""
    made = segno.make(text, error="m", micro=False)
    drawn = made.svg_inline(border=QUIET, light="#fff", omitsize=True, svgclass=None,
                            lineclass=None)  # fmt: skip
    svg = mark_safe(drawn)  # noqa: S308  # nosec B308 B703 - shapes only; the text is not in it
    return format_html('<div class="qr" role="img" aria-label="{}">{}</div>', label, svg)
