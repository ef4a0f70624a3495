"""A value strictly between two others of one kind: the example shown for an open stretch of an input."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from milepost.rules.values import Months, Value

_DAY = timedelta(days=1)
_MIDNIGHT, _LAST_SECOND = time(), time(23, 59, 59)


def between(kind: str | None, low: Any, high: Any, is_whole: bool = False) -> Value:
    """Give a value strictly between two of one kind (None: no bound on that side), or None where there is none.

    Whole numbers and whole days are preferred; of dates, months and, where `is_whole`, numbers only whole ones occur.

    >>> between("number", Decimal(1), Decimal(2)), between("number", Decimal(1), Decimal(2), is_whole=True)
    (Decimal('1.5'), None)
    >>> between("date", date(2026, 1, 1), date(2026, 1, 2)) is None
    True
    """
    try:
        if kind == "number":
            return _number(low, high, is_whole)
        if kind == "years and months duration":
            first, last = (end.count if isinstance(end, Months) else None for end in (low, high))
            found = _stepped(first, last, 1, 0, is_discrete=True)
            return None if found is None else Months(found)
        if kind == "time":
            return _time(low, high)
        start: object = {"date": date(2026, 1, 1), "date and time": datetime(2026, 1, 1)}.get(str(kind), timedelta())
        return _stepped(low, high, _DAY, start, is_discrete=kind == "date")
    except OverflowError:  # the calendar ends there
        return None


def _stepped(low: Any, high: Any, step: Any, otherwise: Any, is_discrete: bool) -> Any:
    """One step above `low`, or below `high`; the middle where a step is too long; None where nothing lies between."""
    if low is None:
        return otherwise if high is None else high - step
    if high is None or low + step < high:
        return low + step
    if is_discrete:
        return None
    middle = low + (high - low) / 2
    return middle if low < middle < high else None


def _number(low: Decimal | None, high: Decimal | None, is_whole: bool) -> Decimal | None:
    if low is None:
        return Decimal(0) if high is None else Decimal(math.ceil(high) - 1)
    whole = Decimal(math.floor(low) + 1)
    if high is None or whole < high:
        return whole
    return None if is_whole else low + (high - low) / 2


def _time(low: time | None, high: time | None) -> time | None:
    """Between two times of one day; the day's own ends are values too."""
    zone = next((end.tzinfo for end in (low, high) if end is not None), None)
    first, last = _MIDNIGHT.replace(tzinfo=zone), _LAST_SECOND.replace(tzinfo=zone)
    if low is None:
        return first if high is None or first < high else None
    if high is None:
        return last if low < last else None
    day = date(2026, 1, 1)
    found = _stepped(
        datetime.combine(day, low), datetime.combine(day, high), timedelta(hours=1), None, is_discrete=False
    )
    return found.timetz() if found else None
