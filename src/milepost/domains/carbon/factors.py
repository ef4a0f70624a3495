"""Emission factors and other dated numbers: one is picked by its family, never another family's in its place.

Three families of Chinese electricity factors stand side by side (the average factors of the ministry and the bureau
of statistics, the factor for enterprise reports, the factor of Beijing's carbon market), and the average without
market-traded non-fossil power is a fourth thing, the residual. They answer different questions. A factor that is
not there for a year is missing; the factor of another year is taken only where the question says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from milepost.basics.text import Text

AVERAGE, RESIDUAL = "grid_average", "grid_residual"
ENTERPRISE, BEIJING_MARKET = "enterprise_reporting", "beijing_market"
LOCATION_FAMILIES = (AVERAGE, ENTERPRISE, BEIJING_MARKET)
YearRule = Literal["same_year", "latest_known", "newest_edition"]


@dataclass(frozen=True)
class Factor:
    """One dated number: what it is for, its unit, from when it was known, how sure it is, who said so.

    `in_force_from` is the day it was published or came into force, `in_force_until` the last day it may be
    used; None leaves that side open. `standing` says how the source was read (issuing_body, secondary_copy, ...).
    `year` is the year it describes, None where it describes none.
    """

    id: str
    family: str
    kind: str
    subject: str
    region: str
    year: int | None
    value: float
    unit: str
    in_force_from: date | None = None
    in_force_until: date | None = None
    uncertainty_percent: float | None = None
    standing: str = ""
    source: str = ""

    def known_on(self, day: date) -> bool:
        """Give whether it could be used on that day."""
        after_start = self.in_force_from is None or self.in_force_from <= day
        return after_start and (self.in_force_until is None or day <= self.in_force_until)


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the regions in order, the nearest area first, then those that contain it."""

    family: str
    kind: str
    subject: str
    regions: Sequence[str]
    year: int
    rule: YearRule = "same_year"


@dataclass(frozen=True)
class Picked:
    """The factor that was found, or None with the reason why there is none."""

    factor: Factor | None
    missing: Text | None = None

    @property
    def value(self) -> float | None:
        """The factor's value, None where there is none."""
        return self.factor.value if self.factor else None


@dataclass(frozen=True)
class Factors:
    """All factors at hand."""

    all: tuple[Factor, ...]

    def pick(self, wanted: Wanted, on: date) -> Picked:
        """Give the factor of that family, year and nearest region that was known on a day.

        With `latest_known`, the latest year not after the one wanted; with `newest_edition` the year is that of
        a standard that does not describe a year (heating values, warming potentials), and the newest is taken. A
        family is never left: what it does not hold is missing. Of several versions of one factor the one that
        came into force last is taken.
        """
        fitting = [f for f in self.all if (f.family, f.kind, f.subject) == (wanted.family, wanted.kind, wanted.subject)]
        known = [f for f in fitting if f.known_on(on)]
        for region in wanted.regions:
            here = [f for f in known if f.region == region and _fits_year(f, wanted)]
            if here:
                newest = max(f.year or 0 for f in here)
                latest = max((f for f in here if (f.year or 0) == newest), key=lambda f: f.in_force_from or date.min)
                return Picked(latest)
        return Picked(None, _why_none(wanted, fitting, known, on))

    def families(self) -> Mapping[str, tuple[Factor, ...]]:
        """Give the factors by family."""
        names = dict.fromkeys(f.family for f in self.all)
        return {name: tuple(f for f in self.all if f.family == name) for name in names}


def read_factors(rows: Iterable[Mapping[str, object]]) -> Factors:
    """Give the factors of the rows of a table (columns as in factors/*.csv); a row without a value is left out."""
    return Factors(tuple(_factor(row) for row in rows if _text(row, "value")))


def _factor(row: Mapping[str, object]) -> Factor:
    year, uncertainty = _text(row, "year"), _text(row, "uncertainty_percent")
    return Factor(
        _text(row, "factor"), _text(row, "family"), _text(row, "kind"), _text(row, "subject"), _text(row, "region"),
        int(float(year)) if year else None, float(_text(row, "value")), _text(row, "unit"),
        _day(row, "in_force_from"), _day(row, "in_force_until"), float(uncertainty) if uncertainty else None,
        _text(row, "standing"), _text(row, "source"),
    )  # fmt: skip


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if value is None or value != value else str(value)


def _day(row: Mapping[str, object], name: str) -> date | None:
    written = _text(row, name)
    return date.fromisoformat(written[:10]) if written else None


def _fits_year(factor: Factor, wanted: Wanted) -> bool:
    if wanted.rule == "latest_known":
        return factor.year is not None and factor.year <= wanted.year
    return wanted.rule == "newest_edition" or factor.year == wanted.year


def _why_none(wanted: Wanted, fitting: Sequence[Factor], known: Sequence[Factor], on: date) -> Text:
    what, where = f"{wanted.subject} ({wanted.family})", "/".join(wanted.regions)
    if len(fitting) > len(known) and any(_fits_year(f, wanted) for f in fitting):
        return Text(
            f"The factor of {what} for {wanted.year} was not yet known, or no longer in force, on {on}",
            f"{on} 时，{wanted.year} 年{what}因子尚未发布或已失效",
        )
    years = sorted({f.year for f in known if f.region in wanted.regions and f.year is not None})
    there_is = ", ".join(map(str, years))
    return Text(
        f"No factor of {what} for {wanted.year} in {where}; years at hand: {there_is or 'none'}",
        f"缺少 {where} {wanted.year} 年{what}因子；现有年份：{there_is or '无'}",
    )
