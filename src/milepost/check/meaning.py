"""What the words of a published figure mean in a zone: its indicator, its unit, its dates.

One reading of a word for `check`, which asks whether it can be read, and `measure`, which reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

from milepost.basics.period import Period, parse_period
from milepost.basics.unit import factor, is_unit
from milepost.plan.zone import Zone
from milepost.registers.indicator import Indicator

GROWTH = "growth_yoy_pct"
GROWTH_UNIT = "fraction"


@dataclass(frozen=True)
class UnitMeaning:
    """How values in a published unit become values of the indicator.

    A value is multiplied by `factor` to be in the indicator's unit or, where `is_growth`, a fraction
    (0.05 for 5 %); `factor` is None where the units do not fit, `is_known` tells whether the unit is one.
    """

    is_known: bool
    is_growth: bool
    factor: float | None


def indicator_named(zone: Zone, written: str) -> Indicator | None:
    """Give the indicator that a published name means in the zone, or None."""
    figure = zone.figures.get(written)
    return zone.indicators.get(figure.indicator if figure else written)


def unit_meaning(zone: Zone, name: str, kind: str, written: str) -> UnitMeaning | None:
    """Give how the unit `written` beside the published indicator `name` is read, or None without indicator.

    A target in percent for an indicator that is no percentage is a target of growth. A unit declared for
    the published name stands in the place of the written one, except for growth; else the zone's `units`
    translate odd spellings.
    """
    indicator = indicator_named(zone, name)
    if indicator is None:
        return None
    unit = zone.unit_named(written)
    as_fraction = factor(unit, GROWTH_UNIT)
    is_promised_growth = kind == "target" and as_fraction is not None and factor(indicator.unit, GROWTH_UNIT) is None
    if kind == GROWTH or is_promised_growth:
        return UnitMeaning(is_unit(unit), True, as_fraction)
    figure = zone.figures.get(name)
    unit = (figure.unit if figure else None) or unit
    if unit == indicator.unit:
        return UnitMeaning(True, False, 1.0)
    return UnitMeaning(is_unit(unit), False, factor(unit, indicator.unit))


def period_meaning(zone: Zone, written: str) -> Period | None:
    """Give the period that is written, or None where it cannot be read."""
    try:
        return parse_period(written, frozenset(zone.declared.undated_periods))
    except ValueError:
        return None


def date_meaning(written: str) -> Period | None:
    """Give the days that a date of any precision (year, month, day) may mean, or None."""
    if ".." in written or "/" in written or "Q" in written or "from" in written:
        return None
    try:
        return parse_period(written)
    except ValueError:
        return None
