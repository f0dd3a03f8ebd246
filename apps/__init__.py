"""The apps of Rollcall; an app imports only those below it (see docs/architecture.md)."""
