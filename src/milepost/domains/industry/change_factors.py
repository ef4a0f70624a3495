"""A change by its factors (people, their mix, what each makes) and against a wider region (shift-share)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from milepost.basics.answer import AnswerTable, Picture
from milepost.basics.text import Text
from milepost.domains.industry.answers import Arrays, column, numbers, table, texts
from milepost.domains.industry.change_panel import Panel, Shared
from milepost.science.lmdi import chained
from milepost.science.regional import ShiftShare, dynamic_shift_share, esteban_marquillas, shift_share

FloatArray = NDArray[np.float64]
_TOTAL = "total"
_FORMS = (
    ("classic", Text("Classic", "经典法")),
    ("esteban_marquillas", Text("Esteban-Marquillas", "Esteban-Marquillas法")),
    ("dynamic", Text("Dynamic", "动态法")),
)
_EFFECTS = (
    ("national", Text("As the wider region grew", "地区总增长分量")),
    ("mix", Text("Mix of industries", "产业结构分量")),
    ("regional", Text("Own advantage", "竞争力分量")),
    ("allocation", Text("Advantage where specialised", "配置分量")),
    ("growth", Text("Change", "变动合计")),
)


def factor_table(panel: Panel, shared: Shared, missing: list[Text]) -> list[AnswerTable]:
    """Give the change of a product by its factors: of an amount people, mix and amount a person; of productivity the
    mix of people and the productivity within industries. LMDI-I over divisions, chained by year.
    """
    if panel.measure.id in ("employees", "rd_intensity"):
        return []
    is_ratio = panel.below is not None
    people = panel.below if panel.below is not None else panel.employee_months
    periods, names = _periods(panel, shared, people, is_ratio)
    if any((amounts < 0).any() for amounts in periods):
        missing.append(
            Text("Amounts below zero have no logarithm: the change is not divided into factors.",
                 "存在负值，无法取对数，不作因素分解。")
        )  # fmt: skip
        return []
    if not all(total > 0 for total in people.sum(axis=1)):
        missing.append(Text("Without employees there are no factors.", "没有从业人员数据，不作因素分解。"))
        return []
    _, whole = chained(periods)
    scale = panel.measure.scale if is_ratio else 1.0
    rows: list[tuple[Any, ...]] = [
        (name, panel.shown(scale * float(part))) for name, part in zip(names, whole.by_factor, strict=True)
    ]
    rows.append((Text("Change", "变动合计"), panel.shown(scale * whole.change)))
    columns = (column("factor", "Factor", "因素"), column("part", "Part", "份额", panel.measure.unit))
    name = Text("By factor (LMDI over divisions)", "按因素（大类LMDI）")
    return [table("factors", name, columns, rows, picture=Picture("parts", "factor", ("part",)))]


def _periods(panel: Panel, shared: Shared, people: FloatArray, is_ratio: bool) -> tuple[list[FloatArray], list[Text]]:
    """Sectors by factors for each year; an intensity without people is missing, unless it made something."""
    periods = []
    for step in range(len(panel.years)):
        made, who = shared.amounts(panel.above[step], step), shared.amounts(people[step], step)
        # What is made without a single person reported has no intensity: it is given to one person-month.
        who = np.where((who <= 0) & (made > 0), 1.0, who)
        total = who.sum()
        each = np.where(who > 0, made / np.where(who > 0, who, 1.0), np.nan)
        factors = [who / total, each] if is_ratio else [np.full(who.size, total), who / total, each]
        periods.append(np.stack(factors, axis=1))
    mix, own = Text("Mix of industries", "行业结构"), Text("What a person makes, within industries", "行业内人均产出")
    return periods, [mix, own] if is_ratio else [Text("People", "从业人员"), mix, own]


def shift_share_tables(
    panel: Panel, shared: Shared, tables: Mapping[str, Any], ring: str, missing: list[Text]
) -> list[AnswerTable]:
    """Give the change against a wider region in three forms; withheld cells stand in a row of their own."""
    if panel.measure.id not in ("gross_output", "revenue", "employees"):
        return []
    wide, industries = _wide(tables["cells"], ring, panel)
    if wide is None:
        missing.append(
            Text(f"Shift-share needs figures of the wider region ({ring}) with totals for every year asked.",
                 f"偏离份额分析需要对比地区（{ring}）各年数据及合计。")
        )  # fmt: skip
        return []
    here = _local(panel, shared, industries)
    found = {
        "classic": shift_share(here[0], here[-1], wide[0], wide[-1]),
        "esteban_marquillas": esteban_marquillas(here[0], here[-1], wide[0], wide[-1]),
        "dynamic": dynamic_shift_share(here, wide),
    }
    counts = shared.counts(panel.is_there(0) | panel.is_there(-1))
    return [_forms(panel, found), _by_industry(panel, found["classic"], industries, shared, counts)]


def _wide(cells: Arrays, ring: str, panel: Panel) -> tuple[FloatArray | None, tuple[str, ...]]:
    """Figures of the wider region [years, industries + 1], the last what is not disclosed; the industries that have one
    in every year.
    """
    years = np.array(cells["year_begins"], dtype="datetime64[Y]").astype(np.int64) + 1970
    values = numbers(cells["value"])
    known: dict[str, dict[int, float]] = {}
    rings, measures = texts(cells["ring"]), texts(cells["measure"])
    for row, industry in enumerate(texts(cells["industry"])):
        if (rings[row], measures[row]) == (ring, panel.measure.id) and values[row] == values[row]:
            known.setdefault(industry, {})[int(years[row])] = float(values[row])
    full = {name: by_year for name, by_year in known.items() if set(panel.years) <= set(by_year)}
    names = tuple(sorted(name for name in full if name != _TOTAL and len(name) == 2))
    if _TOTAL not in full or not names:
        return None, ()
    shown = np.array([[full[name][year] for name in names] for year in panel.years])
    rest = np.array([full[_TOTAL][year] for year in panel.years]) - shown.sum(axis=1)
    return (None, ()) if (rest < 0).any() or rest[0] <= 0 else (np.column_stack([shown, rest]), names)


def _local(panel: Panel, shared: Shared, industries: Sequence[str]) -> FloatArray:
    """Amounts of the zone [years, industries + 1] in the same rows; what is in no other is in the last."""
    place = {name: number for number, name in enumerate(industries)}
    at = np.array([place.get(name, len(industries)) for name in shared.names], dtype=np.int64)
    rows = [
        np.bincount(at, weights=shared.amounts(panel.above[step], step), minlength=len(industries) + 1)
        for step in range(len(panel.years))
    ]
    return np.array(rows, dtype=np.float64)


def _forms(panel: Panel, found: Mapping[str, ShiftShare]) -> AnswerTable:
    unit = panel.measure.unit
    columns = (column("part", "Part", "项目"), *(column(key, name.en, name.zh, unit) for key, name in _FORMS))
    rows = [(name, *(panel.shown(found[form].totals[key]) for form, _ in _FORMS)) for key, name in _EFFECTS]
    return table("shift_share", Text("Against the wider region (shift-share)", "偏离份额分析"), columns, rows)


def _by_industry(
    panel: Panel, found: ShiftShare, industries: Sequence[str], shared: Shared, counts: NDArray[np.int64]
) -> AnswerTable:
    place = {name: number for number, name in enumerate(industries)}
    behind = np.zeros(len(industries) + 1, dtype=np.int64)
    for name, count in zip(shared.names, counts.tolist(), strict=True):
        behind[place.get(name, len(industries))] += count
    unit, kept = panel.measure.unit, [key for key, _ in _EFFECTS if key != "allocation"]
    columns = (
        column("industry", "Industry", "行业"),
        *(column(key, name.en, name.zh, unit) for key, name in _EFFECTS if key != "allocation"),
        column("enterprises", "Enterprises", "企业数", "count"),
    )
    rows = [
        (name, *(panel.shown(float(getattr(found, key)[row])) for key in kept), behind[row])
        for row, name in enumerate((*industries, Text("other or not disclosed", "其他或未公布")))
    ]  # fmt: skip
    return table(
        "shift_share_industries", Text("Shift-share by industry", "分行业偏离份额"), columns, rows, "enterprises"
    )
