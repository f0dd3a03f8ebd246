"""Pages of on-call: the week, the coverage proof and its holes."""

from apps.oncall.views.coverage import accept, cover_hole, coverage, withdraw
from apps.oncall.views.week import week

__all__ = ["accept", "cover_hole", "coverage", "week", "withdraw"]
