"""Sites above sites."""

from collections.abc import Mapping


def is_its_own(number: str, parents: Mapping[str, str]) -> bool:
    """Whether a site stands above itself, by the parents (a number, or "") of all."""
    above, seen = parents.get(number, ""), {number}
    while above and above not in seen:
        seen.add(above)
        above = parents.get(above, "")
    return above == number
