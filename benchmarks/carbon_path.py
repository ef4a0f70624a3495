"""The cheapest path of one site, and of many sites under one budget a year, with the gap that is proven.

The sites are synthetic, made from a seed. For many sites two ways stand side by side: all of them as one program for
the same solver (which a general modelling tool would give it), and the study `carbon.path` of the zone, asked by
command line of a folder that holds the sites: reading, solving and answering together.

    .venv/bin/python benchmarks/carbon_path.py [--sites 200] [--measures 40] [--years 10] [--as-one-seconds 120]

The gap is told of the whole cost, which is mostly the energy bill, and of what is spent or saved against going on.

Prints a table and, as its last line, one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
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
from milepost.science.shared_budget import Part, solve_as_one

REPOSITORY = Path(__file__).resolve().parents[1]
MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
ZONE = """id: synthetic
name: {en: Synthetic sites (invented), zh: 合成场所（虚构）}
main_area: ZONE
areas:
  - id: ZONE
    name: {en: The zone, zh: 园区}
    kind: zone
"""
SITE_HEAD = (
    "site_code,kind,parent_code,site_name,holder_code,industry_code,region,floor_area_m2,estimated_kwh,is_key_emitter,"
    "valid_from,valid_until\n"
)
SITE = "{0},site,,Site {0},,,china,,,,2023-01-01,\n"
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
        EndUse(f"e{n}", ELECTRICITY, [first * 1.02**t for t in range(years)])
        for n, first in enumerate(chance.uniform(1000, 6000) for _ in range(4))
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


def write_zone(folder: Path, questions: Sequence[Question], budget_cny: Sequence[float]) -> Path:
    """Write the zone's folder with the path inputs of every site and the budget of the zone."""
    zone = folder / "synthetic"
    (zone / "carbon/path_inputs").mkdir(parents=True)
    (zone / "records").mkdir()
    (zone / "zone.yaml").write_text(ZONE, "utf-8")
    sites = "".join(SITE.format(q.site) for q in questions)
    (zone / "records/carbon.site.csv").write_text(SITE_HEAD + sites, "utf-8")
    market, limits = questions[0].market, questions[0].limits
    years = [
        ["*", year, market.power_cny[t], market.certificate_cny[t], market.offset_cny[t], market.residual_t_per_mwh[t],
         market.feed_in_cny[t], "", market.certificates_mwh[t], "", ""] for t, year in enumerate(market.years)
    ]  # fmt: skip
    years += [["zone", year, *[""] * 7, most, ""] for year, most in zip(market.years, budget_cny, strict=True)]
    shared = limits.offset_share_0_1
    rows: dict[str, list[list[Any]]] = {
        "years": years,
        "limits": [["*", limits.roof_m2, limits.grid_kw, None if shared is None else 100 * shared, 6, ""]],
        "requirements": [["*", r.id, r.quantity, r.sense, r.limit, r.of, r.from_year, ""]
                         for r in questions[0].requirements],
        "end_uses": [[q.site, *_end_use_row(use)] for q in questions for use in q.end_uses],
        "measures": [[q.site, *_measure_row(m)] for q in questions for m in q.measures],
    }  # fmt: skip
    for name, lines in rows.items():
        head = (REPOSITORY / f"src/milepost/domains/carbon/path_inputs/{name}.csv").read_text("utf-8").strip()
        with (zone / f"carbon/path_inputs/{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head.split(","))
            writer.writerows(lines)
    return zone


def _end_use_row(use: EndUse) -> list[Any]:
    growth = 100 * (use.amount_mwh[1] / use.amount_mwh[0] - 1)
    price = use.price_cny[0] if use.price_cny else ""
    return [use.id, use.carrier, use.amount_mwh[0], growth, use.t_per_mwh, use.tce_per_mwh, price, ""]


def _measure_row(m: Measure) -> list[Any]:
    return [m.id, m.kind, m.capex_cny, m.life_years, m.opex_cny, m.end_use, 100 * m.share_0_1, m.to_end_use,
            m.mwh_per_mwh, m.generation_mwh, m.direct_t, m.roof_m2, m.grid_kw, "yes" if m.is_scalable else "no",
            m.group, " ".join(m.needs), m.first_year or "", ""]  # fmt: skip


def asked_of_the_zone(questions: Sequence[Question], budget_cny: Sequence[float], gap: float) -> dict[str, Any]:
    """Give time, gap and bound of the study, asked by command line."""
    with tempfile.TemporaryDirectory() as folder:
        zone = write_zone(Path(folder), questions, budget_cny)
        command = [sys.executable, "-m", "milepost.show.command", "ask", str(zone), "carbon.path", "--json"]
        begun = time.perf_counter()
        said = subprocess.run([*command, "--set", "site=zone", "--set", f"gap_percent={100 * gap}"], cwd=REPOSITORY,
                              check=True, stdout=subprocess.PIPE).stdout  # fmt: skip
        seconds = time.perf_counter() - begun
    found = json.loads(said)
    told = ("status", "gap", "gap_of_more", "cost_cny", "bound_cny", "rounds")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * MAXRSS_UNIT_BYTES / 1e6
    most = [row["investment_cny"] / b for row, b in zip(found["years"], budget_cny, strict=True)]
    return {
        "seconds": round(seconds, 1), "peak_mb": round(peak), "most_of_a_budget": round(max(most), 4),
        **{name: found[name] for name in told},
    }  # fmt: skip


def as_one_program(
    questions: Sequence[Question], budget_cny: Sequence[float], gap: float, seconds: float
) -> dict[str, Any]:
    """Give time, gap and bound of all sites as one program."""
    models = [build(question) for question in questions]
    parts = [Part(m.program, [dict(x) for x in m.investment], m.fixed_kcny) for m in models]
    begun = time.perf_counter()
    found = solve_as_one(parts, [most / THOUSAND for most in budget_cny], gap, seconds)
    return {
        "seconds": round(time.perf_counter() - begun, 1), "status": found.status, "gap": found.gap,
        "cost_cny": found.value * THOUSAND, "bound_cny": found.bound * THOUSAND, "rounds": found.rounds,
    }  # fmt: skip


def measured(sites: int, measures: int, years: int, gap: float, share: float, seconds: float) -> dict[str, Any]:
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
    many = {"study": asked_of_the_zone(questions, budget, gap)}
    if seconds:
        many["as_one"] = as_one_program(questions, budget, gap, seconds)
    return {"one_site": one, "sites": sites, "measures": measures, "years": years, "many": many,
            "as_now_cny": sum(as_now(question) for question in questions) * THOUSAND}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="The cheapest path of one site and of many under one budget.")
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--measures", type=int, default=40)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--budget-share", type=float, default=0.6, help="budget as a share of what free choice invests")
    parser.add_argument("--as-one-seconds", type=float, default=120.0, help="0 leaves the one program out")
    asked = parser.parse_args()
    told = measured(asked.sites, asked.measures, asked.years, asked.gap, asked.budget_share, asked.as_one_seconds)
    for row in told["one_site"]:
        print(f"one site, {row['measures']} measures, {row['years']} years: {row['seconds']} s, gap {row['gap']}")
    for name, way in told["many"].items():
        more = abs(way["cost_cny"] - told["as_now_cny"])
        if way["status"] == "stopped" and way["cost_cny"] == float("inf"):
            print(f"{told['sites']} sites under one budget, {name}: {way['seconds']} s, nothing found")
            continue
        of_more = (way["cost_cny"] - way["bound_cny"]) / more if more else 0.0
        print(f"{told['sites']} sites under one budget, {name}: {way['seconds']} s, gap {way['gap']:.5f}, "
              f"{of_more:.4f} of what is saved or spent against going on as now")  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
