"""Forecasts, intervals and chances of made targets, measured on any file of series, beside the alternatives.

    python benchmarks/forecast.py LONG.csv.gz [--meta META.csv] [--speed [1000]] [--arima] [--sample N]

The file has the columns series, period, part (train or test), t and value. Everything is fitted on training
rows. The chances are written to a file, and its hash is printed, before any test value is read. The last line
is one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import math
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from forecasting.made_targets import LAWS, PUBLISHED_SEED, Given, give_chances, make_targets
from forecasting.scoring import (
    BASE,
    OURS,
    SIGNED_BASE,
    by_frequency,
    judge,
    score_series,
    table_of_chances,
    table_of_methods,
)
from forecasting.series_file import Key, Series, read_tests, read_training
from forecasting.work import (
    LEVELS,
    PROBABILITIES,
    Said,
    alternatives,
    calibrated,
    origins_of,
    recent,
    say_ets,
    shipped_work_on,
    work_on,
    workers,
)

from milepost.forecast.methods.ensemble import shipped_blend
from milepost.forecast.methods.interface import Forecast
from milepost.forecast.predictive import Predictive

_WIDEST = max(LEVELS)


def main() -> int:
    wish = _wishes()
    try:
        result = run(wish)
    except (OSError, ValueError) as error:
        print(f"{wish.file.name} cannot be measured: {error}", file=sys.stderr)
        return 2
    print(json.dumps(_plain(result)))
    return 0


def run(wish: argparse.Namespace) -> dict[str, Any]:
    """Say everything from training rows, write the chances, then read the tests and score."""
    begun = time.perf_counter()
    series, told = read_training(wish.file)
    series = _sampled(series, wish.sample)
    _tell_input(series, told, wish.meta)
    said, predictive = _say_all(series, wish)
    forecasts = [_with_ours(said[i], predictive[one.key]) for i, one in enumerate(series)]
    given = [
        give_chances(one, recent(one), OURS, forecasts[i], predictive[one.key], _WIDEST) for i, one in enumerate(series)
    ]
    folder = wish.out or Path(tempfile.mkdtemp(prefix="forecast-"))
    chances_hash = _written(folder / "chances.csv", series, given)
    print(f"Chances written before any test value is read: {folder / 'chances.csv'}\nsha256 {chances_hash}\n")
    # From here on nothing is fitted, chosen or changed.
    actual = read_tests(wish.file, series)
    result: dict[str, Any] = {"series": len(series), "chances_sha256": chances_hash, "seed": PUBLISHED_SEED}
    result["methods"], result["chances"] = {}, {}
    rows = [score_series(one, forecasts[i], actual[one.key]) for i, one in enumerate(series)]
    for group, numbers in by_frequency(series).items():
        result["methods"][group] = table_of_methods([rows[i] for i in numbers])
        _print_methods(group, len(numbers), result["methods"][group])
        result["chances"][group] = {}
        for law in LAWS:
            judged = judge(law, [given[i] for i in numbers], [actual[series[i].key] for i in numbers])
            if judged is not None:
                result["chances"][group][law] = table_of_chances(judged)
                _print_chances(group, law, result["chances"][group][law])
    result["seconds_by_method"] = _seconds(said)
    if wish.speed:
        result["speed"] = _speed(series, wish)
    result["seconds"] = time.perf_counter() - begun
    return result


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("file", type=Path, help="series, period, part, t, value; .csv or .csv.gz")
    parser.add_argument("--meta", type=Path, help="a table of the series; only its number of rows is compared")
    parser.add_argument(
        "--speed", type=int, nargs="?", const=1000, default=0, help="time so many series against AutoETS"
    )
    parser.add_argument("--arima", action="store_true", help="AutoARIMA too: by far the slowest")
    parser.add_argument("--sample", type=int, default=0, help="only so many series, chosen by a hash of their ids")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--out", type=Path, help="folder for the file of chances; a new temporary one if not given")
    return parser.parse_args()


def _sampled(series: list[Series], count: int) -> list[Series]:
    if not count or count >= len(series):
        return series
    chosen = sorted(series, key=lambda one: hashlib.sha256("|".join(one.key).encode()).digest())[:count]
    kept = {one.key for one in chosen}
    return [one for one in series if one.key in kept]


def _tell_input(series: list[Series], told: Counter[str], meta: Path | None) -> None:
    for period, numbers in by_frequency(series).items():
        lengths = [series[i].y.size for i in numbers]
        seasons = sorted({series[i].m for i in numbers})
        print(f"{period}: {len(numbers)} series, {min(lengths)} to {max(lengths)} training values, season {seasons}")
    for what, count in told.items():
        if count:
            print(f"note: {count} {what}")
    if meta:
        opener: Any = gzip.open if meta.suffix == ".gz" else open
        with opener(meta, "rt", encoding="utf-8-sig", newline="") as file:
            print(f"note: the meta file has {sum(1 for _ in csv.reader(file)) - 1} rows; nothing is taken from it")
    if not shipped_blend().has_dynamic_theta:
        print("note: statsforecast is not installed: no dynamic Theta, ETS or ARIMA, and the lighter blend is shipped")
    print()


def _say_all(series: list[Series], wish: argparse.Namespace) -> tuple[list[Said], dict[Key, Predictive]]:
    work = work_on(origins_of(series), alternatives(wish.arima))
    with workers(wish.processes) as spread:
        said = spread(work, series, "forecast")
    return said, calibrated(series, ((one.end, one.past) for one in said))


def _with_ours(said: Said, predictive: Predictive) -> dict[str, Forecast]:
    return {**said.native, OURS: Forecast(said.end.points, predictive.quantiles(PROBABILITIES))}


def _written(path: Path, series: list[Series], given: list[Given]) -> str:
    """Write every made target with its chances; give the file's SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["period", "series", "law", "draw", "k", "h", "threshold", *given[0].names])
        for one, of_series in zip(series, given, strict=True):
            for target, chances in zip(of_series.targets, of_series.chances, strict=True):
                what = [target.law, target.draw, f"{target.k:.9f}", target.step, f"{target.threshold:.9g}"]
                writer.writerow([*one.key, *what, *(f"{chance:.6f}" for chance in chances)])
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _print_methods(group: str, count: int, table: dict[str, dict[str, float]]) -> None:
    print(f"{group}, {count} series: sMAPE %, MASE, MSIS 95 %, CRPS over scale, coverage % of 50, 80, 95 % intervals")
    columns = ("smape", "mase", "msis", "crps", *(f"coverage {level:.0%}" for level in LEVELS))
    for name, row in table.items():
        print(f"  {name:18}" + "".join(_cell(row.get(column)) for column in columns))
    print()


