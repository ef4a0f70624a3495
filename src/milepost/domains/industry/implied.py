"""What published growth says of its base: totals a year apart, and the growth that was published with the later one.

The rows are a zone's published figures in the words they were published in. The earlier total is taken as it stood
before the growth was published, in its first vintage: the question is what of it the growth no longer counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from milepost.basics.period import Period, latest_day, parse_period
from milepost.science.panel import ImpliedBase, implied_base

_TOTALS = ("actual", "preliminary", "ytd")


@dataclass(frozen=True)
class PublishedGrowth:
    """Two published totals and a published growth of one indicator and area, and the base they imply."""

    indicator: str
    area: str
    period: str
    unit: str
    start: float
    end: float
    growth_percent: str
    source: str
    implied: ImpliedBase


def published_growths(figures: Mapping[str, Any], known_on: date) -> list[PublishedGrowth]:
    """Give every case in which totals a year apart and the growth between them were published by `known_on`.

    `figures` has the columns of the register of published figures, as text. What is rounded to "about", bounded or
    dated later says nothing exact and is passed over; so is what cannot be read, for the check tells it.
    """
    rows = [row for row in _rows(figures) if _day(row) <= known_on]
    found = []
    for growth in (row for row in rows if row["kind"] == "growth_yoy_pct"):
        period = _period(growth["period"])
        if period is None or period.start is None:
            continue
        alike = [row for row in rows if row["kind"] in _TOTALS and _is_alike(row, growth)]
        ends = [row for row in alike if row["period"] == growth["period"]]
        starts = [row for row in alike if _is_year_before(row["period"], period) and _day(row) <= _day(growth)]
        if ends and starts:
            made = _implied(min(starts, key=_day), min(ends, key=_day), growth)
            found += [made] if made is not None else []
    # Two sources that say the same are one case, told with the first of them.
    told: dict[PublishedGrowth, PublishedGrowth] = {}
    for one in found:
        told.setdefault(replace(one, source=""), one)
    return list(told.values())


def _implied(start: dict[str, str], end: dict[str, str], growth: dict[str, str]) -> PublishedGrowth | None:
    said = growth["value"].strip()
    rounding = 0.5 * 10.0 ** -len(said.partition(".")[2]) / 100
    try:
        base = implied_base(float(start["value"]), float(end["value"]), float(said) / 100, rounding)
    except ValueError:
        return None
    if start["unit"] != end["unit"]:
        return None
    return PublishedGrowth(
        end["indicator"], end["area"], end["period"], end["unit"],
        float(start["value"]), float(end["value"]), said, growth["source_title"] or growth["source_url"], base,
    )  # fmt: skip


def _rows(figures: Mapping[str, Any]) -> list[dict[str, str]]:
    return [dict(zip(figures, values, strict=True)) for values in zip(*figures.values(), strict=True)]


def _is_alike(one: dict[str, str], other: dict[str, str]) -> bool:
    return (one["indicator"], one["area"]) == (other["indicator"], other["area"])


def _day(row: dict[str, str]) -> date:
    """The last day the publication may have had; the end of the period where none is given."""
    try:
        return latest_day(row["published_on"] or row["period_end"])
    except ValueError:
        period = _period(row["period"])
        return period.end if period is not None and period.end is not None else date.max


def _period(text: str) -> Period | None:
    try:
        return parse_period(text)
    except ValueError:
        return None


def _is_year_before(text: str, period: Period) -> bool:
    earlier = _period(text)
    if earlier is None or earlier.start is None or earlier.end is None or period.start is None or period.end is None:
        return False
    return (earlier.start.year + 1, earlier.start.month, earlier.end.year + 1, earlier.end.month) == (
        period.start.year, period.start.month, period.end.year, period.end.month,
    )  # fmt: skip
