"""Why more clusters are announced than pass: what was announced beside what each way of counting gives.

A number of clusters "of the 100-billion class" is announced without the rule it was counted by. Here it stands beside
the named industries whose published output passes, and beside the counts from returns under each rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from milepost.basics.answer import AnswerTable
from milepost.basics.period import latest_day, parse_period
from milepost.basics.text import Text
from milepost.domains.industry.answers import CLUSTERS, cluster_name, column, table

ANNOUNCED = "industry.clusters_100bn"
OUTPUT = "industry.cluster_output_"
_SAID = ("actual", "preliminary", "approx", "at_least")
Row = Mapping[str, str]


def claims(
    figures: Mapping[str, Any], year: int, threshold_100m: float, on: date, counted: Sequence[tuple[Text, int, Text]]
) -> AnswerTable:
    """Give the answers side by side: as announced, by published output of named industries, and as `counted` (rule,
    number, which) from returns. `figures` are the zone's published figures with what they mean (`means`).
    """
    rows = [row for row in _rows(figures) if _day(row) <= on]
    announced = _announced(rows, year)
    passing, below, silent = _named(rows, year, threshold_100m)
    found: list[tuple[Any, ...]] = []
    if announced is not None:
        said = Text(
            f"as announced for {announced['period']}, rule not said", f"{announced['period']}对外公布，口径未说明"
        )
        found.append((said, _whole(announced["value"]), Text("not listed", "未列明"), announced["source_title"]))
    if rows:
        said = Text(f"named industries whose published output of {year} passes", f"{year}年公布产值达标的产业")
        found.append((said, len(passing), _listed(passing, ()), _sources(passing)))
        said = Text(f"named industries whose published output of {year} does not pass", f"{year}年公布产值未达标的产业")
        found.append((said, len(below), _listed(below, ()), _sources(below)))
        said = Text(f"named industries without a published output of {year}", f"{year}年未公布产值的产业")
        found.append((said, len(silent), _listed((), silent), ""))
    source = Text("returns of the zone", "本区企业报表")
    found += [
        (Text(f"from returns, by {rule.en}", f"报表核算，{rule.zh}"), n, which, source) for rule, n, which in counted
    ]
    columns = (
        column("how", "How it is counted", "统计口径"),
        column("clusters", "Clusters", "集群数", "count"),
        column("which", "Which", "具体集群"),
        column("source", "Source", "来源"),
    )
    name = Text(
        f"How many clusters reach {threshold_100m / 10:g} billion yuan, {year}",
        f"{year}年达到{threshold_100m:g}亿元的集群数",
    )
    return table("claims", name, columns, found)


def newest_year(figures: Mapping[str, Any], on: date) -> int:
    """Give the newest whole year for which a cluster's output was published by a day; the year before without any."""
    years = [
        int(row["period"])
        for row in _rows(figures)
        if row["means"].startswith(OUTPUT) and row["kind"] in _SAID and row["period"].isdigit() and _day(row) <= on
    ]
    return max(years, default=on.year - 1)


def _announced(rows: Sequence[Row], year: int) -> Row | None:
    """The newest announcement of a number that is no aim, for a time up to the end of the year."""
    fits = [row for row in rows if row["means"] == ANNOUNCED and row["kind"] in _SAID and _year(row) <= year]
    return max(fits, key=lambda row: (_year(row), _day(row)), default=None)


def _named(rows: Sequence[Row], year: int, threshold: float) -> tuple[list[Row], list[Row], list[str]]:
    newest: dict[str, Row] = {}
    for row in sorted(rows, key=_day):
        if row["means"].startswith(OUTPUT) and row["period"] == str(year) and row["kind"] in _SAID:
            newest[row["means"].removeprefix(OUTPUT)] = row
    held = {name: row for name, row in newest.items() if row["unit"] == "CNY_100m"}
    passing = [row for row in held.values() if float(row["value"]) >= threshold]
    below = [row for row in held.values() if row not in passing and row["kind"] != "at_least"]
    told = {row["means"] for row in (*passing, *below)}
    return passing, below, [name for name in CLUSTERS if OUTPUT + name not in told]


def _listed(rows: Sequence[Row], names: Sequence[str]) -> Text:
    said = [(cluster_name(row["means"].removeprefix(OUTPUT)), f" {float(row['value']):g}") for row in rows]
    said += [(cluster_name(name), "") for name in names]
    return Text("; ".join(name.en + more for name, more in said), "；".join(name.zh + more for name, more in said))


def _sources(rows: Sequence[Row]) -> str:
    return "; ".join(dict.fromkeys(row["source_title"] for row in rows))


def _rows(figures: Mapping[str, Any]) -> list[Row]:
    if "means" not in figures:
        return []
    return [dict(zip(figures, values, strict=True)) for values in zip(*figures.values(), strict=True)]


def _year(row: Row) -> int:
    try:
        end = parse_period(row["period"]).end
    except ValueError:
        return 9999
    return end.year if end is not None else 9999


def _day(row: Row) -> date:
    try:
        return latest_day(row["published_on"] or row["period_end"])
    except ValueError:
        return date.max


def _whole(value: str) -> int:
    return int(float(value))
