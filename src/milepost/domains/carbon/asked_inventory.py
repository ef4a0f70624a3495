"""The study `inventory` answered: scopes 1 to 3, scope 2 twice, every line with its factor and its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.carbon.account import Account, all_factors, newest_year, take_account
from milepost.domains.carbon.boundary import Boundary, ladders, read_boundary
from milepost.domains.carbon.excerpts import Tables, rows_of
from milepost.domains.carbon.factors import Factor, Factors
from milepost.domains.carbon.indirect import by_category
from milepost.domains.carbon.instruments import REASONS, Terms
from milepost.domains.carbon.inventory import BASES, Inventory, Method, take_inventory, uncertainty
from milepost.domains.carbon.lines import Line, Total, of_scope
from milepost.domains.carbon.purchased import Choice
from milepost.domains.carbon.said import said

TONNES = "tCO2e"
_SAYS = Text(
    "Every line is an amount of kept records times a dated, sourced factor; nothing that is missing is taken as zero.",
    "每一行均为已存记录数量与注明来源、年份的因子之积；缺失项不作零处理。",
)
_NAMES = {
    "scope_1": Text("Scope 1, direct", "范围一（直接排放）"),
    "scope_2_location": Text("Scope 2, location-based", "范围二（基于位置）"),
    "scope_2_market": Text("Scope 2, market-based", "范围二（基于市场）"),
    "scope_3": Text("Scope 3, reported categories", "范围三（已报告类别）"),
    "own_location": Text("Scopes 1 and 2, location-based", "范围一、二合计（基于位置）"),
    "own_market": Text("Scopes 1 and 2, market-based", "范围一、二合计（基于市场）"),
    "gbt_32150": Text("Total of GB/T 32150, location-based", "GB/T 32150 总量（基于位置）"),
    "biogenic": Text("Biomass, apart", "生物质排放（单列）"),
}
_SITE = Column("site", Text("Site", "场所"))
_NEWEST = "0"


def inventory(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the inventory of a year of the zone, of one holder or of one site."""
    boundary = boundary_of(tables, parameters)
    year = int(parameters["year"]) or newest_year(tables, on, boundary)
    account, factors = take_account(tables, boundary, year), all_factors(tables)
    found = take_inventory(account.records, factors, method_of(tables, parameters, year), on)
    totals = totals_of(found)
    missing = [*found.missing, *account.set_aside, *_not_reported(totals)]
    return Answer(
        [Headline(_NAMES[name], total.tonnes, TONNES) for name, total in totals.items() if total.tonnes is not None],
        [_totals_table(totals), _sites_table(found, boundary, year), _lines_table(found, factors),
         _instruments_table(found, account), _categories_table(found, account)],
        Proof("counted", _SAYS),
        document(found, account, factors, totals),
        list(dict.fromkeys(missing)),
    )  # fmt: skip


def boundary_of(tables: Tables, parameters: Mapping[str, Any]) -> Boundary:
    """Give the boundary asked about."""
    rows = rows_of(tables, "sites")
    return read_boundary(rows, str(parameters.get("holder", "")), str(parameters.get("site", "")))


def method_of(tables: Tables, parameters: Mapping[str, Any], year: int) -> Method:
    """Give the method a question chooses."""
    iso = {int(row["category"]): int(row["iso_14064_1"]) for row in rows_of(tables, "scope3_categories")}
    choice = Choice(
        str(parameters["location_family"]), str(parameters["residual_family"]), str(parameters["heat_family"]),
        parameters["year_rule"], ladders(rows_of(tables, "regions")), parameters.get("meter_percent"),
    )  # fmt: skip
    accepted = frozenset(str(parameters["technologies"]).replace(" ", "").split(","))
    market = str(parameters.get("market", ""))
    terms = Terms(accepted, frozenset(market.replace(" ", "").split(",")) if market else frozenset(),
                  str(parameters["matched_within"]))  # fmt: skip
    return Method(year, choice, terms, str(parameters["fuel_family"]), str(parameters["warming_family"]), iso)


