"""What stands around every page: the head, the day it is known on, the foot."""

from __future__ import annotations

import functools
import hashlib
from typing import Any

from milepost.forecast.outlook import Verdict
from milepost.show.number import day_words
from milepost.show.walk import Walk
from milepost.show.web.site import STATIC
from milepost.show.web.visit import Visit
from milepost.show.wording import Wording

VERDICTS: tuple[Verdict, ...] = (
    "met",
    "on course",
    "at risk",
    "behind",
    "unlikely",
    "missed",
    "no evidence",
    "no number promised",
)


@functools.cache
def stylesheet() -> str:
    """Give the address of the stylesheet, with the mark of its content: browsers may keep it for a year."""
    return f"/static/site.css?v={hashlib.sha256((STATIC / 'site.css').read_bytes()).hexdigest()[:12]}"


def bare_frame(language: str) -> dict[str, Any]:
    """Give what a page needs that knows of no walk."""
    return {
        "language": language,
        "html_language": "zh-Hans" if language == "zh" else "en",
        "words": Wording(language),
        "stylesheet": stylesheet(),
        "home": f"/{language}/",
    }


def frame(visit: Visit) -> dict[str, Any]:
    """Give what every page of a walk needs."""
    walk, language = visit.walk, visit.language
    other, other_link = visit.other_language()
    return (
        bare_frame(language)
        | {
            "zone_name": walk.zone.declared.name[language],
            "notice": walk.zone.declared.notice[language] if walk.zone.declared.notice else "",
            "plan_name": walk.zone.plan.name[language],
            "home": visit.link("plan"),
            "method_link": visit.link("method"),
            "wings_link": visit.link("wings"),
            "figures_link": visit.link("figures") if own_indicators(walk) else "",
            "scoreboard_link": visit.link("scoreboard"),
            "document_link": "/api/plan.json" + visit.query(visit.asked_on),
            "other": other,
            "other_html": "zh-Hans" if other == "zh" else "en",
            "other_link": other_link,
            "known_on": walk.known_on.isoformat(),
            "known_on_words": day_words(walk.known_on)[language],
            "today": visit.site.today().isoformat(),
            "days": _days(visit),
            "wrong": visit.words.say(visit.wrong) if visit.wrong else "",
            "path": visit.path,
            "versions": [
                {"register": one.register, "number": one.number, "count": one.count, "mark": one.content_hash[:12]}
                for one in walk.versions
            ],
            "reading_count": len(walk.readings),
            "refused_count": walk.refused_count,
            "troubles": ", ".join(sorted({trouble.code for trouble in walk.troubles})),
            "verdicts": scheme(visit),
        }
        | _doors(visit)
    )


def own_indicators(walk: Walk) -> tuple[str, ...]:
    """Give the indicators that the zone itself declares and computes, and that have a figure, told or held back."""
    owner = f"{walk.zone.declared.id}."
    declared = [
        name for name, one in walk.zone.indicators.items() if name.startswith(owner) and one.formula is not None
    ]
    if not declared:
        return ()
    seen = {one.indicator for one in (*walk.readings, *walk.held_back) if one.made is not None}
    return tuple(name for name in declared if name in seen)


def _doors(visit: Visit) -> dict[str, Any]:
    from milepost.show.web.accounts import person_at_door
    from milepost.show.web.counter import doors

    return doors(visit.site, visit.language, person_at_door(visit.request), visit.path)


def scheme(visit: Visit) -> list[dict[str, str]]:
    """Give every verdict with its word and the rule that gives it."""
    settings = visit.walk.zone.declared.settings
    bounds = {
        name: f"{bound * 100:.3g}"
        for name, bound in (("course", settings.on_course), ("risk", settings.at_risk), ("behind", settings.behind))
    }
    bounds["years"] = f"{settings.oldest_evidence_years:.3g}"
    return [
        {
            "verdict": verdict,
            "word": visit.words.word("verdict", verdict),
            "rule": visit.words.word("scheme", verdict, **bounds),
        }
        for verdict in VERDICTS
    ]


def _days(visit: Visit) -> list[dict[str, Any]]:
    """The days worth a click: the announcement, the ends of the years since, today."""
    plan, today = visit.walk.zone.plan, visit.site.today()
    days = [(plan.announced_on, visit.words.say("known_on.announced"))]
    for year in range(plan.announced_on.year, min(today.year, plan.deadline.year + 1)):
        end = plan.announced_on.replace(year=year, month=12, day=31)
        days.append((end, day_words(end)[visit.language]))
    known = [
        {"link": visit.path + visit.query(day), "word": word, "is_current": day == visit.asked_on}
        for day, word in days
        if day <= today
    ]
    return [*known, {"link": visit.path, "word": visit.words.say("known_on.today"), "is_current": not visit.asked_on}]
