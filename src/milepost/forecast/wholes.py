"""Parts that add up to at most their whole: drawn side by side, and only what fits together is kept.

Paths of the whole and of each part that has figures are drawn from their own figures. Draws are paired at random, many
times over, and a draw counts by the share of its pairs in which the parts stay within the whole in every year
(rejection sampling; Robert & Casella 2004, *Monte Carlo Statistical Methods*, section 2.3). Shocks that the whole and
its parts have in common before any figure is seen are not modelled, so that a sum near the whole counts for a little
more than it should. Parts declared to overlap bind nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from milepost.basics.unit import factor
from milepost.forecast.case import Case, gather
from milepost.forecast.choices import Assumed
from milepost.forecast.paths import Drawn
from milepost.measure.reading import Reading
from milepost.plan.zone import Whole, Zone

Floats = NDArray[np.float64]
Draw = Callable[[Case, int], Drawn]
_PAIRINGS = 20
# With fewer pairs that fit the figures themselves contradict the declaration.
_LEAST_FITTING = 0.002


@dataclass(frozen=True)
class Held:
    """Draws held to a whole, and the message key of what a reader must know of it (empty where nothing binds)."""

    drawn: Drawn
    note: str = ""


def hold(case: Case, drawn: Drawn, readings: Sequence[Reading], assumed: Assumed, seed: int, draw: Draw) -> Held:
    """Give the draws of a case that fit together with the whole it is, or is a part of; `draw` draws other cases.

    Where hardly any fit, the draws stay as they were, and the note says so.
    """
    declared = next((whole for whole in case.zone.declared.wholes if _binds(whole, case)), None)
    if declared is None:
        return Held(drawn)
    sizes = {case.indicator.id: drawn.years}
    for number, name in enumerate(_members(declared), start=1):
        other = _case_of(name, case, readings, assumed) if name != case.indicator.id else None
        if other is not None and other.used:
            sizes[name] = draw(other, seed + number).years
    if declared.whole not in sizes or len(sizes) == 1:
        return Held(drawn)
    random = np.random.default_rng(seed)
    fits = _fitting(declared, case.zone, case.indicator.id, sizes, random)
    if fits.mean() < _LEAST_FITTING:
        return Held(drawn, "note_parts_exceed")
    return Held(drawn.taken(random.choice(fits.size, fits.size, p=fits / fits.sum())), "note_parts_of_whole")


def _members(declared: Whole) -> tuple[str, ...]:
    return (declared.whole, *declared.parts)


def _binds(declared: Whole, case: Case) -> bool:
    is_about = case.target.area == declared.area and case.indicator.id in _members(declared)
    return is_about and not declared.may_overlap


def _case_of(name: str, case: Case, readings: Sequence[Reading], assumed: Assumed) -> Case | None:
    """Give the case of another member, None where its path cannot be drawn."""
    indicator = case.zone.indicators[name]
    if indicator.kind == "stage":
        return None
    ask = replace(
        case.target, id=f"{case.target.id} {name}", indicator=name, value=0.0, unit=indicator.unit, base_year=None,
        sum_from=None, months=None,
    )  # fmt: skip
    return gather(ask, case.zone, readings, case.known_on, assumed)


def _fitting(
    declared: Whole, zone: Zone, own: str, sizes: Mapping[str, Mapping[int, Floats]], random: np.random.Generator
) -> Floats:
    """Give the share of pairings [draws] in which the parts stay within the whole in every year they have in common."""
    unit = zone.indicators[declared.whole].unit
    times = {name: factor(zone.indicators[name].unit, unit) or 1.0 for name in sizes}
    count = min(values.size for years in sizes.values() for values in years.values())
    found = np.zeros(next(iter(sizes[own].values())).size)
    for _ in range(_PAIRINGS):
        picked = {name: random.integers(count, size=found.size) for name in sizes} | {own: np.arange(found.size)}
        fits = np.ones(found.size, dtype=bool)
        for year in sizes[declared.whole]:
            parts = [
                times[name] * sizes[name][year][picked[name]]
                for name in declared.parts
                if name in sizes and year in sizes[name]
            ]
            fits &= np.sum(parts, axis=0) <= sizes[declared.whole][year][picked[declared.whole]]
        found += fits / _PAIRINGS
    return found
