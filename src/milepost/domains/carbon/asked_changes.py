"""The study `why_changed` answered: the parts of the change of emissions between two years, step by step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.carbon.account import all_factors, newest_year, take_account
from milepost.domains.carbon.asked_inventory import TONNES, boundary_of, method_of
from milepost.domains.carbon.changes import EFFORT, PARTS, Change, Used, explain
from milepost.domains.carbon.excerpts import Tables, day, number, rows_of, text
from milepost.domains.carbon.inventory import Inventory, take_inventory
from milepost.domains.carbon.purchased import POWER
from milepost.domains.carbon.said import said

_SAYS = Text(
    "The parts add up to the change without a residual (LMDI-I); a cleaner grid is a part of its own.",
    "各部分之和等于总变化，无残差（LMDI-I）；电网变清洁单列，不计入企业成效。",
)
_OTHER = Text("Processes, refrigerants and other sources without energy", "过程排放、制冷剂等非能源源")
_PLACES = 6  # of a tonne; the document has every digit


def why_changed(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give why the emissions of scopes 1 and 2 changed between two years, on one basis, chained year by year."""
    after = int(parameters["after_year"]) or newest_year(tables, on)
    before = int(parameters["before_year"]) or after - 1
    basis = str(parameters["basis"])
    inventories = {year: _inventory(tables, parameters, year, on) for year in range(before, after + 1)}
    outputs, lacks = _outputs(tables, range(before, after + 1))
    lacks += [lack for one in inventories.values() for lack in one.missing]
    if before >= after:
        lacks.insert(0, Text("The first year is not before the last", "起始年应早于终止年"))
    if any(one.own(basis).tonnes is None for one in inventories.values()) or outputs is None or before >= after:
        return _unknown(before, after, basis, lacks)
    steps = [_step(inventories[y - 1], inventories[y], basis, outputs, y) for y in range(before + 1, after + 1)]
    if any(change.residual_t != change.residual_t for change, _ in steps):
        lacks.append(
            Text(
                "A site used energy in a year without output: it has no intensity", "有场所有能耗而无产出，无法计算强度"
            )
        )
        return _unknown(before, after, basis, lacks)
    total = {name: sum(change.parts_t[name] for change, _ in steps) for name in PARTS}
    total["other"] = sum(other for _, other in steps)
    return _answer(before, after, basis, inventories, steps, total, lacks)


def _inventory(tables: Tables, parameters: Mapping[str, Any], year: int, on: date) -> Inventory:
    account = take_account(tables, boundary_of(tables, parameters), year)
    return take_inventory(account.records, all_factors(tables), method_of(tables, parameters, year), on)


def used_of(found: Inventory, basis: str) -> tuple[list[Used], float]:
    """Give the energy of an inventory by site and carrier with its emissions, and what has none [tCO2e]."""
    energy: dict[tuple[str, str], float] = defaultdict(float)
    tonnes: dict[tuple[str, str], float] = defaultdict(float)
    green: dict[tuple[str, str], float] = defaultdict(float)
    other = 0.0
    for line in found.lines:
        if line.scope != "1" and (line.scope, line.basis) != ("2", basis):
            continue
        if line.energy_mwh is None:
            other += line.tonnes or 0.0
            continue
        carrier = POWER if line.subject in ("matched_instrument", "own_generation_sold") else line.subject
        key = (line.site, carrier)
        energy[key] += line.energy_mwh
        tonnes[key] += line.tonnes or 0.0
        green[key] += line.energy_mwh if line.subject == "matched_instrument" else 0.0
    return [Used(*key, energy[key], tonnes[key], green[key] / energy[key] if energy[key] else 0.0)
            for key in sorted(energy)], other  # fmt: skip


def _step(
    first: Inventory, second: Inventory, basis: str, outputs: Mapping[int, Mapping[str, float]], year: int
) -> tuple[Change, float]:
    before, other_before = used_of(first, basis)
    after, other_after = used_of(second, basis)
    return explain(before, after, outputs[year - 1], outputs[year]), other_after - other_before


def _outputs(tables: Tables, years: Sequence[int] | range) -> tuple[dict[int, dict[str, float]] | None, list[Text]]:
    """Output by year and site in one measure: value at constant prices, else the quantity of one product."""
    rows = [row for row in rows_of(tables, "outputs") if (start := day(row, "period_from")) and start.year in years]
    boundary = {text(row, "site_code"): text(row, "parent_code") for row in rows_of(tables, "sites")}
    units = {text(row, "unit") for row in rows}
    measure = "value_cny" if rows and all(number(row, "value_cny") is not None for row in rows) else "quantity"
    if measure == "quantity" and (len(units) != 1 or any(number(row, "quantity") is None for row in rows)):
        return None, [Text("Output is missing, or in several units without a value at constant prices",
                           "缺少产出，或产出单位不一且无不变价产值")]  # fmt: skip
    found: dict[int, dict[str, float]] = {year: defaultdict(float) for year in years}
    for row in rows:
        site = text(row, "site_code")
        start = day(row, "period_from")
        if start is not None:
            found[start.year][boundary.get(site) or site] += number(row, measure) or 0.0
    return {year: dict(made) for year, made in found.items()}, []


def _answer(
    before: int, after: int, basis: str, inventories: Mapping[int, Inventory], steps: Sequence[tuple[Change, float]],
    total: Mapping[str, float], lacks: list[Text],
) -> Answer:  # fmt: skip
    names = {**PARTS, "other": _OTHER}
    change = (inventories[after].own(basis).known_t) - (inventories[before].own(basis).known_t)
    rows = [{"part": names[name], "tonnes": round(value, _PLACES),
             "is_effort": said("yes" if name in EFFORT else "no")} for name, value in total.items()]  # fmt: skip
    columns = (
        Column("part", Text("Part", "部分")),
        Column("tonnes", Text("Change", "变化"), TONNES), Column("is_effort", Text("The firms' effort", "企业努力")),
    )  # fmt: skip
    whole = {"part": Text("Change", "总变化"), "tonnes": change, "is_effort": ""}
    effort = sum(total[name] for name in EFFORT)
    return Answer(
        [Headline(Text("Change of scopes 1 and 2", "范围一、二变化"), change, TONNES),
         Headline(Text("of which the firms' effort", "其中企业努力"), effort, TONNES),
         Headline(Text("of which the grid", "其中电网因子"), total["grid"], TONNES)],
        [AnswerTable("parts", Text("Why emissions changed", "排放变化原因"), columns, (*rows, whole),
                     picture=Picture("parts", "part", ("tonnes",)))],
        Proof("counted", _SAYS),
        {
            "before_year": before, "after_year": after, "basis": basis, "change_t": change, "parts_t": dict(total),
            "effort_t": effort, "residual_t": change - sum(total.values()),
            "ratios": [one.ratios for one, _ in steps],
            "steps": [{"year": before + 1 + n, "change_t": one.after_t - one.before_t, "parts_t": dict(one.parts_t),
                       "other_t": other} for n, (one, other) in enumerate(steps)],
        },
        list(dict.fromkeys(lacks)),
    )  # fmt: skip


def _unknown(before: int, after: int, basis: str, lacks: Sequence[Text]) -> Answer:
    says = Text("Something is missing, so there are no parts.", "存在缺失，无法分解。")
    document = {"before_year": before, "after_year": after, "basis": basis, "change_t": None, "parts_t": None}
    return Answer([], [], Proof("none", says), document, list(dict.fromkeys(lacks)))
