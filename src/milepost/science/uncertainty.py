"""The uncertainty of a sum of products of activity and factor: emissions of many sources, some under one factor.

An uncertainty is half the width of a 95 % interval as a share of the value [percent], as inventories state it.
A factor that several sources share is wrong for all of them in the same way: its error does not average out,
however many sources there are.

Reference: IPCC, 2006 Guidelines for National Greenhouse Gas Inventories (refined 2019), volume 1, chapter 3:
approach 1 (equations 3.1 and 3.2) and approach 2 (Monte Carlo).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_SIGMAS = 1.959963984540054  # standard deviations in half of a 95 % interval
_SKEWED_FROM = 30.0  # percent: from here on a value that cannot be negative is drawn from a lognormal
_CHUNK = 4_000_000  # drawn numbers held at once


@dataclass(frozen=True)
class Sources:
    """Sources of one total: their activities, factors, and the uncertainty of each [percent].

    `factor_ids` says which sources stand under the same factor; by default every source has its own.
    """

    activity: Floats
    activity_percent: Floats
    factor: Floats
    factor_percent: Floats
    factor_ids: Sequence[str] = ()

    def groups(self) -> NDArray[np.intp]:
        """Give a number for each source, the same for those under one factor."""
        if not self.factor_ids:
            return np.arange(len(self.activity))
        return np.unique(np.asarray(self.factor_ids), return_inverse=True)[1]


@dataclass(frozen=True)
class Uncertain:
    """A total with its uncertainty [percent], and what it would be if no two sources shared a factor."""

    total: float
    percent: float
    percent_if_independent: float


@dataclass(frozen=True)
class Simulated:
    """A simulated total: mean, the 2.5 and 97.5 % quantiles, half their distance over the mean [percent], draws."""

    mean: float
    low: float
    high: float
    percent: float
    draws: int


def of_product(percents: ArrayLike) -> float:
    """Give the uncertainty [percent] of a product of independent values (IPCC equation 3.1).

    >>> round(of_product([5, 10]), 2)
    11.18
    """
    return float(np.sqrt(np.square(np.asarray(percents, dtype=np.float64)).sum()))


def of_sum(values: ArrayLike, percents: ArrayLike) -> float:
    """Give the uncertainty [percent] of a sum of independent values (IPCC equation 3.2); missing for a sum of 0.

    >>> round(of_sum([1000, 500, 300], [11.18034, 5.38516, 31.62278]), 2)
    8.28
    """
    parts = np.asarray(values, dtype=np.float64)
    total = abs(float(parts.sum()))
    spread = float(np.sqrt(np.square(parts * np.asarray(percents, dtype=np.float64)).sum()))
    return spread / total if total else float("nan")


def approach_1(sources: Sources) -> Uncertain:
    """Give the total of the sources and its uncertainty by error propagation, errors of shared factors added up.

    The variance of a sum with fully correlated factors: sum_i (E_i a_i)^2 + sum_f (sum_{i under f} E_i f_i)^2.
    A missing value makes all three missing. Raises ValueError where the arrays differ in length.
    """
    _same_length(sources)
    parts = sources.activity * sources.factor
    total = float(parts.sum())
    own = np.square(parts * sources.activity_percent).sum()
    alone = own + np.square(parts * sources.factor_percent).sum()
    groups = sources.groups()
    shared = np.bincount(groups, parts * sources.factor_percent) if len(parts) else np.zeros(0)
    if not total:
        return Uncertain(total, float("nan"), float("nan"))
    size = abs(total)
    return Uncertain(total, float(np.sqrt(own + np.square(shared).sum())) / size, float(np.sqrt(alone)) / size)


def simulate(sources: Sources, draws: int = 10_000, seed: int = 0) -> Simulated:
    """Give the total's distribution by simulation, one draw of a shared factor for all sources under it.

    A value up to 30 % uncertain is normal; from there on a positive value is lognormal with the same mean and
    standard deviation, so that it stays positive. The same seed gives the same answer. Raises ValueError where
    the arrays differ in length or sources under one factor disagree about it.
    """
    _same_length(sources)
    groups = sources.groups()
    first = np.unique(groups, return_index=True)[1]
    if (sources.factor != sources.factor[first][groups]).any():
        raise ValueError("sources under one factor have different values of it")
    random = np.random.default_rng(seed)
    total = np.zeros(draws)
    step = max(1, _CHUNK // max(draws, 1))
    for start in range(0, len(first), step):
        chosen = range(start, min(start + step, len(first)))
        factors = _drawn(random, sources.factor[first[chosen]], sources.factor_percent[first[chosen]], draws)
        for row, group in enumerate(chosen):
            members = np.flatnonzero(groups == group)
            for begin in range(0, len(members), step):
                some = members[begin : begin + step]
                drawn = _drawn(random, sources.activity[some], sources.activity_percent[some], draws)
                total += drawn.sum(axis=0) * factors[row]
    low, high = (float(end) for end in np.quantile(total, [0.025, 0.975]))
    mean = float(total.mean())
    return Simulated(mean, low, high, (high - low) / 2 / abs(mean) * 100 if mean else float("nan"), draws)


def _drawn(random: np.random.Generator, means: Floats, percents: Floats, draws: int) -> Floats:
    """Draws of each value, values by draws."""
    normal = random.standard_normal((len(means), draws))
    spread = percents / 100 / _SIGMAS
    skewed = (percents > _SKEWED_FROM) & (means > 0)
    log_spread = np.sqrt(np.log1p(np.square(spread)))
    factors = np.where(
        skewed[:, None],
        np.exp(log_spread[:, None] * normal - np.square(log_spread)[:, None] / 2),
        1 + spread[:, None] * normal,
    )
    drawn: Floats = means[:, None] * factors
    return drawn


def _same_length(sources: Sources) -> None:
    arrays = (sources.activity_percent, sources.factor, sources.factor_percent)
    count = len(sources.activity)
    if any(len(one) != count for one in arrays) or (sources.factor_ids and len(sources.factor_ids) != count):
        raise ValueError("activities, factors and their uncertainties are of different length")
