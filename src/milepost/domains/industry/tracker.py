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
from milepost.domains.industry.answers import (
    CLUSTERS,
    FEW,
    cluster_name,
    column,
    few_left,
    in_100m,
    numbers,
    of_year,
    percent,
    table,
    valid_on_last_day,
)
from milepost.domains.industry.ledger import FEN, without_largest
from milepost.domains.industry.statement import Books, books


def track(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give each cluster's output by year, what hangs on its first five, and ask for its chance in the years ahead."""
    returns = tables["returns"]
    years, months = numbers(returns["year"]), numbers(returns["months"])
    over = sorted(int(year) for year in np.unique(years) if months[years == year].max() == 12)
    held = {year: books(of_year(returns, year), valid_on_last_day(tables["memberships"], year)) for year in over}
    names = sorted({name for book in held.values() for name in book.clusters} | set(CLUSTERS))
    output = {name: _by_year(held, name) for name in names if _members(held, name) >= FEW or not _members(held, name)}
    threshold = float(parameters["threshold_100m"])
    ahead = tuple(range(on.year, on.year + int(parameters["years_ahead"]) + 1))
    asked = [
        OutlookAsked(
            f"industry.cluster_output_{name}", cluster_name(name), "CNY_100m", threshold, ahead, output.get(name, {}),
            _members(held, name),
        )
        for name in names
    ]  # fmt: skip
    asked += [one for name in output for one in _without_five(held, name, threshold, ahead)]
    says = Text(
        "Chances are drawn by the model of the plan's targets on returns and on published figures; a cluster's output "
        "counts overlaps in each. Reached means in one of the years, from the newest with a figure on; a year's output "
        "reaches it with the end of the year.",
        "概率由方案目标所用模型依据报表与公布数据推算；集群产值含交叉重复部分。“达到”指自有数据的最近年份起任一年度达到，"
        "年度产值以年末为准。",
    )
    missing = (
        [] if held else [Text("No returns are kept: published figures alone.", "未保存企业报表，仅依据公布数据。")]
    )
    return Answer(
        headlines=[],
        tables=(_history(output, over, held), _dependence(held[over[-1]], over[-1])) if held else (),
        proof=Proof("interval", says),
        document={
            "threshold_cny_100m": threshold,
            "output_cny_100m": {name: known for name, known in output.items() if known},
        },
        missing=missing,
        outlooks=asked,
    )


def _without_five(held: Mapping[int, Books], name: str, threshold: float, ahead: tuple[int, ...]) -> list[OutlookAsked]:
    """The outlook of a cluster without those five that are its largest in the newest year, in every year."""
    newest = held[max(held)] if held else None
    if newest is None or name not in newest.clusters or _members(held, name) < 5 + FEW:
        return []
    largest, _ = without_largest(newest.output, newest.shares, newest.clusters.index(name))
    left_out = {newest.enterprises[one] for one in largest}
    rest = {year: _of_members(book, name, left_out) for year, book in held.items() if name in book.clusters}
    said = cluster_name(name)
    called = Text(f"{said.en}, without its first five", f"{said.zh}（剔除前五家）")
    id = f"industry.cluster_output_{name}_without_five"
    return [OutlookAsked(id, called, "CNY_100m", threshold, ahead, rest, _members(held, name) - 5)]


def _of_members(book: Books, name: str, left_out: set[str]) -> float:
    """The output of a cluster's members in a year but for some [CNY_100m]."""
    mine = book.shares.clusters == book.clusters.index(name)
    kept = np.array([book.enterprises[one] not in left_out for one in book.shares.owners[mine]], dtype=np.bool_)
    return int(book.output.by_enterprise[mine][kept].sum()) / FEN / 1e8


def _by_year(held: Mapping[int, Books], name: str) -> dict[int, float]:
    return {
        year: int(book.output.gross[book.clusters.index(name)]) / FEN / 1e8
        for year, book in held.items()
        if name in book.clusters
    }


def _members(held: Mapping[int, Books], name: str) -> int:
    newest = held[max(held)] if held else None
    return int(newest.output.members[newest.clusters.index(name)]) if newest and name in newest.clusters else 0


def _history(output: Mapping[str, Mapping[int, float]], years: list[int], held: Mapping[int, Books]) -> AnswerTable:
    columns = (
        column("cluster", "Cluster", "集群"),
        column("members", "Enterprises", "企业数", "count"),
        *(column(f"y{y}", str(y), str(y), "CNY_100m") for y in years),
    )
    rows = [
        (cluster_name(name), _members(held, name), *(round(known[y], 4) if y in known else None for y in years))
        for name, known in output.items()
        if known
    ]
    return table("output", Text("Output by year, from returns", "逐年产值（报表核算）"), columns, rows, "members")


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
        members = int(book.output.members[place])
        share = None if few_left(members, 5) else percent(five)
        rows.append((cluster_name(cluster), members, in_100m(total / FEN), *amounts, share))
    singles = tuple(f"without_{number}" for number in range(1, 6))
    name = Text(f"What hangs on the first five, {year}", f"{year}年对前五家的依赖")
    return table("dependence", name, columns, rows, "members", singles=singles)
