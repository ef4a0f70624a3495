"""The file of series is read here, in two passes: training first, test values only when all is said.

The first pass never reads a test row's value; of test rows it takes which periods are asked for. Rows may
stand in any order, `t` may be missing, and values may be: what was mended is counted and told.
"""

from __future__ import annotations

import csv
import gzip
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from milepost.basics.errors import listed, nearest

FloatArray = NDArray[np.float64]
Key = tuple[str, str]

SEASONS = {
    "YEARLY": 1, "ANNUAL": 1, "YEAR": 1, "Y": 1, "A": 1, "OTHER": 1, "HALFYEARLY": 2, "BIANNUAL": 2,
    "QUARTERLY": 4, "QUARTER": 4, "Q": 4, "MONTHLY": 12, "MONTH": 12, "M": 12, "WEEKLY": 52, "WEEK": 52, "W": 52,
    "DAILY": 7, "DAY": 7, "D": 7, "HOURLY": 24, "HOUR": 24, "H": 24, "HALFHOURLY": 48,
}  # fmt: skip
_GAPS_AT_MOST = 1.0  # periods skipped per period present: beyond it `t` is an order, not a clock


def season_length(period: str) -> int | None:
    """Give the values a cycle of a frequency's name (or number), None where the name is not known."""
    word = "".join(letter for letter in period.upper() if letter.isalnum())
    if word.isdigit() and 1 <= int(word) <= 400:
        return int(word)
    return SEASONS.get(word)


@dataclass(frozen=True)
class Series:
    """One series: its training values without gaps, and how many periods ahead are asked for."""

    id: str
    period: str
    m: int
    y: FloatArray
    h: int
    steps: tuple[int, ...]

    @property
    def key(self) -> Key:
        """A series is known by its frequency and its id."""
        return self.period, self.id


@dataclass
class _Rows:
    t: array[float] = field(default_factory=lambda: array("d"))
    value: array[float] = field(default_factory=lambda: array("d"))
    asked_t: array[float] = field(default_factory=lambda: array("d"))


def read_training(path: Path) -> tuple[list[Series], Counter[str]]:
    """Give every series with its training values, by frequency and id, and counts of what was mended or left out.

    Raises ValueError where the file lacks the columns series, part and value, or nothing can be forecast.
    """
    told: Counter[str] = Counter()
    found: dict[Key, _Rows] = {}
    for key, part, t, row, column in _rows(path):
        rows = found.setdefault(key, _Rows())
        if part == "train":
            rows.t.append(t)
            rows.value.append(_number(row[column]))
        elif part == "test":
            rows.asked_t.append(t)
        else:
            told["rows with a part that is neither train nor test, left out"] += 1
    series = [one for key, rows in sorted(found.items()) if (one := _series(key, rows, told)) is not None]
    if not series:
        raise ValueError("no series has both a training value and a test row")
    return series, told


def read_tests(path: Path, series: list[Series]) -> dict[Key, FloatArray]:
    """Give the test values [h] of each series, nan where there is none. The second pass: nothing is fitted after it."""
    waiting = {one.key: iter(one.steps) for one in series}
    values = {one.key: np.full(one.h, nan) for one in series}
    for key, part, _, row, column in _rows(path):
        if part == "test" and key in waiting:
            values[key][next(waiting[key]) - 1] = _number(row[column])
    return values


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield file


def _rows(path: Path) -> Iterator[tuple[Key, str, float, list[str], int]]:
    """Each row's key, part and t, with the row and the value's column still unread."""
    with _opened(path) as file:
        reader = csv.reader(file)
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in ("series", "part", "value") if name not in header]
        if missing:
            hint = nearest(missing[0], header) or f"it has: {listed(header, 12)}"
            raise ValueError(f"the file has no column {listed(missing)}; {hint}")
        series, part, value = (header.index(name) for name in ("series", "part", "value"))
        period, t = (header.index(name) if name in header else -1 for name in ("period", "t"))
        for row in reader:
            if len(row) >= len(header):
                name = row[period].strip() if period >= 0 else ""
                when = _number(row[t]) if t >= 0 else nan
                if t >= 0 and not isfinite(when):
                    when = _moment(row[t])
                yield (name or "OTHER", row[series].strip()), row[part].strip().lower(), when, row, value


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return nan
    return number if isfinite(number) else nan


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return nan
    return (moment - datetime(1970, 1, 1)).total_seconds() / 86_400 + 0.5e-9  # never a whole number: not a count


def _series(key: Key, rows: _Rows, told: Counter[str]) -> Series | None:
    period, name = key
    t, value, asked_t = (np.array(column, dtype=np.float64) for column in (rows.t, rows.value, rows.asked_t))
    if not np.isfinite(value).any():
        told["series without a single training value, left out"] += 1
        return None
    if not asked_t.size:
        told["series without test rows, left out"] += 1
        return None
    m = season_length(period)
    if m is None:
        told["series of a frequency whose season is not known, taken as without season"] += 1
    t, value = _in_order(t, value, told)
    y = _without_gaps(t, value, told)
    steps = _steps(t[-1], asked_t)
    return Series(name, period, m or 1, y, max(steps), steps)


def _in_order(t: FloatArray, value: FloatArray, told: Counter[str]) -> tuple[FloatArray, FloatArray]:
    """Rows by `t`, the later of two with the same `t`; as they stand where any `t` is missing."""
    if not np.isfinite(t).all():
        told["series whose t is missing, taken in the order of the file"] += 1
        return np.arange(1.0, t.size + 1), value
    order = np.argsort(t, kind="stable")
    if (np.diff(t) < 0).any():
        told["series whose rows were not in the order of t, put in order"] += 1
    t, value = t[order], value[order]
    last = np.append(np.diff(t) > 0, True)
    told["rows with a t given before, the later one kept"] += int((~last).sum())
    return t[last], value[last]


def _without_gaps(t: FloatArray, value: FloatArray, told: Counter[str]) -> FloatArray:
    """Values period by period from the first known to the last period, gaps and blanks filled on a straight line."""
    is_count = bool((t == np.round(t)).all())
    skipped = t[-1] - t[0] + 1 - t.size
    places = t - t[0] if is_count and 0 < skipped <= _GAPS_AT_MOST * t.size else np.arange(t.size, dtype=np.float64)
    known = np.isfinite(value)
    every = np.arange(places[known][0], places[-1] + 1)
    told["training values missing, filled on a straight line"] += every.size - int(known.sum())
    return np.interp(every, places[known], value[known])


def _steps(last_t: float, asked_t: FloatArray) -> tuple[int, ...]:
    """For each test row, in the file's order, how many periods after the last training period it lies."""
    ahead = asked_t - last_t
    is_clock = bool(np.isfinite(ahead).all() and (ahead == np.round(ahead)).all())
    if is_clock and asked_t.size and ahead.min() >= 1 and ahead.max() <= 2 * asked_t.size:
        return tuple(int(step) for step in ahead)
    order = np.argsort(np.where(np.isfinite(asked_t), asked_t, inf), kind="stable")
    ranks = np.empty(asked_t.size, dtype=np.int64)
    ranks[order] = np.arange(1, asked_t.size + 1)
    return tuple(int(rank) for rank in ranks)