def _not_reported(totals: Mapping[str, Total]) -> list[Text]:
    """What has no record: it is not in any total, and not zero either."""
    return [
        Text(f"Nothing is reported of: {_NAMES[name].en}", f"未报告：{_NAMES[name].zh}")
        for name in ("scope_1", "scope_2_location", "scope_3")
        if not totals[name].count
    ]


def totals_of(found: Inventory) -> dict[str, Total]:
    """Give every total of an inventory by name."""
    return {
        "scope_1": found.scope("1"),
        "scope_2_location": found.scope("2", "location"),
        "scope_2_market": found.scope("2", "market"),
        "scope_3": found.scope("3"),
        "own_location": found.own("location"),
        "own_market": found.own("market"),
        "gbt_32150": found.gbt_32150(),
        "biogenic": found.scope("biogenic"),
    }


def document(found: Inventory, account: Account, factors: Factors, totals: Mapping[str, Total]) -> dict[str, Any]:
    """Give the inventory as plain values."""
    used = {name for line in found.lines for name in line.factors}
    return {
        "year": found.year,
        **{f"{name}_t": total.tonnes for name, total in totals.items()},
        "lacking": {name: {"known_t": t.known_t, "lines": t.count, "missing": t.missing_count}
                    for name, t in totals.items() if t.missing_count},
        "iso_14064_1": {basis: {str(n): t.tonnes for n, t in found.iso_categories(basis).items()} for basis in BASES},
        "uncertainty": {basis: _uncertain(found, basis) for basis in BASES},
        "instruments": {
            "matched_mwh": sum(match.amount_mwh for match in found.matching.matches),
            "left_mwh": dict(found.matching.left_mwh),
            "set_aside": dict(found.matching.set_aside),
        },
        "lines": [_plain_line(line) for line in found.lines],
        "factors": [_plain_factor(one) for one in factors.all if one.id in used],
    }  # fmt: skip


def _uncertain(found: Inventory, basis: str) -> dict[str, Any]:
    propagated, simulated, left_out = uncertainty([*of_scope(found.lines, "1"), *of_scope(found.lines, "2", basis)])
    return {
        "approach_1_percent": _known(propagated.percent),
        "if_independent_percent": _known(propagated.percent_if_independent),
        "simulated_percent": None if simulated is None else _known(simulated.percent),
        "interval_t": None if simulated is None else [simulated.low, simulated.high],
        "lines_without_uncertainty": left_out,
    }


def _known(value: float) -> float | None:
    return None if value != value else value


def _plain_line(line: Line) -> dict[str, Any]:
    return {
        "site": line.site, "scope": line.scope, "basis": line.basis or None, "iso_category": line.category,
        "subject": line.subject, "amount": line.amount, "unit": line.unit, "tonnes": line.tonnes,
        "factors": list(line.factors), "records": list(line.rows), "method": line.method,
        "missing": None if line.missing is None else {"en": line.missing.en, "zh": line.missing.zh},
    }  # fmt: skip


def _plain_factor(one: Factor) -> dict[str, Any]:
    return {
        "factor": one.id, "family": one.family, "year": one.year, "region": one.region, "value": one.value,
        "unit": one.unit, "in_force_from": one.in_force_from.isoformat() if one.in_force_from else None,
        "standing": one.standing, "source": one.source,
    }  # fmt: skip


def _totals_table(totals: Mapping[str, Total]) -> AnswerTable:
    columns = (
        Column("what", Text("Total", "合计")),
        Column("tonnes", Text("Emissions", "排放量"), TONNES), Column("known", Text("Known part", "已知部分"), TONNES),
        Column("missing", Text("Lines missing", "缺失行数")),
    )  # fmt: skip
    rows = tuple(
        {"what": _NAMES[name], "tonnes": t.tonnes, "known": t.known_t,
         "missing": t.missing_count} for name, t in totals.items()
    )  # fmt: skip
    return AnswerTable("totals", Text("Totals", "合计"), columns, rows)


