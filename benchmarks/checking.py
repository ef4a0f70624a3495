"""Twelve rules on millions of rows, split with reasons: ours beside hand-written SQL on the same engine.

    .venv/bin/python benchmarks/checking.py [--rows 3000000]

Not null, unique, pattern, foreign key, range, code list and conditions across columns are asked of the same table of
text cells; both sides give the typed rows that pass and the rows that wait with all their reasons, and count each rule.
Beside them, where they are installed (`pip install 'pandera[polars]' great_expectations`), pandera and Great
Expectations on the same rows as a typed data frame; they are not asked to split it. The last line is one JSON object:
`check_ratio` is ours divided by hand-written.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from milepost.check.check import check
from milepost.engines.embedded import Engine
from milepost.receive.batch import Batch, Receipt
from milepost.registers.register import read_registers
from small_zone import small_zone

DECLARED = """
site:
  name: {en: Site, zh: 场所}
  definition: {en: A site, zh: 场所}
  key: [site]
  columns:
    - {id: site, type: text, name: {en: Site, zh: 场所}}
bill:
  name: {en: Bill, zh: 账单}
  definition: {en: A bill, zh: 账单}
  key: [bill]
  columns:
    - {id: bill, type: whole, name: {en: Bill, zh: 账单}}
    - {id: site, type: text, name: {en: Site, zh: 场所}}
    - {id: meter, type: text, name: {en: Meter, zh: 表}}
    - {id: kind, type: code, codes: [peak, flat, valley, sharp], name: {en: Kind, zh: 类别}}
    - {id: from_day, type: date, name: {en: From, zh: 起}}
    - {id: to_day, type: date, name: {en: To, zh: 止}}
    - {id: energy, type: number, places: 3, name: {en: Energy, zh: 电量}}
    - {id: amount, type: number, places: 2, may_be_empty: true, name: {en: Amount, zh: 金额}}
  rules:
"""
WORDS = "severity: block, says: {en: a, zh: a}, fault: {en: a, zh: a}, mend: {en: a, zh: a}"
RULES = {
    "meter_has_its_form": "holds: \"matches(meter, 'M[0-9]{6}')\"",
    "energy_is_in_range": "holds: 'energy between 0 and 100000'",
    "ends_after_it_begins": "holds: 'to_day > from_day'",
    "price_is_plausible": "holds: 'amount <= energy * 2'",
    "site_is_known": "refers: {register: small.site, columns: {site: site}}",
}
DECLARED += "".join(f"    - {{id: {name}, {WORDS}, {rule}}}\n" for name, rule in RULES.items())
COLUMNS = ("bill", "site", "meter", "kind", "from_day", "to_day", "energy", "amount")
ROWS = """
select i + 2 as _line, 0::integer as _surplus, '' as _beyond,
  (case when i % 9973 = 0 then i - 1 else i end)::varchar as bill,
  case when i % 5003 = 0 then '' else 'S' || (case when i % 4001 = 0 then 9999999 else i % 20000 end) end as site,
  'M' || lpad((i % 50000)::varchar, case when i % 3001 = 0 then 5 else 6 end, '0') as meter,
  case when i % 7001 = 0 then 'pek' else ['peak', 'flat', 'valley', 'sharp'][1 + i % 4] end as kind,
  case when i % 6007 = 0 then '2024-02-30' else (date '2024-01-01' + (i % 300)::integer)::varchar end as from_day,
  (date '2024-01-01' + (i % 300)::integer + case when i % 8009 = 0 then 0 else 30 end)::varchar as to_day,
  case when i % 2003 = 0 then 'x' when i % 9001 = 0 then '-1'
    else (((i * 7919) % 9999999)::decimal(18, 3) / 1000)::decimal(18, 3)::varchar end as energy,
  case when i % 10 = 0 then '' when i % 6661 = 0 then '99999999'
    else (((i * 7919) % 9999999)::decimal(18, 3) / 1000)::decimal(18, 2)::varchar end as amount
