"""Programs: a knapsack by brute force, proofs that nothing fits, and many programs under shared limits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from milepost.science.program import Program
from milepost.science.shared_budget import Part, solve_as_one, solve_shared


def knapsack(worth: list[float], weight: list[float], most: float, least_worth: float = 0.0) -> Program:
    program = Program()
    items = [program.choice(-w) for w in worth]
    program.row(dict(zip(items, weight, strict=True)), high=most, family="weight", name="weight")
    if least_worth:
        program.row(dict(zip(items, worth, strict=True)), low=least_worth, family="worth", name="worth")
    return program


@pytest.mark.parametrize("seed", range(8))
def test_a_knapsack_is_as_by_brute_force(seed):
    random = np.random.default_rng(seed)
    worth, weight = random.integers(1, 30, 9).tolist(), random.integers(1, 20, 9).tolist()
    solved = knapsack(worth, weight, 40).solve(1e-9)
    best = max(
        sum(w for w, x in zip(worth, chosen, strict=True) if x)
        for chosen in itertools.product((0, 1), repeat=9)
        if sum(w for w, x in zip(weight, chosen, strict=True) if x) <= 40
    )
    assert solved.status == "optimal"
    assert -solved.value == pytest.approx(best)
    assert solved.bound == pytest.approx(solved.value)


def test_what_cannot_be_done_says_which_family_must_give_way_and_by_how_much():
    program = knapsack([5, 4, 3], [4, 3, 2], 5, least_worth=9)
    assert program.solve().status == "infeasible"
    weight, worth = program.why_infeasible(["weight", "worth"])[::-1], program.why_infeasible(["worth"])
    by_family = {one.family: one for one in weight}
    assert by_family["weight"].rows == {"weight": pytest.approx(2)}  # items 1 and 2 weigh 7
    assert by_family["worth"].rows == {"worth": pytest.approx(2)}  # items 2 and 3 are worth 7
    assert worth[0].least > 0
    assert knapsack([5, 4, 3], [4, 3, 2], 9, least_worth=9).why_infeasible(["weight", "worth"]) == []


def test_families_that_are_not_enough_alone_are_told_together():
    program = Program()
    x, y = program.variable(high=10), program.variable(high=10)
    program.row({x: 1.0}, low=5, high=5)
    program.row({x: 1.0}, high=3, family="a", name="a")
    program.row({x: 1.0, y: 1.0}, high=4, family="b", name="b")
    assert [one.is_enough for one in program.why_infeasible(["a", "b"])] == [False, False]
    assert program.together(["a", "b"]).rows == {"a": pytest.approx(2), "b": pytest.approx(1)}


def test_the_solver_says_nothing_on_standard_output(capfd):
    for seed in range(3):
        random = np.random.default_rng(seed)
        knapsack(random.uniform(1, 30, 40).tolist(), random.uniform(1, 20, 40).tolist(), 100).solve(1e-9)
    assert capfd.readouterr().out == ""


def parts(seed: int, count: int = 5) -> list[Part]:
    """Each part must be worth 20 of its own; doing so takes of two shared limits."""
    found = []
    for number in range(count):
        random = np.random.default_rng([seed, number])
        program = Program()
        items = [program.choice(float(c)) for c in random.integers(1, 30, 5)]
        worth = random.integers(4, 15, 5)
        program.row({n: float(w) for n, w in zip(items, worth, strict=True)}, low=20)
        usage = [{n: float(u) for n, u in zip(items, random.integers(1, 9, 5), strict=True)} for _ in range(2)]
        found.append(Part(program, usage, fixed=7.0))
    return found


def by_brute_force(given: list[Part], limits: list[float]) -> float:
    """Every plan of every part, put together by dynamic programming over what is used."""
    reached = {(0.0, 0.0): 0.0}
    for part in given:
        plans = []
        for chosen in itertools.product((0, 1), repeat=5):
            values = np.array(chosen, dtype=float)
            if sum(t * values[n] for n, t in part.program.rows[0].terms.items()) >= 20:
                use = tuple(sum(t * values[n] for n, t in one.items()) for one in part.usage)
                plans.append((use, float(values @ part.program.cost) + part.fixed))
        further: dict[tuple[float, float], float] = {}
        for (a, b), cost in reached.items():
            for (u, v), more in plans:
                key = (a + u, b + v)
                if key[0] <= limits[0] and key[1] <= limits[1]:
                    further[key] = min(further.get(key, np.inf), cost + more)
        reached = further
    return min(reached.values(), default=np.inf)


@pytest.mark.parametrize("seed", range(6))
def test_shared_limits_are_kept_and_the_bound_holds(seed):
    given, limits = parts(seed), [60.0, 62.0]
    best = by_brute_force(given, limits)
    found = solve_shared(given, limits, gap=0.0, seconds=20)
    assert np.isfinite(best)
    assert found.bound <= best + 1e-6
    assert found.value >= best - 1e-6
    assert found.gap <= 0.15  # five coarse parts: the bound cannot do better than the mixture of plans
    used = [sum(s.of(part.usage[k]) for s, part in zip(found.solutions, given, strict=True)) for k in range(2)]
    assert used[0] <= 60
    assert used[1] <= 62


@pytest.mark.parametrize("seed", range(6))
def test_as_one_program_the_best_plans_are_found_and_proven(seed):
    given, limits = parts(seed), [60.0, 62.0]
    found = solve_as_one(given, limits, gap=1e-9)
    assert found.value == pytest.approx(by_brute_force(given, limits))
    assert found.bound == pytest.approx(found.value)
    used = [sum(s.of(part.usage[k]) for s, part in zip(found.solutions, given, strict=True)) for k in range(2)]
    assert used[0] <= 60
    assert used[1] <= 62


@pytest.mark.slow
def test_many_parts_at_prices_come_as_near_to_the_best_as_they_prove():
    given, limits = parts(2, 80), [720.0, 760.0]
    best = solve_as_one(given, limits, gap=1e-6)
    rounds = []
    found = solve_shared(given, limits, gap=0.01, seconds=60, told=lambda *one: rounds.append(one))
    used = [sum(s.of(part.usage[k]) for s, part in zip(found.solutions, given, strict=True)) for k in range(2)]
    free = solve_as_one(given, [1e6, 1e6], gap=1e-6)
    assert free.value < best.value * 0.995  # the limits bind, so that there is something to share
    assert used[0] <= limits[0] + 1e-6
    assert used[1] <= limits[1] + 1e-6
    assert found.status == "within_gap"
    assert found.bound <= best.value + 1e-6
    assert best.bound - 1e-6 <= found.value <= best.value * 1.01 + 1e-6
    assert rounds[-1][1:] == (found.value, found.bound)


@pytest.mark.parametrize("is_relaxed", [False, True])
def test_what_is_fixed_is_in_the_value_and_the_gap(is_relaxed):
    program = knapsack([5, 4, 3], [4, 3, 2], 6)
    bare, with_fixed = (program.solve(1e-9, fixed=fixed, is_relaxed=is_relaxed) for fixed in (0.0, 100.0))
    assert with_fixed.value == pytest.approx(bare.value + 100)
    assert bare.value == pytest.approx(-8 if not is_relaxed else -8.25)  # 4 + 3 and a quarter of the first
    assert len(with_fixed.values) == 3


@pytest.mark.parametrize("solve", [solve_shared, solve_as_one])
def test_limits_nobody_can_keep_are_proven_so(solve):
    given = parts(1)
    found = solve(given, [10.0, 1000.0], gap=0.01, seconds=20)
    assert by_brute_force(given, [10.0, 1000.0]) == np.inf
    assert found.status == "infeasible"
    assert found.bound > 0
    assert found.over[0] > 0
    assert found.over[1] == pytest.approx(0)
