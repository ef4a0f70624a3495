"""Many programs under shared limits: as one program while they are few, else each at a price of what is shared.

By prices, a master chooses one of the plans found for each part. The bound is Lagrange's: for any prices of the shared
limits, the parts' least costs at those prices less the prices times the limits is a cost nothing can be below. Plans
and bound are both kept, so the gap is proven whatever the number of rounds. The first prices come from the relaxed
programs, of a few parts and then of all: a round of them costs a fraction of one of whole numbers. The first choice
gives each part what the relaxed ones take of the limits, and what the part before left of it.

References: G. B. Dantzig, P. Wolfe, Operations Research 8 (1960) 101-111; M. E. Luebbecke, J. Desrosiers, Operations
Research 53 (2005) 1007-1023; A. Pessoa et al., INFORMS Journal on Computing 30 (2018) 339-360 (smoothed prices).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from milepost.science.program import Expression, Program, Solution

Floats = NDArray[np.float64]
_SMOOTHED = 0.5
_SAMPLE, _SAMPLE_ROUNDS, _RELAXED_ROUNDS = 24, 40, 8
_FORBIDDING = 10.0  # times the price at which a plan takes little of what is shared


@dataclass(frozen=True)
class Part:
    """A program with what it takes of each shared limit, and a cost no choice of it changes."""

    program: Program
    usage: Sequence[Expression]
    fixed: float = 0.0


@dataclass(frozen=True)
class Shared:
    """The choice for all parts: cost, the proven bound, the gap between them, and the values of every part.

    `over` is by how much each shared limit is overstepped: zeros, but where the status is `infeasible`; then
    `bound` is the proven least sum of overstepping, each over its limit.
    """

    status: Literal["within_gap", "infeasible", "stopped"]
    value: float
    bound: float
    gap: float
    solutions: Sequence[Solution]
    over: Floats
    rounds: int


@dataclass(frozen=True)
class _Plan:
    cost: float
    usage: Floats
    solution: Solution


def solve_as_one(parts: Sequence[Part], limits: Sequence[float], gap: float = 0.01, seconds: float = 600.0) -> Shared:
    """Give the least-cost plans of all parts as one program: the better way up to some ten thousand choices.

    `over` of an infeasible one is the least overstepping of the limits, as in `solve_shared`.
    """
    whole, starts = Program(), [0]
    for part in parts:
        whole.take_in(part.program)
        starts.append(len(whole.cost))
    for k, limit in enumerate(limits):
        terms = {n + start: x for part, start in zip(parts, starts, strict=False) for n, x in part.usage[k].items()}
        whole.row(terms, high=limit, family="shared", name=str(k))
    solved, fixed = whole.solve(gap, seconds), sum(part.fixed for part in parts)
    none = np.zeros(len(limits))
    if solved.status == "infeasible":
        found = whole.together(["shared"], seconds)
        over = np.array([found.rows.get(str(k), 0.0) for k in range(len(limits))])
        return Shared("infeasible", math.inf, found.least, math.inf, [], over, 1)
    if not solved.is_found:
        return Shared("stopped", math.inf, solved.bound + fixed, math.inf, [], none, 1)
    value, bound = solved.value + fixed, solved.bound + fixed
    own = [replace(solved, values=solved.values[a:b]) for a, b in pairwise(starts)]
    left = (value - bound) / abs(value) if value else 0.0
    return Shared("within_gap" if left <= gap else "stopped", value, bound, left, own, none, 1)


def solve_shared(
    parts: Sequence[Part], limits: Sequence[float], gap: float = 0.01, seconds: float = 600.0,
    part_gap: float = 1e-3, part_seconds: float = 20.0, told: Callable[[int, float, float], None] | None = None,
) -> Shared:  # fmt: skip
    """Give the least-cost plans of all parts that together keep the limits, to a proven relative gap.

    `told` is called after each round with its number, the cost of the best choice and the bound. Where no
    choice can keep the limits, or one part has no plan at all, the status says `infeasible`.
    """
    most = np.asarray(limits, dtype=np.float64)
    run, end = _Run(parts, most, part_gap, part_seconds), time.monotonic() + seconds
    relaxed = _first_prices(parts, most, gap)
    if relaxed is None:
        return Shared("infeasible", math.inf, math.inf, 0.0, [], np.zeros(len(limits)), 1)
    run.bound, run.best_prices = relaxed.bound, relaxed.best_prices
    plans = _handed_on(relaxed, part_gap, part_seconds)
    run.add(plans)
    number, value = 1, sum(plan.cost for plan in plans) if plans else math.inf
    if told:
        told(number, value, run.bound)
    if plans and value - run.bound <= gap * abs(value):
        return run.shared("within_gap", value, plans, number)
    run.price(run.best_prices)
    run.price_least(run.best_prices)
    if not all(run.plans):
        return Shared("infeasible", math.inf, math.inf, 0.0, [], np.zeros(len(limits)), 1)
    while True:
        number += 1
        prices = run.master()
        chosen, value = run.choose(gap)
        if told:
            told(number, value, run.bound)
        if math.isfinite(value) and value - run.bound <= gap * abs(value):
            return run.shared("within_gap", value, chosen, number)
        if time.monotonic() > end:
            return run.shared("stopped", value, chosen, number)
        smoothed = _SMOOTHED * run.best_prices + (1 - _SMOOTHED) * prices
        grew = run.price(smoothed) if math.isfinite(value) or run.short == 0 else run.price(prices)
        if not grew and not run.price(prices):
            status: Literal["infeasible", "stopped"] = "stopped" if math.isfinite(value) else "infeasible"
            return _short(parts, run, number) if status == "infeasible" else run.shared(status, value, chosen, number)


def _first_prices(parts: Sequence[Part], limits: Floats, gap: float) -> _Run | None:
    """The relaxed parts at the prices at which they keep the limits, found on a few parts first.

    The few stand for all by what they take at no price. None where a part has no plan.
    """
    whole = _Run(parts, limits, gap, 60.0, is_relaxed=True)
    whole.price(np.zeros(len(limits)))
    if not all(whole.plans):
        return None
    if len(parts) <= 2 * _SAMPLE:
        _relaxed(whole, whole.best_prices, gap / 10, _SAMPLE_ROUNDS)
        return whole
    taken = np.array([plans[0].usage for plans in whole.plans])
    few = range(0, len(parts), len(parts) // _SAMPLE)
    share = taken[few].sum() / max(taken.sum(), 1e-12) or len(few) / len(parts)
    sample = _Run([parts[n] for n in few], limits * share, gap, 60.0, is_relaxed=True)
    sample.price(np.zeros(len(limits)))
    _relaxed(sample, sample.best_prices, gap / 10, _SAMPLE_ROUNDS)
    _relaxed(whole, sample.best_prices, gap / 5, _RELAXED_ROUNDS)
    return whole


def _handed_on(relaxed: _Run, gap: float, seconds: float) -> list[_Plan]:
    """A plan for each part within its share of the limits and what is left of the shares before; else none at all.

    A share is what the part takes in the relaxed parts' mixture; those that take most go first. Any plans within
    such shares keep the limits together.
    """
    relaxed.master()
    if relaxed.short:
        return []
    shares, plans = relaxed.mixed(), {}
    left = np.maximum(relaxed.limits - shares.sum(axis=0), 0.0)
    for number in np.argsort(-shares.sum(axis=1), kind="stable"):
        part, most = relaxed.parts[number], shares[number] + left
        bounded = part.program.with_at_most(list(zip(part.usage, most, strict=True)))
        cost = _priced(part, relaxed.best_prices, part.program.cost)
        solved = bounded.solve(gap, seconds, cost, part.fixed)
        if not solved.is_found:
            return []
        plans[int(number)] = _plan(part, solved)
        left = np.maximum(most - plans[int(number)].usage, 0.0)
    return [plans[number] for number in range(len(plans))]


def _priced(part: Part, prices: Floats, cost: Sequence[float] | Floats) -> Floats:
    """A part's cost with what it takes of the limits at a price."""
    found = np.array(cost, dtype=np.float64)
    for price, terms in zip(prices, part.usage, strict=True):
        for n, times in terms.items():
            found[n] += price * times
    return found


