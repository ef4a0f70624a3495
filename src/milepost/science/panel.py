"""Growth of a panel that changes: who was in it, who is, and what of the change each group made. Pure functions.

A statistical panel (the above-scale enterprises) is another one every year. So the change between two published
totals is not the growth of anybody: firms entered and left, were counted under other codes, were counted twice. Here
the three growths that are published stand side by side, and the change is divided so that nothing is left over.
Arrays are over all enterprises that were in the panel at either time [n]; amounts in any one unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ENTRY = ("new", "grown_in", "moved_in")
EXIT = ("closed", "shrunk_out", "moved_out")
RECLASSIFIED = "reclassified"
DUPLICATE = "duplicate"
REASONS = (*ENTRY, *EXIT, RECLASSIFIED, DUPLICATE)
"""Why an enterprise enters or leaves the panel; any other word, and none, is unexplained."""


@dataclass(frozen=True)
class Growth:
    """Three growths of one total [1], nan where their base is not positive.

    `nominal`: end total over start total, as they stood. `comparable`: the end panel over its own amounts at the
    start, whether or not its enterprises were in the panel then. `fixed`: the enterprises in the panel at both times.
    `comparable_base` and `fixed_base` are the amounts of the start they rest on. `without_base` counts enterprises
    of the end panel whose amount at the start is not known and counts as zero.
    """

    start: float
    end: float
    nominal: float
    comparable: float
    comparable_base: float
    fixed: float
    fixed_base: float
    without_base: int


@dataclass(frozen=True)
class PanelChange:
    """The change of a panel's total, in parts [n] by enterprise that sum to it.

    `volume` and `price` divide the growth of continuing enterprises where comparable amounts are known, else it is
    all in `volume`. `entry` and `exit` by the reasons given, `reclassified` and `duplicates` net of both directions,
    `unexplained` those who came or went without a known reason.
    """

    volume: FloatArray
    price: FloatArray
    entry: FloatArray
    exit: FloatArray
    reclassified: FloatArray
    duplicates: FloatArray
    unexplained: FloatArray

    @property
    def totals(self) -> dict[str, float]:
        """Sums over the enterprises, by the name of the part."""
        return {name: float(getattr(self, name).sum()) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class ImpliedBase:
    """What a published growth says of the base: amounts in the unit of the totals, growths [1].

    `base` is the comparable base the growth implies, `low` and `high` what the rounding of the growth leaves open;
    `left` is the part of the earlier published total that is not in it: enterprises that left the panel or the
    definition, net of those that came and had a past.
    """

    nominal: float
    published: float
    base: float
    low: float
    high: float
    left: float
    left_low: float
    left_high: float
    left_share: float


def implied_base(start: float, end: float, growth: float, rounding: float = 0.0005) -> ImpliedBase:
    """Give the comparable base that a published `growth` [1] of `end` implies, against the `start` published before.

    `rounding` [1] is half of the growth's last digit. Raises ValueError where an amount is not positive or the growth
    is not above -1.

    >>> found = implied_base(29047.6, 27298.3, 0.165)
    >>> round(100 * found.nominal, 2), round(found.base, 1), round(found.left, 1), round(100 * found.left_share, 1)
    (-6.02, 23432.0, 5615.6, 19.3)
    """
    if start <= 0 or end <= 0 or growth - rounding <= -1:
        raise ValueError("a growth needs positive totals and is above minus one")
    base, low, high = (end / (1 + rate) for rate in (growth, growth + rounding, growth - rounding))
    left = start - base
    return ImpliedBase(end / start - 1, growth, base, low, high, left, start - high, start - low, left / start)


def growth(start: ArrayLike, end: ArrayLike, was_in: BoolArray, is_in: BoolArray) -> Growth:
    """Give nominal, comparable-panel and fixed-panel growth.

    `start` and `end` [n] are the enterprises' own amounts, in the panel or not (nan: not known). Raises ValueError
    where an enterprise in the panel has no amount of that time.
    """
    first, last, was, now = _checked(start, end, was_in, is_in)
    both = was & now
    base = float(np.nansum(first[now]))
    total_start, total_end, fixed_base = (float(x.sum()) for x in (first[was], last[now], first[both]))
    return Growth(
        total_start,
        total_end,
        _rate(total_start, total_end),
        _rate(base, total_end),
        base,
        _rate(fixed_base, float(last[both].sum())),
        fixed_base,
        int(np.isnan(first[now]).sum()),
    )


def panel_change(
    start: ArrayLike,
    end: ArrayLike,
    was_in: BoolArray,
    is_in: BoolArray,
    reasons: Sequence[str | None],
    comparable_end: ArrayLike | None = None,
) -> PanelChange:
    """Give the change of the panel's total divided by what happened to each enterprise.

    `reasons` [n] says why an enterprise entered or left. `comparable_end` [n] holds the end's amounts at the prices
    of the start (nan: not known). Raises ValueError as `growth` does.
    """
    first, last, was, now = _checked(start, end, was_in, is_in)
    first, last = np.where(was, first, 0.0), np.where(now, last, 0.0)
    moved = last - first
    both, cause = was & now, np.array([reason or "" for reason in reasons], dtype=object)
    real = last if comparable_end is None else np.asarray(comparable_end, dtype=np.float64)
    real = np.where(np.isfinite(real), real, last)
    came, went = now & ~was, was & ~now
    groups = {
        "entry": came & np.isin(cause, ENTRY),
        "exit": went & np.isin(cause, EXIT),
        "reclassified": (came | went) & (cause == RECLASSIFIED),
        "duplicates": (came | went) & (cause == DUPLICATE),
    }
    told = np.logical_or.reduce(list(groups.values()))
    groups["unexplained"] = (came | went) & ~told
    parts = {name: np.where(group, moved, 0.0) for name, group in groups.items()}
    return PanelChange(np.where(both, real - first, 0.0), np.where(both, last - real, 0.0), **parts)


def _checked(
    start: ArrayLike, end: ArrayLike, was_in: BoolArray, is_in: BoolArray
) -> tuple[FloatArray, FloatArray, BoolArray, BoolArray]:
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    was, now = np.asarray(was_in, dtype=np.bool_), np.asarray(is_in, dtype=np.bool_)
    if np.isnan(first[was]).any() or np.isnan(last[now]).any():
        raise ValueError("an enterprise in the panel has no amount")
    return first, last, was, now


def _rate(start: float, end: float) -> float:
    return end / start - 1 if start > 0 else float("nan")
