"""The scoreboard scores the model and simpler rules on the same trials."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from made import reading
from milepost.forecast.scoreboard import line_chance, scoreboard, status_chance, walk_chance
from milepost.forecast.trials import Question, Trial


def trial(history: list[float], threshold: float, truth: float, year: int = 2024, indicator: str = "output") -> Trial:
    """A trial whose model always says one half; figures of the years before `year`."""
    years = tuple(range(year - len(history), year))
    question = Question(indicator, "ZONE", year, date(year, 6, 30), reading(indicator, str(year), truth))
    draws = np.array([threshold - 1.0, threshold + 1.0])
    return Trial(question, draws, years, np.array(history), threshold)


RISING = [100.0, 105.0, 110.0, 115.0, 120.0, 125.0]


@pytest.mark.parametrize(
    ("rule", "threshold", "chance"),
    [
        *[("growth_ratio", 128.0, 0.99), ("growth_ratio", 133.0, 0.5), ("growth_ratio", 200.0, 0.01)],
        *[("remaining_miss", 130.0, 0.99), ("remaining_miss", 160.0, 0.01), ("linear_pace", 129.0, 0.99)],
        *[("growth_ratio", 120.0, 0.99), ("linear_pace", 99.0, 0.99)],
    ],
)
def test_a_status_rule_is_scored_as_the_word_it_gives(rule: str, threshold: float, chance: float) -> None:
    assert status_chance(rule, trial(RISING, threshold, 130.0)) == chance


def test_a_rule_without_an_answer_counts_as_even() -> None:
    assert status_chance("remaining_miss", trial(RISING[:3], 130.0, 130.0)) == 0.5
    assert status_chance("growth_ratio", trial(RISING[:1], 130.0, 130.0)) == 0.5


def test_a_falling_series_is_going_the_wrong_way() -> None:
    assert status_chance("growth_ratio", trial(RISING[::-1], 126.0, 95.0)) == 0.01
    assert status_chance("remaining_miss", trial(RISING[::-1], 101.0, 95.0)) == 0.01


def test_a_rule_that_was_never_wrong_leaves_no_skill_to_show() -> None:
    all_true = [trial(RISING, 126.0, 130.0, indicator=i) for i in ("output", "firms")]
    found = scoreboard(all_true)
    assert found is not None
    base_rate = found.rules[-1]
    assert (base_rate.name, base_rate.brier) == ("base rate", 0.0)
    assert np.isnan([base_rate.skill, base_rate.skill_low, base_rate.skill_high]).all()


def test_all_rules_stand_on_the_scoreboard_beside_the_model() -> None:
    trials = [trial(RISING, t, 135.0, indicator=i) for t in (126.0, 133.0, 180.0) for i in ("output", "firms")]
    found = scoreboard(trials)
    assert found is not None
    assert [rule.name for rule in found.rules] == [
        "model", "straight line", "random walk with drift", "growth ratio", "remaining miss", "linear pace",
        "base rate",
    ]  # fmt: skip
    brier = {rule.name: rule.brier for rule in found.rules}
    # The model says one half of everything: a quarter, whatever comes true.
    assert brier["model"] == pytest.approx(0.25)
    # On course and right, at risk and right, behind and right.
    assert brier["growth ratio"] == pytest.approx((2 * 0.01**2 + 0.5**2) / 3)
    assert next(rule.skill for rule in found.rules if rule.name == "growth ratio") < 0.0


def test_a_line_and_a_walk_follow_the_figures() -> None:
    assert line_chance(trial(RISING, 129.0, 130.0)) == pytest.approx(1.0)
    assert line_chance(trial(RISING, 131.0, 130.0)) == pytest.approx(0.0)
    assert walk_chance(trial(RISING, 129.0, 130.0)) > 0.99
    assert walk_chance(trial(RISING, 131.0, 130.0)) < 0.01


def test_no_trial_gives_no_scoreboard() -> None:
    assert scoreboard([]) is None
