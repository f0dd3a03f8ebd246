"""The append-only record of every change: audit trail, change feed, live updates."""
