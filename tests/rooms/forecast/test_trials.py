"""Trials of past chances: they look back honestly, or the scoreboard means nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from made import SAY, reading, target, zone
from milepost.forecast.replay import quarter_ends, replay
from milepost.forecast.trials import questions, run_trials
from milepost.plan.plan import Goal

FIGURES = [reading("output", str(2016 + i), 100.0 * 1.05**i, known_on=date(2017 + i, 2, 1)) for i in range(8)]


def test_a_figure_planted_in_the_future_changes_nothing() -> None:
    until = date(2020, 12, 31)
    planted = reading("output", "2020", 900.0, known_on=date(2023, 6, 1))
    plain = [t for t in run_trials(FIGURES, zone()) if t.question.known_on <= until]
    moved = [t for t in run_trials([*FIGURES, planted], zone()) if t.question.known_on <= until]
    assert len(plain) >= 10
    for before, after in zip(plain, moved, strict=True):
        assert np.array_equal(before.draws, after.draws)
        assert before.threshold == after.threshold


def test_a_question_is_asked_only_before_its_answer_was_known() -> None:
    asked = list(questions(FIGURES, zone()))
    assert asked
    assert all(q.known_on < q.truth.known_on for q in asked)
    assert all(q.known_on >= date(2017, 2, 1) for q in asked)


def test_the_newest_publication_is_the_truth() -> None:
    revised = reading("output", "2020", 130.0, known_on=date(2022, 1, 1))
    truths = {q.truth.value for q in questions([*FIGURES, revised], zone()) if q.year == 2020}
    assert truths == {130.0}


def test_a_promise_and_a_bound_are_no_answer() -> None:
    others = [reading("output", "2024", 1.0, kind, known_on=date(2025, 2, 1)) for kind in ("target", "at_least")]
    assert not any(q.year == 2024 for q in questions([*FIGURES, *others], zone()))


def test_most_truths_of_a_steady_series_fall_inside_ninety_per_cent() -> None:
    trials = run_trials(FIGURES, zone())
    inside = [t.quantile(0.05) <= t.question.truth.value <= t.quantile(0.95) for t in trials]
    assert np.mean(inside) > 0.8


def test_a_replayed_date_answers_as_the_walk_of_that_date() -> None:
    ask = target("output", 150.0)
    plan = replace(zone().plan, goals=(Goal("G", SAY, (ask,)),))
    place = replace(zone(), plan=plan)
    dates = quarter_ends(date(2020, 1, 1), date(2021, 3, 31))
    full, cut = replay(place, FIGURES, dates), replay(place, FIGURES[:5], dates)
    assert full == cut
    assert [s.known_on for s in full] == dates
    assert full[0].chance != pytest.approx(full[-1].chance or 0.0, abs=1e-9)
