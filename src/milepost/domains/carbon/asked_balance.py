"""The study `balance` answered: every meter against its children, workshops' shares, and energy in standard coal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Proof
from milepost.basics.text import Text
from milepost.domains.carbon.account import all_factors, newest_year, take_account
from milepost.domains.carbon.asked_inventory import boundary_of
from milepost.domains.carbon.balance import Allocation, Gap, reconcile
from milepost.domains.carbon.excerpts import Tables
from milepost.domains.carbon.inventory import Records
from milepost.domains.carbon.purchased import POWER
from milepost.domains.carbon.readings import MonthSum
from milepost.domains.carbon.said import said
from milepost.domains.carbon.sharing import metered_in, sites_with_workshops
from milepost.domains.carbon.standard_coal import KINDS, Energy, StandardCoal, in_standard_coal

_SAYS = Text(
    "A gap is a meter's reading less its children's; a month that lacks a reading has no sum and closes no gap.",
    "差额为上级计量与下级计量合计之差；缺读数的月份不汇总，也不参与平衡。",
)
_FIRMS = Column("firms", Text("Firms", "企业数"))
_COAL = {"calorific": Text("By calorific value", "按当量值"), "equivalent": Text("By equivalent value", "按等价值")}


def balance(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the energy balance of a year or a month. Raises YoursToMend H301 to H303 (the meters are no tree)."""
    boundary = boundary_of(tables, parameters)
    year, month = int(parameters["year"]) or newest_year(tables, on, boundary), int(parameters["month"])
    start = date(year, month or 1, 1)
    metered = metered_in(tables, boundary, year, month)
    gaps = reconcile([m for m in metered.tree if m.carrier == "electricity"], metered.sums)
    sites = sites_with_workshops(boundary, start, date(year + 1, 1, 1))
    shares = {site: metered.allocation(boundary, site, start, metered.total(site)) for site in sites}
    account = take_account(tables, boundary, year)
    coal = standard_coal_of(account.records, tables, year, on)
    incomplete = [m for m in metered.months if m.energy_kwh is None]
    return Answer(
        [Headline(Text(f"Energy, {_COAL[kind].en.lower()}", f"综合能源消费量（{_COAL[kind].zh}）"), one.tce, "tce")
         for kind, one in coal.items() if one.tce is not None],
        [_gaps_table(gaps), _shares_table(shares), _coal_table(coal), _incomplete_table(incomplete)],
        Proof("counted", _SAYS),
        _document(year, month, gaps, shares, coal, incomplete),
        list(dict.fromkeys([*account.set_aside, *(lack for one in coal.values() for lack in one.missing)])),
    )  # fmt: skip


def standard_coal_of(records: Records, tables: Tables, year: int, on: date) -> dict[str, StandardCoal]:
    """Give the energy of a year's records in standard coal, by either kind of coefficients."""
    amounts: dict[tuple[str, str], float | None] = defaultdict(float)
    for one in records.bought:
        carrier = {POWER: ("electricity", "MWh"), "purchased_heat": ("heat", "GJ")}.get(one.kind)
        if carrier is not None:
            before = amounts[carrier]
            amounts[carrier] = None if before is None or one.amount is None else before + one.amount
    for use in records.fuels:
        key = (use.fuel, use.unit)
        before, amount = amounts[key], None if use.bought is None else use.bought + (use.stock_fall or 0.0)
        amounts[key] = None if before is None or amount is None else before + amount
    energies = [Energy(carrier, amount, unit) for (carrier, unit), amount in sorted(amounts.items())]
    factors = all_factors(tables)
    return {kind: in_standard_coal(energies, factors, kind, year, on) for kind in KINDS if energies}


