"""The study `assessment` answered: a standard held against what the records and the papers say of a subject."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Proof
from milepost.basics.errors import Trouble, YoursToMend, nearest
from milepost.basics.text import Text
from milepost.domains.carbon.account import all_factors, newest_year, take_account
from milepost.domains.carbon.asked_balance import standard_coal_of
from milepost.domains.carbon.asked_inventory import boundary_of, method_of
from milepost.domains.carbon.assessment import Assessment, Clause, Evidence, assess, is_standard
from milepost.domains.carbon.excerpts import Tables, day, number, rows_of, text
from milepost.domains.carbon.inventory import take_inventory
from milepost.domains.carbon.lines import whole_sum
from milepost.domains.carbon.purchased import POWER
from milepost.domains.carbon.said import said
from milepost.rules.reading import read_table
from milepost.rules.table import Table

ZONE = "zone"
_COAL = {"calorific": "按当量值折标", "equivalent": "按等价值折标"}
_SAYS = Text(
    "Each clause names its citation and its evidence; one that is not public is neither passed nor failed.",
    "每一条款注明依据与所用证据；未公开的条款不作通过或不通过结论。",
)
_OVERALL = {
    "pass": Text("All deciding clauses are passed", "决定性条款全部通过"),
    "fail": Text("A deciding clause is not passed", "有决定性条款未通过"),
    "cannot_be_told": Text("It cannot be told yet", "尚不能判定"),
    "not_in_force": Text("Not in force on that day", "当日未生效"),
}


def assessment(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give a standard's verdict clause by clause. Raises YoursToMend H304 (no such standard), H305 (the situation)."""
    table = _standard(tables, str(parameters["standard"]))
    evidence = evidence_of(tables, parameters, on)
    situation = {**_situation(str(parameters["situation"]))}
    if "energy_tce" in table.needs and evidence["energy_tce"].value is not None:
        situation.setdefault("energy_tce", evidence["energy_tce"].value)
    if "energy_tce" in table.needs:
        situation.setdefault("energy_tce", None)
    found = assess(table, situation, evidence, on)
    if found.troubles:
        raise YoursToMend(Trouble("H305", t.what, t.mend) for t in found.troubles)
    verdicts = [clause.verdict for clause in found.clauses]
    counts = {verdict: float(verdicts.count(verdict)) for verdict in ("pass", "fail", "missing_evidence", "not_public")}
    names = {"pass": Text("Clauses passed", "通过条款"), "fail": Text("Clauses failed", "未通过条款"),
             "missing_evidence": Text("Clauses without evidence", "缺证据条款"),
             "not_public": Text("Clauses not public", "未公开条款")}  # fmt: skip
    return Answer(
        [Headline(names[verdict], count, "count") for verdict, count in counts.items()],
        [_table(found)],
        Proof("counted", _SAYS),
        _document(found, table, situation),
        [_OVERALL[found.overall]] if found.overall in ("cannot_be_told", "not_in_force") else [],
    )  # fmt: skip


def evidence_of(tables: Tables, parameters: Mapping[str, Any], on: date) -> dict[str, Evidence]:
    """Give what is known of each measure: from the year's records, else from the register of evidence."""
    subject = str(parameters["subject"])
    asked = {**parameters, "site": "" if subject == ZONE else subject}
    boundary = boundary_of(tables, asked)
    year = int(parameters["year"]) or newest_year(tables, on, boundary)
    account = take_account(tables, boundary, year)
    found = take_inventory(account.records, all_factors(tables), method_of(tables, asked, year), on)
    purchase = whole_sum(one.amount for one in account.records.bought if one.kind == POWER)
    own = whole_sum(one.amount for one in account.own_used) if account.own_used else 0.0
    used = whole_sum((purchase, own))
    green = sum(match.amount_mwh for match in found.matching.matches)
    kind = str(parameters["standard_coal"])
    tce = standard_coal_of(account.records, tables, year, on)
    energy = tce[kind].tce if kind in tce else None
    emissions = found.energy_and_process_co2("market").tonnes
    comes = Text(f"records of {year}", f"{year}年记录")
    of_index = Text(f"{comes.en}, CO2 of energy and processes, market-based, {kind} coefficients",
                    f"{comes.zh}，能源与过程排放的二氧化碳，市场法，{_COAL[kind]}")  # fmt: skip
    bills = Text(f"The power bought in {year}: carbon.bought_energy, or main meters that lack no reading",
                 f"{year}年购电记录：carbon.bought_energy，或读数完整的总表")  # fmt: skip
    all_of = Text(f"Every activity of {year} with a factor, and its energy with a coefficient (`carbon.inventory` and "
                  "`carbon.balance` name what is missing)",
                  f"{year}年全部活动及其因子、能源及折标系数（缺项见 carbon.inventory 与 carbon.balance）")  # fmt: skip
    known = {
        "electricity_kwh": Evidence(None if used is None else used * 1000, comes_from=comes,
                                    moves=Text("kWh used", "用电量（千瓦时）"), settled_by=bills),
        "own_share_of_purchase": _ratio(
            own if purchase is not None else None, purchase, comes, bills, -1.0,
            Text("MWh of own power, each of them a MWh less bought", "自发绿电兆瓦时（等量减少购电）"),
        ),
        "renewable_electricity_share": _ratio(
            whole_sum((own, green)) if used is not None else None, used, comes, bills, 0.0,
            Text("MWh of own power or under instruments", "自发或凭证覆盖电量（兆瓦时）"),
        ),
        "emissions_per_energy": _ratio(
            emissions, energy, of_index, all_of, 0.0,
            Text("tCO2 less, with the energy used as it is", "须减少的二氧化碳吨数（用能不变）"),
        ),
        "energy_tce": Evidence(energy, comes_from=of_index, settled_by=all_of),
    }  # fmt: skip
    for row in rows_of(tables, "evidence"):
        start, until = day(row, "valid_from"), day(row, "valid_until")
        holds = start is not None and start <= on and (until is None or on < until)
        measure = text(row, "measure")
        if text(row, "subject_code") == subject and holds and known.get(measure, Evidence(None)).value is None:
            known[measure] = _paper(row)
    return known


