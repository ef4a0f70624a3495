"""Texts by their n-grams: nearness, chances and how far they can be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from milepost.science.text_codes import (
    chances,
    coverage_curve,
    fitted_reliability,
    gathered,
    index_texts,
    n_grams,
    nearness,
    reliable,
)

TITLES = ["汽车整车制造", "汽车零部件制造", "软件开发", "集成电路设计"]


def test_a_known_text_is_at_one_to_its_own_code():
    index = index_texts(TITLES, range(4), 4)
    for code, title in enumerate(TITLES):
        near = nearness(index, title)
        assert near[code] == pytest.approx(1) and near.argmax() == code
        assert (near <= 1 + 1e-12).all()


def test_nearness_is_the_cosine_of_all_n_grams():
    index = index_texts(TITLES, range(4), 4)
    asked = n_grams("软件设计")
    weight = {g: (index.rarity[index.grams[g]] if g in index.grams else index.rarity.max()) for g in asked}
    other = {g: index.rarity[index.grams[g]] for g in n_grams(TITLES[2])}
    size = np.sqrt(sum(w * w for w in weight.values()) * sum(w * w for w in other.values()))
    expected = sum(w * other.get(g, 0) for g, w in weight.items()) / size
    assert nearness(index, "软件设计")[2] == pytest.approx(expected)


def test_a_code_is_as_near_as_its_nearest_text():
    both = index_texts([*TITLES, "芯片设计"], [0, 1, 2, 3, 3], 4)
    assert nearness(both, "芯片设计")[3] == pytest.approx(1)


def test_a_strange_or_empty_text_is_near_to_nothing():
    index = index_texts(TITLES, range(4), 4)
    assert nearness(index, "xyz").tolist() == [0] * 4
    assert nearness(index, "").tolist() == [0] * 4
    assert nearness(index_texts([], [], 2), "汽车").tolist() == [0, 0]


def test_codes_out_of_bounds_are_refused():
    with pytest.raises(ValueError, match="one code"):
        index_texts(["a"], [4], 4)


def test_chances_sum_to_one_and_are_added_up_to_groups():
    chance = chances(np.array([0.9, 0.5, 0.1, 0.0]), 10)
    assert chance.sum() == pytest.approx(1) and (np.diff(chance) < 0).all()
    groups = gathered(chance[None, :], np.array([0, 0, 1, 1]), 2)
    assert groups[0] == pytest.approx([chance[:2].sum(), chance[2:].sum()])


def test_reliability_finds_how_often_choices_are_right():
    random = np.random.default_rng(3)
    said = random.uniform(0.05, 0.95, 20_000)
    true = 1 / (1 + np.exp(-(0.5 * np.log(said / (1 - said)) - 0.4)))
    slope, shift = fitted_reliability(said, random.random(said.size) < true)
    assert slope == pytest.approx(0.5, abs=0.05) and shift == pytest.approx(-0.4, abs=0.05)
    assert reliable(said, slope, shift) == pytest.approx(true, abs=0.02)


def test_reliability_is_not_certain_after_three_right_texts():
    slope, shift = fitted_reliability(np.array([0.8, 0.9, 0.95]), np.array([True, True, True]))
    assert slope >= 0 and (reliable(np.array([0.99]), slope, shift) < 0.999).all()
    with pytest.raises(ValueError, match="kept apart"):
        fitted_reliability(np.zeros(0), np.zeros(0, dtype=bool))


def test_coverage_falls_as_more_confidence_is_asked_for():
    confidence, right = np.array([0.9, 0.8, 0.4, 0.2]), np.array([True, True, False, True])
    assert coverage_curve(confidence, right, [0, 0.5]) == [(0, 1, 0.75), (0.5, 0.5, 1)]
    assert np.isnan(coverage_curve(confidence, right, [0.99])[0][2])
