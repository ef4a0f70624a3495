"""What a change is divided over: enterprises year by year, and the groups they belong to with shares.

Amounts are those of months in the panel, as the indicators count them, so that a division sums to the indicator's own
change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milepost.basics.text import Text
from milepost.domains.industry.answers import Arrays, numbered, numbers, texts
from milepost.science.contributions import ratio_change
from milepost.science.panel import panel_change

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """What is explained: a column of the returns, or one over another times `scale`; `shown` divides amounts."""

    id: str
    name: Text
    unit: str
    above: str
    below: str = ""
    scale: float = 1.0
    shown: float = 1.0
    comparable: str = ""


MEASURES = {
    one.id: one
    for one in (
        Measure(
            "gross_output", Text("Gross output", "工业总产值"), "CNY_100m", "gross_output_cny", shown=1e8,
            comparable="comparable_cny",
        ),
        Measure("revenue", Text("Revenue", "营业收入"), "CNY_100m", "revenue_cny", shown=1e8),
        Measure("value_added", Text("Value added", "工业增加值"), "CNY_100m", "value_added_cny", shown=1e8),
        Measure("profit", Text("Profit", "利润总额"), "CNY_100m", "profit_cny", shown=1e8),
        Measure("employees", Text("Employees", "从业人员"), "person", "employee_months", shown=12.0),
        Measure(
            "labour_productivity", Text("Labour productivity", "劳动生产率"), "CNY_per_person", "productive_cny",
            "productive_months", 12.0,
        ),
        Measure("rd_intensity", Text("R&D intensity", "研发投入强度"), "percent", "rd_cny", "rd_revenue_cny", 100.0),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """Amounts of enterprises [years, n], and whether they were in the panel; of a ratio also its denominator."""

    measure: Measure
    years: tuple[int, ...]
    enterprises: tuple[str, ...]
    above: FloatArray
    below: FloatArray | None
    inside: BoolArray
    reasons: tuple[tuple[str, ...], ...]
    comparable: FloatArray | None
    employee_months: FloatArray

    def value(self, step: int) -> float:
        """Give the measure in a year, in the amounts' own unit (a ratio in its unit)."""
        total = float(self.above[step].sum())
        return total if self.below is None else self.measure.scale * total / float(self.below[step].sum())

    def shown(self, value: float) -> float | None:
        """Give an amount in the measure's unit with its digits; nothing for nan."""
        return None if value != value else round(value / self.measure.shown, 4)

    def is_there(self, step: int) -> BoolArray:
        """Which enterprises have anything in a year?"""
        found = self.above[step] != 0
        return np.asarray(found if self.below is None else found | (self.below[step] != 0), dtype=np.bool_)

    def steps(self, step: int) -> dict[str, FloatArray]:
        """Give the change from one year to the next by what happened to each enterprise, in the value's unit."""
        was, now, reasons = self.inside[step], self.inside[step + 1], list(self.reasons[step + 1])
        first, last = self.above[step], self.above[step + 1]
        if self.below is None:
            real = None if self.comparable is None else self.comparable[step + 1]
            change = panel_change(first, last, was, now, reasons, real)
            return {name: getattr(change, name) for name in change.totals}
        found = ratio_change(first, last, self.below[step], self.below[step + 1])
        both = self.measure.scale * (found.numerator + found.denominator)
        # Who stands in which group is told by the panel; the parts are those of the ratio.
        mark = panel_change(np.zeros(was.size), np.ones(was.size), was, now, reasons)
        marks = {name: getattr(mark, name) != 0 for name in mark.totals}
        gone = panel_change(np.ones(was.size), np.zeros(was.size), was, now, reasons)
        chosen = {name: marks[name] | (getattr(gone, name) != 0) for name in marks}
        return {name: np.where(chosen[name], both, 0.0) for name in chosen}

    def without(self, left_out: NDArray[np.int64]) -> tuple[float, float]:
        """Give what leaving enterprises out at both times takes from the change, and the growth of the rest [1]."""
        kept = np.ones(len(self.enterprises), dtype=np.bool_)
        kept[left_out] = False
        before, after = (self._of(step, kept) for step in (0, -1))
        change = self.value(-1) - self.value(0)
        return change - (after - before), after / before - 1 if before > 0 else float("nan")

    def _of(self, step: int, kept: BoolArray) -> float:
        total = float(self.above[step][kept].sum())
        if self.below is None:
            return total
        base = float(self.below[step][kept].sum())
        return self.measure.scale * total / base if base > 0 else float("nan")


