"""A site's electricity by its meters, and what each workshop is given of it: metered, else estimated, else by area."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from milepost.domains.carbon.balance import Allocation, Meter, allocate
from milepost.domains.carbon.boundary import Boundary
from milepost.domains.carbon.excerpts import Tables, rows_of
from milepost.domains.carbon.lines import whole_sum
from milepost.domains.carbon.readings import MeterRow, MonthSum, month_sums, read_meters, year_sums

SIGNS = {"purchase": 1.0, "own_generation": 1.0, "export": -1.0}
"""What counts to a site's electricity, by the role of its meters: bought and made, less sold."""


@dataclass(frozen=True)
class Metered:
    """The meters of a boundary in a period, as a tree, with the sums of their readings [kWh; None: not all read]."""

    meters: tuple[MeterRow, ...]
    tree: tuple[Meter, ...]
    months: tuple[MonthSum, ...]
    sums: Mapping[str, float | None]

    def total(self, site: str, roles: Collection[str] = tuple(SIGNS)) -> float | None:
        """Give the electricity of a site's own meters with these roles [kWh], None where one is not read or none is."""
        role = {one.meter.code: one.role for one in self.meters}
        own = [m for m in self.tree if m.site == site and m.carrier == "electricity" and role[m.code] in roles]
        read = ((self.sums.get(m.code), SIGNS[role[m.code]]) for m in own)
        return whole_sum(None if value is None else value * sign for value, sign in read)

    def has(self, site: str, roles: Collection[str]) -> bool:
        """Has the site a meter of its own with one of these roles?"""
        return any(
            one.meter.site == site and one.meter.carrier == "electricity" and one.role in roles for one in self.meters
        )

    def allocation(self, boundary: Boundary, site: str, moment: date, total: float | None) -> Allocation:
        """Give what each workshop of a site is given of a total [kWh]."""
        workshops = boundary.workshops(site, moment)
        metered: dict[str, float | None] = {}
        for workshop in workshops:
            mine = [m for m in self.tree if m.site == workshop.code and m.carrier == "electricity"]
            codes = {m.code for m in mine}
            if read := [self.sums.get(m.code) for m in mine if m.parent not in codes]:
                metered[workshop.code] = whole_sum(read)
        return allocate(
            total, [w.code for w in workshops], metered,
            {w.code: w.estimated_kwh for w in workshops if w.estimated_kwh is not None},
            {w.code: w.floor_area_m2 for w in workshops if w.floor_area_m2 is not None},
        )  # fmt: skip


def metered_in(tables: Tables, boundary: Boundary, year: int, month: int = 0) -> Metered:
    """Give the meters of a boundary with their sums of a year, or of one month of it."""
    start = date(year, month or 1, 1)
    every = read_meters(rows_of(tables, "meters"))
    meters = [m for m in every if boundary.on(m.meter.site, max(start, m.start))]
    lost = {m.meter.parent for m in every} - {m.meter.code for m in every}
    months = [m for m in month_sums(rows_of(tables, "readings"), meters, year) if month in (0, m.start.month)]
    return Metered(tuple(meters), tuple(_tree(meters, lost)), tuple(months), year_sums(months))


def sites_with_workshops(boundary: Boundary, start: date, until: date) -> list[str]:
    """Give the sites of a boundary in a period that have workshops when it begins."""
    return [site for site in boundary.sites_in(start, until) if boundary.workshops(site, start)]


def _tree(meters: Sequence[MeterRow], lost: Collection[str] = ()) -> list[Meter]:
    """One meter for each place: of several devices the last; it hangs below nothing that is not asked about."""
    last = {one.meter.code: one.meter for one in sorted(meters, key=lambda one: one.start)}
    return [meter if meter.parent in last or meter.parent in lost else replace(meter, parent="")
            for meter in last.values()]  # fmt: skip
