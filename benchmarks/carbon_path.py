"""The cheapest path of one site, and of many sites under one budget a year, with the gap that is proven.

The sites are synthetic, made from a seed. For many sites two ways stand side by side: all of them as one program for
the same solver (which a general modelling tool would give it), and each at a price of the shared budget with a master.

    .venv/bin/python benchmarks/carbon_path.py [--sites 200] [--measures 15] [--years 6] [--gap 0.01]

Prints a table and, as its last line, one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import replace
from typing import Any

from milepost.domains.carbon.path import (
    ELECTRICITY,
    THOUSAND,
    EndUse,
    Limits,
    Market,
    Measure,
    Question,
    Requirement,
    build,
)
from milepost.domains.carbon.planning import as_now, cheapest
from milepost.science.shared_budget import Part, solve_as_one, solve_shared

KINDS = ("efficiency", "fuel_efficiency", "electrification", "generation")


def made_site(seed: int, measures: int, years: int) -> Question:
    """Give a synthetic site that must be net zero in the last year, with offsets for whatever is left."""
    chance = random.Random(seed)
    market = Market(
        range(2026, 2026 + years), [700] * years,
        [30 + 2 * t for t in range(years)], [90 + 5 * t for t in range(years)],
        [0.6096 * 0.98**t for t in range(years)], [350] * years, certificates_mwh=[3000] * years,
    )  # fmt: skip
    uses = [
        EndUse(f"e{n}", ELECTRICITY, [chance.uniform(1000, 6000) * 1.02**t for t in range(years)]) for n in range(4)
    ]
    uses += [EndUse(f"g{n}", "gas", [chance.uniform(500, 4000)] * years, 0.2, 0.1229, [400] * years) for n in range(2)]
    found = [_measure(chance, number, uses) for number in range(measures)]
    target = Requirement("net zero", "net_t", "at_most", 0.0, 2025 + years)
    return Question(f"s{seed}", uses, found, market, Limits((), 15_000, 2500, 2.0), [target])


def _measure(chance: random.Random, number: int, uses: list[EndUse]) -> Measure:
    kind = chance.choices(KINDS, [6, 1, 1, 2])[0]
    name = f"m{number}"
    if kind == "generation":
        mwh = chance.uniform(200, 1500)
        return Measure(name, kind, mwh * chance.uniform(2500, 4500), 20, mwh * 20, generation_mwh=mwh, roof_m2=mwh * 7,
                       grid_kw=mwh * 0.9, is_scalable=chance.random() < 0.5)  # fmt: skip
    use = uses[chance.randrange(4)] if kind == "efficiency" else uses[4 + chance.randrange(2)]
    if kind == "electrification":
        share = chance.uniform(0.1, 0.4)
        cost = use.amount_mwh[0] * share * chance.uniform(1000, 3000)
        return Measure(name, kind, cost, 15, 0, use.id, share, "e0", chance.uniform(0.25, 0.9))
    share, price = chance.uniform(0.01, 0.06), 700 if kind == "efficiency" else 400
    cost = use.amount_mwh[0] * share * price * chance.uniform(2, 12)
    return Measure(name, "efficiency", cost, chance.randint(6, 15), 0, use.id, share)


def measured_both(questions: list[Question], budget_cny: list[float], gap: float) -> dict[str, Any]:
    """Give time, gap and bound of both ways: all sites as one program, and each at a price of the budget."""
    models = [build(question) for question in questions]
    parts = [Part(m.program, [dict(x) for x in m.investment], m.fixed_kcny) for m in models]
    limits = [most / THOUSAND for most in budget_cny]
    told = {}
    for name, solve in (("as_one", solve_as_one), ("by_prices", solve_shared)):
        if name == "as_one" and sum(sum(part.program.is_whole) for part in parts) > 30_000:
            continue
        begun = time.perf_counter()
        found = solve(parts, limits, gap, 200.0)
        told[name] = {
            "seconds": round(time.perf_counter() - begun, 1), "status": found.status, "gap": found.gap,
            "cost_cny": found.value * THOUSAND, "bound_cny": found.bound * THOUSAND, "rounds": found.rounds,
        }  # fmt: skip
    return told


def measured(sites: int, measures: int, years: int, gap: float, share: float) -> dict[str, Any]:
    """Give the times, gaps and bounds of both."""
    one: list[dict[str, Any]] = []
    for count, horizon in ((20, 6), (40, 10), (100, 10)):
        question = replace(made_site(1, count, horizon), limits=Limits([3e6] * horizon, 15_000, 2500, 2.0))
        begun = time.perf_counter()
        path = cheapest(question, 5e-3, 60.0)
        one.append({"measures": count, "years": horizon, "seconds": round(time.perf_counter() - begun, 2),
                    "gap": path.gap, "status": path.status})  # fmt: skip
    questions = [made_site(seed, measures, years) for seed in range(sites)]
    free = sum(row["investment_cny"] for q in questions[:20] for row in cheapest(q, 1e-2).years) / 20 * sites
    budget = [share * free / years] * years
    return {"one_site": one, "sites": sites, "measures": measures, "years": years,
            "many": measured_both(questions, budget, gap),
            "as_now_cny": sum(as_now(question) for question in questions) * THOUSAND}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="The cheapest path of one site and of many under one budget.")
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--measures", type=int, default=15)
    parser.add_argument("--years", type=int, default=6)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--budget-share", type=float, default=0.6, help="budget as a share of what free choice invests")
    asked = parser.parse_args()
    told = measured(asked.sites, asked.measures, asked.years, asked.gap, asked.budget_share)
    for row in told["one_site"]:
        print(f"one site, {row['measures']} measures, {row['years']} years: {row['seconds']} s, gap {row['gap']}")
    for name, way in told["many"].items():
        more = abs(way["cost_cny"] - told["as_now_cny"])
        of_more = (way["cost_cny"] - way["bound_cny"]) / more if more else 0.0
        print(f"{told['sites']} sites under one budget, {name}: {way['seconds']} s, gap {way['gap']:.5f}, "
              f"{of_more:.4f} of what is saved or spent against going on as now")  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