def _gaps_table(gaps: Sequence[Gap]) -> AnswerTable:
    columns = (
        Column("meter", Text("Meter", "计量点")), Column("reading", Text("Reading", "读数"), "kWh"),
        Column("children", Text("Meters below", "下级合计"), "kWh"), Column("gap", Text("Gap", "差额"), "kWh"),
        Column("allowed", Text("Explained by the meters' errors", "准确度允许差"), "kWh"),
        Column("verdict", Text("Verdict", "结论")), Column("whose", Text("Attributed to", "归属")), _FIRMS,
    )  # fmt: skip
    rows = tuple({"meter": g.parent, "reading": g.reading, "children": g.known_children, "gap": g.gap, "firms": 1,
                  "allowed": g.allowed, "verdict": said(g.verdict), "whose": g.attributed_to}
                 for g in gaps)  # fmt: skip
    return AnswerTable("gaps", Text("Meters against the meters below", "计量平衡"), columns, rows, contributors="firms")


def _shares_table(shares: Mapping[str, Allocation]) -> AnswerTable:
    columns = (
        Column("site", Text("Site", "场所")), Column("workshop", Text("Workshop", "车间")),
        Column("amount", Text("Electricity", "电量"), "kWh"), Column("method", Text("Found by", "分摊方法")), _FIRMS,
    )  # fmt: skip
    rows = [{"site": site, "workshop": s.workshop, "amount": s.amount, "method": said(s.method or ""), "firms": 1}
            for site, found in shares.items() for s in found.shares]  # fmt: skip
    rows += [{"site": site, "workshop": "", "amount": found.unattributed, "method": said("unattributed"), "firms": 1}
             for site, found in shares.items()]  # fmt: skip
    return AnswerTable("workshops", Text("Workshops", "车间分摊"), columns, tuple(rows), contributors="firms")


def _coal_table(coal: Mapping[str, StandardCoal]) -> AnswerTable:
    columns = (
        Column("kind", Text("Coefficients", "折标系数")),
        Column("tce", Text("Energy", "能源"), "tce"), Column("factors", Text("Coefficients used", "所用系数")),
    )  # fmt: skip
    rows = tuple({"kind": _COAL[kind], "tce": one.tce,
                  "factors": ", ".join(one.factors)} for kind, one in coal.items())  # fmt: skip
    return AnswerTable("standard_coal", Text("Energy in standard coal", "综合能源消费量"), columns, rows)


def _incomplete_table(months: Sequence[MonthSum]) -> AnswerTable:
    columns = (
        Column("meter", Text("Meter", "计量点")), Column("month", Text("Month", "月份")),
        Column("read", Text("Readings", "实有读数")), Column("due", Text("Due", "应有读数")), _FIRMS,
    )  # fmt: skip
    rows = tuple({"meter": m.meter, "month": f"{m.start:%Y-%m}", "read": m.read_count, "due": m.due_count, "firms": 1}
                 for m in months)  # fmt: skip
    name = Text("Months that lack readings", "缺读数月份")
    return AnswerTable("incomplete", name, columns, rows, contributors="firms")


def _document(
    year: int, month: int, gaps: Sequence[Gap], shares: Mapping[str, Allocation], coal: Mapping[str, StandardCoal],
    incomplete: Sequence[MonthSum],
) -> dict[str, Any]:  # fmt: skip
    return {
        "year": year, "month": month or None,
        "gaps": [{"meter": g.parent, "reading_kwh": g.reading, "children_kwh": g.known_children, "gap_kwh": g.gap,
                  "allowed_kwh": g.allowed, "verdict": g.verdict, "not_read": list(g.not_read),
                  "attributed_to": g.attributed_to} for g in gaps],
        "workshops": {site: {"shares": [{"workshop": s.workshop, "kwh": s.amount, "method": s.method}
                                        for s in found.shares], "unattributed_kwh": found.unattributed}
                      for site, found in shares.items()},
        "standard_coal_tce": {kind: one.tce for kind, one in coal.items()},
        "incomplete_months": [{"meter": m.meter, "month": f"{m.start:%Y-%m}", "read": m.read_count, "due": m.due_count}
                              for m in incomplete],
    }  # fmt: skip
