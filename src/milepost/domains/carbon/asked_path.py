"""The studies `path` and `programme` answered: the cheapest path of a site, and of all sites under one budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Picture, Proof
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import Text
from milepost.domains.carbon.excerpts import Tables, number, rows_of, text
from milepost.domains.carbon.path import QUANTITIES, Question, Requirement
from milepost.domains.carbon.path_reading import read_question, sites_of
from milepost.domains.carbon.planning import Marginal, Path, abatement_t, cheapest, marginal_costs
from milepost.domains.carbon.programme import Programme, plan_programme

ZONE = "zone"
_LEVELS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)
_OPTIMAL = Text(
    "The cost is proven to be within the gap of the least there is.", "已证明成本与最小值之差在给定间隙内。"
)
_IMPOSSIBLE = Text("It is proven that no path keeps all limits; what must give way, alone, stands in the table.",
                   "已证明不存在满足全部约束的路径；表中列出各约束单独须放宽的幅度。")  # fmt: skip
_STOPPED = Text("Time ran out before a path was found.", "在给定时间内未找到路径。")
_FIRMS = Column("firms", Text("Firms", "企业数"))


def path(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the cheapest path of a site, or of the `zone`: all sites under its budget.

    Raises YoursToMend H306 to H308 (see `path_reading`).
    """
    if str(parameters["site"]) == ZONE:
        return programme(tables, parameters, on)
    question = _asked(read_question(tables, _site(tables, parameters)), parameters)
    found = cheapest(question, _given(parameters, "gap_percent", 0.1) / 100, _given(parameters, "seconds", 30))
    curve = marginal_costs(_without_target(question), _LEVELS) if parameters["curve"] else []
    joint = _joint(question, found)
    return Answer(
        _headlines(found, joint),
        [_years_table(found.years), _steps_table([found]), _curve_table(curve), _blocked_table(found)],
        _proof(found), _document(found, curve, joint), [],
    )  # fmt: skip