def _ratio(
    numerator: float | None, denominator: float | None, comes_from: Text, settled_by: Text, follows: float, moves: Text
) -> Evidence:
    value = None if numerator is None or not denominator else numerator / denominator
    return Evidence(value, numerator, denominator, comes_from, follows, moves, settled_by)


def _paper(row: Mapping[str, Any]) -> Evidence:
    value, over, under = (number(row, name) for name in ("value", "numerator", "denominator"))
    if value is None and over is not None and under:
        value = over / under
    return Evidence(value, over, under, text(row, "document"))


def _standard(tables: Tables, name: str) -> Table:
    listed = tables.get("rules", {"name": [], "path": []})
    found: dict[str, Table] = {}
    for shown, path in zip(listed["name"], listed["path"], strict=True):
        table = read_table(Path(path), shown)
        if is_standard(table):
            found[table.name] = table
    if name not in found:
        mend = nearest(name, found).rstrip("?") or f"There are: {', '.join(sorted(found)) or 'none'}"
        raise YoursToMend(Trouble("H304", f"{name} is not a known standard", mend))
    return found[name]


def _situation(written: str) -> dict[str, Any]:
    """What applies, written `subject=urban_renewal_park;stars=6`. Raises YoursToMend H305."""
    found: dict[str, Any] = {}
    for pair in filter(str.strip, written.split(";")):
        name, middle, value = (part.strip() for part in pair.partition("="))
        if not middle:
            mend = "Write it so: --set 'situation=factory_type=I;stars=6'"
            raise YoursToMend(Trouble("H305", "the situation is not names and values", mend))
        found[name] = float(value) if value.replace(".", "", 1).isdigit() else value
    return found


def _settled(clause: Clause) -> Text | None:
    """What record would settle a clause without evidence: one of the year, else a paper in the register of evidence."""
    if clause.verdict != "missing_evidence":
        return None
    paper = Text(f"A row of carbon.evidence with the measure {clause.measure}",
                 f"carbon.evidence 中指标为 {clause.measure} 的一行")  # fmt: skip
    return clause.settled_by or paper


def _asked(clause: Clause) -> Text:
    """What a clause asks, in words: at least 0.1 (share of 1)."""
    sense, unit = said(clause.sense), said(clause.unit)
    limit = ("?", "？") if clause.limit is None else (f"{clause.limit:,.9g}",) * 2
    return Text(*(f"{getattr(sense, z, sense)} {number} ({getattr(unit, z, unit)})"
                  for z, number in zip(("en", "zh"), limit, strict=True)))  # fmt: skip


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"en": text.en, "zh": text.zh}


def _table(found: Assessment) -> AnswerTable:
    columns = (
        Column("clause", Text("Clause", "条款")), Column("verdict", Text("Verdict", "结论")),
        Column("weight", Text("Weight", "性质")),
        Column("value", Text("Value", "数值")), Column("asked", Text("Asked", "要求")),
        Column("distance", Text("Lacks", "差距")), Column("amount", Text("That is", "折合")),
        Column("moves", Text("of", "折合单位")),
        Column("evidence", Text("Evidence, or what would settle it", "证据或所缺记录")),
        Column("citation", Text("Citation", "依据")),
        Column("source", Text("Source", "来源")), Column("firms", Text("Firms", "企业数")),
    )  # fmt: skip
    rows = tuple(
        {"clause": Text(c.name, c.name_zh or c.name), "weight": said(c.weight), "value": c.value,
         "asked": _asked(c), "verdict": said(c.verdict),
         "distance": c.distance, "amount": c.distance_amount, "moves": c.moves if c.distance_amount else None,
         "evidence": _settled(c) or c.comes_from, "citation": c.citation, "source": c.source, "firms": 1}
        for c in found.clauses
    )  # fmt: skip
    return AnswerTable("clauses", Text("Clauses", "条款"), columns, rows, contributors="firms")


def _document(found: Assessment, table: Table, situation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "standard": found.standard,
        "title": None if table.title is None else {"en": table.title.en, "zh": table.title.zh},
        "on": found.on.isoformat(), "overall": found.overall, "situation": dict(situation),
        "clauses": [
            {"id": c.id, "clause": c.name, "clause_zh": c.name_zh or None, "measure": c.measure, "sense": c.sense,
             "limit": c.limit, "unit": c.unit, "weight": c.weight, "value": c.value, "verdict": c.verdict,
             "distance_to_pass": c.distance,
             "distance_amount": c.distance_amount, "distance_amount_of": _both(c.moves),
             "settled_by": _both(_settled(c)), "citation": c.citation.en,
             "citation_zh": c.citation.zh, "source": c.source,
             "evidence": getattr(c.comes_from, "en", c.comes_from) or None} for c in found.clauses
        ],
    }  # fmt: skip
