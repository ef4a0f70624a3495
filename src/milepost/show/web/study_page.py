"""A question put to the zone on a page: its parameters as a form, and the answer with its proof."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from milepost.basics.errors import MilepostError, YoursToMend
from milepost.registers.study import Parameter, Study
from milepost.show.number import amount, scaled, unit_words
from milepost.show.web.answers import MOST_ROWS, shown
from milepost.show.web.visit import Visit

_ASKED = "asked"


def study_page(visit: Visit, study_id: str) -> dict[str, Any]:
    """Give what the template of a study shows: the form, and the answer once it has been asked for.

    A question that needs nothing is answered at once. Raises Http404 for a study no wing has.
    """
    found = visit.site.studies().get(study_id)
    if found is None:
        raise Http404
    wing, study = found
    given = {name: visit.request.GET[name] for name in study.parameters if name in visit.request.GET}
    page: dict[str, Any] = {
        "title": study.question[visit.language],
        "wing": wing.label[visit.language],
        "wing_link": visit.link("wing", wing.id),
        "action": visit.path,
        "day": visit.asked_on.isoformat() if visit.asked_on else "",
        "inputs": [_input(visit, name, one, given.get(name)) for name, one in study.parameters.items()],
        "answer": None,
        "troubles": [],
        "answer_link": _document_link(study_id, given, visit),
    }
    if _ASKED in visit.request.GET or all(one.default is not None for one in study.parameters.values()):
        page |= answer_of(visit, study, given)
    return page


def _document_link(study_id: str, given: dict[str, str], visit: Visit) -> str:
    asked = given | ({"known_on": visit.asked_on.isoformat()} if visit.asked_on else {})
    return str(reverse("study_document", args=(study_id,))) + (f"?{urlencode(asked)}" if asked else "")


def answer_of(visit: Visit, study: Study, given: dict[str, str], most_rows: int = MOST_ROWS) -> dict[str, Any]:
    """Give the answer to a question, or the troubles that keep it from being answered."""
    filled = {name: value for name, value in given.items() if value.strip() or name not in study.parameters}
    try:
        finding = visit.site.answer(study.id, filled, visit.asked_on)
    except YoursToMend as error:
        return {"troubles": told(visit, error)}
    return {"answer": shown(finding, visit.words, most_rows)}


def told(visit: Visit, error: MilepostError) -> list[dict[str, str]]:
    """Give troubles in words; a place in a file is of no use to a visitor, and stays here."""
    from milepost.show.wording import messages

    known = messages(visit.language)
    told = {one.code: f"{one.what[:1].upper()}{one.what[1:]}. {one.mend}." for one in error.troubles}
    return [{"code": code, "what": known.get(f"trouble.{code}") or what} for code, what in told.items()]


def _unit(unit: str, language: str) -> str:
    """The unit a number is typed in; where people count in another scale, what one of it is: × 0.1 billion yuan."""
    is_scaled = scaled(1.0, unit, language) != 1
    return f"× {amount(1.0, unit, language)}" if is_scaled else unit_words(unit, language)


def _input(visit: Visit, name: str, parameter: Parameter, given: str | None) -> dict[str, Any]:
    kinds = {"number": "number", "whole": "number", "date": "date", "code": "choice", "yes_no": "choice"}
    choices = parameter.codes if parameter.type == "code" else ("yes", "no") if parameter.type == "yes_no" else ()
    written = parameter.default if given is None else given
    return {
        "name": name,
        "id": name.replace("_", "-"),
        "label": parameter.name[visit.language],
        "kind": kinds.get(parameter.type, "text") if choices or parameter.type != "code" else "text",
        "value": written or "",
        "choices": [(code, visit.words.say(f"study.{code}") if code in ("yes", "no") else code) for code in choices],
        "unit": _unit(parameter.unit, visit.language) if parameter.unit else "",
        "step": "1" if parameter.type == "whole" else "any",
        "low": "" if parameter.least is None else f"{parameter.least:g}",
        "high": "" if parameter.most is None else f"{parameter.most:g}",
        "is_required": parameter.default is None,
    }
