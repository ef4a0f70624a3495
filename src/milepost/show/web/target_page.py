"""A target's page: what was promised, where it stands, what the chance rests on, and every figure behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.plan.plan import Plan, Target
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.figure import JUDGED_BY_FACT, promise_words, reading_words
from milepost.show.number import chance_words, day_words, period_words, published_on_words
from milepost.show.web.beside import beside
from milepost.show.web.chart import Chart, chart_of
from milepost.show.web.drawing import NARROW, WIDE, draw
from milepost.show.web.gap_words import gap_words
from milepost.show.web.plan_page import estimate_words, latest
from milepost.show.web.visit import Visit


@dataclass(frozen=True)
class Evidence:
    """A reading in the table of evidence, in words.

    `area` is short and empty where it is the target's own, `area_name` is in full; `reason` says why a figure was
    set aside.
    """

    period: str
    value: str
    kind: str
    indicator: str
    area: str
    area_name: str
    published_on: str
    is_dated: bool
    source: str
    source_url: str
    note: str
    link: str
    reason: str = ""


def target_page(visit: Visit, target_id: str) -> dict[str, Any]:
    """Give what the target's template shows."""
    plan, outlook, words = visit.walk.zone.plan, visit.walk.outlooks[target_id], visit.words
    target = next(one for one in plan.targets() if one.id == target_id)
    unit, goal = visit.unit_of(target), visit.goal_of(target)
    # A promise of a total is no level of any single year.
    line = None if target.sum_from else goal
    chart = chart_of(target, unit, line, outlook, visit.walk.known_on, words, lambda one: visit.link("row", one.id))
    return {
        "title": target.name[visit.language],
        "target": target,
        "part": _part(plan, target_id, visit.language),
        "stated": target.stated[visit.language],
        "reading": target.reading[visit.language],
        "promise": promise_words(target, words),
        "deadline": day_words(target.deadline)[visit.language] if target.deadline else "",
        **_meaning(visit, target),
        "verdict": outlook.verdict,
        "word": words.word("verdict", outlook.verdict),
        "because": because(visit, target, outlook),
        "chance": "" if outlook.verdict in JUDGED_BY_FACT else chance_words(outlook.chance, visit.language),
        **estimate_words(unit, outlook, visit.language),
        "median_of": words.say("target.median_of_total") if target.sum_from else words.say("target.median"),
        "latest": latest(visit, target, outlook),
        "wide": draw(chart, WIDE, words),
        "narrow": draw(chart, NARROW, words),
        "legend": [(kind, words.say(f"legend.{kind}")) for kind in chart.kinds],
        "all_other": chart.is_all_other,
        "chart_notes": _chart_notes(visit, chart),
        "method_words": words.word("how", outlook.method.removeprefix("method_")),
        "chance_range": _chance_range(visit, outlook),
        "hangs_on": [
            (
                hang.question[visit.language],
                [(one[visit.language], _chance(visit, value)) for one, value in hang.chances],
            )
            for hang in outlook.hangs_on
        ],
        "notes": [words.told("note", note, visit.named) for note in outlook.notes],
        **beside(visit, target, outlook),
        "gap": gap_words(visit, target, outlook, goal),
        "least": LEAST_CONTRIBUTORS,
        "missing": [words.told("missing", one, visit.named) for one in outlook.missing],
        "evidence": [evidence(visit, target, one) for one in outlook.evidence],
        "unused": [evidence(visit, target, one, words.word("unused", why)) for one, why in outlook.unused],
    }


def _chance(visit: Visit, chance: float | None) -> str:
    return chance_words(chance, visit.language)


def _chance_range(visit: Visit, outlook: Outlook) -> str:
    """The lowest and highest chance under any combination of the open choices."""
    if outlook.chance_low is None or outlook.chance_high is None or outlook.verdict in JUDGED_BY_FACT:
        return ""
    low, high = _chance(visit, outlook.chance_low), _chance(visit, outlook.chance_high)
    return "" if low == high else visit.words.say("target.chance_range", low=low, high=high)


def _part(plan: Plan, target_id: str, language: str) -> str:
    for goal in plan.goals:
        if any(target.id == target_id for target in goal.targets):
            return f"{goal.id} {goal.name[language]}"
    for item in plan.items():
        if any(target.id == target_id for target in item.targets):
            return f"{item.id} {item.name[language]}"
    return ""


def _meaning(visit: Visit, target: Target) -> dict[str, str]:
    """The indicator and the area of a target in words, empty where it has none."""
    indicator = visit.walk.zone.indicators.get(target.indicator or "")
    area = visit.walk.zone.areas.get(target.area or "")
    return {
        "indicator": indicator.name[visit.language] if indicator else "",
        "definition": indicator.definition[visit.language] if indicator else "",
        "area": area.name[visit.language] if area else "",
    }


def because(visit: Visit, target: Target, outlook: Outlook) -> str:
    """Give the sentence that says why the verdict is what it is."""
    settings, seen = visit.walk.zone.declared.settings, latest(visit, target, outlook)
    return visit.words.word(
        "because",
        outlook.because,
        chance=chance_words(outlook.chance, visit.language),
        promise=promise_words(target, visit.words),
        latest=seen.words if seen else "",
        period=seen.period if seen else "",
        age=seen.age if seen else "",
        years=f"{settings.oldest_evidence_years:.3g}",
    )


def _chart_notes(visit: Visit, chart: Chart) -> list[str]:
    counts = {"left_out": chart.left_out, "earlier": chart.earlier, "elsewhere": chart.elsewhere}
    target = chart.target
    notes = [visit.words.say("chart.all_other")] if chart.is_all_other else []
    if target.sum_from and target.deadline:
        notes.append(visit.words.say("chart.total", first=target.sum_from, last=target.deadline.year))
    return notes + [visit.words.say(f"chart.{name}", count=count) for name, count in counts.items() if count]


def evidence(visit: Visit, target: Target, reading: Reading, reason: str = "") -> Evidence:
    """Give a reading for the table; its indicator and area are named where they are not the target's."""
    language, zone = visit.language, visit.walk.zone
    indicator = zone.indicators.get(reading.indicator)
    published = published_on_words(reading.published_on)
    return Evidence(
        period=period_words(reading.period)[language],
        value=reading_words(reading, visit.words),
        kind=visit.words.say(f"kind.{reading.kind}"),
        indicator=indicator.name[language] if indicator and reading.indicator != target.indicator else "",
        area=zone.areas[reading.area].label[language] if reading.area != target.area else "",
        area_name=zone.areas[reading.area].name[language],
        published_on=published[language] if published else visit.words.say("evidence.undated"),
        is_dated=published is not None,
        source=reading.source_title or reading.source_url,
        source_url=reading.source_url if reading.source_url.startswith(("http://", "https://")) else "",
        note=reading.note,
        link=visit.link("row", reading.id),
        reason=reason,
    )
