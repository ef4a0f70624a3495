"""What an event log says: cases, variants, spans, throughput, lateness; pure functions on arrays.

A log is one row for each event: the number of its case, the number of its activity, its moment
[seconds since 1970-01-01 UTC, NaN where none is given]. Rows may stand in any order; within a case they
are put in the order of time, and rows of the same moment keep the order of the file.
Terms: W. M. P. van der Aalst, Process Mining (2016), chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
_DAY = 86_400.0


@dataclass(frozen=True)
class Spread:
    """A batch of numbers: count, mean, and quantiles by linear interpolation; zeros where it is empty."""

    count: int
    mean: float
    least: float
    p25: float
    median: float
    p75: float
    p90: float
    most: float


@dataclass(frozen=True)
class Variant:
    """A sequence of activities that some cases follow exactly."""

    activities: tuple[int, ...]
    count: int


@dataclass(frozen=True)
class Lateness:
    """Actual against planned moments [days, positive is late].

    `judged` cases have both; `late` are those later than planned by more than nothing, `late_by_a_day`
    those that ended on a later day of the calendar. `days` spreads over all judged cases, `days_when_late`
    over the late ones. `without_plan` and `without_end` could not be judged.
    """

    judged: int
    late: int
    late_by_a_day: int
    share_late_0_1: float
    days: Spread
    days_when_late: Spread
    without_plan: int
    without_end: int


def spread(values: Floats) -> Spread:
    """Give the spread of the numbers that are numbers.

    >>> spread(np.array([1.0, 2.0, np.nan, 6.0])).median
    2.0
    """
    held = values[np.isfinite(values)]
    if held.size == 0:
        return Spread(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    least, p25, median, p75, p90, most = (float(q) for q in np.quantile(held, [0, 0.25, 0.5, 0.75, 0.9, 1]))
    return Spread(int(held.size), float(held.mean()), least, p25, median, p75, p90, most)


def in_time_order(cases: Numbers, times: Floats) -> Numbers:
    """Give the rows by case, within a case by time, then as they stood; rows without a time keep their place."""
    filled = _times_filled(cases, times)
    return np.lexsort((np.arange(len(cases)), filled, cases)).astype(np.int64)


def _times_filled(cases: Numbers, times: Floats) -> Floats:
    """A row without a time stands with the row before it in its case; the first with the earliest."""
    if not np.isnan(times).any():
        return times
    filled = times.copy()
    last: dict[int, float] = {}
    for row, (case, time) in enumerate(zip(cases.tolist(), times.tolist(), strict=True)):
        filled[row] = last.get(case, -np.inf) if np.isnan(time) else time
        last[case] = float(filled[row])
    return filled


def cases_out_of_order(cases: Numbers, times: Floats) -> int:
    """Give how many cases have an event that stands in the file before one that happened earlier."""
    order = np.argsort(cases, kind="stable")
    same = cases[order][1:] == cases[order][:-1]
    back = np.diff(times[order]) < 0
    return int(np.unique(cases[order][1:][same & back]).size)


def variants(cases: Numbers, activities: Numbers, times: Floats) -> tuple[Variant, ...]:
    """Give the variants, the most frequent first (then the shorter, then by activities)."""
    order = in_time_order(cases, times)
    held, acts = cases[order], activities[order]
    cuts = np.flatnonzero(np.diff(held)) + 1
    counted: dict[tuple[int, ...], int] = {}
    for part in np.split(acts, cuts) if len(acts) else []:
        way = tuple(part.tolist())
        counted[way] = counted.get(way, 0) + 1
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], len(pair[0]), pair[0]))
    return tuple(Variant(way, count) for way, count in ranked)


def case_bounds(cases: Numbers, times: Floats) -> tuple[Numbers, Floats, Floats]:
    """Give the cases in rising order with the moments of their first and last event (NaN: none)."""
    known, inverse = np.unique(cases, return_inverse=True)
    first = np.full(known.size, np.inf)
    last = np.full(known.size, -np.inf)
    timed = np.isfinite(times)
    np.minimum.at(first, inverse[timed], times[timed])
    np.maximum.at(last, inverse[timed], times[timed])
    first[~np.isfinite(first)] = np.nan
    last[~np.isfinite(last)] = np.nan
    return known.astype(np.int64), first, last


def spans_days(cases: Numbers, times: Floats) -> Floats:
    """Give the time from the first to the last event of each case, in rising order of case [days]."""
    _, first, last = case_bounds(cases, times)
    span: Floats = (last - first) / _DAY
    return span


def waits_days(cases: Numbers, times: Floats) -> Floats:
    """Give the time between an event and the next of its case, over all cases [days]."""
    order = in_time_order(cases, times)
    same = cases[order][1:] == cases[order][:-1]
    gaps: Floats = np.diff(times[order])[same] / _DAY
    return gaps[np.isfinite(gaps)]


def lateness(actual: Floats, planned: Floats, actual_clock: Floats, planned_clock: Floats) -> Lateness:
    """Give how late each case ended against its plan; all in seconds, NaN where missing.

    `actual` and `planned` are moments; `..._clock` the same as the clock on the wall showed them, from
    which the days of the calendar are taken.
    """
    both = np.isfinite(actual) & np.isfinite(planned)
    late_days = (actual[both] - planned[both]) / _DAY
    day_of = [np.floor(clock[both] / _DAY) for clock in (actual_clock, planned_clock)]
    late = late_days > 0
    judged = int(both.sum())
    return Lateness(
        judged,
        int(late.sum()),
        int((day_of[0] > day_of[1]).sum()),
        float(late.mean()) if judged else 0.0,
        spread(late_days),
        spread(late_days[late]),
        int((~np.isfinite(planned)).sum()),
        int((np.isfinite(planned) & ~np.isfinite(actual)).sum()),
    )


def by_month(moments: Floats) -> dict[str, int]:
    """Give how many moments fall in each month that has any (`2025-06`), in order of time [UTC]."""
    held = moments[np.isfinite(moments)]
    months, counts = np.unique(held.astype("datetime64[s]").astype("datetime64[M]"), return_counts=True)
    return {str(month): int(count) for month, count in zip(months, counts, strict=True)}
