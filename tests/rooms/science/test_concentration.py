"""Agglomeration against Farhauer & Kröll (2014); REAT's own co-agglomeration function is wrong and is not matched."""

from __future__ import annotations

import csv
import itertools

import numpy as np
import pytest

from milepost.science.concentration import ellison_glaeser, group_coagglomeration, pairwise_coagglomeration

# Vienna, Linz, Graz: ten plants (Farhauer & Kröll 2014).
SIZES = [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000]
PLACES = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
TOTALS = [500000, 400000, 100000]


@pytest.fixture(scope="module")
def plants(shared):
    path = shared / "data/regional_methods/REAT_FK2014_EGC.csv"
    if not path.exists():
        pytest.skip("the plants are not in the shared folder")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["industry"] for row in rows})
    totals = {int(float(row["region"])) - 1: float(row["emp_region"]) for row in rows}
    return (
        np.array([float(row["emp_firm"]) for row in rows]),
        np.array([int(float(row["region"])) - 1 for row in rows]),
        np.array([names.index(row["industry"]) for row in rows]),
        np.array([totals[m] for m in sorted(totals)]),
    )


def by_region(plants) -> np.ndarray:
    sizes, regions, industries, totals = plants
    table = np.zeros((industries.max() + 1, len(totals)))
    np.add.at(table, (industries, regions), sizes)
    return table


def test_ellison_glaeser_of_three_cities_as_printed():
    found = ellison_glaeser(SIZES, PLACES, TOTALS)
    assert found.gamma == pytest.approx(0.05990628412, abs=5e-12)
    assert found.raw == pytest.approx(0.1681632653, abs=5e-11)
    assert found.plants == pytest.approx(0.2446887755, abs=5e-11)


def test_group_coagglomeration_is_what_the_paper_says_not_what_reat_prints(plants):
    assert group_coagglomeration(*plants) == pytest.approx(0.08904, abs=5e-6)


def test_pairwise_coagglomeration_runs_from_minus_a_hundredth_to_a_fifth(plants):
    found = pairwise_coagglomeration(by_region(plants), plants[3])
    pairs = [found[i, j] for i, j in itertools.combinations(range(4), 2)]
    assert min(pairs) == pytest.approx(-0.009174, abs=5e-7)
    assert max(pairs) == pytest.approx(0.2157022, abs=5e-7)


def test_two_industries_coagglomerate_as_a_group_as_they_do_as_a_pair(plants):
    sizes, regions, industries, totals = plants
    pairwise = pairwise_coagglomeration(by_region(plants), totals)
    for i, j in itertools.combinations(range(4), 2):
        mine = np.isin(industries, (i, j))
        group = group_coagglomeration(sizes[mine], regions[mine], industries[mine], totals)
        assert group == pytest.approx(pairwise[i, j], abs=1e-12)


def test_plants_thrown_by_chance_show_no_agglomeration():
    random = np.random.default_rng(5)
    weights = np.array([0.5, 0.3, 0.2])
    found = [
        ellison_glaeser(random.lognormal(3, 1, 60), random.choice(3, 60, p=weights), weights).gamma for _ in range(400)
    ]
    assert abs(np.mean(found)) < 3 * np.std(found) / 20


def test_one_plant_says_nothing():
    with pytest.raises(ValueError, match="two plants"):
        ellison_glaeser([5.0, 0.0], [0, 1], [1, 1])
    with pytest.raises(ValueError, match="two industries"):
        group_coagglomeration(SIZES, PLACES, np.zeros(10, dtype=int), TOTALS)


def test_an_industry_without_jobs_has_no_coagglomeration():
    assert np.isnan(pairwise_coagglomeration([[1, 2], [0, 0]], [1, 1])).all()