def _sites_table(found: Inventory, boundary: Boundary, year: int) -> AnswerTable:
    columns = (
        _SITE, Column("scope_1", _NAMES["scope_1"], TONNES), Column("location", _NAMES["scope_2_location"], TONNES),
        Column("market", _NAMES["scope_2_market"], TONNES), Column("firms", Text("Firms", "企业数")),
    )  # fmt: skip
    rows = []
    for site in found.sites():
        own = found.of_site(site)
        rows.append({"site": site, "scope_1": own.scope("1").tonnes, "location": own.scope("2", "location").tonnes,
                     "market": own.scope("2", "market").tonnes, "firms": 1})  # fmt: skip
    picture = Picture("bars", "site", ("location", "market"))
    return AnswerTable("sites", Text("By site, location beside market", "分场所"), columns, tuple(rows),
                       contributors="firms", picture=picture)  # fmt: skip


def _lines_table(found: Inventory, factors: Factors) -> AnswerTable:
    sources = {one.id: one.source for one in factors.all}
    columns = (
        _SITE, Column("scope", Text("Scope", "范围")), Column("basis", Text("Basis", "方法")),
        Column("iso", Text("ISO 14064-1 category", "ISO 14064-1 类别")), Column("subject", Text("Activity", "活动")),
        Column("amount", Text("Amount", "数量")), Column("unit", Text("Unit", "单位")),
        Column("tonnes", Text("Emissions", "排放量"), TONNES), Column("factors", Text("Factors", "因子")),
        Column("source", Text("Source of the factor", "因子来源")), Column("records", Text("Records", "记录")),
        Column("method", Text("Method", "方法说明")), Column("firms", Text("Firms", "企业数")),
    )  # fmt: skip
    rows = tuple(
        {"site": line.site, "scope": line.scope, "basis": said(line.basis), "iso": line.category,
         "subject": said(line.subject), "amount": line.amount, "unit": line.unit, "tonnes": line.tonnes,
         "factors": ", ".join(line.factors),
         "source": "; ".join(dict.fromkeys(sources.get(f, "") for f in line.factors)),
         "records": ", ".join(line.rows), "method": line.method, "firms": 1} for line in found.lines
    )  # fmt: skip
    return AnswerTable("lines", Text("Lines", "明细"), columns, rows, contributors="firms")


def _instruments_table(found: Inventory, account: Account) -> AnswerTable:
    instruments = account.records.instruments
    served = {
        n: sum(m.amount_mwh for m in found.matching.matches if m.instrument == n) for n in range(len(instruments))
    }
    columns = (
        Column("instrument", Text("Instrument", "凭证")), _SITE, Column("matched", Text("Matched", "已匹配"), "MWh"),
        Column("left", Text("Left", "剩余"), "MWh"), Column("why_not", Text("Set aside because", "未计入原因")),
        Column("firms", Text("Firms", "企业数")),
    )  # fmt: skip
    rows = []
    for n, one in enumerate(instruments):
        reason = found.matching.set_aside.get(one.id)
        rows.append({"instrument": one.id, "site": one.site, "matched": served[n],
                     "left": found.matching.left_mwh.get(one.id), "firms": 1,
                     "why_not": REASONS[reason] if reason else ""})  # fmt: skip
    return AnswerTable("instruments", Text("Instruments, none used twice", "绿电凭证匹配"), columns, tuple(rows),
                       contributors="firms")  # fmt: skip


def _categories_table(found: Inventory, account: Account) -> AnswerTable:
    sums = by_category(account.records.indirect, of_scope(found.lines, "3"))
    columns: Sequence[Column] = (
        Column("category", Text("Category of scope 3", "范围三类别")),
        Column("known", Text("Known", "已知"), TONNES), Column("lines", Text("Lines", "行数")),
        Column("missing", Text("Missing", "缺失")), Column("quality", Text("Mean quality", "平均数据质量")),
    )  # fmt: skip
    rows = tuple({"category": s.category, "known": s.known_t, "lines": s.count, "missing": s.missing_count,
                  "quality": s.quality} for s in sums)  # fmt: skip
    return AnswerTable("scope_3", Text("Scope 3 by category", "范围三分类"), tuple(columns), rows)
