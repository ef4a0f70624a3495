"""A line of an inventory: an activity, the factor it was multiplied with, the tonnes, and the rows it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from milepost.basics.text import Text


@dataclass(frozen=True)
class Line:
    """One line.

    `scope` is 1, 2, 3, biogenic (shown apart) or exported (power and heat sold); `basis` is location or market
    for scope 2, else empty; `category` is the category 1-6 of ISO 14064-1. `tonnes` [tCO2e] is None where
    something is missing, and `missing` says what; it is never zero for that reason. `rows` are the ids of the
    records it came from, `factors` of the factors. `energy_mwh` is the energy behind it, None where there is none.
    `is_energy_or_process_co2` is False of other gases and of waste, which an index of carbon dioxide leaves out.
    """

    site: str
    scope: str
    basis: str
    category: int
    subject: str
    amount: float | None
    unit: str
    tonnes: float | None
    factors: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    method: str = ""
    activity_percent: float | None = None
    factor_percent: float | None = None
    missing: Text | None = None
    energy_mwh: float | None = None
    is_energy_or_process_co2: bool = True


@dataclass(frozen=True)
class Total:
    """A sum of lines: the tonnes of what is known, and how many lines are missing.

    `tonnes` is None where a line is missing, or where there is no line at all: a total that lacks a part is not a
    total, and what nobody reported is not zero. `known_t` is the sum of the parts at hand.
    """

    known_t: float
    count: int
    missing_count: int

    @property
    def tonnes(self) -> float | None:
        """The total [tCO2e], None where a line of it is missing or nothing was reported."""
        return None if self.missing_count or not self.count else self.known_t


def total_of(lines: Iterable[Line]) -> Total:
    """Give the total of some lines.

    >>> total_of([Line("a", "1", "", 1, "coal", 1.0, "tonne", 2.0), Line("a", "1", "", 1, "gas", None, "m3", None)])
    Total(known_t=2.0, count=2, missing_count=1)
    """
    found = list(lines)
    known = [line.tonnes for line in found if line.tonnes is not None]
    return Total(float(sum(known)), len(found), len(found) - len(known))


def whole_sum(values: Iterable[float | None]) -> float | None:
    """Give the sum of some amounts, None where one is missing or there is none.

    >>> whole_sum([1.0, 2.0]), whole_sum([1.0, None]), whole_sum([])
    (3.0, None, None)
    """
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known) if found and len(known) == len(found) else None


def of_scope(lines: Sequence[Line], scope: str, basis: str = "") -> tuple[Line, ...]:
    """Give the lines of a scope, of scope 2 those of one basis."""
    return tuple(line for line in lines if line.scope == scope and (not basis or line.basis == basis))
