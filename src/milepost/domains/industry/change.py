"""Why a figure of above-scale industry changed: the same change divided by what happened to the panel, by node, by
industry, by enterprise, by factor, and against a wider region. Every division sums to the change; what no group has
stands in a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milepost.basics.answer import Answer, AnswerTable, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.industry.answers import cluster_name, column, newest, not_told_apart, percent, table, told_parts
from milepost.domains.industry.change_factors import factor_table, shift_share_tables
from milepost.domains.industry.change_panel import MEASURES, Panel, Shared, industries, nodes, panel_of
from milepost.domains.industry.growth import PARTS
from milepost.science.contributions import movers, ratio_change, ratio_movers

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Groups:
    """Parts of a change by group [n], with the amounts at both times and how many enterprises stand behind each."""

    names: tuple[str, ...]
    start: FloatArray
    end: FloatArray
    parts: FloatArray
    counts: NDArray[np.int64]


def explain_change(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the change of a measure between two years, divided in every way that the records allow."""
    measure = MEASURES[str(parameters["measure"])]
    last = newest(tables["returns"], int(parameters["end_year"]))
    first = int(parameters["start_year"]) or last - 1
    panel = panel_of(tables["returns"], measure, first, last)
    if panel is None:
        says = Text("There are not two years with returns.", "没有两个年份的报表。")
        return Answer([], (), Proof("none", says), {"start_year": first, "end_year": last}, (says,))
    missing: list[Text] = []
    start, end = panel.value(0), panel.value(-1)
    made = [_panel_table(panel)]
    shared_nodes, shared_industries = nodes(tables, panel), industries(tables, panel)
    made += _node_tables(panel, shared_nodes, tables)
    made.append(_industry_table(panel, shared_industries, tables))
    made.append(_movers(panel, tables))
    made += factor_table(panel, shared_industries, missing)
    made += shift_share_tables(panel, shared_industries, tables, str(parameters["against"]), missing)
    return Answer(
        headlines=_headlines(panel, start, end),
        tables=tuple(made),
        proof=_proof(panel, end - start),
        document=_document(panel, start, end),
        missing=tuple(missing),
    )


def grouped(panel: Panel, shared: Shared) -> Groups:
    """Give the change by groups of enterprises; of a ratio what numerator and denominator of each group did."""
    above = [shared.amounts(panel.above[step], step) for step in (0, -1)]
    if panel.below is None:
        parts, start, end = above[1] - above[0], above[0], above[1]
    else:
        below = [shared.amounts(panel.below[step], step) for step in (0, -1)]
        found = ratio_change(above[0], above[1], below[0], below[1])
        parts = panel.measure.scale * (found.numerator + found.denominator)
        start, end = (panel.measure.scale * _over(a, b) for a, b in zip(above, below, strict=True))
    return Groups(shared.names, start, end, parts, shared.counts(panel.is_there(0) | panel.is_there(-1)))


def _over(above: FloatArray, below: FloatArray) -> FloatArray:
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)


def _headlines(panel: Panel, start: float, end: float) -> list[Headline]:
    unit, name = panel.measure.unit, panel.measure.name
    said = [
        Headline(Text(f"{name.en} in {year}", f"{year}年{name.zh}"), value / panel.measure.shown, unit)
        for year, value in ((panel.years[0], start), (panel.years[-1], end))
    ]
    return [*said, Headline(Text("Change", "变动"), (end - start) / panel.measure.shown, unit)]


def _panel_table(panel: Panel) -> AnswerTable:
    """The change by what happened to enterprises, year by year and added up."""
    parts, counts = _panel_parts(panel)
    total = float(sum(parts.values()))
    rows = [(Text(*name), panel.shown(parts[key]), counts[key]) for key, name in PARTS.items() if key in parts]
    rows.append((Text("Change", "变动合计"), panel.shown(total), len(panel.enterprises)))
    columns = (
        column("part", "Part", "项目"),
        column("amount", "Change", "变动", panel.measure.unit),
        column("enterprises", "Enterprises", "企业数", "count"),
    )
    name = Text("By what happened to the panel", "按名录变动")
    return table("panel", name, columns, rows, "enterprises", Picture("parts", "part", ("amount",)))


def _panel_parts(panel: Panel) -> tuple[dict[str, float], dict[str, int]]:
    """Sums over the steps from year to year: with several years an enterprise may both enter and leave."""
    totals: dict[str, FloatArray] = {}
    for step in range(len(panel.years) - 1):
        for name, parts in panel.steps(step).items():
            totals[name] = totals.get(name, np.zeros(len(panel.enterprises))) + parts
    held = {name: parts for name, parts in totals.items() if name != "price" or np.any(parts)}
    return {n: float(p.sum()) for n, p in held.items()}, {n: int(np.count_nonzero(p)) for n, p in held.items()}


def _group_rows(panel: Panel, groups: Groups) -> list[tuple[Any, ...]]:
    values = zip(groups.names, groups.start, groups.end, groups.parts, groups.counts.tolist(), strict=True)
    rows = [(name, panel.shown(a), panel.shown(b), panel.shown(part), count) for name, a, b, part, count in values]
    return sorted((row for row in rows if row[-1]), key=lambda row: (row[0] == "", row[0]))


def _columns(panel: Panel, *names: Any) -> tuple[Any, ...]:
    unit = panel.measure.unit
    return (
        *names,
        column("start", str(panel.years[0]), str(panel.years[0]), unit),
        column("end", str(panel.years[-1]), str(panel.years[-1]), unit),
        column("part", "Part of the change", "变动份额", unit),
        column("enterprises", "Enterprises", "企业数", "count"),
    )


