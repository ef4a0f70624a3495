"""The work on one series, and on all: every method, past errors, calibration, distributions. Training only."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import ceil
from multiprocessing import get_context
from typing import Any, TypeVar

import numpy as np

from forecasting.series_file import FloatArray, Key, Series
from milepost.forecast.intervals import Calibration, Origin, calibrate, past_errors, stand_at_end
from milepost.forecast.methods.arima import Arima
from milepost.forecast.methods.damped import DampedTrend
from milepost.forecast.methods.drift import Drift
from milepost.forecast.methods.dynamic_theta import DynamicTheta
from milepost.forecast.methods.ensemble import combined, shipped_blend
from milepost.forecast.methods.ets import Ets
from milepost.forecast.methods.interface import Forecast, Method
from milepost.forecast.methods.library import has_library
from milepost.forecast.methods.line import Line
from milepost.forecast.methods.naive import Naive
from milepost.forecast.methods.seasonal_naive import SeasonalNaive
from milepost.forecast.methods.theta import Theta
from milepost.forecast.predictive import Predictive

PROBABILITIES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
LEVELS = {0.5: (2, 4), 0.8: (1, 5), 0.95: (0, 6)}
LOOK_BACK_VALUES = 1000  # longer series are cut to their last values, ten cycles at the least, for every method
_ORIGINS_ENOUGH = 500  # origins a frequency's pool aims at: recent ones say more than many
_T, _R = TypeVar("_T"), TypeVar("_R")


def alternatives(has_arima: bool) -> list[Method]:
    """Give the methods to run beside the shipped one; those of the library only where it is installed."""
    own: list[Method] = [Naive(), SeasonalNaive(), Drift(), Line(), DampedTrend(), Theta()]
    if has_library():
        own += [DynamicTheta(), Ets()]
        own += [Arima()] if has_arima else []
    return own


@dataclass(frozen=True)
class Said:
    """What was said of one series before any test value was read."""

    native: dict[str, Forecast]
    seconds: dict[str, float]
    end: Origin
    past: list[tuple[Origin, FloatArray]]


def recent(series: Series) -> FloatArray:
    """Give the values the methods see."""
    return series.y[-max(LOOK_BACK_VALUES, 10 * series.m) :]


def say(series: Series, origins: int, methods: list[Method]) -> Said:
    """Run every method on one series, and the shipped one at past origins too."""
    y, seconds, native = recent(series), {}, {}
    for method in methods:
        begun = time.perf_counter()
        native[method.name] = method.forecast(y, series.m, series.h, PROBABILITIES)
        seconds[method.name] = time.perf_counter() - begun
    three = [native[name] for name in ("dynamic Theta", "Theta", "ETS") if name in native]
    if len(three) == 3:
        native["mean of three"] = combined(three)
        native["median of three"] = combined(three, is_median=True)
    begun = time.perf_counter()
    end, past = say_shipped(series, origins)
    seconds["shipped"] = time.perf_counter() - begun
    return Said(native, seconds, end, past)


def say_shipped(series: Series, origins: int) -> tuple[Origin, list[tuple[Origin, FloatArray]]]:
    """Give the shipped method's origin at the end of the series, and past origins with their errors."""
    y, method = recent(series), shipped_blend()
    return stand_at_end(y, series.m, series.h, method), list(past_errors(y, series.m, series.h, method, origins))


def say_ets(series: Series) -> Forecast:
    """Give AutoETS with the same intervals: the yardstick of speed."""
    return Ets().forecast(recent(series), series.m, series.h, PROBABILITIES)


def origins_of(series: Iterable[Series]) -> dict[str, int]:
    """Give for each frequency how many past origins a series is asked for: many series need few."""
    count: dict[str, int] = defaultdict(int)
    for one in series:
        count[one.period] += 1
    return {period: min(max(ceil(_ORIGINS_ENOUGH / n), 2), 8) for period, n in count.items()}


def calibrated(series: list[Series], said: Iterable[tuple[Origin, list[Any]]]) -> dict[Key, Predictive]:
    """Pool the past errors by frequency and give each series' distribution."""
    pools: dict[str, list[tuple[Series, Origin, list[tuple[Origin, FloatArray]]]]] = defaultdict(list)
    for one, (end, past) in zip(series, said, strict=True):
        pools[one.period].append((one, end, past))
    given: dict[Key, Predictive] = {}
    for pool in pools.values():
        calibration: Calibration = calibrate((p for _, _, past in pool for p in past), max(s.h for s, _, _ in pool))
        given.update({one.key: calibration.predict(end) for one, end, _ in pool})
    return given


@contextmanager
def workers(processes: int) -> Iterator[Callable[[Callable[[_T], _R], list[_T], str], list[_R]]]:
    """Give a function that maps over series, in order, on so many processes, telling its progress."""
    if processes <= 1:
        _warmed(0)
        yield lambda work, items, label: list(_told(map(work, items), len(items), label))
        return
    with get_context("spawn").Pool(processes) as pool:
        pool.map(_warmed, range(processes), chunksize=1)
        yield lambda work, items, label: list(_told(pool.imap(work, items, chunksize=8), len(items), label))


def _warmed(_: int) -> None:
    """Import what is slow to import before any clock runs."""
    y = np.arange(1.0, 40.0) + np.arange(39) % 4
    shipped_blend().forecast(y, 4, 2)
    if has_library():
        Ets().forecast(y, 4, 2, PROBABILITIES)


def _told(results: Iterator[_R], count: int, label: str) -> Iterator[_R]:
    begun = shown = time.perf_counter()
    for done, result in enumerate(results, 1):
        if time.perf_counter() - shown > 5:
            shown = time.perf_counter()
            print(f"{label}: {done} of {count} series, {shown - begun:.0f} s", file=sys.stderr, flush=True)
        yield result


def work_on(origins: dict[str, int], methods: list[Method]) -> Callable[[Series], Said]:
    """Give the work on one series as a function that can be sent to another process."""
    return partial(_say_one, origins, methods)


def _say_one(origins: dict[str, int], methods: list[Method], series: Series) -> Said:
    return say(series, origins[series.period], methods)


def shipped_work_on(origins: dict[str, int]) -> Callable[[Series], tuple[Origin, list[tuple[Origin, FloatArray]]]]:
    """Give the shipped method's work on one series as a function that can be sent to another process."""
    return partial(_ship_one, origins)


def _ship_one(origins: dict[str, int], series: Series) -> tuple[Origin, list[tuple[Origin, FloatArray]]]:
    return say_shipped(series, origins[series.period])
