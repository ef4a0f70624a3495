"""The verdict on a target: what published figures decide outright, and what the chance decides.

A figure decides only for the period of the deadline itself, and only where it speaks for the target's
area: as a figure of that area, or, where more is better, of a part that lies inside it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milepost.basics.unit import factor
from milepost.forecast.evidence import half_unit
from milepost.forecast.outlook import Verdict
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Settings, Zone
from milepost.registers.indicator import Indicator

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "over": operator.gt,
    "at_least": operator.ge,
    "about": operator.ge,
    "at_most": operator.le,
}


def threshold(target: Target, indicator: Indicator) -> float:
    """Give the number to reach, in the indicator's unit: "about" is half a unit of the last digit less.

    >>> from milepost.basics.text import Text
    >>> say = Text("", "")
    >>> about = Target("t", say, say, say, comparison="about", value=650_000, unit="CNY_per_person")
    >>> threshold(about, Indicator("i", say, say, "ratio", "CNY_per_person"))
    645000.0
    """
    assert target.value is not None
    value = target.value * (factor(target.unit, indicator.unit) or 1.0)
    if target.comparison == "about":
        digits = len(f"{target.value:.0f}".rstrip("0"))
        half = 0.5 * 10.0 ** (len(f"{target.value:.0f}") - digits)
        value -= half * (factor(target.unit, indicator.unit) or 1.0)
    return value


def is_reached(values: NDArray[np.float64], target: Target, indicator: Indicator) -> NDArray[np.bool_]:
    """Say of each drawn value [draws] whether it meets the target; counts are rounded to whole numbers first."""
    counted = np.round(values) if indicator.scale == "count" else values
    return np.asarray(_COMPARE[target.comparison](counted, threshold(target, indicator)))  # type: ignore[arg-type]


def decided(target: Target, zone: Zone, readings: Sequence[Reading], known_on: date) -> tuple[Verdict, str] | None:
    """Give the verdict that published figures of the deadline's own period decide, with its reason, or None.

    The newest publication decides. A bound can meet a target, never miss one.
    """
    assert target.indicator is not None and target.value is not None and target.deadline is not None
    if target.sum_from is not None:
        return None
    indicator = zone.indicators[target.indicator]
    inside = _areas_inside(target, zone)
    for reading in sorted(readings, key=lambda r: (r.known_on, r.period.end or date.min), reverse=True):
        if reading.kind in ("growth_yoy_pct", "target", "ytd") or not _is_due(reading, target, indicator):
            continue
        has_passed = _passes(reading, target, indicator)
        if reading.area == target.area:
            if has_passed:
                return "met", "met_by_bound" if reading.kind == "at_least" else "met_by_figure"
            if reading.kind != "at_least" and known_on > target.deadline:
                return "missed", "missed_by_figure"
        elif reading.area in inside and has_passed:
            return "met", "met_by_a_part"
    return None


def _areas_inside(target: Target, zone: Zone) -> set[str]:
    """Areas that can meet the target for the whole: parts whose value the whole is at least."""
    if target.comparison == "at_most":
        return set()
    return {
        relation.evidence_area
        for relation in zone.declared.relations
        if relation.indicator == target.indicator and relation.area == target.area and relation.ratio.low >= 1.0
    }


def _is_due(reading: Reading, target: Target, indicator: Indicator) -> bool:
    """Is the figure of the deadline's own period? What never falls is settled by any earlier figure too."""
    end, deadline = reading.period.end, target.deadline
    if end is None or deadline is None:
        return False
    if indicator.kind in ("cumulative", "stage"):
        return end <= deadline
    if indicator.kind == "flow":
        return end == deadline and reading.period.is_year
    return end == deadline


def _passes(reading: Reading, target: Target, indicator: Indicator) -> bool:
    goal = threshold(target, indicator)
    if reading.kind == "at_least" and target.comparison in ("over", "at_least", "about"):
        return reading.value >= goal
    if reading.kind == "approx" and abs(reading.value - goal) <= half_unit(reading) * abs(reading.value):
        # A rounding that straddles the target decides nothing.
        return False
    return _COMPARE[target.comparison](reading.value, goal)


def by_chance(chance: float, settings: Settings) -> Verdict:
    """Give the verdict of a chance by the zone's scheme.

    >>> [by_chance(c, Settings()) for c in (0.8, 0.5, 0.2, 0.19)]
    ['on course', 'at risk', 'behind', 'unlikely']
    """
    if chance >= settings.on_course:
        return "on course"
    if chance >= settings.at_risk:
        return "at risk"
    return "behind" if chance >= settings.behind else "unlikely"
