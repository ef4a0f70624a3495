"""Monthly sums of meters as a study is given them, and whether every interval of the month was read.

A month that lacks a reading has no sum: nothing is filled in. How many readings there should be follows from the
meter's interval and the days it was in use.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from milepost.domains.carbon.balance import Meter
from milepost.domains.carbon.excerpts import Row, day, number, text

MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class MeterRow:
    """A meter in use between two days (the second not included; None: open)."""

    meter: Meter
    role: str
    interval_minutes: float | None
    start: date
    until: date | None

    def days_in(self, start: date, until: date) -> int:
        """Give how many days of a period it is in use."""
        end = until if self.until is None else min(until, self.until)
        return max((end - max(start, self.start)).days, 0)


@dataclass(frozen=True)
class MonthSum:
    """The electricity of a meter in a month [kWh]: None where a reading lacks; how many were read, and are due."""

    meter: str
    start: date
    until: date
    energy_kwh: float | None
    read_kwh: float
    read_count: int
    due_count: int | None


def read_meters(rows: Sequence[Row]) -> list[MeterRow]:
    """Give the meters of the rows of their register."""
    return [
        MeterRow(
            Meter(text(row, "meter_code"), text(row, "parent_code"), text(row, "carrier"), text(row, "unit"),
                  text(row, "site_code"), error_percent=number(row, "error_percent") or 0.0),
            text(row, "role"), number(row, "interval_minutes"), day(row, "valid_from") or date.min,
            day(row, "valid_until"),
        )
        for row in rows
    ]  # fmt: skip


def month_sums(readings: Sequence[Row], meters: Sequence[MeterRow], year: int) -> list[MonthSum]:
    """Give the sum of every month of a year in which a meter was in use; readings are sums by meter and month.

    Without an interval it cannot be told whether a reading lacks: then what was read is taken.
    """
    read = {(text(row, "meter_code"), int(row["month"])): row for row in readings if row.get("year") == year}
    by_code: dict[str, list[MeterRow]] = defaultdict(list)
    for one in meters:
        by_code[one.meter.code].append(one)
    found = []
    for code, rows in sorted(by_code.items()):
        for month in range(1, 13):
            start = date(year, month, 1)
            until = start + timedelta(days=monthrange(year, month)[1])
            if any(row.days_in(start, until) for row in rows):
                found.append(_month(code, rows, start, until, read.get((code, month))))
    return found


def _month(code: str, rows: Sequence[MeterRow], start: date, until: date, read: Row | None) -> MonthSum:
    due: int | None = 0
    for row in rows:
        days = row.days_in(start, until)
        if days and due is not None:
            due = None if not row.interval_minutes else due + round(days * MINUTES_A_DAY / row.interval_minutes)
    count = int(number(read, "reading_count") or 0) if read else 0
    amount = (number(read, "energy_kwh") or 0.0) if read else 0.0
    is_whole = count > 0 if due is None else count >= due
    return MonthSum(code, start, until, amount if is_whole else None, amount, count, due)


def year_sums(months: Sequence[MonthSum]) -> dict[str, float | None]:
    """Give the sum of a year by meter, None where one of its months lacks a reading."""
    found: dict[str, float | None] = {}
    for one in months:
        before = found.get(one.meter, 0.0)
        found[one.meter] = None if before is None or one.energy_kwh is None else before + one.energy_kwh
    return found
