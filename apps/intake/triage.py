"""Reads what triage needs, and asks the rules: site, product, phase, category, severity, queue."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from apps.incidents.models import Category, Queue
from apps.incidents.rules import propose_category, propose_severity
from apps.intake.models import Message
from apps.rollouts.models import GoLive, Product, Programme, Site
from apps.rollouts.rules import PhaseAt, SiteIndex, SiteName, recognise_product, support_phase

# Of several products in different phases, the one that needs the team most speaks for the site.
URGENCY = (
    "go_live_week", "paused", "rolled_back", "planned", "servicenow", "closed", "cancelled",
)  # fmt: skip


def propose(message: Message) -> dict[str, Any]:
    """Proposed columns of a message whose programme is known, from its masked text."""
    programme = message.programme
    if programme is None:
        return {}
    site = _site(message, programme)
    product = _product(message, programme)
    phase = phase_of(programme, site, product, message.source_at)
    category = _category(message, programme)
    return {
        "site": site,
        "product": product,
        "phase": phase.key if phase else "",
        "phase_since_at": phase.since if phase else None,
        "category": category,
        "severity": propose_severity(message.text),
        "queue": _queue(programme, product, category),
    }


def phase_of(
    programme: Programme, site: Site | None, product: Product | None, at: datetime
) -> PhaseAt | None:
    """The support phase of a site at an instant; of one product, or of the most urgent one."""
    if site is None:
        return None
    rows = GoLive.objects.with_facts().filter(programme=programme, site=site)
    if product is not None:
        rows = rows.filter(product=product)
    phases = [support_phase(row.facts(), at) for row in rows]
    return min(phases, key=lambda phase: URGENCY.index(phase.key), default=None)


def _site(message: Message, programme: Programme) -> Site | None:
    """The site the text names, else the channel's own."""
    rows = Site.objects.filter(go_lives__programme=programme).distinct()
    names = rows.order_by("number").values_list("pk", "number", "name")
    guess = _index(tuple(names)).recognise(message.text)
    return rows.get(pk=guess.key) if guess else message.channel.site


@lru_cache(maxsize=8)
def _index(names: tuple[tuple[int, str, str], ...]) -> SiteIndex:
    """The index of these very names: reading them is quick, building it takes ten times as long."""
    return SiteIndex([SiteName(*name) for name in names])


def _product(message: Message, programme: Programme) -> Product | None:
    """The product the text names, else the programme's only one."""
    products: list[Product] = list(Product.objects.filter(programme=programme))
    if len(products) == 1:
        return products[0]
    key = recognise_product(message.text, [(one.pk, one.key, one.name) for one in products])
    return next((one for one in products if one.pk == key), None)


def _category(message: Message, programme: Programme) -> Category | None:
    rows = {row.key: row for row in Category.objects.filter(programme=programme)}
    words = [(row.key, row.words) for row in sorted(rows.values(), key=lambda row: row.position)]
    return rows.get(propose_category(message.text, words))


def _queue(
    programme: Programme, product: Product | None, category: Category | None
) -> Queue | None:
    """The category's own queue, else the product's, else the first of the lowest tier."""
    queues = list(Queue.objects.filter(programme=programme).order_by("tier", "pk"))
    if category is not None and category.queue_id is not None:
        return category.queue
    name = product.queue_name if product else ""
    return next((one for one in queues if one.name == name), next(iter(queues), None))