@dataclass(frozen=True)
class Shared:
    """Groups that enterprises belong to with shares, year by year: of each row the enterprise, the group, the share.

    The shares of an enterprise sum to one in each year: what no group has is the group without a name.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[NDArray[np.int64], NDArray[np.int64], FloatArray], ...]

    def amounts(self, values: FloatArray, step: int) -> FloatArray:
        """Give amounts of enterprises in a year by group."""
        owner, group, share = self.rows[step]
        return np.bincount(group, weights=values[owner] * share, minlength=len(self.names)).astype(np.float64)

    def counts(self, chosen: BoolArray) -> NDArray[np.int64]:
        """Give how many of the chosen enterprises belong to each group at the start or the end."""
        pairs = [np.stack(self.rows[step][:2])[:, chosen[self.rows[step][0]]] for step in (0, -1)]
        both = np.unique(np.concatenate(pairs, axis=1), axis=1)
        return np.bincount(both[1], minlength=len(self.names)).astype(np.int64)

    def renamed(self, wider: Mapping[str, str]) -> Shared:
        """Give the groups put together under wider names; the group without a name stays."""
        names = numbered(wider.get(name, name) for name in self.names)
        place = np.array([names[wider.get(name, name)] for name in self.names], dtype=np.int64)
        return Shared(tuple(names), tuple((owner, place[group], share) for owner, group, share in self.rows))


def panel_of(returns: Arrays, measure: Measure, first: int, last: int) -> Panel | None:
    """Give the panel from one year to another; None where one of the two has no returns or nothing to divide by."""
    years = tuple(range(first, last + 1))
    at = numbers(returns["year"]).astype(np.int64)
    held = np.flatnonzero((at >= first) & (at <= last))
    names = numbered(texts(np.asarray(returns["enterprise_code"], dtype=object)[held]))
    owner = np.array([names[code] for code in texts(np.asarray(returns["enterprise_code"], dtype=object)[held])], int)
    year = at[held] - first

    def spread(column: str) -> FloatArray:
        found = np.zeros((len(years), len(names)))
        found[year, owner] = np.nan_to_num(numbers(returns[column])[held])
        return found

    inside = np.zeros((len(years), len(names)), dtype=np.bool_)
    inside[year, owner] = numbers(returns["is_in"])[held] > 0
    why = [[""] * len(names) for _ in years]
    for row, one, reason in zip(year.tolist(), owner.tolist(), texts(np.asarray(returns["moved"])[held]), strict=True):
        why[row][one] = reason
    if first >= last or not inside[0].any() or not inside[-1].any():
        return None
    below = spread(measure.below) if measure.below else None
    if below is not None and not (below.sum(axis=1) > 0).all():
        return None
    comparable = spread(measure.comparable) if measure.comparable else None
    if comparable is not None:
        is_whole = spread("comparable_months") >= spread("panel_months")
        comparable = np.where((comparable > 0) & is_whole, comparable, np.nan)
    return Panel(
        measure, years, tuple(names), spread(measure.above), below, inside,
        tuple(map(tuple, why)), comparable, spread("employee_months"),
    )  # fmt: skip


def nodes(tables: Mapping[str, Any], panel: Panel) -> Shared:
    """Give the nodes of the chains with the shares of memberships; overlaps are divided."""
    return _shared(tables["memberships"], "node", panel)


def industries(tables: Mapping[str, Any], panel: Panel, digits: int = 2) -> Shared:
    """Give the divisions of GB/T 4754 with the shares of industry codes."""
    return _shared(tables["codes"], "industry", panel, digits)


def _shared(given: Arrays, of: str, panel: Panel, digits: int = 100) -> Shared:
    owners = {code: place for place, code in enumerate(panel.enterprises)}
    whose = np.array([owners.get(code, -1) for code in texts(given["enterprise_code"])], dtype=np.int64)
    names = numbered(group[:digits] for group in [*texts(given[of]), ""])
    groups = np.array([names[group[:digits]] for group in texts(given[of])], dtype=np.int64)
    share = numbers(given["share_0_1"])
    start, until = (np.array(given[name], dtype="datetime64[D]") for name in ("valid_from", "valid_until"))
    rows = []
    for year in panel.years:
        day = np.datetime64(f"{year}-12-31")
        held = (whose >= 0) & (start <= day) & (np.isnat(until) | (until > day))
        rows.append(_whole(whose[held], groups[held], share[held], len(owners), names[""]))
    return Shared(tuple(names), tuple(rows))


def _whole(
    owner: NDArray[np.int64], group: NDArray[np.int64], share: FloatArray, count: int, nothing: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    told = np.bincount(owner, weights=share, minlength=count).astype(np.float64)
    share = share / np.maximum(told, 1.0)[owner] if owner.size else share
    rest = np.flatnonzero(told < 1 - 1e-9)
    return (
        np.concatenate([owner, rest]),
        np.concatenate([group, np.full(rest.size, nothing, dtype=np.int64)]),
        np.concatenate([share, 1 - told[rest]]),
    )
