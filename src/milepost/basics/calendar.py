"""Working days: which days count, the n-th working day after a day, working days between two days.

A calendar is what an authority published: weekends, the weekdays taken off and the weekend days
worked instead. Where nothing is published (before its first year or after its last) only weekends
are known, and every answer that touches such a day says that it is provisional. The day something
happens is never counted; counting starts on the next day.

A notice for the coming year may still reach back into the last days of December (it did in 2018);
a calendar is taken as published to 31 December of its newest notice all the same.
"""

from __future__ import annotations

import csv
import functools
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Due:
    """A day arrived at by counting; `is_provisional` says that some day counted is not published yet."""

    day: date
    is_provisional: bool


@dataclass(frozen=True)
class DayCount:
    """A number of working days; `is_provisional` as in Due."""

    days: int
    is_provisional: bool


@dataclass(frozen=True)
class Notice:
    """Where the days of a year were published."""

    year: int
    published_on: date
    number: str
    source: str


class Calendar:
    """Working days of a country; immutable, every question answered in microseconds.

    `days_off` are weekdays taken off, `days_worked` weekend days worked; other days follow the weekday.
    """

    def __init__(
        self,
        name: str,
        days_off: frozenset[date],
        days_worked: frozenset[date],
        first_year: int,
        last_year: int,
        notices: tuple[Notice, ...] = (),
    ) -> None:
        self.name = name
        self.notices = notices
        self.published_from = date(first_year, 1, 1)
        self.published_to = date(last_year, 12, 31)
        changes = {day.toordinal(): -1 for day in days_off if day.weekday() < 5}
        changes |= {day.toordinal(): 1 for day in days_worked if day.weekday() >= 5}
        self._changes = changes
        self._at = sorted(changes)
        total = 0
        self._sums = [0]
        for ordinal in self._at:
            total += changes[ordinal]
            self._sums.append(total)
        self._array_at = np.array(self._at, dtype=np.int64)
        self._array_sums = np.array(self._sums, dtype=np.int64)

    def is_published(self, day: date) -> bool:
        """Was the calendar of this day's year published?"""
        return self.published_from <= day <= self.published_to

    def is_working(self, day: date) -> bool:
        """Is `day` worked?

        >>> china().is_working(date(2026, 2, 28)), china().is_working(date(2026, 2, 23))
        (True, False)
        """
        return (day.weekday() < 5) + self._changes.get(day.toordinal(), 0) > 0

    def after(self, start: date, days: int) -> Due:
        """Give the `days`-th working day after `start`; `start` itself is not counted, and 0 gives `start`.

        Raises ValueError where `days` is negative or the day would lie beyond the year 9999.

        >>> china().after(date(2026, 2, 9), 20)
        Due(day=datetime.date(2026, 3, 13), is_provisional=False)
        >>> china().after(date(2026, 12, 25), 5)
        Due(day=datetime.date(2027, 1, 1), is_provisional=True)
        """
        return _after(self, start, days)

    def between(self, start: date, end: date) -> DayCount:
        """Give the working days after `start` up to and including `end`; 0 where `end` is not later.

        >>> china().between(date(2026, 2, 9), date(2026, 3, 13))
        DayCount(days=20, is_provisional=False)
        """
        if end <= start:
            return DayCount(0, False)
        days = self._up_to(end.toordinal()) - self._up_to(start.toordinal())
        return DayCount(days, not (self.published_from <= start + timedelta(1) and end <= self.published_to))

    def between_many(self, starts: Days, ends: Days) -> NDArray[np.int64]:
        """Give `between` for arrays of days (datetime64[D], any shapes that broadcast); no flags."""
        first, last = (np.asarray(x, dtype="datetime64[D]").astype(np.int64) + _EPOCH for x in (starts, ends))
        counts: NDArray[np.int64] = np.maximum(self._up_to_many(last) - self._up_to_many(first), 0)
        return counts

    def after_many(self, starts: Days, days: Any) -> tuple[Days, NDArray[np.bool_]]:
        """Give `after` for arrays: due days (datetime64[D]) and whether each is provisional.

        `days` are whole numbers, 0 or more, one or as many as `starts`.
        """
        first = np.asarray(starts, dtype="datetime64[D]").astype(np.int64) + _EPOCH
        wanted = np.broadcast_to(np.asarray(days, dtype=np.int64), first.shape)
        if first.size == 0:
            return np.asarray(starts, dtype="datetime64[D]"), np.zeros(first.shape, dtype=bool)
        if wanted.min() < 0:
            raise ValueError("a number of days cannot be negative")
        span = np.arange(first.min(), first.max() + 2 * wanted.max() + 60)
        counted = self._up_to_many(span)
        due = span[np.searchsorted(counted, self._up_to_many(first) + wanted)]
        due = np.where(wanted == 0, first, due)
        outside = (first + 1 < self.published_from.toordinal()) | (due > self.published_to.toordinal())
        return (due - _EPOCH).astype("datetime64[D]"), outside & (wanted > 0)

    def _up_to(self, ordinal: int) -> int:
        """Working days from the first day of year 1 to this one: weekdays, and what notices changed."""
        weeks, rest = divmod(ordinal, 7)
        return weeks * 5 + min(rest, 5) + self._sums[bisect_right(self._at, ordinal)]

    def _up_to_many(self, ordinals: NDArray[np.int64]) -> NDArray[np.int64]:
        weeks, rest = np.divmod(ordinals, 7)
        changed = self._array_sums[np.searchsorted(self._array_at, ordinals, side="right")]
        counted: NDArray[np.int64] = weeks * 5 + np.minimum(rest, 5) + changed
        return counted


@functools.lru_cache(maxsize=65_536)
def _after(calendar: Calendar, start: date, days: int) -> Due:
    if days < 0:
        raise ValueError("a number of days cannot be negative")
    if days == 0:
        return Due(start, False)
    first = start.toordinal()
    wanted = calendar._up_to(first) + days
    low, high = first + 1, min(first + 2 * days + 60, date.max.toordinal())
    if calendar._up_to(high) < wanted:
        raise ValueError("the day lies beyond the year 9999")
    while low < high:
        middle = (low + high) // 2
        if calendar._up_to(middle) < wanted:
            low = middle + 1
        else:
            high = middle
    day = date.fromordinal(low)
    return Due(day, not (calendar.published_from <= start + timedelta(1) and day <= calendar.published_to))


@functools.cache
def china() -> Calendar:
    """Give the official calendar of mainland China as the State Council published it, 2015 to 2026.

    Sources: the notices of the General Office listed in `calendars/china_notices.csv`.
    """
    days: dict[str, set[date]] = {"off": set(), "work": set()}
    for row in _rows("china.csv"):
        day, last = date.fromisoformat(row["first_date"]), date.fromisoformat(row["last_date"])
        while day <= last:
            days[row["kind"]].add(day)
            day += timedelta(1)
    notices = tuple(
        Notice(int(row["notice_year"]), date.fromisoformat(row["published_on"]), row["number"], row["source"])
        for row in _rows("china_notices.csv")
    )
    years = [notice.year for notice in notices]
    return Calendar("china", frozenset(days["off"]), frozenset(days["work"]), min(years), max(years), notices)


@functools.cache
def weekends_only() -> Calendar:
    """Give a calendar that knows weekends and nothing else: every answer is provisional."""
    return Calendar("weekends_only", frozenset(), frozenset(), 9999, 9998)


def _rows(file: str) -> list[dict[str, str]]:
    text = resources.files("milepost.basics").joinpath("calendars", file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
