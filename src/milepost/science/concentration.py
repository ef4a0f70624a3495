"""How plants of an industry, and industries, cluster in space beyond what chance would do: pure functions.

Arrays are over plants [n] or regions [m]. Reference for all: Ellison & Glaeser (1997), Journal of Political Economy
105(5); Ellison, Glaeser & Kerr (2010), American Economic Review 100(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class EllisonGlaeser:
    """An industry's agglomeration: `gamma` [1] beyond chance, `raw` concentration G, `plants` Herfindahl H (0 to 1).

    Gamma near 0 is what plants thrown like darts would show; above 0.05 is called highly concentrated.
    """

    gamma: float
    raw: float
    plants: float


def ellison_glaeser(sizes: ArrayLike, regions: ArrayLike, region_totals: ArrayLike) -> EllisonGlaeser:
    """Give the agglomeration of one industry from its plants.

    `sizes` [n] of the plants (employees), `regions` [n] the number of each plant's region, `region_totals` [m] of
    all industries together. gamma = (G - (1 - sum x²) H) / ((1 - sum x²)(1 - H)). Raises ValueError where there are
    fewer than two plants with a size or fewer than two regions: one plant says nothing of agglomeration.

    >>> sizes = [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000]
    >>> found = ellison_glaeser(sizes, [0, 0, 0, 0, 0, 1, 1, 1, 1, 2], [500000, 400000, 100000])
    >>> round(found.gamma, 11), round(found.raw, 10), round(found.plants, 10)
    (0.05990628412, 0.1681632653, 0.2446887755)
    """
    size, region, x = _plants(sizes, regions, region_totals)
    if np.count_nonzero(size) < 2 or x.size < 2:
        raise ValueError("agglomeration needs two plants and two regions at least")
    plants = float(((size / size.sum()) ** 2).sum())
    shares = np.bincount(region, weights=size, minlength=x.size) / size.sum()
    raw, room = float(((shares - x) ** 2).sum()), 1 - float((x**2).sum())
    return EllisonGlaeser((raw - room * plants) / (room * (1 - plants)), raw, plants)


def group_coagglomeration(
    sizes: ArrayLike, regions: ArrayLike, industries: ArrayLike, region_totals: ArrayLike
) -> float:
    """Give the co-agglomeration [1] of a group of industries, beyond that of each of its own.

    gamma_c = (G / (1 - sum x²) - H - sum gamma_j w_j² (1 - H_j)) / (1 - sum w_j²), with w the industries' shares in
    the group, G of the group's totals and H = sum w_j² H_j (Ellison & Glaeser 1997, eq. 9). `industries` [n] numbers
    each plant's industry. For two industries it is `pairwise_coagglomeration`.
    """
    size, region, x = _plants(sizes, regions, region_totals)
    industry = np.asarray(industries, dtype=np.int64)
    room = 1 - float((x**2).sum())
    shares = np.bincount(region, weights=size, minlength=x.size) / size.sum()
    raw = float(((shares - x) ** 2).sum())
    weights, own = [], 0.0
    for one in np.unique(industry):
        mine = industry == one
        found = ellison_glaeser(size[mine], region[mine], region_totals)
        weight = float(size[mine].sum() / size.sum())
        own += weight**2 * (found.plants + found.gamma * (1 - found.plants))
        weights.append(weight)
    if len(weights) < 2:
        raise ValueError("co-agglomeration needs two industries at least")
    return (raw / room - own) / (1 - sum(weight**2 for weight in weights))


def pairwise_coagglomeration(sizes: ArrayLike, region_totals: ArrayLike) -> FloatArray:
    """Give the co-agglomeration [1] of every two industries [i, i]; nan on the diagonal, where it has no meaning.

    `sizes` [i, m] of industries in regions, `region_totals` [m]. sum_m (s_im - x_m)(s_jm - x_m) / (1 - sum x_m²);
    an industry without a size gives nan.

    >>> pairwise_coagglomeration([[6, 4], [1, 1]], [50, 50]).round(3).tolist()
    [[nan, 0.0], [0.0, nan]]
    """
    table, x = np.asarray(sizes, dtype=np.float64), _shares(region_totals)
    if table.ndim != 2 or table.shape[1] != x.size:
        raise ValueError("sizes must be a table of industries by the regions of the totals")
    totals = table.sum(axis=1, keepdims=True)
    apart = table / np.where(totals > 0, totals, np.nan) - x
    found = apart @ apart.T / (1 - float((x**2).sum()))
    np.fill_diagonal(found, np.nan)
    return np.asarray(found, dtype=np.float64)


def _plants(
    sizes: ArrayLike, regions: ArrayLike, region_totals: ArrayLike
) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
    size, region = np.asarray(sizes, dtype=np.float64), np.asarray(regions, dtype=np.int64)
    if not np.isfinite(size).all() or (size < 0).any():
        raise ValueError("a plant's size is missing or negative")
    return size, region, _shares(region_totals)


def _shares(region_totals: ArrayLike) -> FloatArray:
    totals = np.asarray(region_totals, dtype=np.float64)
    if not np.isfinite(totals).all() or (totals < 0).any() or totals.sum() <= 0:
        raise ValueError("a region's total is missing or negative")
    return np.asarray(totals / totals.sum(), dtype=np.float64)
