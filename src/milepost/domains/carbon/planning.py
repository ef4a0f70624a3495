"""A path is found, proven, or refused with what stands in its way; and what the last tonne costs.

The marginal cost of a target comes from solving again for a slightly stricter one, never from ranking measures by
their own cost per tonne: measures act on each other, and their single abatements do not add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from milepost.domains.carbon.path import FAMILIES, QUANTITIES, THOUSAND, Model, Question, Requirement, build
from milepost.science.program import Relaxation, Solution

_DONE = 1e-6


@dataclass(frozen=True)
class Step:
    """A measure that is done: in which year, at what share of its full size when the path ends."""

    measure: str
    year: int
    size_0_1: float


@dataclass(frozen=True)
class Path:
    """The cheapest path, or the proof that there is none.

    `cost_cny` is the present value of investment, running costs, energy, certificates, carbon and offsets over
    the years, less the worth left; `bound_cny` is proven to be no path's cost; `gap` between them. `more_cny` is
    what it costs beyond going on as now (which may miss the target). `years` holds every quantity by year and
    the money invested [CNY]. Where there is no path, `blocked_by` names what must give way, alone, by how much.
    """

    site: str
    status: str
    steps: tuple[Step, ...] = ()
    cost_cny: float | None = None
    bound_cny: float | None = None
    gap: float | None = None
    more_cny: float | None = None
    baseline_t: float = 0.0
    years: Sequence[Mapping[str, float]] = ()
    blocked_by: tuple[Relaxation, ...] = ()


@dataclass(frozen=True)
class Marginal:
    """One level of emissions [t in the last year]: the cheapest cost, and what the last tonne of the way cost."""

    emissions_t: float
    cost_cny: float | None
    marginal_cny_per_t: float | None


def cheapest(question: Question, gap: float = 1e-4, seconds: float = 60.0) -> Path:
    """Give the cheapest path of a site, proven to a relative gap, or what makes it impossible.

    Raises ValueError as `path.build`.
    """
    model = build(question)
    solved = model.program.solve(gap, seconds)
    if not solved.is_found:
        families = [name for name in FAMILIES if name in model.program.families()]
        blocked = model.program.why_infeasible(families, seconds) if solved.status == "infeasible" else []
        if blocked and not blocked[0].is_enough:
            blocked = [model.program.together(families, seconds), *blocked]
        return Path(question.site, solved.status, baseline_t=model.baseline_t, blocked_by=tuple(blocked))
    return path_of(question, model, solved)


def path_of(question: Question, model: Model, solved: Solution) -> Path:
    """Give the path that a solution of a question's program stands for."""
    fixed = model.fixed_kcny
    own = model.program.cost
    cost = float(sum(x * price for x, price in zip(solved.values, own, strict=False))) + fixed
    bound = min(solved.bound + fixed, cost)
    return Path(
        question.site, solved.status, _steps(question, model, solved), cost * THOUSAND, bound * THOUSAND,
        (cost - bound) / abs(cost) if cost else 0.0, (cost - as_now(question)) * THOUSAND, model.baseline_t,
        _years(question, model, solved),
    )  # fmt: skip


def as_now(question: Question) -> float:
    """Give the present value of going on without any measure, certificate or offset [thousand CNY]."""
    bare = replace(question, measures=(), requirements=(), limits=replace(question.limits, budget_cny=()))
    model = build(bare)
    for name in ("certificates_mwh", "offsets_t"):
        for amount in model.quantities[name]:
            for n in amount:
                model.program.high[n] = 0.0
    return model.program.solve().value + model.fixed_kcny


def abatement_t(question: Question, chosen: Sequence[str]) -> float:
    """Give how much less the last year's emissions are when some measures are done and nothing is bought [t]."""
    measures = [replace(m, needs=(), group="") for m in question.measures if m.id in chosen]
    bare = replace(question, measures=measures, requirements=(), limits=replace(question.limits, budget_cny=()))
    emissions = []
    for done in (0.0, 1.0):
        model = build(bare)
        program = model.program
        for numbers in model.active.values():
            for n in numbers:
                program.low[n], program.high[n] = done, done
        for name in ("certificates_mwh",):
            for amount in model.quantities[name]:
                for n in amount:
                    program.high[n] = 0.0
        least = [0.0] * len(program.cost)
        for n, x in model.quantities["emissions_t"][-1].items():
            least[n] = x
        solved = program.solve(cost=least)
        emissions.append(solved.value + model.quantities["emissions_t"][-1].constant)
    return emissions[0] - emissions[1]


def marginal_costs(
    question: Question, levels: Sequence[float], quantity: str = "emissions_t", gap: float = 1e-5, seconds: float = 30.0
) -> list[Marginal]:
    """Give the cheapest cost at each level of the last year's `quantity`, from loose to strict, by solving again.

    `levels` are shares of the baseline; the question's other requirements stay as they are. A level that
    cannot be reached has no cost.
    """
    baseline, last = build(question).baseline_t, question.market.years[-1]
    found: list[Marginal] = []
    for share in sorted(levels, reverse=True):
        asked = Requirement("level", quantity, "at_most", share * baseline, last)
        solved = cheapest(replace(question, requirements=(*question.requirements, asked)), gap, seconds)
        before = found[-1] if found else None
        marginal = None
        if before is not None and before.cost_cny is not None and solved.cost_cny is not None:
            marginal = (solved.cost_cny - before.cost_cny) / (before.emissions_t - share * baseline)
        found.append(Marginal(share * baseline, solved.cost_cny, marginal))
    return found


def _steps(question: Question, model: Model, solved: Solution) -> tuple[Step, ...]:
    found = []
    for measure in question.measures:
        sizes = [solved.values[n] for n in model.size[measure.id]]
        years = [year for year, size in zip(question.market.years, sizes, strict=True) if size > _DONE]
        if years:
            found.append(Step(measure.id, years[0], round(float(sizes[-1]), 9)))
    return tuple(sorted(found, key=lambda step: (step.year, step.measure)))


def _years(question: Question, model: Model, solved: Solution) -> list[dict[str, float]]:
    found = []
    for t, year in enumerate(question.market.years):
        row: dict[str, float] = {"year": float(year)}
        for name in QUANTITIES:
            amount = model.quantities[name][t]
            row[name] = solved.of(amount) + amount.constant
        row["investment_cny"] = (solved.of(model.investment[t]) + model.investment[t].constant) * THOUSAND
        found.append(row)
    return found
