"""Finding people."""

from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import Person
from apps.core.search import Hit


def find_people(text: str, person: Person, most: int) -> list[Hit]:
    """Active people of one's own programmes by name or username; their tickets are shown."""
    if not text:
        return []
    rows = Person.objects.filter(Q(name__icontains=text) | Q(username__icontains=text))
    rows = rows.filter(is_active=True)
    if not person.is_administrator:
        mine = Q(memberships__programme__in=person.programme_ids()) | Q(is_superuser=True)
        rows = rows.filter(mine).distinct()
    return [
        Hit(
            title=str(row),
            detail=f"{row.username} · {row.time_zone}",
            url=f"{reverse('tickets')}?assignee={row.username}",
            icon="user",
            value=row.username,
        )
        for row in rows.order_by("name")[:most]
    ]
