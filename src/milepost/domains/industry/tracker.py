"""When each cluster passes the threshold: its yearly output from the ledger, and the outlook it asks for.

The chance is the forecast's, by the model of the plan's targets. Here is what it rests on: the output of each year
counted from returns, and how much of the newest one hangs on five enterprises.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from milepost.basics.answer import Answer, AnswerTable, OutlookAsked, Proof
from milepost.basics.text import Text
from milepost.domains.industry.answers import column, in_100m, numbers, of_year, percent, table, valid_on_last_day
from milepost.domains.industry.ledger import FEN, without_largest
from milepost.domains.industry.statement import Books, books

PUBLISHED = {
    "auto": Text("New-energy and connected vehicles", "新能源智能网联汽车"),
    "bio_health": Text("Biotechnology and health", "生物技术和大健康"),
    "new_it": Text("New-generation information technology", "新一代信息技术"),
    "robotics": Text("Robotics and intelligent manufacturing", "机器人和智能制造"),
}
"""Clusters whose output is published under an indicator of the wing."""


def track(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give each cluster's output by year, what hangs on its first five, and ask for its chance in the years ahead."""
    returns = tables["returns"]
    years, months = numbers(returns["year"]), numbers(returns["months"])
    over = sorted(int(year) for year in np.unique(years) if months[years == year].max() == 12)
    held = {year: books(of_year(returns, year), valid_on_last_day(tables["memberships"], year)) for year in over}
    names = sorted({name for book in held.values() for name in book.clusters} | set(PUBLISHED))
    output = {name: _by_year(held, name) for name in names}
    threshold, ahead = float(parameters["threshold_100m"]), int(parameters["years_ahead"])
    asked = [
        OutlookAsked(
            f"industry.cluster_output_{name}", PUBLISHED.get(name, Text(f"Cluster {name}", f"集群{name}")), "CNY_100m",
            threshold, tuple(range(on.year, on.year + ahead + 1)), output[name], _members(held, name),
        )
        for name in names
    ]  # fmt: skip
    says = Text(
        "Chances are drawn by the model of the plan's targets on returns and on published figures; a cluster's output "
        "counts overlaps in each.",
        "概率由方案目标所用模型依据报表与公布数据推算；集群产值含交叉重复部分。",
    )
    missing = (
        [] if held else [Text("No returns are kept: published figures alone.", "未保存企业报表，仅依据公布数据。")]
    )
    return Answer(
        headlines=[],
        tables=(_history(output, over), _dependence(held[over[-1]], over[-1])) if held else (),
        proof=Proof("interval", says),
        document={"threshold_cny_100m": threshold, "output_cny_100m": output},
        missing=missing,
        outlooks=asked,
    )


def _by_year(held: Mapping[int, Books], name: str) -> dict[int, float]:
    return {
        year: int(book.output.gross[book.clusters.index(name)]) / FEN / 1e8
        for year, book in held.items()
        if name in book.clusters
    }


def _members(held: Mapping[int, Books], name: str) -> int:
    newest = held[max(held)] if held else None
    return int(newest.output.members[newest.clusters.index(name)]) if newest and name in newest.clusters else 0


def _history(output: Mapping[str, Mapping[int, float]], years: list[int]) -> AnswerTable:
    columns = (column("cluster", "Cluster", "集群"), *(column(f"y{y}", str(y), str(y), "CNY_100m") for y in years))
    rows = [
        (name, *(round(known[year], 4) if year in known else None for year in years)) for name, known in output.items()
    ]
    return table("output", Text("Output by year, from returns", "逐年产值（报表核算）"), columns, rows)


def _dependence(book: Books, year: int) -> AnswerTable:
    columns = (
        column("cluster", "Cluster", "集群"),
        column("members", "Enterprises", "企业数", "count"),
        column("output", "Output", "产值", "CNY_100m"),
        *(column(f"without_{n}", f"Without number {n}", f"剔除第{n}家后", "CNY_100m") for n in range(1, 6)),
        column("five", "Share of the first five", "前五家占比", "percent"),
    )
    rows = []
    for place, cluster in enumerate(book.clusters):
        _, rest = without_largest(book.output, book.shares, place)
        total = int(book.output.gross[place])
        five = sum(total - one for one in rest) / total if total else float("nan")
        amounts = [in_100m(one / FEN) for one in rest] + [None] * (5 - len(rest))
        rows.append((cluster, book.output.members[place], in_100m(total / FEN), *amounts, percent(five)))
    name = Text(f"What hangs on the first five, {year}", f"{year}年对前五家的依赖")
    return table("dependence", name, columns, rows, "members")