def _plan(part: Part, solved: Solution, is_cost: bool = True) -> _Plan:
    own = float(np.dot(part.program.cost, solved.values)) + part.fixed if is_cost else 0.0
    return _Plan(own, np.array([solved.of(one) for one in part.usage]), solved)


def _relaxed(run: _Run, prices: Floats, gap: float, rounds: int) -> None:
    """Some rounds from given prices on; fewer where the mixture is within a gap of the bound."""
    if not prices.any():
        prices = run.master()
    run.price(prices)
    run.price_least(prices)
    for _ in range(rounds):
        found = run.master()
        if run.short == 0 and run.mixture - run.bound <= gap * abs(run.mixture):
            break
        smoothed = _SMOOTHED * run.best_prices + (1 - _SMOOTHED) * found
        if not run.price(smoothed) and not run.price(found):
            break


class _Run:
    """The plans found so far, the prices tried, the best bound."""

    def __init__(
        self, parts: Sequence[Part], limits: Floats, gap: float, seconds: float, is_cost: bool = True,
        is_relaxed: bool = False,
    ) -> None:  # fmt: skip
        self.parts, self.limits, self.gap, self.seconds = parts, limits, gap, seconds
        self.is_cost, self.is_relaxed = is_cost, is_relaxed
        self.plans: list[list[_Plan]] = [[] for _ in parts]
        self.bound, self.best_prices, self.short = -math.inf, np.zeros(len(limits)), 0.0
        self.penalty, self.mixture, self.weights = 0.0, math.inf, np.zeros(0)

    def price(self, prices: Floats) -> bool:
        """Solve every part at prices of the shared limits; give whether a plan was found that was not known."""
        grew, least = False, -float(prices @ self.limits)
        for number, part in enumerate(self.parts):
            fixed = part.fixed if self.is_cost else 0.0
            own = part.program.cost if self.is_cost else np.zeros(len(part.program.cost))
            cost = _priced(part, prices, own)
            solved = part.program.solve(self.gap, self.seconds, cost, fixed, self.is_relaxed)
            if not solved.is_found:
                return False
            least += solved.bound
            grew = self._add(number, _plan(part, solved, self.is_cost)) or grew
        if least > self.bound:
            self.bound, self.best_prices = least, prices
        self.penalty = max(self.penalty, 10 * max(abs(p.cost) for plans in self.plans for p in plans) / self._scale())
        return grew

    def add(self, plans: Sequence[_Plan]) -> None:
        """Know one more plan of every part, or none."""
        for number, plan in enumerate(plans):
            self._add(number, plan)

    def _add(self, number: int, plan: _Plan) -> bool:
        close = 1e-9 * max(1, abs(plan.cost))
        if any(abs(p.cost - plan.cost) < close and np.allclose(p.usage, plan.usage) for p in self.plans[number]):
            return False
        self.plans[number].append(plan)
        return True

    def mixed(self) -> Floats:
        """Give what each part takes of each limit in the mixture of the last master."""
        columns = self._columns()
        return np.asarray((columns.one_each * self.weights) @ columns.usage.T, dtype=np.float64)

    def price_least(self, prices: Floats) -> bool:
        """Solve every part at prices that leave it little of what is shared: so there is a choice that keeps limits."""
        cost = max((abs(p.cost) for plans in self.plans for p in plans), default=1.0)
        return self.price(np.full(len(prices), _FORBIDDING * max(float(prices.max(initial=0.0)), cost / self._scale())))

    def master(self) -> Floats:
        """Give the prices of the limits in the best mixture of plans.

        `mixture` is its cost, `short` what it oversteps.
        """
        from scipy.optimize import linprog

        columns = self._columns()
        costs = np.concatenate([columns.costs, self._over_price()])
        usage = np.hstack([columns.usage, -np.eye(len(self.limits))])
        one_each = np.hstack([columns.one_each, np.zeros((len(self.parts), len(self.limits)))])
        found: Any = linprog(costs, usage, self.limits, one_each, np.ones(len(self.parts)), method="highs")
        over = float(found.x[-len(self.limits) :].sum()) if len(self.limits) else 0.0
        self.weights = np.asarray(found.x[: len(columns.costs)], dtype=np.float64)
        self.short, self.mixture = (over if over > 1e-9 * float(self.limits.sum()) else 0.0), float(found.fun)
        return np.maximum(-np.asarray(found.ineqlin.marginals, dtype=np.float64), 0.0)

    def choose(self, gap: float) -> tuple[list[_Plan], float]:
        """Give one known plan for each part so that the limits are kept at least cost; infinite where there is none."""
        columns, program = self._columns(), Program()
        for cost in columns.costs:
            program.choice(float(cost))
        for number in range(len(self.parts)):
            members = np.flatnonzero(columns.one_each[number])
            program.row({int(n): 1.0 for n in members}, 1.0, 1.0)
        for row, limit in zip(columns.usage, self.limits, strict=True):
            program.row({int(n): float(row[n]) for n in np.flatnonzero(row)}, high=float(limit))
        solved = program.solve(gap / 20, 10.0)
        if not solved.is_found:
            return [], math.inf
        flat = [plan for plans in self.plans for plan in plans]
        chosen = [flat[int(n)] for n in np.flatnonzero(solved.values > 0.5)]
        return chosen, float(sum(plan.cost for plan in chosen))

    def shared(
        self, status: Literal["within_gap", "infeasible", "stopped"], value: float, chosen: list[_Plan], rounds: int
    ) -> Shared:
        bound = min(self.bound, value)
        gap = (value - bound) / abs(value) if math.isfinite(value) and value else math.inf
        return Shared(status, value, bound, gap, [p.solution for p in chosen], np.zeros(len(self.limits)), rounds)

    def _scale(self) -> float:
        return max(float(np.min(self.limits[self.limits > 0], initial=1.0)), 1.0)

    def _over_price(self) -> Floats:
        if self.is_cost:
            return np.full(len(self.limits), max(self.penalty, 1.0))
        return 1 / np.maximum(self.limits, 1.0)

    def _columns(self) -> _Columns:
        flat = [(number, plan) for number, plans in enumerate(self.plans) for plan in plans]
        one_each = np.zeros((len(self.parts), len(flat)))
        for column, (number, _) in enumerate(flat):
            one_each[number, column] = 1.0
        return _Columns(np.array([p.cost for _, p in flat]), np.array([p.usage for _, p in flat]).T, one_each)


@dataclass(frozen=True)
class _Columns:
    costs: Floats
    usage: Floats
    one_each: Floats


def _short(parts: Sequence[Part], run: _Run, rounds: int) -> Shared:
    """The least overstepping of the limits, and its proof."""
    least = _Run(parts, run.limits, run.gap, run.seconds, is_cost=False)
    prices = np.zeros(len(run.limits))
    for _ in range(30):
        if not least.price(prices):
            break
        prices = least.master()
    from scipy.optimize import linprog

    columns = least._columns()
    costs = np.concatenate([columns.costs, least._over_price()])
    found: Any = linprog(costs, np.hstack([columns.usage, -np.eye(len(run.limits))]), run.limits,
                         np.hstack([columns.one_each, np.zeros((len(parts), len(run.limits)))]),
                         np.ones(len(parts)), method="highs")  # fmt: skip
    over = np.asarray(found.x[-len(run.limits) :], dtype=np.float64)
    status: Literal["infeasible", "stopped"] = "infeasible" if least.bound > 1e-9 else "stopped"
    return Shared(status, math.inf, least.bound, math.inf, [], over, rounds)
