"""Growth told three ways, and the change divided by what happened to the panel: the answer a bureau can check.

Where the zone has returns, growth is counted from them. Where only totals were published, the base that a published
growth implies is told, and how much of the earlier total is not in it. Both stand in one answer and are not mixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from milepost.basics.answer import Answer, AnswerTable, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.industry.answers import (
    Arrays,
    column,
    in_100m,
    newest,
    numbered,
    numbers,
    percent,
    table,
    texts,
    told_parts,
)
from milepost.domains.industry.implied import PublishedGrowth, published_growths
from milepost.science.contributions import movers
from milepost.science.panel import Growth, PanelChange, growth, panel_change

MEASURES = ("gross_output", "revenue", "value_added", "profit")
PARTS = {
    "volume": ("Continuing enterprises, at the earlier prices", "存续企业（可比价）"),
    "price": ("Continuing enterprises, prices", "存续企业（价格变动）"),
    "entry": ("Entered: new, grown in, moved in", "进入：新建、升规、迁入"),
    "exit": ("Left: closed, shrunk out, moved out", "退出：注销、降规、迁出"),
    "reclassified": ("Reclassified", "行业或范围调整"),
    "duplicates": ("Duplicates removed", "剔除重复"),
    "unexplained": ("Unexplained", "未说明原因"),
}


def grow(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give growth between two years over the same months: from returns, and from published totals."""
    wanted = str(parameters.get("published", ""))
    found = published_growths(tables.get("published_figures", {}), on)
    published = [one for one in found if wanted in ("", one.indicator)]
    returns = tables.get("returns", {})
    has_returns = len(returns.get("enterprise_code", ())) > 0
    panel = _panel(returns, parameters) if has_returns else None
    made = [*(_panel_tables(*panel) if panel else []), *([_published_table(published)] if published else [])]
    missing = []
    if panel is None:
        missing.append(
            Text(
                "No returns are kept: comparable and fixed-panel growth cannot be counted, only implied.",
                "未保存企业报表：可比口径与固定样本增速只能推算，无法直接核算。",
            )
        )
    if not made:
        missing.append(Text("No published totals stand in the zone's folder either.", "区域文件夹中也没有已公布总量。"))
    return Answer(
        headlines=_headlines(panel[0] if panel else None, published),
        tables=tuple(made),
        proof=_proof(panel),
        document=_document(panel, published),
        missing=tuple(missing),
    )


Panel = tuple[Growth, PanelChange, list[str], Any, Any, float]


def _panel(returns: Arrays, parameters: Mapping[str, Any]) -> Panel:
    """Growth and change by enterprise from returns with one row for each enterprise and year."""
    measure, last = str(parameters["measure"]), newest(returns, int(parameters["end_year"]))
    years = (int(parameters["start_year"]) or last - 1, last)
    codes = texts(returns["enterprise_code"])
    place = numbered(codes)
    at = [place[code] for code in codes]
    amount, year = numbers(returns[f"{measure}_cny"]), numbers(returns["year"])
    inside = numbers(returns["is_in"]) > 0
    start, end, real = (np.full(len(place), np.nan) for _ in range(3))
    was, now = (np.zeros(len(place), dtype=np.bool_) for _ in range(2))
    reasons: list[str | None] = [None] * len(place)
    comparable = _comparable(returns) if measure == "gross_output" else np.full(len(codes), np.nan)
    why = texts(returns["moved"])
    for row, one in enumerate(at):
        if year[row] == years[0]:
            start[one], was[one] = amount[row], inside[row]
        elif year[row] == years[1]:
            end[one], now[one], real[one] = amount[row], inside[row], comparable[row]
            reasons[one] = why[row] or None
    start, end = np.where(was & np.isnan(start), 0.0, start), np.where(now & np.isnan(end), 0.0, end)
    found = growth(start, end, was, now)
    return (
        found,
        panel_change(start, end, was, now, reasons, real),
        list(place),
        start,
        end,
        _real(found, end, now, real),
    )


