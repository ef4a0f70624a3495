"""The ledger as an answer: the statement one can print, the clusters under each counting rule, their nodes.

Here the tables a study reads become the numbers of `ledger`, and these an Answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from milepost.basics.answer import Answer, AnswerTable, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.industry.answers import (
    Arrays,
    cluster_name,
    column,
    few_left,
    in_100m,
    newest,
    not_told_apart,
    numbered,
    numbers,
    of_year,
    percent,
    table,
    texts,
    valid_on_last_day,
)
from milepost.domains.industry.claims import claims, newest_year
from milepost.domains.industry.ledger import (
    FEN,
    Ledger,
    Shares,
    in_fen,
    keep_ledger,
    millionths,
    passing,
    without_largest,
)
from milepost.science.regional import concentration_ratio

RULES = (
    ("output_gross", Text("output, overlaps counted in each", "按产值，交叉重复计入")),
    ("output_net", Text("output, overlaps divided", "按产值，交叉不重复")),
    ("revenue_gross", Text("revenue, overlaps counted in each", "按营业收入，交叉重复计入")),
    ("revenue_net", Text("revenue, overlaps divided", "按营业收入，交叉不重复")),
)
_LEAST_NAMED = 10


@dataclass(frozen=True)
class Books:
    """Both ledgers of a year, with the names of clusters, nodes and enterprises behind their numbers."""

    output: Ledger
    revenue: Ledger
    shares: Shares
    clusters: tuple[str, ...]
    nodes: tuple[str, ...]
    enterprises: tuple[str, ...]
    strangers: int

    def amounts(self, rule: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Give the amounts of the clusters under a counting rule, in fen."""
        book = self.output if rule.startswith("output") else self.revenue
        return book.gross if rule.endswith("gross") else book.net


def books(returns: Arrays, memberships: Arrays) -> Books:
    """Give the ledgers of returns (enterprise_code, output_cny, revenue_cny: one row each) and memberships
    (enterprise_code, cluster, node, share_0_1).

    A membership of an enterprise without a return has nothing to give; `strangers` counts them. Raises ValueError
    where an enterprise has two rows.
    """
    owners = numbered(texts(returns["enterprise_code"]))
    if len(owners) != len(returns["enterprise_code"]):
        raise ValueError("an enterprise has two rows of returns")
    whose, where, cluster_of = (texts(memberships[name]) for name in ("enterprise_code", "node", "cluster"))
    held = [row for row, code in enumerate(whose) if code in owners]
    nodes, clusters = numbered(sorted(set(where))), numbered(sorted(set(cluster_of)))
    shares = Shares(
        np.array([owners[whose[row]] for row in held], dtype=np.int64),
        np.array([nodes[where[row]] for row in held], dtype=np.int64),
        np.array([clusters[cluster_of[row]] for row in held], dtype=np.int64),
        millionths(numbers(memberships["share_0_1"])[held]),
    )
    output, revenue = (
        keep_ledger(in_fen(numbers(returns[name])), shares, len(clusters), len(nodes))
        for name in ("output_cny", "revenue_cny")
    )
    return Books(output, revenue, shares, tuple(clusters), tuple(nodes), tuple(owners), len(whose) - len(held))


