"""Ten indicators over many kept rows: ours beside hand-written SQL on the same engine and the same files.

    .venv/bin/python benchmarks/measuring.py [--rows 10000000]

Four rows of five are bills (events), one is a contract with its validity (states). Flows, ratios of sums, a share, a
mean, a largest, a count, different sites, a running count and a stock are asked by month and by kind. Both sides give
the same figures or the run stops. Then one per cent of new rows, all of the newest month, is kept as a new version, and
what the new version asks is divided by what all rows ask. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from milepost.check.verdict import Verdict
from milepost.engines.embedded import Engine
from milepost.keep.store import Store
from milepost.measure.figures import Measure
from milepost.measure.kept import MEASURED
from milepost.plan.zone import Zone
from milepost.receive.batch import Batch, Receipt
from milepost.show.catalogue import open_zone
from milepost.show.walk import store_of

HORIZON = date(2026, 12, 31)
SITES = 20_000
ZONE = """id: made
name: {en: Made rows, zh: 生成数据}
main_area: ZONE
areas:
  - {id: ZONE, name: {en: The zone, zh: 园区}, kind: zone}
"""
REGISTERS = """
bill:
  name: {en: Bill, zh: 账单}
  definition: {en: A bill, zh: 账单}
  key: [bill]
  happened: day
  columns:
    - {id: bill, type: whole, name: {en: Bill, zh: 账单}}
    - {id: site, type: text, name: {en: Site, zh: 场所}}
    - {id: kind, type: code, codes: [peak, flat, valley, sharp], name: {en: Kind, zh: 类别}}
    - {id: day, type: date, name: {en: Day, zh: 日}}
    - {id: energy, type: number, places: 3, unit: kWh, name: {en: Energy, zh: 电量}}
    - {id: amount, type: number, places: 2, unit: yuan, name: {en: Amount, zh: 金额}}
contract:
  name: {en: Contract, zh: 合同}
  definition: {en: A contract, zh: 合同}
  key: [contract]
  valid: {start: valid_from, until: valid_until}
  columns:
    - {id: contract, type: whole, name: {en: Contract, zh: 合同}}
    - {id: kind, type: code, codes: [peak, flat, valley, sharp], name: {en: Kind, zh: 类别}}
    - {id: valid_from, type: date, name: {en: From, zh: 起}}
    - {id: valid_until, type: date, name: {en: Until, zh: 止}}
