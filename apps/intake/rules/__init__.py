"""Decisions of the inbox: what is masked, which event is newer, what a reply says."""
