"""Relatedness and complexity of regions' industries, where enough comparable regions exist: pure functions.

With one zone, or a few, diversity and ubiquity say who is in the table and nothing else. Everything but the revealed
advantage itself is refused below `LEAST_REGIONS`, with the reason. Tables are regions [r] by industries [i].
References: Hidalgo, Klinger, Barabási & Hausmann (2007), Science 317; Hidalgo & Hausmann (2009), PNAS 106(26);
Mealy, Farmer & Teytelboym (2019), Science Advances 5(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEAST_REGIONS = 30


class TooFewRegions(ValueError):
    """There are fewer comparable regions than the method needs; the message says how many."""


@dataclass(frozen=True)
class Complexity:
    """Economic complexity of regions [r] and industries [i]: means 0, standard deviations 1 over those judged.

    `eigenvalues` of the region matrix, largest first: the first is 1, and the index is the vector of the second,
    with the sign that goes with diversity. nan for a region or industry without any advantage.
    """

    regions: FloatArray
    industries: FloatArray
    eigenvalues: FloatArray


def revealed_advantage(sizes: ArrayLike) -> FloatArray:
    """Give the revealed comparative advantage [1] of each region in each industry: a location quotient by table.

    nan where a region or an industry has nothing at all. Reference: Balassa (1965), The Manchester School 33(2).

    >>> revealed_advantage([[3, 1], [1, 3]]).tolist()
    [[1.5, 0.5], [0.5, 1.5]]
    """
    table = np.asarray(sizes, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError("sizes must be a full table of amounts that are not negative")
    by_region, by_industry = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    expected = by_region * by_industry / table.sum()
    return table / np.where(expected > 0, expected, np.nan)


def has_advantage(sizes: ArrayLike, least: float = 1.0) -> BoolArray:
    """Give where the revealed advantage is at least `least`."""
    return np.nan_to_num(revealed_advantage(sizes), nan=0.0) >= least


def diversity(advantage: BoolArray) -> NDArray[np.int64]:
    """Give how many industries each region has an advantage in [r]."""
    return np.asarray(np.sum(advantage, axis=1), dtype=np.int64)


def ubiquity(advantage: BoolArray) -> NDArray[np.int64]:
    """Give how many regions have an advantage in each industry [i]."""
    return np.asarray(np.sum(advantage, axis=0), dtype=np.int64)


def reflections(advantage: BoolArray, steps: int) -> tuple[FloatArray, FloatArray]:
    """Give the method of reflections after `steps` steps: for regions [r] and industries [i].

    Step 0 is diversity and ubiquity; each further one is the mean of the other side's last. nan where a region or
    an industry has nothing. Reference: Hidalgo & Hausmann (2009), eq. 2.
    """
    table = np.asarray(advantage, dtype=np.float64)
    many, wide = table.sum(axis=1), table.sum(axis=0)
    regions, industries = many.copy(), wide.copy()
    for _ in range(steps):
        regions, industries = (
            table @ industries / np.where(many > 0, many, np.nan),
            regions @ table / np.where(wide > 0, wide, np.nan),
        )
    return regions, industries


def complexity(advantage: BoolArray, least_regions: int = LEAST_REGIONS) -> Complexity:
    """Give the economic complexity of regions and industries.

    Raises TooFewRegions where fewer than `least_regions` regions have an advantage in anything, and ValueError where
    the table falls into parts that share no industry: then the second vector only names the parts.
    """
    table = np.asarray(advantage, dtype=np.float64)
    rows, columns = table.sum(axis=1) > 0, table.sum(axis=0) > 0
    enough_regions(int(rows.sum()), least_regions)
    held = table[np.ix_(rows, columns)]
    many, wide = held.sum(axis=1), held.sum(axis=0)
    # The matrix is similar to a symmetric one, whose vectors are real and safe to compute.
    half = held / np.sqrt(many)[:, None] / np.sqrt(wide)
    values, vectors = np.linalg.eigh(half @ half.T)
    values, vectors = values[::-1], vectors[:, ::-1]
    if values.size < 2 or values[1] > 1 - 1e-9:
        raise ValueError("the table falls into parts that share no industry")
    second = _standard(vectors[:, 1] / np.sqrt(many))
    second *= 1.0 if np.corrcoef(second, many)[0, 1] >= 0 else -1.0
    regions, industries = np.full(rows.size, np.nan), np.full(columns.size, np.nan)
    regions[rows], industries[columns] = second, _standard(second @ held / wide)
    return Complexity(regions, industries, values)


def proximity(advantage: BoolArray, least_regions: int = LEAST_REGIONS) -> FloatArray:
    """Give how near every two industries are [i, i]: the smaller chance to have one, given the other; 1 to itself.

    Raises TooFewRegions as `complexity` does. An industry nobody has an advantage in is at 0 to all.
    """
    table = np.asarray(advantage, dtype=np.float64)
    enough_regions(int((table.sum(axis=1) > 0).sum()), least_regions)
    wide = table.sum(axis=0)
    found = table.T @ table / np.maximum(np.maximum(wide[:, None], wide[None, :]), 1.0)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found, dtype=np.float64)


def density(advantage: BoolArray, near: FloatArray) -> FloatArray:
    """Give how near what a region has is to each industry [r, i], 0 to 1; the industry itself is left out.

    `near` is the proximity. nan where an industry is near to none.
    """
    apart = near - np.diag(np.diag(near))
    around = apart.sum(axis=0)
    return np.asarray(advantage, dtype=np.float64) @ apart / np.where(around > 0, around, np.nan)


def enough_regions(count: int, least: int = LEAST_REGIONS) -> None:
    """Raise TooFewRegions where `count` comparable regions are fewer than `least`."""
    if count < least:
        raise TooFewRegions(
            f"{count} comparable regions, {least} are needed: with fewer, who else is in the table decides the result"
        )


def _standard(values: FloatArray) -> FloatArray:
    spread = values.std()
    return np.asarray((values - values.mean()) / (spread if spread > 0 else 1.0), dtype=np.float64)
