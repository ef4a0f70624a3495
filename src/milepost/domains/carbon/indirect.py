"""Indirect emissions of the value chain: activity times factor in the fifteen categories, each with its data quality.

Quality is 1 (primary data of the supplier) to 5 (a guess); a total says how much of it rests on which quality. A
category nobody reported is missing, not zero.

Reference: GHG Protocol, Corporate Value Chain (Scope 3) Standard (2011), table 5.3 and chapter 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from milepost.basics.text import Text
from milepost.domains.carbon.lines import Line, total_of

CATEGORIES = range(1, 16)


@dataclass(frozen=True)
class Indirect:
    """One activity of the value chain: its category 1-15, amount, the factor [t per unit] with source, quality 1-5."""

    id: str
    site: str
    category: int
    subject: str
    amount: float | None
    unit: str
    factor_t_per_unit: float | None
    factor_source: str
    quality: int | None
    uncertainty_percent: float | None = None


@dataclass(frozen=True)
class CategorySum:
    """What is known of one category: tonnes, lines, and the mean quality weighed by tonnes; None where not reported."""

    category: int
    known_t: float | None
    count: int
    missing_count: int
    quality: float | None


def indirect_line(one: Indirect, iso: Mapping[int, int]) -> Line:
    """Give the line of an activity; `iso` gives the category of ISO 14064-1 for each of the fifteen."""
    lack = None
    if one.amount is None:
        lack = Text("The amount is missing", "缺少数量")
    elif one.factor_t_per_unit is None:
        lack = Text("The factor is missing", "缺少排放因子")
    tonnes = None if one.amount is None or one.factor_t_per_unit is None else one.amount * one.factor_t_per_unit
    return Line(one.site, "3", "", iso.get(one.category, 6), f"{one.category}:{one.subject}", one.amount, one.unit,
                tonnes, (), (one.id,), one.factor_source, one.uncertainty_percent, None, lack)  # fmt: skip


def by_category(activities: Sequence[Indirect], lines: Sequence[Line]) -> list[CategorySum]:
    """Give the sum of every one of the fifteen categories, reported or not."""
    found: list[CategorySum] = []
    for category in CATEGORIES:
        here = [(a, line) for a, line in zip(activities, lines, strict=True) if a.category == category]
        total = total_of(line for _, line in here)
        rated = [(a.quality, abs(line.tonnes)) for a, line in here if a.quality and line.tonnes]
        weight = sum(tonnes for _, tonnes in rated)
        quality = sum(q * tonnes for q, tonnes in rated) / weight if weight else None
        found.append(CategorySum(category, total.known_t if here else None, len(here), total.missing_count, quality))
    return found