from range({rows}) t(i)
"""
# What somebody would write who knows the engine and this one file.
BY_HAND = """
create or replace table hand as
select r.*, {reasons} as reasons from (
  select _line, _surplus, try_cast(bill as bigint) as bill, nullif(site, '') as site, nullif(meter, '') as meter,
    nullif(kind, '') as kind, try_cast(from_day as date) as from_day, try_cast(to_day as date) as to_day,
    try_cast(energy as decimal(18, 3)) as energy, try_cast(amount as decimal(18, 2)) as amount, amount as amount_text
  from batch) r
left join (select bill from (select try_cast(bill as bigint) as bill from batch) where bill is not null
           group by bill having count(*) > 1) d on d.bill = r.bill
left join sites s on s.site = r.site
"""
REASONS = {
    "C021/bill": "r.bill is null",
    "C042": "d.bill is not null",
    "C021/site": "r.site is null",
    "C052/site_is_known": "r.site is not null and s.site is null",
    "C050/meter_has_its_form": "not regexp_matches(r.meter, '^(M[0-9]{6})$')",
    "C023/kind": "r.kind not in ('peak', 'flat', 'valley', 'sharp')",
    "C025/from_day": "r.from_day is null",
    "C025/to_day": "r.to_day is null",
    "C050/ends_after_it_begins": "r.to_day <= r.from_day",
    "C022/energy": "r.energy is null",
    "C050/energy_is_in_range": "r.energy not between 0 and 100000",
    "C022/amount": "r.amount is null and r.amount_text <> ''",
    "C050/price_is_plausible": "r.amount > r.energy * 2",
}


def by_hand(engine: Engine) -> dict[str, int]:
    """Split and count as one would by hand: one table with reasons, the rows that pass, the rows that wait."""
    listed = ", ".join(f"case when {condition} then '{name}' end" for name, condition in REASONS.items())
    engine._run(BY_HAND.format(reasons=f"list_filter([{listed}], lambda x: x is not null)"))
    columns = ", ".join(COLUMNS)
    engine.make_view("hand_accepted", f"select _line, {columns} from hand where len(reasons) = 0")
    engine.make("hand_refused", "select b.*, h.reasons from batch b join hand h using (_line) where len(h.reasons) > 0")
    return dict(engine.rows("select unnest(reasons) as r, count(*) from hand_refused group by 1"))


def ours(engine: Engine, folder: Path, rows: int) -> Any:
    path = folder / "registers.yaml"
    path.write_text(DECLARED, encoding="utf-8")
    troubles: list[Any] = []
    registers = read_registers("small", {path: "registers.yaml"}, troubles)
    zone = dataclasses.replace(small_zone(folder), registers=registers)
    receipt = Receipt("bills.csv", "0" * 64, datetime.now(UTC), "benchmark", "made")
    batch = Batch("small.bill", "batch", rows, COLUMNS, receipt)
    return check(engine, zone, registers["small.bill"], batch, date(2026, 1, 1), "", {"small.site": "sites"})


def run(rows: int, rounds: int = 3) -> dict[str, Any]:
    """Time both sides in turns; the answers are the same, or the run stops."""
    seconds: dict[str, list[float]] = {"by hand": [], "ours": []}
    with Engine() as engine, tempfile.TemporaryDirectory() as folder:
        engine.make("batch", ROWS.format(rows=rows))
        engine.make("sites", "select 'S' || i as site from range(20000) t(i)")
        for turn in range(rounds):
            for name in ("by hand", "ours") if turn % 2 else ("ours", "by hand"):
                began = time.perf_counter()
                if name == "by hand":
                    hand = by_hand(engine)
                    accepted = engine.rows("select count(*), sum(energy) from hand_accepted")
                else:
                    verdict = ours(engine, Path(folder), rows)
                    passed = engine.rows(f'select count(*), sum(energy) from "{verdict.accepted}"')
                seconds[name].append(time.perf_counter() - began)
        if accepted != passed or {k: v for k, v in verdict.rule_counts.items() if v} != hand:
            raise SystemExit("the two do not agree")
        others = beside(engine, rows)
    best = {name: min(times) for name, times in seconds.items()}
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    figures = {"check_ratio": round(best["ours"] / best["by hand"], 3), "rows": rows, "rules": len(REASONS)}
    figures |= {"rows_that_wait": verdict.refused_count, "peak_gb": round(peak_gb, 2)}
    return figures | {f"{name.replace(' ', '_')}_s": round(took, 3) for name, took in (best | others).items()}


def beside(engine: Engine, rows: int) -> dict[str, float]:
    """Time others that check a data frame: they say which rows fail a rule, typed cells given to them."""
    found = {}
    query = (
        "select try_cast(bill as bigint) as bill, nullif(site, '') as site, nullif(meter, '') as meter, kind, "
        "try_cast(from_day as date) as from_day, try_cast(to_day as date) as to_day, "
        "try_cast(energy as double) as energy, try_cast(amount as double) as amount from batch"
    )
    for name, work in (("pandera", _pandera), ("great_expectations", _great_expectations)):
        if importlib.util.find_spec(name):
            table = engine._connection.sql(query)
            begun = work(table)
            found[name] = time.perf_counter() - begun
    return found


def _pandera(table: Any) -> float:
    """Lazy validation of a polars frame, all failures gathered; the time it began."""
    import pandera.polars as pa
    import polars as pl

    frame = table.pl()
    schema = pa.DataFrameSchema(
        {
            "bill": pa.Column(pl.Int64, nullable=False, unique=True),
            "site": pa.Column(pl.String, pa.Check.isin([f"S{n}" for n in range(20000)]), nullable=False),
            "meter": pa.Column(pl.String, pa.Check.str_matches("^M[0-9]{6}$"), nullable=False),
            "kind": pa.Column(pl.String, pa.Check.isin(["peak", "flat", "valley", "sharp"])),
            "from_day": pa.Column(pl.Date, nullable=False),
            "to_day": pa.Column(pl.Date, nullable=False),
            "energy": pa.Column(pl.Float64, pa.Check.in_range(0, 100000), nullable=False),
            "amount": pa.Column(pl.Float64, nullable=True),
        },
        checks=[
            pa.Check(lambda data: data.lazyframe.select(pl.col("to_day") > pl.col("from_day"))),
            pa.Check(lambda data: data.lazyframe.select(pl.col("amount") <= pl.col("energy") * 2)),
        ],
    )
    begun = time.perf_counter()
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors:
        return begun
    raise SystemExit("pandera found nothing")


def _great_expectations(table: Any) -> float:
    """An expectation suite on a pandas frame, failing rows listed; the time it began."""
    import great_expectations as gx
    from great_expectations import expectations as gxe

    frame = table.df()
    context = gx.get_context(mode="ephemeral")
    source = (
        context.data_sources.add_pandas("made").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("b")
    )
    filled = [gxe.ExpectColumnValuesToNotBeNull(column=name) for name in COLUMNS if name != "amount"]
    suite = context.suites.add(
        gx.ExpectationSuite(
            name="bills",
            expectations=[
                *filled,
                gxe.ExpectColumnValuesToBeUnique(column="bill"),
                gxe.ExpectColumnValuesToMatchRegex(column="meter", regex="^M[0-9]{6}$"),
                gxe.ExpectColumnValuesToBeInSet(column="site", value_set=[f"S{n}" for n in range(20000)]),
                gxe.ExpectColumnValuesToBeInSet(column="kind", value_set=["peak", "flat", "valley", "sharp"]),
                gxe.ExpectColumnValuesToBeBetween(column="energy", min_value=0, max_value=100000),
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="to_day", column_B="from_day"),
            ],
        )
    )
    begun = time.perf_counter()
    found = source.get_batch({"dataframe": frame}).validate(suite, result_format="COMPLETE")
    if found.success:
        raise SystemExit("great_expectations found nothing")
    return begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(json.dumps(run(asked.rows, asked.rounds)))


if __name__ == "__main__":
    main()
