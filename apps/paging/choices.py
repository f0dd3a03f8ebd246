"""Words of paging: why a page starts, whom a step names, how people are told and answer."""

from django.db.models import TextChoices

from apps.accounts.choices import Role


class Cause(TextChoices):
    """Why somebody is paged."""

    SEVERITY_ONE = "severity_one", "Severity 1"
    MISSED_ACKNOWLEDGEMENT = "missed_acknowledgement", "Missed acknowledgement"
    SILENCE = "silence", "Silence"
    HAND_OVER = "hand_over", "Hand-over not acknowledged"
    TEST = "test", "Test"


URGENT = frozenset({Cause.SEVERITY_ONE, Cause.TEST})  # these do not wait for anybody's quiet hours


ANSWERING = frozenset(set(Role.values) - {Role.VIEWER})  # who may take a page of their programme


class Aim(TextChoices):
    """What a step of a policy names."""

    DUTY = "duty", "Duty"
    PERSON = "person", "Person"
    ROLE = "role", "Role"
    CHANNEL = "channel", "Channel"


class Means(TextChoices):
    """How somebody is told."""

    EMAIL = "email", "E-mail"
    SLACK = "slack", "Slack"
    OTHER = "other", "Other service"


GONE = "this person has no such address any more"  # why somebody was not told by a way


class Through(TextChoices):
    """Where a page was acknowledged."""

    PAGE = "page", "Portal"
    LINK = "link", "E-mail link"
    SLACK = "slack", "Slack"
    API = "api", "API"
    TICKET = "ticket", "Ticket"
    SHIFT = "shift", "Hand-over"
