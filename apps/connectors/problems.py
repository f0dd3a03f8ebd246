"""What a failed call means for the one who wanted it, the same for every outside system."""

from apps.connectors.base import ConnectorError
from apps.core.http import HttpProblem

# Sent or not, the next try would end the same way until somebody changes a setting.
SETTINGS_PROBLEMS = frozenset({"policy"})


def from_reading(problem: HttpProblem) -> ConnectorError:
    """The error for a call that only reads: it can always be repeated."""
    return ConnectorError(f"{problem}.", permanent=problem.kind in SETTINGS_PROBLEMS)


def from_writing(problem: HttpProblem) -> ConnectorError:
    """The error for a call that writes: once sent, it may have taken effect."""
    return ConnectorError(
        f"{problem}.",
        permanent=problem.kind in SETTINGS_PROBLEMS,
        ambiguous=problem.sent and problem.kind != "redirect",
    )
