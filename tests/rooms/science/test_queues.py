"""Queues: Erlang's printed figures, the simulation against them, and what breach chances must obey."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from milepost.science.queues import Desk, OpenCase, forecast_breaches, mmc, wilson


def steps(*days: float) -> np.ndarray:
    return np.array(days, dtype=float)


def test_one_server_is_the_textbook_formula():
    line = mmc(4.0, 5.0, 1)
    assert line.waiting_time == pytest.approx(0.8 / (5 - 4))
    assert line.waiting_count == pytest.approx(0.64 / 0.2)
    assert line.chance_of_waiting == pytest.approx(0.8)
    assert line.time_in_system == pytest.approx(1.0)


@pytest.mark.parametrize(("load", "servers", "printed"), [(5.0, 7, 0.3241), (8.0, 10, 0.4092), (1.0, 2, 1 / 3)])
def test_erlang_c_is_as_the_sum_written_out(load, servers, printed):
    terms = [load**n / math.factorial(n) for n in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    found = mmc(load, 1.0, servers).chance_of_waiting
    assert found == pytest.approx(last / (sum(terms) + last))
    assert found == pytest.approx(printed, abs=5e-5)


def test_littles_law_holds():
    line = mmc(2.3, 0.9, 4)
    assert line.waiting_count == pytest.approx(2.3 * line.waiting_time)


def test_work_that_comes_faster_than_it_is_done_has_no_long_run():
    with pytest.raises(ValueError, match="faster"):
        mmc(10.0, 1.0, 10)


@pytest.mark.parametrize(("arrivals", "officers"), [(0.7, 1), (1.6, 2), (3.2, 4)])
def test_the_simulation_waits_as_long_as_the_formula_says(arrivals, officers):
    efforts = np.random.default_rng(7).exponential(1.0, 20_000)
    desk = Desk("d", officers, efforts / efforts.mean(), arrivals)
    means = [forecast_breaches([], [desk], 3_000.0, runs=1, seed=s, order="arrival").desks["d"] for s in range(12)]
    waits = np.array([found.waited_days for found in means])
    expected = mmc(arrivals, 1.0, officers)
    error = waits.std(ddof=1) / math.sqrt(len(waits))
    assert abs(waits.mean() - expected.waiting_time) < 4 * error + 0.02 * expected.waiting_time
    assert np.mean([found.busy_share for found in means]) == pytest.approx(expected.busy_share, rel=0.03)


def test_waiting_agrees_with_the_recursion_of_kiefer_and_wolfowitz():
    desk = Desk("d", 2, steps(3.0))
    cases = [OpenCase(str(n), (("d",),), 99.0, ready_in_days=float(n)) for n in range(6)]
    found = forecast_breaches(cases, [desk], 40.0, runs=1, order="arrival").desks["d"]
    free, waited = [0.0, 0.0], []
    for arrived in range(6):
        begin = max(arrived, min(free))
        waited.append(begin - arrived)
        free[free.index(min(free))] = begin + 3.0
    assert found.waited_days == pytest.approx(np.mean(waited))


def test_certain_futures_are_certain():
    desk = Desk("d", 1, steps(2.0))
    cases = [OpenCase("first", (("d",),), 2.0), OpenCase("second", (("d",),), 3.0), OpenCase("far", (("d",),), 50.0)]
    found = forecast_breaches(cases, [desk], runs=10)
    assert [found.cases[name].value for name in ("first", "second", "far")] == [0.0, 1.0, 0.0]
    assert found.desks["d"].breach.value == 1.0
    assert found.desks["d"].breaches_expected == 1.0


def test_a_case_that_is_late_already_has_chance_one():
    cases = [OpenCase("late", (("d",),), -1.0), OpenCase("done_at_once", (), -1.0)]
    found = forecast_breaches(cases, [Desk("d", 1, steps(0.0))], runs=5)
    assert found.cases["late"].value == found.cases["done_at_once"].value == 1.0


def test_parallel_desks_wait_for_the_slower_and_stages_add_up():
    desks = [Desk("a", 1, steps(1.0)), Desk("b", 1, steps(4.0))]
    parallel, serial = (("a", "b"),), (("a",), ("b",))
    for stages, needed in ((parallel, 4.0), (serial, 5.0)):
        for due, chance in ((needed, 0.0), (needed - 0.01, 1.0)):
            found = forecast_breaches([OpenCase("c", stages, due)], desks, runs=3)
            assert found.cases["c"].value == chance


def test_a_suspended_case_waits_outside_the_line():
    cases = [OpenCase("held", (("d",),), 9.0, ready_in_days=5.0), OpenCase("ready", (("d",),), 10.0)]
    found = forecast_breaches(cases, [Desk("d", 1, steps(4.0))], runs=2)
    assert found.cases["held"].value == found.cases["ready"].value == 0.0


def test_the_same_seed_gives_the_same_answer():
    efforts = np.random.default_rng(1).gamma(2.0, 1.0, 100)
    cases = [OpenCase(str(n), (("d",),), n / 2) for n in range(20)]
    one, two = (forecast_breaches(cases, [Desk("d", 2, efforts, 1.0)], runs=50, seed=9) for _ in range(2))
    assert one == two
    assert one != forecast_breaches(cases, [Desk("d", 2, efforts, 1.0)], runs=50, seed=10)


@settings(max_examples=15, deadline=None)
@given(officers=some.integers(1, 4), seed=some.integers(0, 1000))
def test_another_officer_never_makes_breaches_more_likely_beyond_chance(officers, seed):
    efforts = np.random.default_rng(seed).gamma(2.0, 1.0, 50)
    cases = [OpenCase(str(n), (("d",),), 3.0 + n / 3) for n in range(15)]
    fewer, more = (
        forecast_breaches(cases, [Desk("d", count, efforts, 0.5)], runs=150, seed=seed).desks["d"].breaches_expected
        for count in (officers, officers + 1)
    )
    assert more <= fewer + 0.35


def test_a_share_of_simulations_has_its_interval():
    found = wilson(50, 100)
    assert (round(found.low, 4), round(found.high, 4)) == (0.4038, 0.5962)
    assert (wilson(0, 10).low, wilson(10, 10).high) == (0.0, pytest.approx(1.0))


@pytest.mark.parametrize(
    ("cases", "desks"),
    [
        ([OpenCase("c", (("x",),), 1.0)], [Desk("d", 1, steps(1.0))]),
        ([], [Desk("d", 0, steps(1.0))]),
        ([], [Desk("d", 1, steps())]),
    ],
)
def test_a_question_that_cannot_be_simulated_is_refused(cases, desks):
    with pytest.raises(ValueError, match="desk"):
        forecast_breaches(cases, desks)