def _comparable(returns: Arrays) -> Any:
    """Amounts at comparable prices; nan where a month of the year has none, for a sum would leave it out."""
    found = numbers(returns["comparable_cny"])
    if "comparable_months" not in returns:
        return found
    return np.where(numbers(returns["comparable_months"]) >= numbers(returns["months"]), found, np.nan)


def _real(found: Growth, end: Any, now: Any, real: Any) -> float:
    """The growth of the comparable panel at the prices of a year before [1], as a bureau publishes output's; nan where
    some enterprise of the panel has no comparable amount.
    """
    if not now.any() or np.isnan(real[now & (end > 0)]).any() or found.comparable_base <= 0:
        return float("nan")
    return float(np.nan_to_num(real[now]).sum()) / found.comparable_base - 1


def _panel_tables(
    found: Growth, change: PanelChange, codes: list[str], start: Any, end: Any, real: float
) -> list[AnswerTable]:
    total = float(sum(change.totals.values()))
    count = _counts(change)
    rows = [(Text(*name), in_100m(change.totals[key]), count[key]) for key, name in PARTS.items()]
    rows.append((Text("Change", "变动合计"), in_100m(total), _behind(change)))
    parts = table(
        "change",
        Text("The change, by what happened", "变动分解"),
        (
            column("part", "Part", "项目"),
            column("amount", "Amount", "金额", "CNY_100m"),
            column("enterprises", "Enterprises", "企业数", "count"),
        ),
        rows,
        "enterprises",
        Picture("parts", "part", ("amount",)),
    )
    growths = (
        ("Nominal: published total over published total", "名义增速：公布总量之比", found.nominal, found.start),
        (
            "Comparable panel: end panel over its own past",
            "可比口径：期末名录企业同比",
            found.comparable,
            found.comparable_base,
        ),
        ("Comparable panel, at the prices of a year before", "可比口径（可比价）", real, found.comparable_base),
        ("Fixed panel: in the panel at both times", "固定样本：两期均在名录", found.fixed, found.fixed_base),
    )
    three = table(
        "growth",
        Text("Growth told in each way", "各口径增速"),
        (
            column("kind", "Growth", "增速"),
            column("growth", "Growth", "增速", "percent"),
            column("base", "Base", "基数", "CNY_100m"),
        ),
        [(Text(en, zh), percent(rate), in_100m(base)) for en, zh, rate, base in growths if rate == rate],
    )
    return [three, parts, _movers(codes, np.nan_to_num(start), np.nan_to_num(end))]


def _behind(change: PanelChange) -> int:
    """How many enterprises stand behind the whole change."""
    return int(np.count_nonzero(sum(np.abs(getattr(change, name)) for name in PARTS)))


def _counts(change: PanelChange) -> dict[str, int]:
    return {name: int(np.count_nonzero(getattr(change, name))) for name in PARTS}


def _movers(codes: list[str], start: Any, end: Any) -> AnswerTable:
    found = movers(start, end, most=10)
    columns = (
        column("enterprise", "Enterprise", "企业"),
        column("change", "Change", "变动", "CNY_100m"),
        column("without", "Growth of all the others", "剔除该企业后的增速", "percent"),
    )
    rows = [
        (codes[one], in_100m(float(change)), percent(float(rest)))
        for one, change, rest in zip(found.order, found.change, found.without, strict=True)
    ]
    singles = ("change", "without")
    return table("movers", Text("Who moved it most", "影响最大的企业"), columns, rows, singles=singles)


