"""The paths of many sites under one budget a year: the whole zone's, with a proven gap.

Up to some ten thousand choices all sites are one program; beyond that each site is solved at a price of the shared
money and a master chooses one plan for each. Either bound holds for every way of dividing the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from milepost.domains.carbon.path import THOUSAND, Question, build
from milepost.domains.carbon.planning import Path, as_now, path_of
from milepost.science.shared_budget import Part, solve_as_one, solve_shared

# Measured: 200 sites of 15 measures and 6 years (18,000 choices) as one program within a gap of 0.03 % in 5 s; of 40
# measures and 10 years (80,000) it did not end in 400 s.
_AS_ONE = 30_000


@dataclass(frozen=True)
class Programme:
    """The sites' paths together.

    `cost_cny` and `bound_cny` as of a path, over all sites; `gap` of the whole cost, `gap_of_more` of what the
    programme costs or saves against going on as now. `over_cny` is by how much the budget of each year is
    overstepped at least, where no programme keeps it.
    """

    status: str
    paths: tuple[Path, ...]
    cost_cny: float | None
    bound_cny: float | None
    gap: float | None
    more_cny: float | None
    gap_of_more: float | None
    over_cny: tuple[float, ...]
    rounds: int


def plan_programme(
    questions: Sequence[Question], budget_cny: Sequence[float], gap: float = 0.01, seconds: float = 600.0,
    told: Callable[[int, float, float], None] | None = None,
) -> Programme:  # fmt: skip
    """Give the cheapest paths of all sites that together keep the budget of each year, to a proven gap.

    All questions have the same years. Raises ValueError where they do not, and as `path.build`.
    """
    if any(list(q.market.years) != list(questions[0].market.years) for q in questions):
        raise ValueError("the sites' years differ")
    models = [build(question) for question in questions]
    parts = [Part(m.program, [dict(x) for x in m.investment], m.fixed_kcny) for m in models]
    limits = [b / THOUSAND for b in budget_cny]
    if sum(sum(part.program.is_whole) for part in parts) <= _AS_ONE:
        found = solve_as_one(parts, limits, gap, seconds)
    else:
        found = solve_shared(parts, limits, gap, seconds, part_gap=gap / 4, told=told)
    if not found.solutions:
        over = tuple(float(x) * THOUSAND for x in found.over)
        return Programme(found.status, (), None, None, None, None, None, over, found.rounds)
    paths = tuple(path_of(q, m, s) for q, m, s in zip(questions, models, found.solutions, strict=True))
    now = sum(as_now(question) for question in questions)
    more = found.value - now
    return Programme(
        found.status, paths, found.value * THOUSAND, found.bound * THOUSAND, found.gap, more * THOUSAND,
        (found.value - found.bound) / abs(more) if more else 0.0, (), found.rounds,
    )  # fmt: skip
