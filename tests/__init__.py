"""Tests of Rollcall; the tree mirrors `apps/` and `portal/`."""
