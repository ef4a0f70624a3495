"""Decision tables: a million rows in the engine beside a hand-written CASE, and the search of a 500-line table.

Run alone: `.venv/bin/python benchmarks/rules.py`. Prints a table and, as its last line, one JSON object.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from milepost.rules.findings import findings
from milepost.rules.reading import load_table
from milepost.rules.ruling import decide
from milepost.rules.sql import to_sql
from milepost.rules.table import Table

ROWS, REPEATS = 1_000_000, 5
TRADES = ("restaurant", "bookstore", "pharmacy", "cinema", "store")
CUTS = (0, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10000)

HEAD = """policy: unique
inputs:
  - {name: trade, type: string, allowed: [restaurant, bookstore, pharmacy, cinema, store]}
  - {name: floor_area_m2, type: number, allowed: ">= 0"}
outputs:
  - {name: days, type: number}
lines:
"""


def fifty_lines() -> str:
    """Five trades by ten bands of floor area: every input fires exactly one line."""
    lines = []
    for n, trade in enumerate(TRADES):
        for m, low in enumerate(CUTS):
            test = f"[{low}..{CUTS[m + 1]})" if m + 1 < len(CUTS) else f">= {low}"
            when = f'{{trade: {trade}, floor_area_m2: "{test}"}}'
            lines.append(f"  - {{when: {when}, then: {{days: {n * 10 + m}}}, citation: article {n * 10 + m}}}")
    return HEAD + "\n".join(lines)


def hand_written() -> str:
    """The same table as a person would write it: one CASE, trade first, each band by its upper end."""
    trades = []
    for n, trade in enumerate(TRADES):
        bands = " ".join(f"WHEN floor_area_m2 < {high} THEN {n * 10 + m}" for m, high in enumerate(CUTS[1:]))
        trades.append(f"WHEN trade = '{trade}' THEN CASE {bands} ELSE {n * 10 + 9} END")
    return f"CASE {' '.join(trades)} END"


def hand_written_flat() -> str:
    """The same lines one by one, the way the table is laid out."""
    lines = []
    for n, trade in enumerate(TRADES):
        for m, low in enumerate(CUTS):
            upper = f" AND floor_area_m2 < {CUTS[m + 1]}" if m + 1 < len(CUTS) else ""
            lines.append(f"WHEN trade = '{trade}' AND floor_area_m2 >= {low}{upper} THEN {n * 10 + m}")
    return f"CASE {' '.join(lines)} END"


def grid_500() -> str:
    """500 lines over five inputs that exclude each other and leave no gap: 5 x 10 x 2 x 5 cells, one input untested."""
    head = HEAD.replace(
        "outputs:",
        '  - {name: food, type: boolean}\n  - {name: works_cost_cny, type: number, allowed: ">= 0"}\n'
        '  - {name: seats, type: number, allowed: ">= 0", whole: true}\noutputs:',
    )
    lines = []
    for n, trade in enumerate(TRADES):
        for m, low in enumerate(CUTS):
            area = f"[{low}..{CUTS[m + 1]})" if m + 1 < len(CUTS) else f">= {low}"
            for food in ("true", "false"):
                for k, cost in enumerate((0, 100, 300, 1000, 5000)):
                    top = (100, 300, 1000, 5000)
                    works = f"[{cost}..{top[k]})" if k < 4 else ">= 5000"
                    when = f'{{trade: {trade}, floor_area_m2: "{area}", food: {food}, works_cost_cny: "{works}"}}'
                    lines.append(f"  - {{when: {when}, then: {{days: {n + m + k}}}, citation: article {len(lines)}}}")
    return head + "\n".join(lines)


def tangled_500() -> str:
    """500 lines of random ranges over five inputs: thousands of overlaps, and gaps between them."""
    chance = random.Random(7)
    inputs = "\n".join(f'  - {{name: x{n}, type: number, allowed: "[0..1000]"}}' for n in range(5))
    lines = []
    for number in range(500):
        low = [chance.randrange(0, 900) for _ in range(5)]
        tests = ", ".join(f'x{n}: "[{a}..{a + chance.randrange(50, 600)}]"' for n, a in enumerate(low))
        lines.append(f"  - {{when: {{{tests}}}, then: {{days: {number}}}, citation: article {number}}}")
    return f"policy: unique\ninputs:\n{inputs}\noutputs:\n  - {{name: days, type: number}}\nlines:\n" + "\n".join(lines)


def loaded(text: str) -> Table:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.yaml"
        path.write_text(text, "utf-8")
        return load_table(path)


def median_seconds(act: Callable[[], object], repeats: int = REPEATS) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    engine = duckdb.connect()
    engine.execute(
        f"""CREATE TABLE shops AS SELECT {list(TRADES)}[1 + (n % 5)::INT] AS trade,
        round(((n * 7919) % 1000003) / 80.0, 1) AS floor_area_m2 FROM range({ROWS}) AS r(n)"""
    )
    table = loaded(fifty_lines())
    assert not findings(table)
    sql = to_sql(table, {"trade": "trade", "floor_area_m2": "floor_area_m2"})
    ways = {"table_as_sql": sql.outputs["days"], "hand_flat": hand_written_flat(), "hand_nested": hand_written()}
    sums = {
        way: engine.execute(f"SELECT sum({text}), count({text}) FROM shops").fetchone() for way, text in ways.items()
    }
    assert len(set(sums.values())) == 1, sums
    figures: dict[str, float] = {}
    for way, text in ways.items():
        figures[f"{way}_s"] = median_seconds(
            lambda text=text: engine.execute(f"SELECT sum({text}) FROM shops").fetchone()
        )
    rows = engine.execute("SELECT trade, floor_area_m2 FROM shops USING SAMPLE 2000 ROWS").fetchall()
    one_by_one = median_seconds(lambda: [decide(table, {"trade": t, "floor_area_m2": a}) for t, a in rows], 3)
    figures["row_by_row_s_per_million"] = one_by_one / len(rows) * ROWS
    for name, text in (("grid", grid_500()), ("tangled", tangled_500())):
        big = loaded(text)
        figures[f"search_500_{name}_s"] = median_seconds(lambda big=big: findings(big))
        figures[f"read_500_{name}_s"] = median_seconds(lambda text=text: loaded(text), 3)
    figures["ratio_to_hand_flat"] = figures["table_as_sql_s"] / figures["hand_flat_s"]
    figures["ratio_to_hand_nested"] = figures["table_as_sql_s"] / figures["hand_nested_s"]
    for name, value in figures.items():
        print(f"{name:32} {value:10.4f}")
    print(
        json.dumps({"benchmark": "rules", "rows": ROWS, **{name: round(value, 4) for name, value in figures.items()}})
    )


if __name__ == "__main__":
    main()
