"""Inside a year: how the months so far, or a day, may stand to the yearly path. Laws only, as covariances.

The first k months of a flow or a level are the year itself, plus a season (of a flow), plus the line through the
years around it, plus a wandering; at twelve months all of these are nothing, so that months always agree with their
year. A stock on a day lies on the line between two year ends plus a wandering that is nothing at both. Only the cuts
that some figure makes become latent numbers: a yearly series costs nothing.

References: West & Harrison (1997), *Bayesian Forecasting and Dynamic Models*, section 8.2 (seasonal effects that
sum to zero); Durbin & Quenneville (1997), Benchmarking by state space models, *International Statistical Review*
65(1); Working (1960), Note on the correlation of first differences of averages in a random chain, *Econometrica*
28(4), for the variance of yearly means of a monthly random walk.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Law = Literal["season", "pace", "bridge"]
MONTHS = 12
DAYS = 366


@dataclass(frozen=True)
class Step:
    """A latent number at one cut given those at the cuts before it: their coefficients, and the sd of the rest."""

    coefficients: tuple[float, ...]
    sd: float


def line(months: int) -> float:
    """Give how far the mean of the first `months` stands below its year, per unit from the year before to the next.

    On a straight line the middle of the first k months lies (12 - k) / 24 of a year before the middle of the year.

    >>> line(6), line(12)
    (0.125, 0.0)
    """
    return (MONTHS - months) / (4 * MONTHS)


@functools.cache
def steps(law: Law, cuts: tuple[int, ...]) -> tuple[Step, ...]:
    """Give the law of the latent numbers at `cuts` (rising months of 1 to 11; days of 1 to 365 for a bridge), one
    given those before.

    The unit of a season is the sd of a half year, of pace and bridge the sd of a year's change.
    """
    covariance, found = _COVARIANCES[law](np.array(cuts, dtype=np.float64)), []
    for last in range(len(cuts)):
        before = covariance[:last, :last]
        pull = np.linalg.solve(before, covariance[:last, last]) if last else np.empty(0)
        rest = covariance[last, last] - pull @ covariance[:last, last]
        found.append(Step(tuple(pull.tolist()), float(np.sqrt(rest))))
    return tuple(found)


def _season(months: NDArray[np.float64]) -> NDArray[np.float64]:
    """Twelve monthly effects alike in doubt, less their mean, averaged over the months so far."""
    return MONTHS / np.maximum.outer(months, months) - 1.0


def _bridge(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """A random walk that is tied at both year ends."""
    passed = days / DAYS
    return np.minimum.outer(passed, passed) - np.outer(passed, passed)


def _pace(months: NDArray[np.float64]) -> NDArray[np.float64]:
    """A monthly random walk: the mean of the months so far less the mean of the year and what the line tells of it."""
    count = 3 * MONTHS
    walk = np.minimum.outer(np.arange(1.0, count + 1), np.arange(1.0, count + 1))
    before, year, after = np.kron(np.eye(3), np.full(MONTHS, 1.0 / MONTHS))
    so_far = [np.concatenate([np.zeros(MONTHS), np.full(k, 1.0 / k), np.zeros(2 * MONTHS - k)]) for k in _whole(months)]
    apart = np.array([mean - year + line(k) * (after - before) for mean, k in zip(so_far, _whole(months), strict=True)])
    change = (year - before) @ walk @ (year - before)
    return np.asarray(apart @ walk @ apart.T / change)


def _whole(months: NDArray[np.float64]) -> list[int]:
    return [int(k) for k in months]


_COVARIANCES = {"season": _season, "pace": _pace, "bridge": _bridge}
