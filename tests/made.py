"""Small zones and readings made for tests: nothing of a real place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from milepost.basics.period import parse_period
from milepost.basics.text import Text
from milepost.measure.reading import FigureKind, Reading, Row
from milepost.plan.plan import Plan, Target
from milepost.plan.zone import Range, Relation, Settings, Zone, ZoneFile
from milepost.registers.indicator import Indicator, Ratio

SAY = Text("words", "词")
DEADLINE = date(2025, 12, 31)


def indicator(id: str, kind: str = "flow", unit: str = "CNY_100m", **more: object) -> Indicator:
    return Indicator(id, SAY, SAY, kind, unit, **more)  # type: ignore[arg-type]


INDICATORS = {
    i.id: i
    for i in (
        indicator("output"),
        indicator("share", "ratio", "percent", ratio=Ratio("output", "output", "CITY")),
        indicator("firms", "stock", "count", scale="count"),
        indicator("stage", "stage", "count", scale="stage"),
        indicator("coverage", "level", "percent", scale="logit"),
        indicator("waste", "flow", "tonne", better="less"),
        indicator("balance", "level", "CNY_100m", scale="real"),
        indicator("counted", "cumulative", "count", scale="count"),
    )
}


def target(indicator_id: str, value: float | None, comparison: str = "at_least", **more: object) -> Target:
    unit = INDICATORS[indicator_id].unit if indicator_id in INDICATORS else ""
    fields: dict[str, object] = {
        "id": f"X.{indicator_id}", "name": SAY, "stated": SAY, "reading": SAY, "indicator": indicator_id,
        "area": "ZONE", "comparison": comparison, "value": value, "unit": unit, "deadline": DEADLINE,
    }  # fmt: skip
    return Target(**{**fields, **more})  # type: ignore[arg-type]


def zone(*relations: tuple[str, str, float, float], **settings: object) -> Zone:
    """A zone ZONE in a CITY; each relation is (indicator, evidence area, low, high)."""
    declared = ZoneFile(
        "made", SAY, "ZONE", (), settings=Settings(**settings),  # type: ignore[arg-type]
        relations=tuple(
            Relation(name, "ZONE", area, Range(low, high), SAY, may_be_same=False)
            for name, area, low, high in relations
        ),
    )  # fmt: skip
    plan = Plan("made", SAY, date(2023, 11, 22), DEADLINE, 1, (), (), "")
    return Zone(Path("."), declared, plan, INDICATORS, {})


def reading(
    indicator_id: str,
    period: str,
    value: float,
    kind: FigureKind = "actual",
    area: str = "ZONE",
    known_on: date | None = None,
    text: str | None = None,
) -> Reading:
    span = parse_period(period)
    known = known_on or span.end or span.start
    assert known is not None
    name = f"{indicator_id} {area} {period} {kind} {value} {known}"
    return Reading(
        name, indicator_id, area, span, value, INDICATORS[indicator_id].unit, kind, "published", known, False,
        indicator_id, text or f"{value:g}", INDICATORS[indicator_id].unit, known.isoformat(), "", "", "",
        Row("published_figures", 1, "made.csv", 2, "0" * 64),
    )  # fmt: skip
