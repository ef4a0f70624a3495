"""The sampler against exact answers: a normal system in closed form, and simulation-based calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from milepost.forecast.priors import default_priors, normal
from milepost.forecast.sampler import sample
from milepost.forecast.statements import System, path

PRIORS = default_priors()


def test_a_normal_system_has_the_moments_of_its_normal_equations() -> None:
    plain = replace(PRIORS, break_weight=1e-12, disturbed_years=(), innovation_sd_spread=1.0 + 1e-9)
    system = System(plain)
    system.add_path("s", 2020, 2024, 4.0, 2022, plain.drift_mean, damping=0.6)
    for year, value in ((2020, 4.0), (2022, 4.2)):
        system.say({path("s", year): 1.0}, value, normal(0.02))
    compiled = system.compiled()
    sd = np.where(compiled.scale >= 0, plain.innovation_sd_median, 1.0) * compiled.sd[:, 0]
    precision = compiled.design.T @ (compiled.design / sd[:, None] ** 2)
    mean = np.linalg.solve(precision, compiled.design.T @ (compiled.value / sd**2))
    covariance = np.linalg.inv(precision)
    drawn = sample(compiled, 40_000, 3).values
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=0.01)
    assert np.cov(drawn.T) == pytest.approx(covariance, abs=0.002)


@pytest.mark.slow
def test_ranks_of_simulated_truths_are_uniform() -> None:
    """Talts et al. (2018), Validating Bayesian inference algorithms with simulation-based calibration."""
    random, years, ranks = np.random.default_rng(11), range(2016, 2026), []
    for run in range(200):
        steps = np.clip(random.standard_normal(), -2.5, 2.5)
        scale = PRIORS.innovation_sd_median * PRIORS.innovation_sd_spread**steps
        drift = random.normal(PRIORS.drift_mean, PRIORS.drift_sd)
        weights = [PRIORS.disturbed_break_weight if y in PRIORS.disturbed_years else PRIORS.break_weight for y in years]
        broken = random.random(len(years)) < weights
        moves = drift + scale * np.where(broken, PRIORS.break_times, 1.0) * random.standard_normal(len(years))
        truth = 5.0 + random.normal(0.0, 3.0) + np.cumsum(np.r_[0.0, moves[1:]])
        system = System(PRIORS)
        system.add_path("s", years[0], years[-1], 5.0, years[-1], PRIORS.drift_mean)
        for index in (0, 2, 3, 5, 7):
            parts = PRIORS.noise["at_least" if index == 5 else "actual"]
            part = parts[random.choice(len(parts), p=[p.weight for p in parts])]
            error = random.normal(part.shift, part.sd)
            system.say({path("s", years[index]): 1.0}, truth[index] - error, parts)
        draws = sample(system.compiled(), 2_000, run)
        ranks.append([(draws.of(path("s", years[at])) < truth[at]).mean() for at in (5, 7, 9)])
    for at in np.array(ranks).T:
        counts, _ = np.histogram(at, bins=10, range=(0, 1))
        # Chi-square with 9 degrees of freedom: 27.9 is passed once in a thousand.
        assert ((counts - 20.0) ** 2 / 20.0).sum() < 27.9
