"""The chance that an ordered stage is completed by a date, from when earlier stages were.

Steps are a Poisson process whose yearly rate has a Gamma prior; after `n` steps in `years` the number of
further steps in `ahead` years is negative binomial (Gelman et al. 2013, *Bayesian Data Analysis*, 2.6).
Silence since the last figure counts neither for nor against: a stage may be complete and not announced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.priors import Priors
from milepost.measure.reading import Reading


@dataclass(frozen=True)
class Steps:
    """What the stage figures amount to: the last stage, steps seen, over how many years, until when."""

    stage: float
    seen: float
    years: float


def steps_of(readings: Sequence[Reading]) -> Steps:
    """Give the steps in stage figures; each needs a period with an end.

    Raises ValueError where there is none.
    """
    dated = sorted((r for r in readings if r.period.end), key=lambda r: (r.period.end, r.value))
    if not dated:
        raise ValueError("no stage figure")
    first, last = dated[0], max(dated, key=lambda r: (r.value, r.period.end))
    newest = dated[-1]
    assert first.period.end and newest.period.end
    years = (newest.period.end - first.period.end).days / 365.25
    return Steps(last.value, max(0.0, last.value - first.value), years)


def draw_stage(steps: Steps, ahead: float, priors: Priors, draws: int, seed: int) -> NDArray[np.float64]:
    """Give draws [draws] of the stage reached `ahead` years after the newest figure."""
    random = np.random.default_rng(seed)
    rate = random.gamma(priors.stage_shape + steps.seen, 1.0 / (priors.stage_years + steps.years), draws)
    return steps.stage + random.poisson(rate * max(0.0, ahead)).astype(np.float64)
