"""Who calls the API."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from apps.accounts.models import Person
from apps.rollouts.models import Wave


def person_of(request: Request) -> Person:
    """The caller; the policy lets nobody else through."""
    person: Any = request.user
    found: Person = person
    return found


def wave_of(request: Request, programme: str, number: int) -> Wave:
    """The wave with this number, when the caller may see it. Raises Http404."""
    rows = Wave.objects.visible_to(person_of(request)).select_related("programme")
    found: Wave = get_object_or_404(rows, programme__key=programme, number=number)
    return found
