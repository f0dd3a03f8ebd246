"""`${NAME}` and `${NAME:-default}` in the texts of programme.yaml."""

import re
from collections.abc import Mapping

# `$${` writes a plain `${`.
_PART = re.compile(r"\$\$\{|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")
SHORTEST = 4  # a shorter value is no secret, and hiding it would garble other words


class Missing(Exception):
    """A variable that is not set and has no default; its text is the name."""


def fill_in(text: str, environment: Mapping[str, str], taken: dict[str, str]) -> str:
    """`text` with its variables replaced; each value that came from outside is noted in `taken`
    (value → name). An empty variable counts as not set. Raises Missing.
    """

    def value_of(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        if name is None:
            return "${"
        value = environment.get(name, "")
        if value:
            taken[value] = name
            return value
        if default is None:
            raise Missing(name)
        return default

    return _PART.sub(value_of, text)


def hide(words: str, taken: Mapping[str, str]) -> str:
    """`words` with every value that came from the environment replaced by its `${NAME}`."""
    for value in sorted(taken, key=len, reverse=True):
        if len(value) >= SHORTEST:
            words = words.replace(value, f"${{{taken[value]}}}")
    return words


def escape(text: str) -> str:
    """A text that reads back as itself."""
    return text.replace("${", "$${")