def _node_tables(panel: Panel, shared: Shared, tables: Mapping[str, Any]) -> list[AnswerTable]:
    """By cluster and by node, overlaps divided, so that nothing counts twice."""
    declared = tables.get("nodes", {"node": [], "cluster": [], "name_zh": []})
    cluster_of = {str(node): str(one) for node, one in zip(declared["node"], declared["cluster"], strict=True)}
    named = {str(node): str(one or "") for node, one in zip(declared["node"], declared["name_zh"], strict=True)}
    by_node = _group_rows(panel, grouped(panel, shared))
    wholes = shared.renamed({name: cluster_of.get(name, name) for name in shared.names if name})
    none = Text("in no cluster", "未归入集群")
    found = _group_rows(panel, grouped(panel, wholes))
    by_cluster = [(cluster_name(row[0]) if row[0] else none, *row[1:]) for row in found]
    # The nodes of a cluster that is not told apart would add up to it: they stand in one row.
    hidden = not_told_apart({row[0]: row[-1] for row in found})
    rows = [
        (cluster_name(cluster_of.get(row[0], row[0])) if row[0] else none, row[0], named.get(row[0], ""), *row[1:])
        for row in sorted(by_node, key=lambda row: (row[0] == "", cluster_of.get(row[0], row[0]), row[0]))
        if cluster_of.get(row[0], row[0]) not in hidden
    ]
    if hidden:
        small = [row for row in found if row[0] in hidden]
        said = Text("too small to be told apart", "规模过小，合并列示")
        rows.append((said, "", "", None, None, sum(row[-2] or 0.0 for row in small), sum(row[-1] for row in small)))
    clusters = table(
        "clusters", Text("By cluster, overlaps divided", "按集群（交叉不重复）"),
        _columns(panel, column("cluster", "Cluster", "集群")), by_cluster, "enterprises",
        Picture("bars", "cluster", ("part",)),
    )  # fmt: skip
    heads = (column("cluster", "Cluster", "集群"), column("node", "Node", "环节"), column("name", "Name", "名称"))
    of_nodes = table(
        "nodes", Text("By node", "按产业链环节"), _columns(panel, *heads), rows, "enterprises", within="cluster"
    )
    return [clusters, of_nodes]


def _industry_table(panel: Panel, shared: Shared, tables: Mapping[str, Any]) -> AnswerTable:
    titles = dict(zip(tables["gbt4754_2017"]["code"], tables["gbt4754_2017"]["name_zh"], strict=True))
    rows = [
        (row[0] or Text("not coded", "未赋码"), titles.get(row[0], ""), *row[1:])
        for row in _group_rows(panel, grouped(panel, shared))
    ]
    heads = (column("industry", "Industry", "行业"), column("name", "Title", "名称"))
    name = Text("By industry (GB/T 4754)", "按行业（GB/T 4754）")
    return table("industries", name, _columns(panel, *heads), rows, "enterprises")


def _movers(panel: Panel, tables: Mapping[str, Any]) -> AnswerTable:
    """The ten that moved it most, the figure without each, and the first five together."""
    first, last = panel.above[0], panel.above[-1]
    if panel.below is None:
        found, scale = movers(first, last, most=10), 1.0
    else:
        found = ratio_movers(first, last, panel.below[0], panel.below[-1], most=10)
        scale = panel.measure.scale
    given = tables.get("enterprises", {"enterprise_code": [], "name": []})
    named = dict(zip(given["enterprise_code"], given["name"], strict=True))
    rows: list[tuple[Any, ...]] = [
        (panel.enterprises[one], str(named.get(panel.enterprises[one]) or ""), panel.shown(scale * float(change)),
         percent(float(rest)), 1)
        for one, change, rest in zip(found.order, found.change, found.without, strict=True)
    ]  # fmt: skip
    five = found.order[:5]
    rows.append(
        (Text("the first five together", "前五家合计"), "", panel.shown(panel.without(five)[0]),
         percent(panel.without(five)[1]), len(five))
    )  # fmt: skip
    columns = (
        column("enterprise", "Enterprise", "企业"), column("name", "Name", "名称"),
        column("change", "What its leaving takes from the change", "对变动的影响", panel.measure.unit),
        column("without", "Growth without it", "剔除后的增速", "percent"),
        column("enterprises", "Enterprises", "企业数", "count"),
    )  # fmt: skip
    return table("movers", Text("Who moved it most", "影响最大的企业"), columns, rows, "enterprises")


def _proof(panel: Panel, change: float) -> Proof:
    parts, _ = _panel_parts(panel)
    gap = panel.shown(change - sum(parts.values())) or 0.0
    says = Text(
        f"Each division sums to the change; the parts of the panel leave {abs(gap):.4f} of rounding. Panel effects are "
        "counted from year to year and added up; of a product the factors are divided by LMDI-I, chained.",
        f"各种分解之和均等于变动额，名录分解舍入差{abs(gap):.4f}。名录变动逐年核算后相加；乘积因素按LMDI-I逐年链式分解。",
    )
    return Proof("counted", says)


def _document(panel: Panel, start: float, end: float) -> dict[str, Any]:
    parts = told_parts(*_panel_parts(panel))
    return {
        "measure": panel.measure.id,
        "unit": panel.measure.unit,
        "start_year": panel.years[0],
        "end_year": panel.years[-1],
        "start": panel.shown(start),
        "end": panel.shown(end),
        "change": panel.shown(end - start),
        "panel": {name: panel.shown(value) for name, value in parts.items()},
    }
