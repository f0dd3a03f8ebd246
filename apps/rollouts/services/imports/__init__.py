"""Importing tables of sites and go-lives: looked at first, then all of it or nothing."""

from apps.rollouts.services.imports.drafts import (
    GivenFile,
    import_draft,
    keep_draft,
    look_at_draft,
    purge_drafts,
    read_draft_as,
)
from apps.rollouts.services.imports.previews import (
    MOST_ERRORS,
    BadRows,
    ImportOptions,
    ImportPreview,
    RowError,
    SiteChange,
)
from apps.rollouts.services.imports.register import import_sites, preview_sites
from apps.rollouts.services.imports.schedule import Imported, import_schedule, preview_schedule
from apps.rollouts.services.imports.undoing import undo_import

__all__ = [
    "MOST_ERRORS", "BadRows", "GivenFile", "ImportOptions", "ImportPreview", "Imported", "RowError",
    "SiteChange", "import_draft", "import_schedule", "import_sites", "keep_draft", "look_at_draft",
    "preview_schedule", "preview_sites", "purge_drafts", "read_draft_as", "undo_import",
]  # fmt: skip
