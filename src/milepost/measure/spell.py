"""Periods as the engine makes them: where a day's period begins, and how the period is written.

Nothing is asked of an engine here; expressions of the house's SQL and periods are made.
"""

from __future__ import annotations

import functools
from datetime import date, timedelta
from typing import Literal

from milepost.basics.period import Period, month_end, parse_period

Every = Literal["day", "month", "quarter", "year", "to_date"]
EVERY: tuple[Every, ...] = ("day", "month", "quarter", "year", "to_date")


def begins(every: Every, day: str) -> str:
    """Give the SQL of the first day of the period that holds a day; one to date is named by its last month."""
    if every == "day":
        return f"cast({day} as date)"
    return f"cast(date_trunc('{'month' if every == 'to_date' else every}', {day}) as date)"


def last_day(every: Every, start: date) -> date:
    """Give the last day of the period that `begins` names.

    >>> last_day("quarter", date(2025, 4, 1))
    datetime.date(2025, 6, 30)
    """
    months = {"day": 0, "month": 1, "to_date": 1, "quarter": 3, "year": 12}[every]
    return month_end(start.year, start.month + months - 1) if months else start


def following(every: Every, start: date) -> date:
    """Give the first day after the period that `begins` names."""
    return last_day(every, start) + timedelta(days=1)


@functools.cache
def period(every: Every, start: date) -> Period:
    """Give the period that `begins` names.

    >>> period("to_date", date(2025, 3, 1)).text, period("quarter", date(2025, 4, 1)).text
    ('2025-01..03', '2025-Q2')
    """
    written = {
        "day": start.isoformat(),
        "month": f"{start:%Y-%m}",
        "quarter": f"{start.year}-Q{(start.month + 2) // 3}",
        "year": f"{start.year:04d}",
        "to_date": f"{start.year:04d}-01..{start.month:02d}",
    }
    return parse_period(written[every])


def every_of(period: Period) -> tuple[Every, date]:
    """Give how a period is counted, and the day `begins` names it by.

    Raises ValueError for a period that no reading is computed for.

    >>> every_of(parse_period("2025-01..03"))
    ('to_date', datetime.date(2025, 3, 1))
    """
    if period.start is not None and period.end is not None:
        for every in EVERY:
            start = period.end.replace(day=1) if every == "to_date" else period.start
            try:
                same = _same(every, start, period)
            except ValueError:
                continue
            if same:
                return every, start
    raise ValueError("no reading is computed for such a period")


def _same(every: Every, start: date, wanted: Period) -> bool:
    return period(every, start).text == wanted.text
