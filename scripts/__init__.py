"""Tools for those who work on Rollcall; `make` starts them."""
