"""The plan on one screen: a line for each target, goals first, then the items under their actions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from milepost.basics.text import Text
from milepost.forecast.outlook import Outlook, Verdict
from milepost.plan.plan import Item, Target
from milepost.show.figure import JUDGED_BY_FACT, newest_part, promise_words, reading_words
from milepost.show.number import age_words, amount, chance_words, day_words, period_words, span
from milepost.show.web.frame import VERDICTS
from milepost.show.web.glyph import interval_glyph
from milepost.show.web.visit import Visit


@dataclass(frozen=True)
class Latest:
    """The latest evidence in words.

    `area` is short and empty where it is the target's own, `area_name` is in full; `of` names the indicator
    where the promise has no number and the zone chose what stands beside it; `parts` says how far a ratio's parts
    are known where that is further than the ratio itself.
    """

    words: str
    period: str
    of: str
    age: str
    area: str
    area_name: str
    parts: str
    link: str


@dataclass(frozen=True)
class Line:
    """A target on the plan page, in words."""

    number: str
    name: str
    link: str
    verdict: Verdict
    word: str
    promise: str
    is_assumption: bool
    chance: str
    median: str
    interval: str
    glyph: str
    latest: Latest | None


def plan_page(visit: Visit) -> dict[str, Any]:
    """Give what the plan's template shows."""
    plan, language = visit.walk.zone.plan, visit.language
    named = sum(1 for _ in plan.items())
    return {
        "title": plan.name[language],
        "announced": day_words(plan.announced_on)[language],
        "deadline": day_words(plan.deadline)[language],
        "source": plan.source,
        "note": plan.note[language] if plan.note else "",
        "tally": _tally(visit),
        "tasks": {"announced": plan.tasks_announced, "named": named, "unnamed": plan.tasks_announced - named},
        "goals": [
            {"id": goal.id, "name": goal.name[language], "lines": [line(visit, one) for one in goal.targets]}
            for goal in plan.goals
        ],
        "actions": [
            {
                "id": action.id,
                "name": action.name[language],
                "lines": [one for item in action.items for one in _item_lines(visit, item)],
            }
            for action in plan.actions
        ],
    }


def _tally(visit: Visit) -> list[dict[str, Any]]:
    counts = Counter(outlook.verdict for outlook in visit.walk.outlooks.values())
    return [
        {"verdict": verdict, "word": visit.words.word("verdict", verdict), "count": counts[verdict]}
        for verdict in VERDICTS
        if counts[verdict]
    ]


def _item_lines(visit: Visit, item: Item) -> list[Line]:
    alone = len(item.targets) == 1
    return [line(visit, one, item.id, item.name if alone else one.name) for one in item.targets]


def line(visit: Visit, target: Target, number: str = "", name: Text | None = None) -> Line:
    """Give a target's line."""
    outlook, words = visit.walk.outlooks[target.id], visit.words
    return Line(
        number=number,
        name=(name or target.name)[visit.language],
        link=visit.link("target", target.id),
        verdict=outlook.verdict,
        word=words.word("verdict", outlook.verdict),
        promise=promise_words(target, words),
        is_assumption=target.is_assumption and target.value is not None,
        chance="" if outlook.verdict in JUDGED_BY_FACT else chance_words(outlook.chance, visit.language),
        **estimate_words(visit.unit_of(target), outlook, visit.language),
        glyph=interval_glyph(visit.goal_of(target), outlook),
        latest=latest(visit, target, outlook),
    )


def estimate_words(unit: str, outlook: Outlook, language: str) -> dict[str, str]:
    """Give the median and the 90 % interval at the deadline, or empty words."""
    if outlook.median is None or outlook.p05 is None or outlook.p95 is None:
        return {"median": "", "interval": ""}
    return {
        "median": amount(outlook.median, unit, language, digits=3),
        "interval": span(outlook.p05, outlook.p95, unit, language),
    }


def latest(visit: Visit, target: Target, outlook: Outlook) -> Latest | None:
    """Give the latest evidence with its age, and its area where that is not the target's."""
    reading, language = outlook.latest, visit.language
    if reading is None:
        return None
    area, age = visit.walk.zone.areas.get(reading.area), outlook.latest_age_years
    part = newest_part(outlook)
    return Latest(
        words=reading_words(reading, visit.words),
        period=period_words(reading.period)[language],
        of=visit.named(reading.indicator) if not promise_words(target, visit.words) else "",
        age=visit.words.say("age.old", age=age_words(age)[language]) if age is not None and age > 0 else "",
        area=area.label[language] if area and area.id != target.area else "",
        area_name=area.name[language] if area else "",
        parts=visit.words.say("plan.parts_to", period=period_words(part.period)[language]) if part else "",
        link=visit.link("row", reading.id),
    )
