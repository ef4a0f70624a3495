"""The verdict on a target: what published figures decide outright, and what the chance decides.

A figure decides only for the period of the deadline itself, and only where it speaks for the target's
area: as a figure of that area, or, where more is better, of a part that lies inside it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from milepost.basics.unit import factor
from milepost.forecast.copies import half_unit
from milepost.forecast.evidence import last_day
from milepost.forecast.outlook import Verdict
from milepost.forecast.scale import whole_of
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Settings, Zone
from milepost.registers.indicator import Indicator

_ROUNDED_TO_WHOLE = 0.005
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

    The whole of a share is reached when it would be published as the whole.

    >>> all_of_it = Target("t", say, say, say, value=100, unit="percent")
    >>> threshold(all_of_it, Indicator("i", say, say, "ratio", "percent", scale="logit"))
    99.5
    """
    assert target.value is not None
    value = target.value
    if target.comparison == "about":
        last_digit = Decimal(repr(value)).normalize().as_tuple().exponent
        value -= 0.5 * 10.0 ** int(last_digit)
    goal = value * (factor(target.unit, indicator.unit) or 1.0)
    whole = whole_of(indicator)
    return whole * (1.0 - _ROUNDED_TO_WHOLE) if whole == goal and target.comparison == "at_least" else goal


def is_reached(values: NDArray[np.float64], target: Target, indicator: Indicator) -> NDArray[np.bool_]:
    """Say of each drawn value [draws] whether it meets the target; counts are rounded to whole numbers first."""
    times = factor(indicator.unit, "count") or 1.0
    counted = np.round(values * times) / times if indicator.scale == "count" else values
    return np.asarray(_COMPARE[target.comparison](counted, threshold(target, indicator)))  # type: ignore[arg-type]


def decided(target: Target, zone: Zone, readings: Sequence[Reading], known_on: date) -> tuple[Verdict, str] | None:
    """Give the verdict that published figures of the deadline's own period decide, with its reason, or None.

    The newest publication decides. A bound from below can meet a target to be exceeded and miss one not to be
    exceeded; a figure that only expects decides nothing. Where months can only add to a yearly total, some of
    them may decide for all.
    """
    assert target.indicator is not None and target.value is not None and target.deadline is not None
    indicator = zone.indicators[target.indicator]
    inside = _areas_inside(target, zone)
    for reading in sorted(readings, key=lambda r: (r.known_on, r.period.end or date.min), reverse=True):
        end = last_day(reading)
        if reading.kind in ("growth_yoy_pct", "target") or end is None or reading.known_on < end:
            continue
        if _is_part_of_total(reading, target, indicator):
            found = _by_part_of_total(reading, target, indicator)
        elif (
            target.sum_from is None and (reading.kind != "ytd" or target.months) and _is_due(reading, target, indicator)
        ):
            found = _by_figure(reading, target, indicator, known_on)
        else:
            continue
        if found and reading.area == target.area:
            return found
        if found and reading.area in inside and found[0] == "met":
            return "met", "met_by_a_part"
    return None


def _by_figure(reading: Reading, target: Target, indicator: Indicator, known_on: date) -> tuple[Verdict, str] | None:
    has_passed = _passes(reading, target, indicator)
    if has_passed:
        return "met", "met_by_bound" if reading.kind == "at_least" else "met_by_figure"
    assert target.deadline is not None
    # What never falls may have risen since an earlier figure: only one of the deadline's own day can miss.
    is_final = last_day(reading) == target.deadline and known_on > target.deadline
    return ("missed", "missed_by_figure") if has_passed is False and is_final else None


def _is_part_of_total(reading: Reading, target: Target, indicator: Indicator) -> bool:
    """Is it a figure of some of the months or years whose total the target is about? None of them can be negative."""
    start, end, deadline = reading.period.start, last_day(reading), target.deadline
    if indicator.kind != "flow" or indicator.scale == "real" or start is None or end is None or deadline is None:
        return False
    first = date(target.sum_from or deadline.year, deadline.month - target.months + 1 if target.months else 1, 1)
    is_whole = target.sum_from is None and _is_asked(reading, target) and reading.as_of is None
    return first <= start and end <= deadline and not is_whole


def _by_part_of_total(reading: Reading, target: Target, indicator: Indicator) -> tuple[Verdict, str] | None:
    """Give what some of the months decide: a total is at least what any of its months are."""
    has_passed = _passes(reading, target, indicator)
    if target.comparison == "at_most":
        return ("missed", "missed_before_the_end") if has_passed is False else None
    return ("met", "met_before_the_end") if has_passed else None


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
    end, deadline = last_day(reading), target.deadline
    is_some_months = reading.kind == "ytd" and not target.months
    if end is None or deadline is None or target.sum_from is not None or is_some_months:
        return False
    if indicator.kind in ("cumulative", "stage"):
        return end <= deadline
    if indicator.kind == "flow" or target.months:
        return end == deadline and _is_asked(reading, target)
    return end == deadline


def _is_asked(reading: Reading, target: Target) -> bool:
    """Is the figure's period the one the target is about: so many months, or a year?"""
    return reading.period.months == target.months if target.months else reading.period.is_year


def _passes(reading: Reading, target: Target, indicator: Indicator) -> bool | None:
    """Does the figure meet the target? None where it leaves both possible."""
    goal = threshold(target, indicator)
    if reading.kind == "at_least":
        if target.comparison == "at_most":
            return False if reading.value > goal else None
        return True if reading.value >= goal else None
    if reading.kind == "approx" and abs(reading.value - goal) <= half_unit(reading):
        # A rounding that straddles the target decides nothing.
        return None
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