def _published_table(found: Sequence[PublishedGrowth]) -> AnswerTable:
    columns = (
        column("indicator", "Figure", "数据"),
        column("area", "Area", "地区"),
        column("period", "Period", "时期"),
        column("unit", "Unit", "单位"),
        column("start", "Published a year before", "上年公布数"),
        column("end", "Published now", "本年公布数"),
        column("nominal", "Nominal growth", "名义增速", "percent"),
        column("published", "Published growth", "公布增速", "percent"),
        column("base", "Comparable base implied", "推算可比基数"),
        column("left", "Published before, not in that base", "上年公布数中不在该基数内的部分"),
        column("left_share", "Its share", "占上年公布数比重", "percent"),
    )
    rows = [
        (
            one.indicator, one.area, one.period, one.unit, one.start, one.end, percent(one.implied.nominal),
            float(one.growth_percent), round(one.implied.base, 1), round(one.implied.left, 1),
            percent(one.implied.left_share),
        )
        for one in found
    ]  # fmt: skip
    return table("published", Text("What published growth says of its base", "公布增速所隐含的基数"), columns, rows)


def _headlines(found: Growth | None, published: Sequence[PublishedGrowth]) -> list[Headline]:
    made = []
    if found is not None:
        rates = (
            ("Nominal growth", "名义增速", found.nominal),
            ("Comparable-panel growth", "可比口径增速", found.comparable),
            ("Fixed-panel growth", "固定样本增速", found.fixed),
        )
        made += [Headline(Text(en, zh), 100 * rate, "percent") for en, zh, rate in rates if rate == rate]
    if found is None and published:
        one, base = published[-1], published[-1].implied
        made += [
            Headline(Text("Nominal growth of the published totals", "公布总量名义增速"), 100 * base.nominal, "percent"),
            Headline(Text("Growth as published", "公布增速"), 100 * base.published, "percent"),
            Headline(Text("Comparable base implied", "推算可比基数"), base.base, one.unit),
            Headline(Text("Left the panel or the definition, net", "退出名录或口径（净额）"), base.left, one.unit),
        ]
    return made


def _proof(panel: Panel | None) -> Proof:
    if panel is None:
        says = Text(
            "Implied by published totals and a rounded growth; the interval is that of the rounding. What is not in "
            "the base left the panel or the definition, was counted twice, was revised or, where growth is at constant "
            "prices, is the change of prices: published totals alone do not tell which.",
            "由公布总量与四舍五入后的增速推算，区间反映舍入误差。不在基数内的部分源于退出名录或口径、重复计算、数据修订，"
            "或（增速按不变价时）价格变动；仅凭公布总量无法区分。",
        )
        return Proof("interval", says)
    found, change = panel[:2]
    gap = found.end - found.start - sum(change.totals.values())
    says = Text(
        f"The parts sum to the change; what is left over is {gap:.2f} yuan of rounding.",
        f"各部分之和等于变动额，舍入差{gap:.2f}元。",
    )
    return Proof("counted", says)


def _document(panel: Panel | None, published: Sequence[PublishedGrowth]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "published": [
            {
                "indicator": one.indicator,
                "area": one.area,
                "period": one.period,
                "unit": one.unit,
                "start": one.start,
                "end": one.end,
                "nominal_percent": round(100 * one.implied.nominal, 4),
                "published_percent": float(one.growth_percent),
                "comparable_base": round(one.implied.base, 4),
                "comparable_base_low": round(one.implied.low, 4),
                "comparable_base_high": round(one.implied.high, 4),
                "left_panel": round(one.implied.left, 4),
                "left_panel_low": round(one.implied.left_low, 4),
                "left_panel_high": round(one.implied.left_high, 4),
                "left_panel_percent": round(100 * one.implied.left_share, 4),
                "source": one.source,
            }
            for one in published
        ]
    }
    if panel is not None:
        found, change = panel[:2]
        document["panel"] = {
            "start_cny": round(found.start, 2),
            "end_cny": round(found.end, 2),
            "nominal_percent": percent(found.nominal),
            "comparable_percent": percent(found.comparable),
            "comparable_real_percent": percent(panel[5]),
            "comparable_base_cny": round(found.comparable_base, 2),
            "fixed_percent": percent(found.fixed),
            "without_base": found.without_base,
            "parts_cny": {name: round(value, 2) for name, value in told_parts(change.totals, _counts(change)).items()},
        }
    return document
