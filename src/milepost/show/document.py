"""The plan as one document, the same for the command line's `--json` and the site's `/api/plan.json`.

Names are those of the plan file; texts come in both languages; a number that does not exist is null.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from milepost.basics.text import LANGUAGES, Text
from milepost.measure.reading import Reading
from milepost.plan.plan import Plan, Target
from milepost.show.figure import estimate, newest_part
from milepost.show.guard import let_out
from milepost.show.walk import Walk
from milepost.show.wording import Wording


def plan_document(walk: Walk) -> dict[str, Any]:
    """Give the judged plan as a document of plain values.

    A target's outlook is in the unit of its number, as the plan states it; its latest figure says its own unit.
    Chances are between 0 and 1 with three decimals, estimates have six significant digits, ages are in
    years with two decimals. Raises YoursToMend (S101) where a target rests on what may not leave.
    """
    walk = let_out(walk)
    plan, settings = walk.zone.plan, walk.zone.declared.settings
    counts = Counter(outlook.verdict for outlook in walk.outlooks.values())
    return {
        "plan": _plan(plan),
        "known_on": walk.known_on.isoformat(),
        "scheme": {"on course": settings.on_course, "at risk": settings.at_risk, "behind": settings.behind},
        "counts": dict(sorted(counts.items())),
        "targets": [_target(target, walk) for target in plan.targets()],
        "versions": [
            {"register": one.register, "number": one.number, "count": one.count, "content_hash": one.content_hash}
            for one in walk.versions
        ],
        "reading_count": len(walk.readings),
        "refused_count": walk.refused_count,
        "computed": [_computed(one) for one in walk.readings if one.made is not None],
        "withheld_count": walk.withheld_count,
        "held_back": [_held_back(one) for one in walk.held_back],
    } | ({"notice": _text(walk.zone.declared.notice)} if walk.zone.declared.notice else {})


def _computed(reading: Reading) -> dict[str, Any]:
    made = reading.made
    return {
        "reading": reading.id,
        "indicator": reading.indicator,
        "area": reading.area,
        "period": reading.period.text,
        "value": reading.value,
        "unit": reading.unit,
        "as_of": reading.as_of.isoformat() if reading.as_of else None,
        "dimensions": dict(made.dimensions) if made else {},
        "formula_hash": made.formula_hash if made else "",
        "versions": dict(made.versions) if made else {},
        "contributors": reading.contributors,
        "item_response": reading.item_response,
    }


def _held_back(reading: Reading) -> dict[str, Any]:
    made = reading.made
    count = made.held_count if made else 0
    return {
        "indicator": reading.indicator,
        "area": reading.area,
        "period": reading.period.text,
        "dimensions": dict(made.dimensions) if made else {},
        "held_count": count,
        "status": {language: Wording(language).say("wing.held_back", count=count) for language in LANGUAGES},
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "name": _text(plan.name),
        "announced_on": plan.announced_on.isoformat(),
        "deadline": plan.deadline.isoformat(),
        "tasks_announced": plan.tasks_announced,
        "items_named": sum(1 for _ in plan.items()),
        "source": plan.source,
        "goals": [
            {"id": goal.id, "name": _text(goal.name), "targets": [target.id for target in goal.targets]}
            for goal in plan.goals
        ],
        "actions": [
            {
                "id": action.id,
                "name": _text(action.name),
                "items": [
                    {"id": item.id, "name": _text(item.name), "targets": [target.id for target in item.targets]}
                    for item in action.items
                ],
            }
            for action in plan.actions
        ],
    }


def _target(target: Target, walk: Walk) -> dict[str, Any]:
    outlook = walk.outlooks[target.id]
    indicator, part = walk.zone.indicators.get(target.indicator or ""), newest_part(outlook)
    own_unit = indicator.unit if indicator else ""
    ends = estimate(outlook, own_unit, target.unit or own_unit)
    return {
        "id": target.id,
        "name": _text(target.name),
        "indicator": target.indicator,
        "area": target.area,
        "stated": _text(target.stated),
        "read_as": _text(target.reading),
        "is_assumption": target.is_assumption,
        "comparison": target.comparison if target.value is not None or target.comparison == "rising" else None,
        "value": target.value,
        "unit": target.unit or (own_unit if ends else None),
        "deadline": target.deadline.isoformat() if target.deadline else None,
        "verdict": outlook.verdict,
        "because": outlook.because,
        "chance": _rounded(outlook.chance),
        "chance_range": None
        if outlook.chance_low is None
        else [_rounded(outlook.chance_low), _rounded(outlook.chance_high)],
        "hangs_on": [
            {
                "choice": hang.choice,
                "chances": [{"answer": _text(answer), "chance": _rounded(chance)} for answer, chance in hang.chances],
            }
            for hang in outlook.hangs_on
        ],
        "latest": _latest(outlook.latest, outlook.latest_age_years),
        "parts_known_to": part.period.text if part else None,
        "outlook": dict(zip(("median", "p05", "p95"), map(_six_digits, ends), strict=True)) if ends else None,
        "evidence_count": len(outlook.evidence),
        "missing": list(outlook.missing),
        "method": outlook.method,
        "notes": list(outlook.notes),
    }


def _latest(reading: Reading | None, age_years: float | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "reading": reading.id,
        "indicator": reading.indicator,
        "value": _six_digits(reading.value, digits=12),
        "unit": reading.unit,
        "period": reading.period.text,
        "kind": reading.kind,
        "area": reading.area,
        "published_on": reading.published_on or None,
        "source": reading.source_url,
        "age_years": None if age_years is None else round(age_years, 2),
    }


def _rounded(chance: float | None) -> float | None:
    return None if chance is None else round(chance, 3)


def _six_digits(value: float | None, digits: int = 6) -> float | None:
    return None if value is None else float(f"{value:.{digits}g}")


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
