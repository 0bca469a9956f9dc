"""The time zones that a person can choose from, by region."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from zoneinfo import available_timezones

# What else there is are old names, and zones that belong to no place.
_REGIONS = frozenset(
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"]
)


@cache
def zones_by_region() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(region, names in it) in order, as this machine knows them: `Europe`, then `Europe/Amsterdam` and on."""
    known = sorted(each for each in available_timezones() if each.partition("/")[0] in _REGIONS and "/" in each)
    return tuple((region, tuple(names)) for region, names in groupby(known, key=lambda each: each.partition("/")[0]))


def place_of_zone(name: str) -> str:
    """How its place is read: `America/Argentina/Buenos_Aires` is `Argentina, Buenos Aires`."""
    return ", ".join(name.split("/")[1:] or [name]).replace("_", " ")
