"""The boundary of an account: which sites are in it on which day, who holds them, and what lies across a change.

A record whose period lies across the day a site came, went or changed hands belongs to neither side and is not shared
out: it is set aside, and the account says so. A workshop is in the boundary while its site is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from milepost.domains.carbon.excerpts import Row, day, number, text

Standing = Literal["inside", "outside", "across"]


@dataclass(frozen=True)
class Site:
    """A site or workshop between two days (the second not included; None: open)."""

    code: str
    kind: str
    parent: str
    name: str
    holder: str
    region: str
    start: date
    until: date | None
    floor_area_m2: float | None = None
    estimated_kwh: float | None = None

    def holds_on(self, moment: date) -> bool:
        """Give whether this row speaks of that day."""
        return self.start <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Boundary:
    """The sites of an account; with a `holder` only what it holds, with a `site` only that one and its workshops.

    A workshop that names no holder is its site's.
    """

    sites: tuple[Site, ...]
    holder: str = ""
    site: str = ""

    def on(self, code: str, moment: date) -> Site | None:
        """Give the row of a site that speaks of a day, None where it is not in the boundary."""
        row = self._row(code, moment)
        above = self._row(row.parent, moment) if row is not None and row.kind == "workshop" and row.parent else None
        if row is None or (row.kind == "workshop" and row.parent and above is None):
            return None
        holder = row.holder or (above.holder if above is not None else "")
        is_asked = (not self.site or self.site in (row.code, row.parent)) and self.holder in ("", holder)
        return row if is_asked else None

    def standing(self, code: str, start: date, until: date) -> Standing:
        """Give how a period (the last day not included) of a site lies to the boundary."""
        marks = {start, *(d for row in self._of(code) for d in (row.start, row.until) if d and start < d < until)}
        inside = [self.on(code, mark) for mark in sorted(marks)]
        if not any(inside):
            return "outside"
        rows = [row for row in inside if row is not None]
        same = len(rows) == len(inside) and len({(row.holder, row.region, row.parent) for row in rows}) == 1
        return "inside" if same else "across"

    def top(self, code: str, moment: date) -> str:
        """Give the site a workshop is part of on a day, or the site itself."""
        row = self.on(code, moment)
        return row.parent if row is not None and row.kind == "workshop" and row.parent else code

    def region(self, code: str, moment: date) -> str:
        """Give the region of the grid factor of a site on a day."""
        row = self.on(code, moment)
        return row.region if row is not None else ""

    def sites_in(self, start: date, until: date) -> tuple[str, ...]:
        """Give the sites (workshops left out) that are in the boundary on some day of a period."""
        found = [row.code for row in self.sites
                 if row.kind == "site" and self.standing(row.code, start, until) != "outside"]  # fmt: skip
        return tuple(sorted(set(found)))

    def workshops(self, site: str, moment: date) -> tuple[Site, ...]:
        """Give the workshops of a site on a day."""
        found = [row for row in self.sites if row.kind == "workshop" and row.parent == site and row.holds_on(moment)]
        return tuple(sorted(found, key=lambda row: row.code))

    def _of(self, code: str) -> tuple[Site, ...]:
        own = tuple(row for row in self.sites if row.code == code)
        parents = {row.parent for row in own if row.parent}
        return own + tuple(row for row in self.sites if row.code in parents)

    def _row(self, code: str, moment: date) -> Site | None:
        return next((row for row in self.sites if row.code == code and row.holds_on(moment)), None)


def read_boundary(rows: Sequence[Row], holder: str = "", site: str = "") -> Boundary:
    """Give the boundary of the rows of the register of sites."""
    found = tuple(
        Site(
            text(row, "site_code"), text(row, "kind"), text(row, "parent_code"), text(row, "site_name"),
            text(row, "holder_code"), text(row, "region"), day(row, "valid_from") or date.min, day(row, "valid_until"),
            number(row, "floor_area_m2"), number(row, "estimated_kwh"),
        )
        for row in rows
    )  # fmt: skip
    return Boundary(found, holder, site)


def ladders(rows: Sequence[Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
    """Give for each region itself and the regions around it, the nearest first.

    >>> ladders([{"region": "beijing", "inside": "north"}, {"region": "north", "inside": "china"}])["beijing"]
    ('beijing', 'north', 'china')
    """
    inside = {str(row["region"]): str(row["inside"]) for row in rows}
    found: dict[str, tuple[str, ...]] = {}
    for region in inside:
        way = [region]
        while (around := inside.get(way[-1], "")) and around not in way:
            way.append(around)
        found[region] = tuple(way)
    return found


def last_day(until: date) -> date:
    """Give the last day of a period whose end is not included."""
    return until - timedelta(days=1)
