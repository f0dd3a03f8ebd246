"""Columns of imported tables: our names, and what else people call them."""

from collections.abc import Mapping

Headers = dict[str, tuple[str, ...]]
NEEDED = {"schedule": ("site", "planned_on"), "sites": ("number",)}


def headers_of(kind: str, labels: Mapping[str, str]) -> Headers:
    """The columns of "schedule" or "sites"; the programme's own words for site and region count."""
    return _schedule(labels) if kind == "schedule" else _sites(labels)


def _schedule(labels: Mapping[str, str]) -> Headers:
    site = labels.get("site", "site")
    return {
        "site": ("number", "site number", site, f"{site} number"),
        "product": ("product key", "product name", "application"),
        "wave": ("wave number",),
        "planned_on": ("date", "day", "go live", "go live date", "planned", "planned date",
                       "planned go live"),
        "scope": (),
    }  # fmt: skip


def _sites(labels: Mapping[str, str]) -> Headers:
    site, region = labels.get("site", "site"), labels.get("region", "region")
    return {
        "number": ("site", "site number", site, f"{site} number"),
        "name": ("site name", f"{site} name"),
        "parent": ("parent number", "parent site", f"parent {site}"),
        "region": (region,),
        "state": (),
        "time_zone": ("timezone", "zone", "tz"),
        "opening_hours": ("hours",),
        "test": ("is test", "test site", f"test {site}"),
    }