"""
ASKED = {
    "energy": ("flow", "MWh", "sum(energy)"),
    "amount": ("flow", "yuan", "sum(amount)"),
    "price": ("ratio", "yuan / kWh", "sum(amount) / sum(energy)"),
    "bills": ("flow", "count", "count(*)"),
    "sites": ("flow", "count", "count(distinct site)"),
    "mean": ("level", "kWh", "mean(energy)"),
    "largest": ("level", "kWh", "max(energy)"),
    "large": ("ratio", "percent", "sum(energy) filter (where energy > 50) / sum(energy)"),
    "so_far": ("cumulative", "count", "count(*) filter (where energy > 90)"),
    "contracts": ("stock", "count", "count(*)"),
}
BILLS = """
select i as bill, 'S' || lpad((hash(i) % {sites})::varchar, 5, '0') as site,
  ['peak', 'flat', 'valley', 'sharp'][1 + (hash(i * 3) % 4)::integer] as kind,
  (date '2020-01-01' + ((i * {days}) // {rows})::integer)::date as day,
  ((hash(i * 7) % 100000)::decimal(18, 3) / 1000)::decimal(18, 3) as energy,
  ((hash(i * 11) % 5000)::decimal(18, 2) / 100)::decimal(18, 2) as amount, i as _line
from range({first}, {last}) t(i)
"""
CONTRACTS = """
select i as contract, ['peak', 'flat', 'valley', 'sharp'][1 + (hash(i * 3) % 4)::integer] as kind,
  (date '2020-01-01' + ((i * {days}) // {rows})::integer)::date as valid_from,
  (date '2020-01-01' + ((i * {days}) // {rows} + 30 + (hash(i) % 700)::integer)::integer)::date as valid_until,
  i as _line
from range({first}, {last}) t(i)
"""
DAYS = 1826
# What somebody would write who knows the engine and these two tables: one pass for what adds up, one for the different
# sites, and for the contracts what begins less what ends, summed up over the months.
BY_HAND = """
with added as (
  select date_trunc('month', day)::date as p, kind, sum(energy) as e, sum(amount) as a, count(*) as n, max(energy) as m,
    sum(energy) filter (where energy > 50) as large, count(*) filter (where energy > 90) as high
  from bills group by all),
sites as (select date_trunc('month', day)::date as p, kind, count(distinct site) as s from bills group by all)
select p, kind, e::double / 1000 as energy, a::double as amount, a::double / e::double as price, n::double as bills,
  s::double as sites, e::double / n as mean, m::double as largest, large::double / e::double * 100 as large,
  (sum(high) over (partition by kind order by p))::double as so_far
from added join sites using (p, kind)
"""
STOCK_BY_HAND = """
with moved as (
  select date_trunc('month', valid_from)::date as p, kind, count(*) as n from contracts group by all
  union all select date_trunc('month', valid_until)::date as p, kind, -count(*) as n from contracts group by all),
monthly as (select p, kind, sum(n) as n from moved group by all)
select p, kind, (sum(n) over (partition by kind order by p))::double as contracts from monthly
"""


def made_zone(folder: Path) -> Zone:
    """A zone with two registers and ten indicators, as its user would write them."""
    (folder / "zone.yaml").write_text(ZONE, "utf-8")
    (folder / "registers.yaml").write_text(REGISTERS, "utf-8")
    words = "name: {en: Made, zh: 生成}, definition: {en: Made, zh: 生成}"
    lines = [
        f"{name}: {{{words}, kind: {kind}, unit: {unit}, formula: {json.dumps(formula)}, "
        f"register: made.{'contract' if kind == 'stock' else 'bill'}, by: [kind]}}"
        for name, (kind, unit, formula) in ASKED.items()
    ]
    (folder / "indicators.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    return open_zone(folder)


def keep(engine: Engine, zone: Zone, store: Store, name: str, query: str, count: int) -> None:
    """Keep made rows as a version, as an accepted delivery is kept."""
    register = zone.registers[f"made.{name}"]
    engine.make_view("made_rows", query)
    receipt = Receipt(f"{name}.csv", f"{abs(hash(query)):064d}"[:64], datetime.now(UTC), "benchmark", "made")
    batch = Batch(register.id, "made_rows", count, register.column_ids, receipt)
    verdict = Verdict(batch, "made_rows", count, (), ())
    store.commit(engine, register, verdict, store.newest(register.id))


def keep_share(engine: Engine, zone: Zone, store: Store, rows: int, first: float, last: float) -> None:
    """Keep the rows between two shares of all."""
    for name, query, of in (("bill", BILLS, rows * 4 // 5), ("contract", CONTRACTS, rows // 5)):
        begin, end = int(of * first), int(of * last)
        filled = query.format(first=begin, last=end, rows=of, days=DAYS, sites=SITES)
        keep(engine, zone, store, name, filled, end - begin)


def by_hand(store: Store, zone: Zone) -> dict[tuple[str, Any, str], float]:
    """Every figure by SQL written for this case."""
    with Engine() as engine:
        for name in ("bill", "contract"):
            files = [str(path) for path in store.table(f"made.{name}").glob("*.parquet")]
            engine.view_files(f"{name}s", files, ())
        found: dict[tuple[str, Any, str], float] = {}
        names = [name for name in ASKED if name != "contracts"]
        for p, kind, *values in engine.rows(BY_HAND):
            found |= {(name, p, kind): value for name, value in zip(names, values, strict=True)}
        return found | {("contracts", p, kind): value for p, kind, value in engine.rows(STOCK_BY_HAND)}


def ours(store: Store, zone: Zone, is_kept: bool) -> dict[tuple[str, Any, str], float]:
    """Every figure by the declared formulas."""
    with Engine() as engine:
        measure = Measure(engine, zone, store, HORIZON, is_kept=is_kept)
        names = [f"made.{name}" for name in ASKED]
        measure.prepare(names)
        return {
            (name.removeprefix("made."), reading.period.start, reading.made.dimensions[0][1]): reading.value
            for name in names
            for reading in measure.readings(name, "month", ["kind"])
            if reading.made is not None
        }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def compared(mine: dict[tuple[str, Any, str], float], theirs: dict[tuple[str, Any, str], float]) -> int:
    """How many figures both sides have, all of them equal; a stock is told for months without a change, too."""
    for key, value in theirs.items():
        if not math.isclose(mine[key], value, rel_tol=1e-12):
            raise SystemExit(f"the two do not agree on {key[0]}")
    return len(theirs)


def run(rows: int, rounds: int = 3) -> dict[str, Any]:
    """Time both sides at a size, and one per cent more."""
    seconds: dict[str, list[float]] = {"by hand": [], "ours": []}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        zone = made_zone(folder)
        store = store_of(zone)
        with Engine() as engine:
            keep_share(engine, zone, store, rows, 0, 0.99)
        for turn in range(rounds):
            for name in ("by hand", "ours") if turn % 2 else ("ours", "by hand"):
                took, found = timed(lambda n=name: by_hand(store, zone) if n == "by hand" else ours(store, zone, False))
                seconds[name].append(took)
                if name == "ours":
                    mine = found
                else:
                    theirs = found
        figures = compared(mine, theirs)
        kept, _ = timed(lambda: ours(store, zone, True))
        with Engine() as engine:
            keep_share(engine, zone, store, rows, 0.99, 1)
        added, full = [], []
        kept_cells = shutil.copytree(store.folder / MEASURED, folder / "before")
        for _ in range(rounds):
            shutil.rmtree(store.folder / MEASURED)
            shutil.copytree(kept_cells, store.folder / MEASURED)
            took, newer = timed(lambda: ours(store, zone, True))
            added.append(took)
            took, fresh = timed(lambda: ours(store, zone, False))
            full.append(took)
            if newer != fresh:
                raise SystemExit("what is added up and what is computed of all rows differ")
    best = {name: min(times) for name, times in seconds.items()}
    return {
        "measure_ratio": round(best["ours"] / best["by hand"], 3),
        "incremental_share": round(min(added) / min(full), 4),
        "rows": rows,
        "figures": figures,
        "by_hand_s": round(best["by hand"], 3),
        "ours_s": round(best["ours"], 3),
        "first_kept_s": round(kept, 3),
        "full_s": round(min(full), 3),
        "one_per_cent_more_s": round(min(added), 3),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--rows", type=int, default=10_000_000)
    reader.add_argument("--rounds", type=int, default=3)
    asked = reader.parse_args()
    print(json.dumps(run(asked.rows, asked.rounds)))


if __name__ == "__main__":
    main()
