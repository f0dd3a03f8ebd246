"""Asking pages as somebody, with a session."""

from typing import Any

from django.test import Client

from apps.accounts.models import Person

BACKEND = "django.contrib.auth.backends.ModelBackend"
HTMX = {"HX-Request": "true"}


def at_work(person: Person) -> Client:
    """A client signed in as this person."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def text_of(answer: Any) -> str:
    """What a page says, as text."""
    content: bytes = answer.content
    return content.decode()
