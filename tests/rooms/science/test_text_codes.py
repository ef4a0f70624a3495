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


def test_a_known_text_is_nearest_to_its_own_code():
    index = index_texts(TITLES, range(4), 4)
    for code, title in enumerate(TITLES):
        near = nearness(index, title)
        assert near[code] == pytest.approx(1, abs=0.1) and near.argmax() == code


def test_nearness_is_bm25_over_what_the_text_could_score():
    """By the formula of Robertson and Zaragoza (2009), k1 = 1.2 and b = 0.3, term by term."""
    index = index_texts(TITLES, range(4), 4)
    bags = [n_grams(title) for title in TITLES]
    asked = n_grams("软件设计")

    def rarity(gram: str) -> float:
        held = sum(gram in bag for bag in bags)
        return float(np.log1p((4 - held + 0.5) / (held + 0.5)))

    usual = sum(map(len, bags)) / 4
    part = 2.2 / (1 + 1.2 * (0.7 + 0.3 * len(bags[2]) / usual))
    score = sum(rarity(gram) * part for gram in asked if gram in bags[2])
    assert nearness(index, "软件设计")[2] == pytest.approx(score / sum(map(rarity, asked)))


def test_a_code_is_as_near_as_its_nearest_text():
    both = index_texts([*TITLES, "芯片设计"], [0, 1, 2, 3, 3], 4)
    alone = index_texts([*TITLES, "芯片设计"], [0, 1, 2, 3, 4], 5)
    assert nearness(both, "芯片设计")[3] == pytest.approx(nearness(alone, "芯片设计")[4])


def test_a_longer_text_counts_for_less_the_more_length_counts():
    texts = ["软件开发", "软件开发与集成电路设计及其他未列明的技术服务"]
    for length, is_alike in ((0.0, True), (0.75, False)):
        near = nearness(index_texts(texts, range(2), 2, length), "软件开发")
        assert (near[0] == pytest.approx(near[1])) == is_alike and near[0] >= near[1] - 1e-12


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
