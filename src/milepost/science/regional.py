"""Regions and their industries: location quotient, shift-share, measures of concentration of sizes.

Arrays are over industries [n] or enterprises [n]. A value that is withheld is nan, never zero: what a table does
not disclose is a row of its own (`with_undisclosed`), so that no job or yuan is lost between the cells and the
published total.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A value with its interval at `level`, over `count` enterprises; nan where nothing can be said."""

    value: float
    low: float
    high: float
    level: float
    count: int


@dataclass(frozen=True)
class ShiftShare:
    """A change by industry [n], in the unit of the data: national + mix + regional (+ allocation) = growth.

    `national`: the industry had grown as the whole economy; `mix`: its industry's growth there differs from the
    whole; `regional`: it grew otherwise here than its industry there; `allocation`: that part of the regional
    difference that belongs to the region's being specialised (zero in the classic form).
    """

    growth: FloatArray
    national: FloatArray
    mix: FloatArray
    regional: FloatArray
    allocation: FloatArray

    @property
    def residual(self) -> float:
        """What the parts leave over: rounding of the last digits only."""
        return float((self.growth - self.national - self.mix - self.regional - self.allocation).sum())

    @property
    def totals(self) -> dict[str, float]:
        """Sums over the industries, by the name of the part."""
        parts = ("growth", "national", "mix", "regional", "allocation")
        return {name: float(getattr(self, name).sum()) for name in parts}


def location_quotient(local: ArrayLike, local_total: float, wide: ArrayLike, wide_total: float) -> FloatArray:
    """Give the location quotient [1] of each industry: its share here over its share in the wider economy.

    `local` and `wide` are sizes [any one unit] of the industries, the totals those of all industries, as published:
    they are not added up from cells, some of which may be withheld (nan, and then the quotient is nan). nan too
    where the wider economy has nothing of the industry.
    Reference: Haig (1926); Farhauer & Kröll (2014), Standorttheorien, chapter 7.

    >>> location_quotient([1714.0], 79006, [879213.0], 15593224).round(7).tolist()
    [0.3847623]
    """
    here, there = np.asarray(local, dtype=np.float64), np.asarray(wide, dtype=np.float64)
    if local_total <= 0 or wide_total <= 0:
        raise ValueError("totals must be positive")
    share = np.where(there > 0, there, np.nan) / wide_total
    return here / local_total / share


