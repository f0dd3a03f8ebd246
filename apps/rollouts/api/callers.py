"""Who calls the API."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core.api.versions import etag_of
from apps.rollouts.models import Versioned, Wave


def person_of(request: Request) -> Person:
    """The caller; the policy lets nobody else through."""
    person: Any = request.user
    found: Person = person
    return found


def with_etag(data: Any, row: Versioned, status: int = 200) -> Response:
    """An object as it is now, with the ETag that a later write may name."""
    return Response(data, status=status, headers={"ETag": etag_of(row.version)})


def wave_of(request: Request, programme: str, number: int) -> Wave:
    """The wave with this number, when the caller may see it. Raises Http404."""
    rows = Wave.objects.visible_to(person_of(request)).select_related("programme")
    found: Wave = get_object_or_404(rows, programme__key=programme, number=number)
    return found