def programme(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the cheapest paths of all sites under the budget of the row `zone` in path_inputs/years.csv.

    Raises YoursToMend H306 to H308.
    """
    sites = sites_of(tables)
    budget = [number(row, "budget_cny") for row in rows_of(tables, "years") if text(row, "site") == ZONE]
    if not sites or not budget or None in budget:
        what = "path_inputs/years.csv has no budget of the zone for every year"
        raise YoursToMend(Trouble("H306", what, f"Add a row of the site {ZONE} with budget_cny for each year"))
    questions = [_asked(read_question(tables, site), parameters) for site in sites]
    questions = [replace(q, limits=replace(q.limits, budget_cny=())) for q in questions]
    found = plan_programme(questions, [b or 0.0 for b in budget], _given(parameters, "gap_percent", 1.0) / 100,
                           _given(parameters, "seconds", 600))  # fmt: skip
    years = _together(found.paths)
    return Answer(
        _programme_headlines(found, len(sites)),
        [_years_table(years, len(sites)), _sites_table(found.paths), _steps_table(found.paths),
         _overstepped_table(found, questions[0].market.years, len(sites))],
        _programme_proof(found), _programme_document(found, sites, years), [],
    )  # fmt: skip


def _given(parameters: Mapping[str, Any], name: str, usual: float) -> float:
    """A number the asker sets; below 0 the usual one."""
    asked = float(parameters[name])
    return usual if asked < 0 else asked


def _together(paths: Sequence[Path]) -> list[dict[str, float]]:
    """Every yearly quantity and the money invested, over all sites."""
    return [
        {name: float(rows[0]["year"]) if name == "year" else sum(row[name] for row in rows) for name in rows[0]}
        for rows in zip(*(path.years for path in paths), strict=True)
    ]


def _site(tables: Tables, parameters: Mapping[str, Any]) -> str:
    asked, known = str(parameters["site"]), sites_of(tables)
    return asked or (known[0] if known else "site")


def _asked(question: Question, parameters: Mapping[str, Any]) -> Question:
    """The question with what the asker sets: a target year and share, another cap of offsets."""
    year, share, cap = int(parameters["by_year"]), float(parameters["net_percent"]), float(parameters["offset_percent"])
    if year:
        base = sum(
            use.amount_mwh[0]
            * (question.market.residual_t_per_mwh[0] if use.carrier == "electricity" else use.t_per_mwh)
            for use in question.end_uses
        )
        target = Requirement("target", "net_t", "at_most", share / 100 * base, year)
        question = replace(question, requirements=(*question.requirements, target))
    if cap >= 0:
        question = replace(question, limits=replace(question.limits, offset_share_0_1=cap / 100))
    return question


def _without_target(question: Question) -> Question:
    """The question the curve is drawn for: only what is asked of gross emissions, and no offsets."""
    return replace(question, requirements=(), limits=replace(question.limits, offset_share_0_1=0.0))


def _joint(question: Question, found: Path) -> dict[str, float]:
    """What the chosen measures abate in the last year, one by one and together [t]."""
    chosen = [step.measure for step in found.steps]
    if not chosen:
        return {}
    alone = sum(abatement_t(question, [name]) for name in chosen)
    return {"sum_of_single_t": alone, "together_t": abatement_t(question, chosen)}


def _headlines(found: Path, joint: Mapping[str, float]) -> list[Headline]:
    if found.cost_cny is None:
        return []
    abated = Text("Abated together in the last year", "末年合计减排")
    return [
        Headline(Text("Cost, present value", "成本现值"), found.cost_cny, "yuan"),
        Headline(Text("More than going on as now", "较现状增加"), found.more_cny or 0.0, "yuan"),
        Headline(Text("Measures taken", "实施措施数"), float(len(found.steps)), "count"),
        *([Headline(abated, joint["together_t"], "tCO2e")] if joint else []),
    ]


def _programme_headlines(found: Programme, sites: int) -> list[Headline]:
    if found.cost_cny is None:
        return []
    of_more = Text("Proven gap, of what is spent or saved against going on as now", "已证明间隙占较现状增减额")
    return [
        Headline(Text("Sites", "场所数"), float(sites), "count"),
        Headline(Text("Cost, present value", "成本现值"), found.cost_cny, "yuan"),
        Headline(Text("No programme costs less than", "成本下界（已证明）"), found.bound_cny or 0.0, "yuan"),
        Headline(Text("More than going on as now", "较现状增加"), found.more_cny or 0.0, "yuan"),
        Headline(Text("Proven gap, of the cost", "已证明间隙占成本"), 100 * (found.gap or 0.0), "percent"),
        Headline(of_more, 100 * (found.gap_of_more or 0.0), "percent"),
    ]  # fmt: skip


def _proof(found: Path) -> Proof:
    if found.status == "infeasible":
        return Proof("infeasible", _IMPOSSIBLE, found.blocked_by[0].least if found.blocked_by else None)
    if found.cost_cny is None:
        return Proof("none", _STOPPED)
    return Proof("optimal", _OPTIMAL, found.bound_cny, found.gap)


def _programme_proof(found: Programme) -> Proof:
    if found.status == "infeasible":
        return Proof("infeasible", _IMPOSSIBLE)
    if found.cost_cny is None:
        return Proof("none", _STOPPED)
    return Proof("optimal", _OPTIMAL, found.bound_cny, found.gap)


def _steps_table(paths: Sequence[Path]) -> AnswerTable:
    columns = (
        Column("site", Text("Site", "场所")), Column("measure", Text("Measure", "措施")),
        Column("year", Text("Year", "年份")), Column("size", Text("Share of full size", "规模比例")), _FIRMS,
    )  # fmt: skip
    rows = tuple({"site": p.site, "measure": s.measure, "year": s.year, "size": s.size_0_1, "firms": 1}
                 for p in paths for s in p.steps)  # fmt: skip
    return AnswerTable("steps", Text("What is done when", "实施步骤"), columns, rows, contributors="firms")


def _years_table(years: Sequence[Mapping[str, float]], firms: int = 1) -> AnswerTable:
    names = {
        "load_mwh": ("Load", "用电负荷", "MWh"), "own_mwh": ("Own power used", "自发自用", "MWh"),
        "purchased_mwh": ("Bought power", "购电", "MWh"), "certificates_mwh": ("Certificates", "绿证", "MWh"),
        "fuel_mwh": ("Fuel", "燃料", "MWh"), "energy_tce": ("Energy", "综合能耗", "tce"),
        "emissions_t": ("Emissions", "排放量", "tCO2e"), "offsets_t": ("Offsets", "抵消量", "tCO2e"),
        "net_t": ("Emissions less offsets", "抵消后排放", "tCO2e"), "investment_cny": ("Investment", "投资", "yuan"),
    }  # fmt: skip
    columns = (Column("year", Text("Year", "年份")),
               *(Column(key, Text(en, zh), unit) for key, (en, zh, unit) in names.items()), _FIRMS)  # fmt: skip
    rows = tuple({"year": int(row["year"]), **{key: row[key] for key in names}, "firms": firms} for row in years)
    picture = Picture("lines", "year", ("emissions_t", "net_t"))
    return AnswerTable("years", Text("Year by year", "逐年"), columns, rows, contributors="firms", picture=picture)


def _sites_table(paths: Sequence[Path]) -> AnswerTable:
    columns = (
        Column("site", Text("Site", "场所")), Column("measures", Text("Measures taken", "实施措施数"), "count"),
        Column("investment", Text("Investment", "投资"), "yuan"),
        Column("cost", Text("Cost, present value", "成本现值"), "yuan"),
        Column("more", Text("More than going on as now", "较现状增加"), "yuan"),
        Column("emissions", Text("Emissions of the last year", "末年排放量"), "tCO2e"),
        Column("net", Text("Emissions less offsets", "抵消后排放"), "tCO2e"), _FIRMS,
    )  # fmt: skip
    rows = tuple(
        {"site": p.site, "measures": len(p.steps), "investment": sum(row["investment_cny"] for row in p.years),
         "cost": p.cost_cny, "more": p.more_cny, "emissions": p.years[-1]["emissions_t"],
         "net": p.years[-1]["net_t"], "firms": 1} for p in paths
    )  # fmt: skip
    return AnswerTable("sites", Text("Site by site", "分场所"), columns, rows, contributors="firms")


def _overstepped_table(found: Programme, years: Sequence[int], firms: int) -> AnswerTable:
    columns = (Column("year", Text("Year", "年份")),
               Column("amount", Text("Budget short by", "预算至少缺口"), "yuan"), _FIRMS)  # fmt: skip
    over = found.over_cny if found.cost_cny is None else ()
    rows = tuple(
        {"year": year, "amount": short, "firms": firms} for year, short in zip(years, over, strict=False) if short > 0
    )
    return AnswerTable(
        "overstepped",
        Text("Where no programme keeps the budget", "预算无法满足的年份"),
        columns,
        rows,
        contributors="firms",
    )


def _curve_table(curve: Sequence[Marginal]) -> AnswerTable:
    columns = (
        Column("emissions", Text("Emissions of the last year at most", "末年排放上限"), "tCO2e"),
        Column("cost", Text("Cheapest cost", "最低成本"), "yuan"),
        Column("marginal", Text("Cost of the last tonnes", "边际减排成本"), "yuan_per_tCO2e"), _FIRMS,
    )  # fmt: skip
    rows = tuple({"emissions": one.emissions_t, "cost": one.cost_cny, "marginal": one.marginal_cny_per_t, "firms": 1}
                 for one in curve)  # fmt: skip
    name = Text("What the last tonne costs, by solving again", "边际减排成本（重新求解）")
    return AnswerTable("marginal", name, columns, rows, contributors="firms")


def _blocked_table(found: Path) -> AnswerTable:
    columns = (
        Column("family", Text("Limit", "约束")), Column("enough", Text("Helps alone", "单独放宽是否可行")),
        Column("row", Text("Where", "位置")), Column("amount", Text("Must give way by", "须放宽")), _FIRMS,
    )  # fmt: skip
    rows: list[dict[str, Any]] = []
    for one in found.blocked_by:
        given: dict[str, float | None] = dict(one.rows) or {"": None}
        rows += [{"family": one.family, "enough": "yes" if one.is_enough else "no", "row": row, "amount": amount,
                  "firms": 1} for row, amount in given.items()]  # fmt: skip
    name = Text("What stands in the way", "受阻约束")
    return AnswerTable("blocked_by", name, columns, tuple(rows), contributors="firms")


def _document(found: Path, curve: Sequence[Marginal], joint: Mapping[str, float]) -> dict[str, Any]:
    return {
        **_plain(found),
        "abatement": dict(joint) or None,
        "years": [{name: row[name] for name in ("year", *QUANTITIES, "investment_cny")} for row in found.years],
        "marginal_costs": [{"emissions_t": m.emissions_t, "cost_cny": m.cost_cny,
                            "marginal_cny_per_t": m.marginal_cny_per_t} for m in curve],
        "blocked_by": [{"limit": b.family, "is_enough_alone": b.is_enough, "by": dict(b.rows)}
                       for b in found.blocked_by],
    }  # fmt: skip


def _plain(found: Path) -> dict[str, Any]:
    return {
        "site": found.site, "status": found.status, "cost_cny": found.cost_cny, "bound_cny": found.bound_cny,
        "gap": found.gap, "more_cny": found.more_cny, "baseline_t": found.baseline_t,
        "steps": [{"measure": s.measure, "year": s.year, "size": s.size_0_1} for s in found.steps],
    }  # fmt: skip


def _programme_document(found: Programme, sites: Sequence[str], years: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    return {
        "sites": len(sites), "status": found.status, "cost_cny": found.cost_cny, "bound_cny": found.bound_cny,
        "gap": found.gap, "more_cny": found.more_cny, "gap_of_more": found.gap_of_more, "rounds": found.rounds,
        "budget_overstepped_cny": list(found.over_cny), "years": [dict(row) for row in years],
        "paths": [_plain(one) for one in found.paths],
    }  # fmt: skip
