"""Monthly returns of many enterprises, from a file to the ledger of clusters, beside hand-written SQL.

The returns are synthetic, each a hash of its enterprise and month. They are received, checked by every rule of their
register, kept; then the ledger and the growth are asked for. The alternative is hand-written SQL on the embedded
engine over the same file in the same run, which does only the final aggregates: nothing is checked, kept or explained.
Both give the same totals to the fen, or the run stops.

    .venv/bin/python benchmarks/industry.py [--enterprises 5000] [--months 24]

Returns come as one file a year, as an office gets them. The full size is `--enterprises 1000000 --months 120`: 120
million returns, about 12 GB of files, written in bounded memory; the files alone take some minutes.
Prints a table and, as its last line, one JSON object. The directory given by TMPDIR holds the files.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from milepost.domains.industry.made_zone import NODES, credit_code
from milepost.show.asking import ask
from milepost.show.catalogue import open_zone
from milepost.show.intake import take_in
from milepost.show.walk import store_of

MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
FIRST_YEAR = 2014
ZONE = """id: synthetic
name: {en: Synthetic enterprises (invented), zh: 合成企业（虚构）}
main_area: ZONE
areas:
  - id: ZONE
    name: {en: The zone, zh: 园区}
    kind: zone
"""
# Ten thousand to ten million yuan a month, to the fen; every seventh enterprise is below scale.
RETURNS = """
copy (
  select e.code as enterprise_code, strftime(m.month, '%Y-%m') as month,
         case when e.n % 7 = 0 then 'no' else 'yes' end as is_in_panel, '' as moved,
         fen::decimal(18, 2) / 100 as gross_output_cny, fen::decimal(18, 2) / 100 as gross_output_comparable_cny,
         fen::decimal(18, 2) / 100 as revenue_cny, (fen // 4)::decimal(18, 2) / 100 as value_added_cny,
         10 + e.n % 90 as employees, (fen // 20)::decimal(18, 2) / 100 as profit_cny,
         (fen // 25)::decimal(18, 2) / 100 as rd_cny, (fen // 30)::decimal(18, 2) / 100 as tax_cny
  from codes e, months m,
       lateral (select 1000000 + (hash(e.n * 1000003 + epoch(m.month)::bigint) % 1000000000)::bigint as fen)
  where year(m.month) = {year}
) to '{path}' (header, delimiter ',')
"""
BY_CLUSTER = """
with y as (
  select enterprise_code, sum(gross_output_cny::decimal(18, 2)) as output
  from read_csv('{returns}', all_varchar = true)
  where is_in_panel = 'yes' and month >= '{year}-01' and month <= '{year}-12' group by 1)
select count(*), sum(output), (select sum(output * share_0_1::decimal(9, 6)) from y
  join read_csv('{members}', all_varchar = true) using (enterprise_code) where cluster = 'auto') from y
"""


def written(path: Path, heads: list[str], rows: Iterable[tuple[Any, ...]]) -> Path:
    """Write rows as they come: a million enterprises are never held at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)
    return path


def files(folder: Path, enterprises: int, months: int) -> list[tuple[str, Path]]:
    """Write the zone and its files, those of the registers others refer to first."""
    (folder / "zone.yaml").write_text(ZONE, "utf-8")
    (folder / "registers.yaml").write_text("{}\n", "utf-8")
    begins = f"{FIRST_YEAR}-01-01"
    from milepost.show.catalogue import wing_registers

    heads = {
        name: list(wing_registers()[f"industry.{name}"].column_ids) for name in ("enterprise", "node", "membership")
    }
    firms = (
        (credit_code(number), f"合成企业{number:07d}有限公司", begins, "", "in_business", begins, "private",
         "", "", "", "", "", "")
        for number in range(enterprises)
    )  # fmt: skip
    nodes = [
        (node, cluster, "", words, stage, "", classes, words, critical, "no", begins, "")
        for cluster, node, stage, classes, words, critical, _ in NODES
    ]
    members = (
        (credit_code(number), *NODES[number % len(NODES)][:2], f"0.{700000 + number % 300000:06d}",
         "synthetic evidence", "synthetic", "", begins, "")
        for number in range(enterprises) if number % 3
    )  # fmt: skip
    found = [
        ("industry.enterprise", written(folder / "files/enterprise.csv", heads["enterprise"], firms)),
        ("industry.node", written(folder / "files/node.csv", heads["node"], nodes)),
        ("industry.membership", written(folder / "files/membership.csv", heads["membership"], members)),
    ]
    with duckdb.connect() as engine:
        engine.execute("set memory_limit = '1GB'; set preserve_insertion_order = false")
        engine.execute(f"set temp_directory = '{folder / 'files/spill'}'")
        numbered = ((number, credit_code(number)) for number in range(enterprises))
        listed = written(folder / "files/codes.csv", ["n", "code"], numbered)
        engine.execute(
            f"create table codes as select n::bigint as n, code from read_csv('{listed}', all_varchar = true)"
        )
        until = f"date '{begins}' + interval {months - 1} month"
        series = f"generate_series(date '{begins}', {until}, interval 1 month)"
        engine.execute(f"create table months as select unnest({series}) as month")
        for year in range(FIRST_YEAR, FIRST_YEAR + months // 12):
            found.append(("industry.return", folder / f"files/return_{year}.csv"))
            engine.execute(RETURNS.format(path=found[-1][1], year=year))
    return found


def timed(steps: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    found = work()
    steps[name] = round(steps.get(name, 0.0) + time.perf_counter() - begun, 3)
    return found


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--enterprises", type=int, default=5000)
    reader.add_argument("--months", type=int, default=24)
    asked = reader.parse_args()
    if asked.months % 12:
        reader.error("months must be whole years")
    with tempfile.TemporaryDirectory() as place:
        figures = run(Path(place), asked.enterprises, asked.months)
    print(json.dumps(figures))


def run(folder: Path, enterprises: int, months: int) -> dict[str, Any]:
    steps: dict[str, float] = {}
    given = timed(steps, "make the files", lambda: files(folder, enterprises, months))
    zone = open_zone(folder)
    for register, path in given:
        name = f"receive, check, keep {register}"
        intake = timed(steps, name, lambda r=register, p=path: take_in(zone, store_of(zone), p, r, date.today(), ""))
        if intake.refused:
            raise SystemExit(f"{register}: {intake.refused} rows were refused: {intake.rule_counts}")
    year = FIRST_YEAR + months // 12 - 1
    ledger = timed(steps, "ledger", lambda: ask(zone, "industry.ledger", {"year": str(year)})).answer.document
    timed(steps, "growth", lambda: ask(zone, "industry.growth", {"end_year": str(year), "start_year": str(year - 1)}))
    asked = {"end_year": str(year), "start_year": str(FIRST_YEAR)}
    changed = timed(steps, "change over all years", lambda: ask(zone, "industry.change", asked)).answer.document
    query = BY_CLUSTER.format(returns=folder / "files/return_*.csv", members=folder / "files/membership.csv", year=year)
    count, total, auto = timed(
        steps, "hand-written SQL over the files", lambda: duckdb.connect().execute(query).fetchone()
    )
    if str(total) != ledger["total_cny"]["output"] or not ledger["reconciles"]:
        raise SystemExit("the ledger and the hand-written SQL do not agree")
    # The ledger divides to whole fen, enterprise by enterprise; SQL does not round at all.
    if abs(float(auto) - float(ledger["clusters"]["auto"]["output_gross"])) > 0.01 * count:
        raise SystemExit("the cluster and the hand-written SQL do not agree")
    parts = sum(changed["panel"].values())
    if abs(parts - changed["change"]) > 1e-3 * max(1.0, abs(changed["change"])):
        raise SystemExit("the parts of the change do not sum to it")
    rows = enterprises * months
    taken = steps["receive, check, keep industry.return"]
    print(f"{rows:,} returns of {enterprises:,} enterprises")
    for name, seconds in steps.items():
        print(f"{name:<45} {seconds:>9.3f} s")
    return {
        "rows": rows,
        "seconds": steps,
        "returns_per_second_received_checked_kept": round(rows / taken) if taken else None,
        "ledger_over_sql": round(steps["ledger"] / steps["hand-written SQL over the files"], 2),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT_BYTES / 2**20),
        "ledger_and_sql_agree": True,
    }


if __name__ == "__main__":
    main()