def _cell(value: float | None) -> str:
    return f"{value:10.3f}" if value is not None and math.isfinite(value) else f"{'-':>10}"


def _print_chances(group: str, law: str, table: dict[str, Any]) -> None:
    print(f"{group}, chances, {law}: {table['targets']} made targets, {table['came_true']:.1%} came true")
    print(f"  {'':28}{'Brier':>8}{'log':>8}{'ECE':>8}   skill of {OURS} over it, with 95 % of bootstrap samples")
    order = [OURS, BASE, SIGNED_BASE, *(name for name in table["brier"] if name not in (OURS, BASE, SIGNED_BASE))]
    for name in order:
        log, ece = table["log_score"].get(name), table["ece"].get(name)
        others = "".join(f"{value:8.4f}" if value is not None else f"{'':8}" for value in (log, ece))
        skill = table["skill_over"].get(name)
        shown = f"   {skill[0]:.3f} ({skill[1]:.3f} to {skill[2]:.3f})" if skill else ""
        print(f"  {name:28}{table['brier'][name]:8.4f}{others}{shown}")
    parts = ", ".join(f"{100 * chance:.0f}>{100 * share:.0f}" for _, chance, share in table["reliability"])
    print(f"  said > came true, %: {parts}\n")


def _seconds(said: list[Said]) -> dict[str, float]:
    names = dict.fromkeys(name for one in said for name in one.seconds)
    return {name: sum(one.seconds[name] for one in said) for name in names}


def _speed(series: list[Series], wish: argparse.Namespace) -> dict[str, Any]:
    """Time the shipped way, from calibration to chances, and AutoETS with intervals, on the same series."""
    monthly = [one for one in series if one.m == 12] or series
    chosen = monthly[: wish.speed]
    if not shipped_blend().has_dynamic_theta:
        return {"series": len(chosen), "note": "statsforecast is not installed"}
    with workers(wish.processes) as spread:
        begun = time.perf_counter()
        ends = spread(shipped_work_on(origins_of(chosen)), chosen, "speed, shipped")
        given = calibrated(chosen, ends)
        for one in chosen:
            given[one.key].quantiles(PROBABILITIES)
            for target in make_targets(one.id, one.y, one.h):
                given[one.key].chance_at_least(target.threshold, target.step)
        ours = time.perf_counter() - begun
        begun = time.perf_counter()
        spread(say_ets, chosen, "speed, AutoETS")
        theirs = time.perf_counter() - begun
    print(f"Speed, {len(chosen)} series of season {chosen[0].m}, {wish.processes} processes, with intervals:")
    print(f"  {OURS} {ours:.1f} s (chances too), AutoETS {theirs:.1f} s: ratio {ours / theirs:.2f}\n")
    return {"series": len(chosen), "shipped_s": ours, "autoets_s": theirs, "ratio": ours / theirs}


def _plain(value: Any) -> Any:
    """The same without numbers JSON does not know."""
    if isinstance(value, dict):
        return {name: _plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value


if __name__ == "__main__":
    sys.exit(main())
