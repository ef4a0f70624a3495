"""A period as it is published: a span of time, a point in time, or a span counted from its start.

The written forms are kept as they were published:

| written | shape | reads as |
|---|---|---|
| `2025` | span | the year |
| `2025-Q3` | span | the quarter |
| `2025-06` | span | the month |
| `2025-06-30` | point | the day |
| `2016-01..03` | to_date | January to March of the year |
| `2016..2021` | span | several whole years |
| `2019-07/2024-07` | to_date | counted from the start of one to the end of the other |
| `from 2024-11-24` | open | in force from that day |
| anything else that is declared | undated | no date was given |
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Shape = Literal["span", "point", "to_date", "open", "undated"]

_FORMS: tuple[tuple[re.Pattern[str], Shape], ...] = (
    (re.compile(r"(?P<a>\d{4})"), "span"),
    (re.compile(r"(?P<a>\d{4}-Q[1-4])"), "span"),
    (re.compile(r"(?P<a>\d{4}-\d{2})"), "span"),
    (re.compile(r"(?P<a>\d{4}-\d{2}-\d{2})"), "point"),
    (re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})\.\.(?P<n>\d{2})"), "to_date"),
    (re.compile(r"(?P<a>\d{4})\.\.(?P<b>\d{4})"), "span"),
    (re.compile(r"(?P<a>[\d-]{4,10})/(?P<b>[\d-]{4,10})"), "to_date"),
    (re.compile(r"from (?P<a>\d{4}-\d{2}-\d{2})"), "open"),
)


@dataclass(frozen=True)
class Period:
    """A period: first and last day, its shape, and the words it was published in.

    `start` and `end` are both included; they are None where the words give no date.
    """

    text: str
    shape: Shape
    start: date | None
    end: date | None

    @property
    def months(self) -> int:
        """Whole months from the start to the end, both included; 0 for a point or an undated period.

        >>> parse_period("2016-01..03").months
        3
        """
        if self.start is None or self.end is None or self.shape in ("point", "open"):
            return 0
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def days(self) -> int:
        """Its number of days; 0 where the words give no date."""
        return (self.end - self.start).days + 1 if self.start is not None and self.end is not None else 0

    @property
    def is_year(self) -> bool:
        """Is it exactly one calendar year?"""
        return self.shape == "span" and self.months == 12 and self.start is not None and self.start.month == 1


def parse_period(text: str, undated: frozenset[str] = frozenset()) -> Period:
    """Give the period written in `text`; words in `undated` are accepted as periods without a date.

    Raises ValueError where the text is none of the forms above, or no such date exists.

    >>> parse_period("2019-07/2024-07").end
    datetime.date(2024, 7, 31)
    >>> parse_period("2025-Q3").start
    datetime.date(2025, 7, 1)
    >>> parse_period("2025-13")
    Traceback (most recent call last):
    ValueError: not a period
    """
    text = text.strip()
    if text in undated:
        return Period(text, "undated", None, None)
    for pattern, shape in _FORMS:
        found = pattern.fullmatch(text)
        if found:
            return _from_match(text, shape, found.groupdict())
    raise ValueError("not a period")


def _from_match(text: str, shape: Shape, parts: dict[str, str]) -> Period:
    try:
        if "m" in parts:
            start, end = _ends(f"{parts['y']}-{parts['m']}")[0], _ends(f"{parts['y']}-{parts['n']}")[1]
        elif shape == "open":
            return Period(text, shape, _ends(parts["a"])[0], None)
        else:
            start, end = _ends(parts["a"])[0], _ends(parts.get("b", parts["a"]))[1]
    except ValueError as error:
        raise ValueError("not a period") from error
    if end < start:
        raise ValueError("not a period")
    return Period(text, shape, start, end)


def _ends(text: str) -> tuple[date, date]:
    """First and last day of a year, quarter, month or day."""
    if "Q" in text:
        year, quarter = int(text[:4]), int(text[-1])
        return date(year, quarter * 3 - 2, 1), month_end(year, quarter * 3)
    numbers = [int(part) for part in text.split("-")]
    if len(numbers) == 1:
        return date(numbers[0], 1, 1), date(numbers[0], 12, 31)
    if len(numbers) == 2:
        return date(numbers[0], numbers[1], 1), month_end(numbers[0], numbers[1])
    day = date(*numbers)
    return day, day


def month_end(year: int, month: int) -> date:
    """Give the last day of a month; raises ValueError where there is no such month.

    >>> month_end(2024, 2)
    datetime.date(2024, 2, 29)
    """
    if not 1 <= month <= 12:
        raise ValueError("no such month")
    return date(year, month, calendar.monthrange(year, month)[1])


def latest_day(text: str) -> date:
    """Give the last day a date of any precision may mean: `2019` is 2019-12-31, `2019-10` is 2019-10-31.

    Raises ValueError where the text is not a date.

    >>> latest_day("2019-10")
    datetime.date(2019, 10, 31)
    """
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise ValueError("not a date")
    return _ends(text)[1]
