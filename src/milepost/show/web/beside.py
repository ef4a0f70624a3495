"""What stands beside a chance: the year in progress, the pace still needed, and what published rules would say."""

from __future__ import annotations

from typing import Any

from milepost.forecast.course import course_of, nowcast
from milepost.forecast.outlook import Outlook
from milepost.forecast.pace import RequiredPace, required_pace
from milepost.forecast.status import Course, judge, status_rules
from milepost.plan.plan import Target
from milepost.show.number import amount, growth_words, span
from milepost.show.web.visit import Visit


def beside(visit: Visit, target: Target, outlook: Outlook) -> dict[str, Any]:
    """Give what the target's template shows beside the chance; empty where there is no chance to stand beside."""
    indicator = visit.walk.zone.indicators.get(target.indicator or "")
    if outlook.chance is None or indicator is None:
        return {}
    course = course_of(outlook, target, indicator)
    return {
        "nowcast": _nowcast(visit, target, outlook),
        "pace": _pace(visit, course, indicator.unit) if course else "",
        "rules": _rules(visit, course) if course else [],
        "why_link": visit.link("why", target.id) if outlook.method == "method_path" else "",
    }


def _nowcast(visit: Visit, target: Target, outlook: Outlook) -> str:
    indicator = visit.walk.zone.indicators[target.indicator or ""]
    found = nowcast(outlook, visit.walk.known_on, target, indicator)
    if found is None:
        return ""
    point, language = found.estimate, visit.language
    return visit.words.say(
        "beside.nowcast",
        year=found.year,
        median=amount(point.median, indicator.unit, language, 3),
        range=span(point.p05, point.p95, indicator.unit, language),
        count=len(found.figures),
    )


def _pace(visit: Visit, course: Course, unit: str) -> str:
    pace = required_pace(course)
    if pace is None:
        return ""
    needed, best, mean = (_change(visit, pace, unit, value) for value in (pace.needed, pace.best_stretch, pace.mean))
    if pace.best_stretch is None:
        return visit.words.say("beside.pace_alone", needed=needed)
    key = "beside.pace_beyond" if pace.is_beyond_all else "beside.pace"
    return visit.words.say(key, needed=needed, best=best, mean=mean, years=f"{pace.stretch_years:.1f}")


def _change(visit: Visit, pace: RequiredPace, unit: str, value: float | None) -> str:
    if value is None:
        return ""
    return growth_words(value, visit.language) if pace.is_growth else amount(value, unit, visit.language, 3)


def _rules(visit: Visit, course: Course) -> list[dict[str, str]]:
    """Each published rule the zone chose, with its word and number."""
    rows = []
    for name in visit.walk.zone.declared.settings.status_rules:
        rule, said = status_rules()[name], judge(name, course)
        if said.measure is None:
            word = visit.words.word("beside", said.because)
        else:
            word = f"{rule.band(said.measure).label[visit.language]} ({said.measure:.2f})"
        rows.append({"name": rule.name[visit.language], "reads": rule.reads[visit.language], "says": word})
    return rows
