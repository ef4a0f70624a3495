"""Answers of a form are judged: complete, of the declared type, within vocabulary and bounds.

A trouble names the field, never the answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from milepost.basics.errors import Trouble, nearest
from milepost.basics.text import Text
from milepost.cases.process import Document, Field

_EXPECTED = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date (2025-12-31)",
    "choice": "a word of its vocabulary",
    "boolean": "true or false",
}
_LONGEST_TEXT = 20_000


def troubles_of(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[Trouble]:
    """Give what is wrong with the answers (S209 missing, S210 wrong kind, S211 not asked)."""
    known = {field.id: field for field in fields}
    troubles = [
        Trouble("S211", f"{name} is not asked here", nearest(name, known) or "Leave it out")
        for name in answers
        if name not in known
    ]
    for field in known.values():
        answer = answers.get(field.id)
        if answer is None or answer == "":
            if field.is_required:
                troubles.append(Trouble("S209", f"{field.id} is missing", "Answer it"))
        elif not _fits(field, answer):
            what = f"{field.id} is not {_EXPECTED[field.type]}{_bounds(field)}"
            troubles.append(Trouble("S210", what, "Answer it as asked"))
    return troubles


def _fits(field: Field, answer: Any) -> bool:
    if field.type == "text":
        return isinstance(answer, str) and len(answer) <= _LONGEST_TEXT
    if field.type == "choice":
        return isinstance(answer, str) and answer in field.vocabulary
    if field.type == "boolean":
        return isinstance(answer, bool)
    if field.type == "date":
        return isinstance(answer, str) and _is_date(answer)
    if isinstance(answer, bool) or not isinstance(answer, int if field.type == "integer" else (int, float)):
        return False
    return (
        math.isfinite(answer)
        and (field.at_least is None or answer >= field.at_least)
        and (field.at_most is None or answer <= field.at_most)
    )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _bounds(field: Field) -> str:
    if field.type not in ("integer", "number"):
        return ""
    low = "" if field.at_least is None else f" from {field.at_least:g}"
    return low + ("" if field.at_most is None else f" up to {field.at_most:g}")


def field_from_json(held: Mapping[str, Any]) -> Field:
    """Give a field handed over at the opening of a case (as `field_as_json` wrote it)."""
    return Field(**{**held, "name": Text(**held["name"]), "vocabulary": tuple(held.get("vocabulary", ()))})


def field_as_json(field: Field) -> dict[str, Any]:
    """Give a field as plain JSON, to be handed over at the opening of a case."""
    held = {name: value for name, value in field.__dict__.items() if name != "place"}
    return {**held, "name": {"en": field.name.en, "zh": field.name.zh}, "vocabulary": list(field.vocabulary)}


def document_from_json(held: Mapping[str, Any]) -> Document:
    """Give a document handed over at the opening of a case (as `document_as_json` wrote it)."""
    return Document(**{**held, "name": Text(**held["name"])})


def document_as_json(document: Document) -> dict[str, Any]:
    """Give a document as plain JSON, to be handed over at the opening of a case."""
    held = {name: value for name, value in document.__dict__.items() if name != "place"}
    return {**held, "name": {"en": document.name.en, "zh": document.name.zh}}