def location_quotient_interval(
    sizes: ArrayLike,
    parts: ArrayLike,
    wide: float,
    wide_total: float,
    level: float = 0.9,
    runs: int = 1000,
    seed: int = 0,
) -> Interval:
    """Give an industry's location quotient [1] with a bootstrap interval over the region's enterprises.

    `sizes` [n] of all enterprises of the region (not only those of the industry), `parts` [n] what of each size is in
    the industry; `wide` and `wide_total` of the wider economy, taken as known. Enterprises are drawn with replacement
    `runs` times; the interval holds the middle `level` of the quotients. It is wide where the industry rests on a few
    enterprises, and says nothing of errors in the wider figures. All nan where no enterprise has a size.
    Reference: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    size = np.asarray(sizes, dtype=np.float64)
    is_held = np.isfinite(size)
    size, part = size[is_held], np.asarray(parts, dtype=np.float64)[is_held]
    count = int(np.count_nonzero(part))
    if size.sum() <= 0 or wide <= 0 or wide_total <= 0:
        return Interval(float("nan"), float("nan"), float("nan"), level, count)
    scale = wide_total / wide
    draws = _drawn_shares(size, part, runs, np.random.default_rng(seed))
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]) * scale
    return Interval(float(part.sum() / size.sum() * scale), float(low), float(high), level, count)


def _drawn_shares(size: FloatArray, part: FloatArray, runs: int, random: np.random.Generator) -> FloatArray:
    """Shares of the industry in samples as large as the region, drawn with replacement."""
    shares = np.empty(runs)
    for run in range(runs):
        drawn = random.integers(0, size.size, size.size)
        whole = size[drawn].sum()
        shares[run] = part[drawn].sum() / whole if whole > 0 else np.nan
    return shares[np.isfinite(shares)]


def with_undisclosed(cells: ArrayLike, total: float) -> FloatArray:
    """Give the cells [n] with one more row [n + 1]: what the published total holds and the cells do not show.

    Withheld cells (nan) become zero and are part of the last row. Raises ValueError where the cells hold more than
    the total: then they are not parts of it.

    >>> with_undisclosed([40.0, float("nan"), 5.0], 50.0).tolist()
    [40.0, 0.0, 5.0, 5.0]
    """
    shown = np.nan_to_num(np.asarray(cells, dtype=np.float64), nan=0.0)
    rest = total - float(shown.sum())
    if rest < -1e-9 * max(abs(total), 1.0):
        raise ValueError("the cells hold more than the total")
    return np.append(shown, max(rest, 0.0))


def shift_share(local_start: ArrayLike, local_end: ArrayLike, wide_start: ArrayLike, wide_end: ArrayLike) -> ShiftShare:
    """Give the classic division of a region's change into national, mix and regional parts, by industry [n].

    The cells must make up their totals (`with_undisclosed`); nan is refused with a ValueError. An industry that the
    wider economy did not have at the start has no mix part: beyond the national rate its change is regional.
    Reference: Dunn (1960), Papers and Proceedings of the Regional Science Association 6.

    >>> found = shift_share([90, 20, 10, 60], [100, 40, 10, 55], [400, 150, 150, 400], [440, 210, 135, 480])
    >>> [round(found.totals[part], 6) for part in ("growth", "national", "mix", "regional")]
    [25.0, 27.0, 1.0, -3.0]
    """
    here, there, wide, later = _cells(local_start, local_end, wide_start, wide_end)
    rate, rates = later.sum() / wide.sum() - 1, _rates(wide, later)
    return ShiftShare(there - here, here * rate, here * (rates - rate), there - here * (1 + rates), np.zeros(here.size))


def esteban_marquillas(
    local_start: ArrayLike, local_end: ArrayLike, wide_start: ArrayLike, wide_end: ArrayLike
) -> ShiftShare:
    """Give shift-share with the regional part of a region of average mix, and the rest as `allocation`.

    The regional part is reckoned on homothetic sizes, those of a region whose industries have the wider shares. For
    an industry that the region did not have at the start no rate exists; all its growth counts as regional.
    Reference: Esteban-Marquillas (1972), Regional and Urban Economics 2(3).
    """
    classic = shift_share(local_start, local_end, wide_start, wide_end)
    here, there, wide, later = _cells(local_start, local_end, wide_start, wide_end)
    homothetic = here.sum() * wide / wide.sum()
    advantage = np.where(here > 0, there / np.where(here > 0, here, 1.0) - 1 - _rates(wide, later), 0.0)
    regional = np.where(here > 0, homothetic * advantage, classic.regional)
    return ShiftShare(classic.growth, classic.national, classic.mix, regional, classic.regional - regional)


def dynamic_shift_share(local: ArrayLike, wide: ArrayLike) -> ShiftShare:
    """Give shift-share reckoned period by period on the sizes of its start, and added up.

    `local` and `wide` [periods, n]. Over one period it is the classic form.
    Reference: Barff & Knight (1988), Growth and Change 19(2).
    """
    here, there = np.asarray(local, dtype=np.float64), np.asarray(wide, dtype=np.float64)
    if here.ndim != 2 or here.shape != there.shape or here.shape[0] < 2:
        raise ValueError("local and wide must be tables of the same periods and industries")
    steps = [shift_share(here[t], here[t + 1], there[t], there[t + 1]) for t in range(here.shape[0] - 1)]
    names = ("growth", "national", "mix", "regional", "allocation")
    return ShiftShare(*(np.sum([getattr(step, name) for step in steps], axis=0) for name in names))


def herfindahl(sizes: ArrayLike) -> float:
    """Give the Herfindahl-Hirschman index [0 to 10,000] of sizes or shares of any one unit; nan without any.

    Reference: Herfindahl (1950); Hirschman (1964), American Economic Review 54.

    >>> herfindahl([30, 30, 20, 20])
    2600.0
    """
    held = _held(sizes)
    total = held.sum()
    return float(10_000 * ((held / total) ** 2).sum()) if total > 0 else float("nan")


def concentration_ratio(sizes: ArrayLike, largest: int = 4) -> float:
    """Give the share [0 to 1] of the `largest` in the total of sizes; nan without any.

    >>> concentration_ratio([40, 30, 10, 10, 5, 5])
    0.9
    """
    held = np.sort(_held(sizes))[::-1]
    total = held.sum()
    return float(held[:largest].sum() / total) if total > 0 else float("nan")


def _held(sizes: ArrayLike) -> FloatArray:
    """Sizes that are given; a negative one has no share in anything."""
    values = np.asarray(sizes, dtype=np.float64)
    values = values[np.isfinite(values)]
    if (values < 0).any():
        raise ValueError("a size is negative")
    return values


def _cells(*arrays: ArrayLike) -> tuple[FloatArray, ...]:
    cells = tuple(np.asarray(array, dtype=np.float64) for array in arrays)
    if len({array.shape for array in cells}) != 1 or cells[0].ndim != 1:
        raise ValueError("the cells must be of the same industries")
    if not all(np.isfinite(array).all() for array in cells):
        raise ValueError("a withheld cell is part of an undisclosed row, not nan")
    if cells[2].sum() <= 0:
        raise ValueError("the wider economy has nothing at the start")
    return cells


def _rates(start: FloatArray, end: FloatArray) -> FloatArray:
    """Growth of each industry in the wider economy [1]; that of the whole where there was nothing to grow."""
    return np.where(start > 0, end / np.where(start > 0, start, 1.0), end.sum() / start.sum()) - 1
