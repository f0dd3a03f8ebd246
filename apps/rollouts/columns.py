"""What somebody wants of a whole column of the checklist: which items, and what becomes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.rollouts.choices import Readiness
from apps.rollouts.models import ReadinessItem, ReadinessTemplate, Wave
from apps.rollouts.rules.readiness import read_numbers


@dataclass(frozen=True)
class Chosen:
    """The items that are meant, and numbers that are none of this column's sites."""

    items: list[ReadinessItem]
    unknown: tuple[str, ...]

    @property
    def sites(self) -> int:
        return len({item.go_live.site_id for item in self.items})


def column_of(wave: Wave, template: ReadinessTemplate) -> list[ReadinessItem]:
    """Every item of a column, by site."""
    rows = ReadinessItem.objects.current().with_facts()
    rows = rows.filter(go_live__wave=wave, template=template)
    return list(rows.order_by("go_live__site__number", "go_live__product_id", "id"))


def chosen_of(items: Sequence[ReadinessItem], asked: Mapping[str, Any]) -> Chosen:
    """The items meant by `which` (all, except, only), `numbers`, `product` and `act`.

    "All" and "all except" mean those the act can still change: what is open to be done, what is
    not open to be opened again. Who is named with "only" is meant however it stands.
    """
    product = asked.get("product")
    mine = [item for item in items if product is None or item.go_live.product_id == product.pk]
    found = read_numbers(asked.get("numbers", ""), {item.go_live.site.number for item in items})
    is_named = asked["which"] != "all"
    named = set(found.known) if is_named else set[str]()
    unknown = found.unknown if is_named else ()
    if asked["which"] == "only":
        return Chosen([item for item in mine if item.go_live.site.number in named], unknown)
    rest = [item for item in mine if item.go_live.site.number not in named]
    return Chosen([item for item in rest if _may_change(item, asked["act"])], unknown)


def _may_change(item: ReadinessItem, act: str) -> bool:
    if act == "give":
        return True
    is_open = item.state == Readiness.OPEN
    return not is_open if act == Readiness.OPEN else is_open
