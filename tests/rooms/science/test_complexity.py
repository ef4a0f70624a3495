"""Complexity on tables small enough to see through, against the printed results of the EconGeo package."""

from __future__ import annotations

import numpy as np
import pytest

from milepost.science.complexity import (
    TooFewRegions,
    complexity,
    density,
    diversity,
    has_advantage,
    proximity,
    reflections,
    revealed_advantage,
    ubiquity,
)

# Four regions and industries in the manner of Hidalgo & Hausmann (2009).
TOY = np.array([[1, 1, 1, 1], [1, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]], dtype=bool)
# EconGeo's example: its printed location quotients.
QUOTIENTS = np.array(
    [[5, 0, 0, 0, 0], [0, 0.75, 0.25, 3.5, 0.5], [0, 1, 0.5, 1, 2.5], [0, 1.25, 1.5, 0.25, 2], [0, 2, 2.75, 0.25, 0]]
)
ECONGEO = np.array(QUOTIENTS >= 1)


def block_table(regions: int, industries: int, seed: int = 1) -> np.ndarray:
    """A nested table: richer regions have more, and what few have only they have."""
    random = np.random.default_rng(seed)
    rich, hard = np.linspace(0.2, 1, regions)[:, None], np.linspace(0.1, 0.9, industries)
    table = random.random((regions, industries)) < np.clip(1.3 * rich - hard, 0.03, 0.97)
    table[:, 0] = True
    return table


def test_eigenvalues_and_mean_ubiquity_of_the_toy():
    found = complexity(TOY, least_regions=4)
    assert found.eigenvalues == pytest.approx([1, 0.5421, 0.1902, 0.1010], abs=6e-5)
    assert sorted(reflections(TOY, 1)[0]) == [2, 2, 2.5, 3]
    assert np.corrcoef(found.regions, diversity(TOY))[0, 1] > 0


def test_diversity_ubiquity_and_reflections_as_econgeo_prints_them():
    assert diversity(ECONGEO).tolist() == [1, 1, 3, 3, 2]
    assert ubiquity(ECONGEO).tolist() == [1, 3, 2, 2, 2]
    # Its step 3 is the regions' second reflection and the industries' first: it counts diversity as step one.
    regions, industries = reflections(ECONGEO, 2)[0], reflections(ECONGEO, 1)[1]
    assert regions == pytest.approx([1, 2, 2.55555555556, 2.72222222222, 2.58333333333], abs=5e-12)
    assert industries == pytest.approx([1, 2.66666666667, 2.5, 2, 3], abs=5e-12)


def test_a_table_that_falls_apart_has_no_complexity():
    """EconGeo prints -1 0 0 0 0 for it: the vector only says that the first region shares nothing with the others."""
    with pytest.raises(ValueError, match="falls into parts"):
        complexity(ECONGEO, least_regions=5)


def test_revealed_advantage_gives_the_quotients_back():
    shares = np.linalg.solve(QUOTIENTS, np.ones(5))  # industries' shares in the whole, from the printed quotients
    table = QUOTIENTS * shares  # regions of equal size
    assert revealed_advantage(table) == pytest.approx(QUOTIENTS, abs=1e-9)
    assert has_advantage(np.round(table, 12) + 0.0).sum() >= 9


def test_fewer_than_thirty_regions_are_refused_with_the_reason():
    for ask in (complexity, proximity):
        with pytest.raises(TooFewRegions, match="4 comparable regions, 30 are needed"):
            ask(TOY)
    empty = np.vstack([block_table(29, 20), np.zeros((10, 20), dtype=bool)])
    with pytest.raises(TooFewRegions, match="29 comparable"):
        complexity(empty)


def test_complexity_ranks_regions_as_the_table_was_made():
    table = block_table(60, 40)
    found = complexity(table)
    assert np.corrcoef(found.regions, np.arange(60))[0, 1] > 0.6
    assert np.corrcoef(found.industries, np.arange(40))[0, 1] > 0.6
    assert np.nanmean(found.regions) == pytest.approx(0, abs=1e-9)


def test_order_of_regions_does_not_matter():
    table = block_table(40, 25)
    order = np.random.default_rng(2).permutation(40)
    assert complexity(table[order]).regions == pytest.approx(complexity(table).regions[order])


def test_proximity_is_the_smaller_conditional_chance():
    near = proximity(TOY, least_regions=4)
    assert near[0, 2] == pytest.approx(2 / 3) and near[0, 1] == pytest.approx(1 / 3)
    assert (near == near.T).all() and (np.diag(near) == 1).all()


def test_density_leaves_the_industry_itself_out():
    near = proximity(TOY, least_regions=4)
    found = density(TOY, near)
    assert found[0] == pytest.approx([1, 1, 1, 1])
    assert found[2, 0] == 0, "having an industry is no reason to have it"
    assert found[2, 2] == pytest.approx(near[0, 2] / (near[:, 2].sum() - 1))
