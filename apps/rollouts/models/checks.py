"""Validators of columns that hold more than their type says; the words are the rules'."""

from django.core.exceptions import ValidationError

from apps.rollouts import rules


def _refuse(words: str) -> None:
    if words:
        raise ValidationError(words)


def valid_zone(value: object) -> None:
    """Raises ValidationError unless it is a time zone."""
    _refuse(rules.zone_problem(value))


def valid_hours(value: object) -> None:
    """Raises ValidationError unless it is weekly hours."""
    _refuse(rules.hours_problem(value))


def valid_calendar(value: str) -> None:
    """Raises ValidationError unless it is a calendar of public holidays, or none."""
    _refuse(rules.calendar_problem(value))


def valid_holidays(value: object) -> None:
    """Raises ValidationError unless it is a list of holidays."""
    _refuse(rules.holidays_problem(value))


def valid_blackouts(value: object) -> None:
    """Raises ValidationError unless it is a list of blackouts."""
    _refuse(rules.blackouts_problem(value))


def valid_phases(value: object) -> None:
    """Raises ValidationError unless it is a list of phases."""
    _refuse(rules.phases_problem(value))


def valid_labels(value: object) -> None:
    """Raises ValidationError unless it is words by word."""
    _refuse(rules.labels_problem(value))
