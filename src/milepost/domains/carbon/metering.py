"""What is wrong with the readings of one meter: intervals that lack, an index that falls, a reading a thousand times.

Nothing is mended here. A moment is the beginning of its interval, in standard time all year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

Moments = np.ndarray[Any, np.dtype[np.datetime64]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]
_TIMES_THE_USUAL = 500.0
_SECONDS = 60


@dataclass(frozen=True)
class Lack:
    """Intervals without a reading, one after another: the first one begins at `start`, the last one ends at `until`."""

    start: datetime
    until: datetime
    count: int


@dataclass(frozen=True)
class Fault:
    """A reading that is not right: when, at which device, and what was read after what."""

    moment: datetime
    device: str
    value: float
    expected: float


def lacking(moments: Moments, start: datetime, until: datetime, minutes: float) -> list[Lack]:
    """Give the intervals between two moments (the second not included) that have no reading.

    >>> moments = np.array(["2024-01-01T00:00", "2024-01-01T00:45"], dtype="datetime64[s]")
    >>> lacking(moments, datetime(2024, 1, 1), datetime(2024, 1, 1, 1), 15)
    [Lack(start=datetime.datetime(2024, 1, 1, 0, 15), until=datetime.datetime(2024, 1, 1, 0, 45), count=2)]
    """
    step = np.timedelta64(round(minutes * _SECONDS), "s")
    first = np.datetime64(start, "s")
    places = (moments.astype("datetime64[s]") - first) // step
    is_missing = np.ones(max(int((np.datetime64(until, "s") - first) // step), 0), dtype=bool)
    is_missing[places[(places >= 0) & (places < is_missing.size)]] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_missing.view(np.int8), [0]))))
    return [
        Lack((first + step * begin).item(), (first + step * end).item(), int(end - begin))
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def falls(moments: Moments, index: Numbers, devices: Sequence[str]) -> list[Fault]:
    """Give where the index of a device is below what it was before; `expected` is that earlier index.

    Moments are in their order. Another device at the place begins anew and is no fault.

    >>> moments = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], dtype="datetime64[s]")
    >>> [fault.value for fault in falls(moments, np.array([7.0, 5.0, 1.0]), ["a", "a", "b"])]
    [5.0]
    """
    found, last = [], dict[str, float]()
    for moment, value, device in zip(moments.tolist(), index.tolist(), devices, strict=True):
        if value != value:
            continue
        if value < last.get(device, value):
            found.append(Fault(moment, device, value, last[device]))
        last[device] = value
    return found


def leaps(moments: Moments, energy: Numbers, devices: Sequence[str]) -> list[Fault]:
    """Give the readings at least 500 times the median of those above zero, which is `expected`.

    A reading in watt hours among kilowatt hours is such a one. Without a reading above zero there is none.
    """
    positive = energy[energy > 0]
    if not positive.size:
        return []
    usual = float(np.median(positive))
    return [
        Fault(moments[place].item(), devices[place], float(energy[place]), usual)
        for place in np.flatnonzero(energy >= _TIMES_THE_USUAL * usual).tolist()
    ]
