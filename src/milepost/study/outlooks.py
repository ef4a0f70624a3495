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
from milepost.forecast.learning import learned
from milepost.forecast.passage import Passage, PassageYear, first_passage
from milepost.forecast.priors import default_priors
from milepost.measure.reading import Reading, Row
from milepost.plan.plan import Target
from milepost.plan.zone import Zone
from milepost.registers.indicator import Indicator

_COLUMNS = (
    Column("indicator", Text("Indicator", "指标")),
    Column("year", Text("Year", "年份")),
    Column("chance", Text("Chance that the year reaches it", "当年达到的概率"), "percent"),
    Column("passed_by", Text("Chance that it has been reached by then", "截至当年已达到的概率"), "percent"),
    Column("median", Text("Middle estimate", "中位估计")),
    Column("low", Text("Low (5 percent)", "下限（5%）")),
    Column("high", Text("High (95 percent)", "上限（95%）")),
)
_DATES = (
    Column("indicator", Text("Indicator", "指标")),
    Column("chance", Text("Chance by the last year", "至末年达到的概率"), "percent"),
    Column("early", Text("One in ten by the end of", "一成可能：至年末")),
    Column("middle", Text("As likely as not by the end of", "五成可能：至年末")),
    Column("late", Text("Nine in ten by the end of", "九成可能：至年末")),
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
    tables = (_dates(answer.outlooks, found), _table(answer.outlooks, found))
    return replace(
        answer, tables=(*answer.tables, *tables), document=document, missing=(*answer.missing, *missing), outlooks=()
    )


def _outlooks(asked: OutlookAsked, zone: Zone, readings: Sequence[Reading], known_on: date) -> Passage | None:
    indicators = dict(zone.indicators)
    if asked.indicator not in indicators:
        indicators[asked.indicator] = Indicator(asked.indicator, asked.name, asked.name, "flow", asked.unit)
    where = replace(zone, indicators=indicators)
    own = [_reading(asked, zone, year, value, known_on) for year, value in asked.figures.items()]
    known = [*readings, *own]
    last = max(asked.years)
    target = Target(
        f"outlook.{asked.indicator}.{last}", asked.name, asked.name, asked.name, asked.indicator,
        zone.declared.main_area, "at_least", asked.value, asked.unit, date(last, 12, 31),
    )  # fmt: skip
    return first_passage(target, where, known, known_on, asked.years, learned(default_priors(), known))


def _reading(asked: OutlookAsked, zone: Zone, year: int, value: float, known_on: date) -> Reading:
    name = f"computed.{asked.indicator}.{year}"
    known = min(known_on, date(year + 1, 1, 31))
    return Reading(
        name, asked.indicator, zone.declared.main_area, parse_period(str(year)), value, asked.unit, "actual",
        "computed", known, False, asked.indicator, f"{value:.12g}", asked.unit, known.isoformat(), "", asked.name.en,
        "", Row("study", 0, name, 0, ""), contributors=asked.contributors,
    )  # fmt: skip


def _dates(asked: Sequence[OutlookAsked], found: dict[str, Passage | None]) -> AnswerTable:
    """The year by which each value is reached, in so many of the draws; after the last year asked there is a sign."""
    rows = []
    for one in asked:
        passage = found[one.indicator]
        if passage is not None and passage.years:
            last = passage.years[-1]
            years = {
                name: "" if year is None else str(year)
                for name, year in (("early", passage.early), ("middle", passage.middle), ("late", passage.late))
            }
            later = Text(f"after {last.year}", f"{last.year}年之后")
            row = {name: year or later for name, year in years.items()}
            rows.append({"indicator": one.name, "chance": round(100 * last.passed_by, 1), **row})
    return AnswerTable("dates", Text("When it is reached", "何时达到"), _DATES, tuple(rows))


def _table(asked: Sequence[OutlookAsked], found: dict[str, Passage | None]) -> AnswerTable:
    rows = tuple(
        {
            "indicator": one.name, "year": str(drawn.year), "chance": round(100 * drawn.chance, 1),
            "passed_by": round(100 * drawn.passed_by, 1), "median": _short(drawn.median), "low": _short(drawn.p05),
            "high": _short(drawn.p95),
        }
        for one in asked
        for drawn in _years(found[one.indicator])
    )  # fmt: skip
    return AnswerTable("outlooks", Text("Chance, year by year", "逐年概率"), _COLUMNS, rows)


def _years(passage: Passage | None) -> tuple[PassageYear, ...]:
    return () if passage is None else passage.years


def _document(found: Passage | None) -> dict[str, Any]:
    likely = next((one.year for one in _years(found) if one.chance >= 0.5), None)
    return {
        "first_year_more_likely_than_not": likely,
        "reached_by": None
        if found is None
        else {"tenth": found.early, "half": found.middle, "nine_tenths": found.late, "looked_for_since": found.since},
        "years": {
            str(one.year): {
                "chance": one.chance, "passed_by": one.passed_by, "median": one.median, "p05": one.p05, "p95": one.p95,
            }
            for one in _years(found)
        },
    }  # fmt: skip


def _short(value: float) -> float:
    return float(f"{value:.5g}")
