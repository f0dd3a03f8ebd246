"""What the checklist shows on the page of a site."""

from datetime import datetime

from apps.accounts.models import Person
from apps.core.panels import Panel
from apps.rollouts.models import ReadinessItem, Site
from apps.rollouts.rules.readiness import item_standing


def readiness_of_site(site: Site, person: Person, now: datetime) -> Panel | None:
    """Its items by product, in the order of the checklist; nothing when it has none."""
    rows = ReadinessItem.objects.current().with_facts().visible_to(person)
    rows = rows.filter(go_live__site=site)
    order = ("go_live__programme_id", "go_live__product_id", "template__position", "id")
    products: dict[str, list[tuple[ReadinessItem, str]]] = {}
    for item in rows.order_by(*order):
        found = products.setdefault(str(item.go_live.product), [])
        found.append((item, item_standing(item.facts(), now)))
    if not products:
        return None
    return Panel("rollouts/_readiness_of_site.html", {"products": products.items()})
