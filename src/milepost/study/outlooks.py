"""Outlooks an answer asks for: the forecast is drawn on what was published and on what the study computed.

A wing computes and never forecasts; it says what it wants to know, and here the forecast room answers, by the same
model and with the same seed as for a plan's targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, OutlookAsked
from milepost.basics.period import parse_period
from milepost.basics.text import Text
from milepost.forecast.chance import outlook
from milepost.forecast.learning import learned
from milepost.forecast.outlook import Outlook
from milepost.forecast.priors import default_priors
from milepost.measure.reading import Reading, Row
from milepost.plan.plan import Target
from milepost.plan.zone import Zone
from milepost.registers.indicator import Indicator

_COLUMNS = (
    Column("indicator", Text("Indicator", "指标")),
    Column("indicator_zh", Text("In Chinese", "中文")),
    Column("year", Text("Year", "年份")),
    Column("chance", Text("Chance that the year reaches it", "当年达到的概率"), "percent"),
    Column("median", Text("Middle estimate", "中位估计")),
    Column("low", Text("Low (5 percent)", "下限（5%）")),
    Column("high", Text("High (95 percent)", "上限（95%）")),
)


def with_outlooks(answer: Answer, zone: Zone, readings: Iterable[Reading], known_on: date) -> Answer:
    """Give the answer with its outlooks as a table and in its document; an answer that asks for none as it is.

    `readings` are all that was known on the date. An indicator that the zone does not declare has its figures from
    the study alone.
    """
    if not answer.outlooks:
        return answer
    held = [reading for reading in readings if reading.known_on <= known_on]
    found = {asked.indicator: _outlooks(asked, zone, held, known_on) for asked in answer.outlooks}
    document = {**answer.document, "outlooks": {key: _document(asked) for key, asked in found.items()}}
    lacking = [asked.name for asked in answer.outlooks if not found[asked.indicator]]
    missing = [
        Text(
            f"{name.en}: no chance can be given, for too few figures are known.", f"{name.zh}：数据不足，无法给出概率。"
        )
        for name in lacking
    ]
    table = _table(answer.outlooks, found)
    return replace(
        answer, tables=(*answer.tables, table), document=document, missing=(*answer.missing, *missing), outlooks=()
    )


def _outlooks(asked: OutlookAsked, zone: Zone, readings: Sequence[Reading], known_on: date) -> dict[int, Outlook]:
    indicators = dict(zone.indicators)
    if asked.indicator not in indicators:
        indicators[asked.indicator] = Indicator(asked.indicator, asked.name, asked.name, "flow", asked.unit)
    where = replace(zone, indicators=indicators)
    own = [_reading(asked, zone, year, value, known_on) for year, value in asked.figures.items()]
    known = [*readings, *own]
    priors = learned(default_priors(), known)
    found = {}
    for year in asked.years:
        target = Target(
            f"outlook.{asked.indicator}.{year}", asked.name, asked.name, asked.name, asked.indicator,
            zone.declared.main_area, "at_least", asked.value, asked.unit, date(year, 12, 31),
        )  # fmt: skip
        drawn = outlook(target, where, known, known_on, priors)
        if drawn.chance is not None:
            found[year] = drawn
    return found


def _reading(asked: OutlookAsked, zone: Zone, year: int, value: float, known_on: date) -> Reading:
    name = f"computed.{asked.indicator}.{year}"
    known = min(known_on, date(year + 1, 1, 31))
    return Reading(
        name, asked.indicator, zone.declared.main_area, parse_period(str(year)), value, asked.unit, "actual",
        "computed", known, False, asked.indicator, f"{value:.12g}", asked.unit, known.isoformat(), "", asked.name.en,
        "", Row("study", 0, name, 0, ""), contributors=asked.contributors,
    )  # fmt: skip


def _table(asked: Sequence[OutlookAsked], found: dict[str, dict[int, Outlook]]) -> AnswerTable:
    rows = tuple(
        {
            "indicator": one.name.en, "indicator_zh": one.name.zh, "year": year,
            "chance": round(100 * (drawn.chance or 0.0), 1), "median": _short(drawn.median), "low": _short(drawn.p05),
            "high": _short(drawn.p95),
        }
        for one in asked
        for year, drawn in found[one.indicator].items()
    )  # fmt: skip
    return AnswerTable(
        "outlooks",
        Text("Chance, year by year", "逐年概率"),
        _COLUMNS,
        rows,
    )


def _document(found: dict[int, Outlook]) -> dict[str, Any]:
    likely = next((year for year, drawn in found.items() if (drawn.chance or 0.0) >= 0.5), None)
    return {
        "first_year_more_likely_than_not": likely,
        "years": {
            str(year): {"chance": drawn.chance, "median": drawn.median, "p05": drawn.p05, "p95": drawn.p95}
            for year, drawn in found.items()
        },
    }


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")