def ledger(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the ledger of a year: the statement that reconciles to the fen, and what passes the threshold."""
    year, asked = newest(tables["returns"], int(parameters["year"])), parameters["threshold_100m"]
    published = tables.get("published_figures", {})
    year = year or newest_year(published, on)
    held = books(of_year(tables["returns"], year), valid_on_last_day(tables["memberships"], year))
    threshold = round(float(asked) * 1e8) * FEN
    counts = passing([held.amounts(rule) for rule, _ in RULES], threshold)
    is_kept = bool(held.enterprises)
    headlines = [
        Headline(
            Text(
                f"Clusters of {float(asked) / 10:g} billion yuan, by {name.en}", f"达到{asked:g}亿元的集群（{name.zh}）"
            ),
            count,
            "count",
        )
        for (_, name), count in zip(RULES, counts, strict=True)
    ]
    exact = held.output.difference == held.revenue.difference == 0
    exact = exact and held.output.net_difference == held.revenue.net_difference == 0
    return Answer(
        headlines=headlines if is_kept else [],
        tables=(
            claims(published, year, float(asked), on, _counted(held, threshold)),
            *((_statement(held, year), _clusters(held), _nodes(held, tables.get("nodes", {}))) if is_kept else ()),
        ),
        proof=_proof(held, exact),
        document={"year": year, **_document(held, counts, exact, parameters)},
        missing=_missing(held),
    )


def _counted(held: Books, threshold_fen: int) -> list[tuple[Text, int, Text]]:
    """Under each rule how many clusters pass, and which; nothing without returns."""
    if not held.enterprises:
        return []
    found = []
    for rule, name in RULES:
        which = [cluster_name(held.clusters[p]) for p in np.flatnonzero(held.amounts(rule) >= threshold_fen)]
        listed = Text("; ".join(one.en for one in which), "；".join(one.zh for one in which))
        found.append((name, len(which), listed))
    return found


def told_clusters(held: Books) -> list[tuple[Text, list[int]]]:
    """Give the clusters as a statement may name them: those of fewer than three enterprises stand together, with the
    smallest beside them where they would still be one, or too few.
    """
    counts = dict(zip(held.clusters, held.output.members.tolist(), strict=True))
    small = [held.clusters.index(name) for name in not_told_apart(counts)]
    named = [(cluster_name(name), [place]) for place, name in enumerate(held.clusters) if place not in small]
    return [*named, (Text("too small to be told apart", "规模过小，合并列示"), small)] if small else named


def _statement(held: Books, year: int) -> AnswerTable:
    lines: list[tuple[str, str, int, int]] = [
        (f"cluster: {name.en}", f"集群：{name.zh}", int(held.output.gross[places].sum()),
         int(held.revenue.gross[places].sum()))
        for name, places in told_clusters(held)
    ]  # fmt: skip
    sums = int(held.output.gross.sum()), int(held.revenue.gross.sum())
    lines += [
        ("clusters added up", "各集群合计", *sums),
        ("less counted in more than one", "减：交叉重复部分", -held.output.overlap, -held.revenue.overlap),
        ("plus in no cluster", "加：未归入集群部分", held.output.unassigned, held.revenue.unassigned),
        ("total of the returns", "报表合计", held.output.total, held.revenue.total),
        ("difference", "差额", held.output.difference, held.revenue.difference),
    ]
    columns = (
        column("line", "Line", "项目"),
        column("output", "Output", "产值", "yuan"),
        column("revenue", "Revenue", "营业收入", "yuan"),
    )
    name = Text(f"Statement of reconciliation, {year}", f"{year}年集群台账对账表")
    return table("statement", name, columns, [(Text(en, zh), _yuan(out), _yuan(rev)) for en, zh, out, rev in lines])


def _clusters(held: Books) -> AnswerTable:
    columns = (
        column("cluster", "Cluster", "集群"),
        column("members", "Enterprises", "企业数", "count"),
        *(column(rule, name.en[0].upper() + name.en[1:], name.zh, "CNY_100m") for rule, name in RULES),
        column("first_four", "Share of the first four", "前四家占比", "percent"),
        column("without_first", "Output without the first", "剔除第一家后产值", "CNY_100m"),
        column("without_five", "Output without the first five", "剔除前五家后产值", "CNY_100m"),
    )
    rows = []
    for place, name in enumerate(held.clusters):
        mine = held.shares.clusters == place
        sizes = np.bincount(held.shares.owners[mine], weights=held.output.by_enterprise[mine])
        largest, rest = without_largest(held.output, held.shares, place)
        five = int(held.output.gross[place]) - sum(int(held.output.gross[place]) - one for one in rest)
        amounts = [in_100m(int(held.amounts(rule)[place]) / FEN) for rule, _ in RULES]
        first = in_100m(rest[0] / FEN) if largest else None
        members = int(held.output.members[place])
        rows.append(
            (
                cluster_name(name),
                held.output.members[place],
                *amounts,
                None if few_left(members, 4) else percent(concentration_ratio(sizes)),
                first,
                None if few_left(members, 5) else in_100m(five / FEN),
            )
        )
    picture = Picture("bars", "cluster", tuple(rule for rule, _ in RULES))
    return table("clusters", Text("Clusters", "集群"), columns, rows, "members", picture, singles=("without_first",))


def _nodes(held: Books, declared: Arrays) -> AnswerTable:
    known = dict(zip(texts(declared.get("node", [])), texts(declared.get("name_zh", [])), strict=True))
    of_node = dict(zip(held.shares.nodes.tolist(), held.shares.clusters.tolist(), strict=True))
    counts = np.bincount(held.shares.nodes, minlength=len(held.nodes))
    hidden = not_told_apart(dict(zip(held.clusters, held.output.members.tolist(), strict=True)))
    columns = (
        column("node", "Node", "环节"),
        column("name", "Name", "名称"),
        column("cluster", "Cluster", "集群"),
        column("members", "Enterprises", "企业数", "count"),
        column("output", "Output", "产值", "CNY_100m"),
        column("revenue", "Revenue", "营业收入", "CNY_100m"),
    )
    rows = [
        (
            name,
            known.get(name, ""),
            held.clusters[of_node[place]],
            counts[place],
            in_100m(int(held.output.by_node[place]) / FEN),
            in_100m(int(held.revenue.by_node[place]) / FEN),
        )
        for place, name in enumerate(held.nodes)
        # The nodes of a cluster that is not told apart would add up to it; one without a member this year has nothing.
        if place in of_node and held.clusters[of_node[place]] not in hidden
    ]
    return table("nodes", Text("Nodes", "产业链环节"), columns, rows, "members", within="cluster")


def _proof(held: Books, exact: bool) -> Proof:
    count = len(held.enterprises)
    if not count:
        says = Text("No returns are kept: only what was published is told.", "未保存企业报表，仅列示公布数据。")
        return Proof("none", says)
    if not exact:
        return Proof("none", Text("The ledger does not reconcile: do not use it.", "台账未对平，请勿使用。"))
    says = Text(
        f"Every fen of the returns of {count:,} enterprises stands in one line: both statements leave 0.00 yuan.",
        f"{count:,}家企业报表的每一分钱均落在某一行，两张对账表差额均为0.00元。",
    )
    return Proof("counted", says)


def _missing(held: Books) -> tuple[Text, ...]:
    found = []
    if held.strangers:
        found.append(
            Text(
                f"{held.strangers} memberships are of enterprises without a return in the period.",
                f"{held.strangers}条归属的企业在该时期没有报表。",
            )
        )
    if len(held.enterprises) == 0:
        found.append(Text("There are no returns of the period.", "该时期没有报表。"))
    return tuple(found)


def _document(held: Books, counts: list[int], exact: bool, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as plain values; cluster indicators are given for a whole year only."""
    rules = [rule for rule, _ in RULES]
    whole_year = int(parameters.get("through_month", 12)) == 12
    found = {
        f"industry.cluster_output_{name}": int(held.output.gross[place]) / FEN / 1e8
        for place, name in enumerate(held.clusters)
        if whole_year and held.output.members[place] >= _LEAST_NAMED
    }
    return {
        "reconciles": exact,
        "total_cny": {"output": _yuan(held.output.total), "revenue": _yuan(held.revenue.total)},
        "overlap_cny": {"output": _yuan(held.output.overlap), "revenue": _yuan(held.revenue.overlap)},
        "unassigned_cny": {"output": _yuan(held.output.unassigned), "revenue": _yuan(held.revenue.unassigned)},
        "difference_cny": {"output": _yuan(held.output.difference), "revenue": _yuan(held.revenue.difference)},
        "passing": dict(zip(rules, counts, strict=True)),
        "clusters": {
            _key(held, places): {rule: _yuan(int(held.amounts(rule)[places].sum())) for rule in rules}
            for _, places in told_clusters(held)
        },
        "cluster_indicators_cny_100m": found,
    }


def _key(held: Books, places: list[int]) -> str:
    return held.clusters[places[0]] if len(places) == 1 else "together"


def _yuan(fen: int) -> str:
    """Fen as yuan with two places, exactly: a statement is not rounded."""
    sign, size = ("-" if fen < 0 else ""), abs(int(fen))
    return f"{sign}{size // FEN}.{size % FEN:02d}"
