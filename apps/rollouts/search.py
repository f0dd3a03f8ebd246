"""Finding sites by number, name or region."""

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse

from apps.accounts.models import Person
from apps.core.search import Hit
from apps.rollouts.models import Site


def find_sites(text: str, person: Person, most: int) -> list[Hit]:
    """Sites the text names, those whose number begins with it first."""
    if not text:
        return []
    number = text.partition(" ")[0]
    fits = Q(number__istartswith=number) | Q(name__icontains=text) | Q(region__iexact=text)
    best = Case(
        When(number__iexact=number, then=Value(0)),
        When(number__istartswith=number, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Site.objects.filter(fits).annotate(best=best).order_by("best", "number")
    return [
        Hit(
            title=f"{row.number} {row.name}",
            detail=" · ".join(filter(None, (row.region, row.state))),
            url=reverse("site-page", args=[row.number]),
            icon="building-hospital",
            value=row.number,
        )
        for row in rows[:most]
    ]
