"""When an indicator first reaches a value: the chance by each year, and the year by which it is as likely as not.

The draws of a target are whole paths, so the first year in which each of them reaches the value is known. A yearly
figure is reached by the year, not by a day: dates are ends of years.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.case import gather
from milepost.forecast.choices import widest
from milepost.forecast.mixture import mix
from milepost.forecast.priors import Priors
from milepost.forecast.verdict import is_reached
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Zone

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PassageYear:
    """One year: the chance that it reaches the value itself, that it or a year before it has, and its quantiles."""

    year: int
    chance: float
    passed_by: float
    median: float
    p05: float
    p95: float


@dataclass(frozen=True)
class Passage:
    """The years asked for, and the years by which the value was reached in 10, 50 and 90 percent of the draws.

    A year is None where the draws do not reach the value so often by the last of them. `since` is the year from which
    passing is looked for: the newest one with a figure.
    """

    since: int
    years: tuple[PassageYear, ...]
    early: int | None
    middle: int | None
    late: int | None


def first_passage(
    target: Target, zone: Zone, readings: Iterable[Reading], known_on: date, years: tuple[int, ...], priors: Priors
) -> Passage | None:
    """Give when the target's value is first reached, from the same draws as its chance; None without evidence.

    `target` has the last of `years` as its deadline. Passing is looked for from the newest year with a figure on: what
    an earlier year reached and lost again does not count.
    """
    held = list(readings)
    case = gather(target, zone, held, known_on, widest(priors))
    too_old = bool(case.used) and case.age_years() > zone.declared.settings.oldest_evidence_years
    if not case.used or too_old or case.is_off_scale_now():
        return None
    drawn = mix(case, held, priors).years
    latest = case.latest()
    since = latest.period.end.year if latest is not None and latest.period.end is not None else min(years)
    hits = {year: is_reached(values, target, case.indicator) for year, values in drawn.items() if year >= since}
    passed: dict[int, NDArray[np.bool_]] = {}
    so_far: NDArray[np.bool_] | None = None
    for year in sorted(hits):
        so_far = hits[year] if so_far is None else so_far | hits[year]
        passed[year] = so_far
    found = [_year(year, drawn[year], hits[year], passed[year]) for year in years if year in passed]
    ends = [next((year for year in sorted(passed) if passed[year].mean() >= share), None) for share in (0.1, 0.5, 0.9)]
    return Passage(since, tuple(found), *ends)


def _year(year: int, values: Floats, hits: NDArray[np.bool_], passed: NDArray[np.bool_]) -> PassageYear:
    p05, median, p95 = (float(quantile) for quantile in np.quantile(values, (0.05, 0.5, 0.95)))
    return PassageYear(year, float(hits.mean()), float(passed.mean()), median, p05, p95)
