"""Indicators measured over millions of rows by the embedded engine and by Spark with two workers: time, equal answers.

    .venv/bin/python benchmarks/engines.py [--rows 2000000] [--cluster spark://HOST:PORT]

The same kept rows (Parquet files), the same declarations: a flow, ratios, a level, different meters, a median, a
quantile, a greatest. Without an address a cluster of one master and two workers of one core each is started on the
loopback and ended by its process ids. On one machine Spark cannot win: what counts is that the answers are equal to the
last bit and that the price is known. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from fakes.measuring import column, indicator, register, zone
from fakes.spark_cluster import given_or_private
from milepost.engines.embedded import Engine
from milepost.engines.engine import open_engine
from milepost.keep.version import Version
from milepost.measure.figures import Measure
from milepost.receive.batch import Receipt
from milepost.registers.register import Register

FILES, HORIZON = 8, date(2025, 12, 31)
METERS = register(
    "made.reading",
    [
        column("meter"), column("day", "date"), column("kwh", "number", unit="kWh", places=3, may_be_empty=True),
        column("heat", "real", unit="kWh", may_be_empty=True), column("pieces", "whole", unit="count"),
        column("kind", "code", codes=tuple("abcdefgh")),
    ],
    key=("meter", "day"), happened="day",
)  # fmt: skip
INDICATORS = (
    indicator("made.energy", "flow", "sum(kwh)", "made.reading", "MWh", by=("kind",), contributor="meter"),
    indicator("made.heat", "flow", "sum(heat)", "made.reading", "kWh", by=("kind",)),
    indicator("made.rows", "flow", "count(*)", "made.reading", by=("kind",)),
    indicator("made.meters", "flow", "count(distinct meter)", "made.reading", by=("kind",), where="pieces > 3"),
    indicator("made.per_piece", "ratio", "sum(kwh) / sum(pieces)", "made.reading", "kWh / count", by=("kind",)),
    indicator("made.mean", "level", "mean(kwh)", "made.reading", "kWh", by=("kind",)),
    indicator("made.middle", "level", "median(pieces)", "made.reading", by=("kind",)),
    indicator("made.most", "level", "max(kwh) - min(kwh)", "made.reading", "kWh", by=("kind",)),
    indicator("made.share", "ratio", "made.energy / made.heat", unit="percent"),
)
ROWS = """
select 'm' || (hash(i) % 20000)::varchar as meter, date '2023-01-01' + (hash(i + 7) % 1096)::integer as day,
       case when i % 50 = 0 then null else ((hash(i + 11) % 100000000)::bigint / 1000)::decimal(18, 3) end as kwh,
       (hash(i + 13) % 1000000)::double / 37 as heat, (hash(i + 17) % 9)::bigint as pieces,
       substr('abcdefgh', 1 + (hash(i + 19) % 8)::integer, 1) as kind,
       'made' as _file, i as _line, 1::bigint as _version
from range({first}, {last}) t(i)
"""


@dataclass(frozen=True)
class Files:
    """A store whose one version is a list of Parquet files."""

    folder: Path
    files: tuple[str, ...]

    def newest(self, register: str) -> int | None:
        return 1

    def day(self, moment: datetime) -> date:
        return moment.date()

    def versions(self, register: str) -> list[Version]:
        receipt = Receipt("made", "0" * 64, datetime(2020, 1, 2, tzinfo=UTC), "benchmark", "made")
        return [Version(register, 1, None, 0, 0, "0" * 64, receipt.received_at, receipt)]

    def view(self, engine: Any, register: Register, version: int | None = None) -> str:
        engine.view_files(f"kept_{register.id}", self.files, ())
        return f"kept_{register.id}"


def make_files(folder: Path, rows: int) -> Files:
    """Make the rows: the same for the same count, on every machine with this DuckDB."""
    paths = [folder / f"{part}.parquet" for part in range(FILES)]
    bounds = [rows * part // FILES for part in range(FILES + 1)]
    with Engine() as engine:
        for path, first, last in zip(paths, bounds, bounds[1:], strict=False):
            engine.write(ROWS.format(first=first, last=last), path)
    return Files(folder, tuple(map(str, paths)))


def measured(engine: Any, store: Files) -> tuple[list[str], float, float]:
    """Give the readings as texts, the seconds of the pass over the rows, and those of the figures made of it."""
    begun = time.perf_counter()
    measure = Measure(engine, zone([METERS], INDICATORS), store, HORIZON, is_kept=False)
    measure.prepare([one.id for one in INDICATORS])
    passed = time.perf_counter()
    found = [
        repr(reading)
        for one in INDICATORS
        for by in [(), *((name,) for name in measure.dimensions(one.id))]
        for reading in measure.readings(one.id, "quarter", by)
    ]
    return found, passed - begun, time.perf_counter() - passed


def main() -> None:
    """Measure on both engines and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--cluster", help="the address of a cluster that runs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = make_files(folder, asked.rows)
        with Engine() as engine:
            plain, here_pass, here_figures = measured(engine, store)
        with given_or_private(folder, asked.cluster) as url:
            begun = time.perf_counter()
            with open_engine(url) as engine:
                opened = time.perf_counter() - begun
                measured(engine, store)  # once, so that its machines are warm
                found, there_pass, there_figures = measured(engine, store)
            from milepost.engines import spark

            spark.stop()
    print(f"{asked.rows:,} rows, {len(INDICATORS)} indicators, {len(plain):,} figures, {FILES} files")
    print(f"{'':<24}{'pass over rows':>16}{'figures':>12}")
    print(f"{'embedded':<24}{here_pass:>14.2f} s{here_figures:>10.2f} s")
    print(f"{'Spark, two workers':<24}{there_pass:>14.2f} s{there_figures:>10.2f} s   (opened in {opened:.1f} s)")
    print(f"answers equal to the last bit: {'yes' if found == plain else 'NO'}")
    told = {
        "rows": asked.rows, "figures": len(plain), "answers_equal": found == plain,
        "embedded_pass_s": round(here_pass, 3), "embedded_figures_s": round(here_figures, 3),
        "spark_open_s": round(opened, 1), "spark_pass_s": round(there_pass, 3),
        "spark_figures_s": round(there_figures, 3), "spark_pass_ratio": round(there_pass / here_pass, 2),
    }  # fmt: skip
    print(json.dumps(told))
    if found != plain:
        sys.exit(1)


if __name__ == "__main__":
    main()
