"""What a programme has, as the rows of a file ask for it."""

from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Product, Programme, Site
from apps.rollouts.rules import Slot
from apps.rollouts.rules.cells import BadCell, Cell, text_of, whole_of
from apps.rollouts.rules.site_numbers import SiteNumbers
from apps.rollouts.services.changing import waves_by_week
from apps.rollouts.services.portions import MOST_NAMED
from apps.rollouts.services.schedule import Key, Plan

COLUMNS = ("id", "site__number", "product__key", "planned_on", "actual_on", "wave__number", "scope")


class Known:
    """Sites, products, waves, go-lives that stand; read once for a file."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.sites = {row.number: row for row in Site.objects.all()}
        self.numbers = SiteNumbers(self.sites, programme.site_numbers())
        self.products: dict[str, Product] = {row.key: row for row in programme.products.all()}
        self.by_name = {row.name.casefold(): row.key for row in self.products.values()}
        self.waves = {row.number: row for row in programme.waves.all()}
        self.by_week = waves_by_week(programme)
        self._all = GoLive.objects.filter(programme=programme).exclude(status=Status.CANCELLED)
        self._ids: dict[Key, int] = {}
        self.standing: dict[Key, Slot] = {}  # with the day it begins or really began
        self.planned: dict[Key, Slot] = {}
        for pk, number, product, on, began_on, wave, scope in self._all.values_list(*COLUMNS):
            key = number, product
            self._ids[key], self.planned[key] = pk, Slot(on, wave, scope)
            self.standing[key] = Slot(began_on or on, wave, scope)
        self.rows: dict[Key, GoLive] = {}

    def fetch(self, keys: list[Key]) -> None:
        """Have `rows` of these with what their phase needs, in a constant number of queries."""
        rows = GoLive.objects.with_phases().select_related("wave")
        wanted = [self._ids[key] for key in keys if key not in self.rows]
        if not wanted:
            return
        rows = rows.filter(pk__in=wanted if len(wanted) <= MOST_NAMED else self._all.values("pk"))
        self.rows |= {(row.site.number, row.product.key): row for row in rows}

    def plan(self, key: Key, slot: Slot) -> Plan:
        wave = self.waves.get(slot.wave) if slot.wave is not None else None
        return Plan(site=self.sites[key[0]], product=self.products[key[1]], wave=wave,
                    planned_on=slot.planned_on, scope=slot.scope)  # fmt: skip

    def site(self, cell: Cell) -> str:
        """The number of a site that there is. Raises BadCell."""
        number = self.numbers.of(cell)
        if number not in self.numbers:
            near = self.numbers.near(number) or "; import the sites first"
            raise BadCell(f"is no site of the register{near}")
        return number

    def product(self, cell: Cell) -> str:
        """A product by key or name; of one that is the only one nothing need be said."""
        text = text_of(cell)
        if not text and len(self.products) == 1:
            return next(iter(self.products))
        key: str = text if text in self.products else self.by_name.get(text.casefold(), "")
        if not key:
            words = "is no product of the programme" if text else "the product is missing"
            raise BadCell(f"{words}; there are: {', '.join(self.products)}")
        return key

    def wave(self, cell: Cell) -> int | None:
        number = whole_of(cell, most=9999)
        if number is not None and number not in self.waves:
            first_last = f"{min(self.waves)} to {max(self.waves)}" if self.waves else "none yet"
            raise BadCell(f"is no wave of the programme; there are: {first_last}")
        return number
