"""Sites and schedule as tables: the same rows give the same bytes, and import as no change."""

from django.db.models.functions import Coalesce

from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Programme, Site
from apps.rollouts.sheets import XLSX, csv_of, xlsx_of

HEADERS = {
    "sites": ("number", "name", "parent", "region", "state", "time_zone", "opening_hours", "test"),
    "schedule": ("site", "product", "wave", "planned_on", "scope"),
}
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
COLUMNS = ("site__number", "product__key", "wave__number", "starts", "scope")
Rows = list[list[str]]


def exported(programme: Programme, kind: str, form: str) -> bytes:
    """A file of `kind` "sites" or "schedule" in `form` "csv" or "xlsx"."""
    rows = site_rows(programme) if kind == "sites" else schedule_rows(programme)
    write = csv_of if form == "csv" else xlsx_of
    return write(HEADERS[kind], rows)


def site_rows(programme: Programme) -> Rows:
    """What `to_export` says, by number."""
    return [_site(row) for row in Site.objects.to_export(programme)]


def _site(row: Site) -> list[str]:
    parent = row.parent.number if row.parent else ""
    hours = "; ".join(f"{days.replace(' ', '')} {spans}" for days, spans in
                      sorted(row.opening_hours.items()))  # fmt: skip
    return [row.number, row.name, parent, row.region, row.state, row.time_zone, hours,
            "yes" if row.is_test else ""]  # fmt: skip


def schedule_rows(programme: Programme) -> Rows:
    """Every go-live that stands, with the day it begins or began, by day, site and product; sorted
    here, because databases differ in what they think of capitals."""
    rows = GoLive.objects.filter(programme=programme).exclude(status=Status.CANCELLED)
    found = rows.annotate(starts=Coalesce("actual_on", "planned_on")).values_list(*COLUMNS)
    return [
        [site, product, "" if wave is None else str(wave), on.isoformat(), scope]
        for site, product, wave, on, scope in sorted(found, key=lambda one: (one[3], *one[:2]))
    ]
