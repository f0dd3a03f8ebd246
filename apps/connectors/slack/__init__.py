"""Slack: signed events come in, thread replies go out."""
