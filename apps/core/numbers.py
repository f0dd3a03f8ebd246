"""Whole numbers out of addresses, headers and forms."""

MOST_DIGITS = 18  # what a bigint surely holds


def whole_number(text: str) -> int | None:
    """The number that is written; None for anything else, and for what no id or version reaches."""
    is_one = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if is_one else None
