"""A finding as a page shows it: headline numbers, tables with their pictures, the proof, what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from milepost.basics.answer import AnswerTable
from milepost.show.guard import WITHHELD
from milepost.show.number import computed_amount, plain, scaled, unit_words
from milepost.show.web.plot import plot
from milepost.show.wording import Wording
from milepost.study.finding import Finding

MOST_ROWS = 200
_AMOUNT = re.compile(r"-?\d+\.\d\d")


def shown(finding: Finding, words: Wording, most_rows: int = MOST_ROWS) -> dict[str, Any]:
    """Give what the template of an answer shows, of each table the first rows; `finding` has passed the guard."""
    answer, language = finding.answer, words.language
    proof = answer.proof
    return {
        "headlines": [
            {"name": one.name[language], "value": computed_amount(one.value, one.unit, language)}
            for one in answer.headlines
        ],
        "tables": [_table(table, words, most_rows) for table in answer.tables],
        "proof": proof.says[language],
        "proof_kind": words.word("study", "proof_" + proof.kind),
        "bound": "" if proof.bound is None else _bound(proof.bound),
        "gap": "" if proof.gap is None else f"{proof.gap * 100:.2g} %",
        "missing": [text[language] for text in answer.missing],
        "read": [*_read(finding, words)],
    }


def _bound(value: float) -> str:
    """A bound in plain digits: whole where it is large."""
    return f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:,.6g}"


def _table(table: AnswerTable, words: Wording, most_rows: int) -> dict[str, Any]:
    language = words.language
    columns = [column for column in table.columns if any(row.get(column.id) not in (None, "") for row in table.rows)]
    numbers = {column.id for column in columns if all(_is_number(row.get(column.id)) for row in table.rows)}
    return {
        "id": table.id,
        "name": table.name[language],
        "heads": [
            {
                "name": column.name[language],
                "unit": unit_words(column.unit, language) if column.unit else "",
                "is_number": column.id in numbers,
            }
            for column in columns
        ],
        "rows": [
            [
                {"text": cell_words(row.get(column.id), column.unit, words), "is_number": column.id in numbers}
                for column in columns
            ]
            for row in table.rows[:most_rows]
        ],
        "is_withheld": any(WITHHELD in row for row in table.rows),
        "more": max(len(table.rows) - most_rows, 0),
        "plot": plot(table, language),
    }


def _is_number(value: object) -> bool:
    return (
        value is None
        or value == ""
        or _is_amount(value)
        or (isinstance(value, int | float) and not isinstance(value, bool))
    )


def _is_amount(value: object) -> bool:
    """Is it an amount written out so that no digit is lost?"""
    return isinstance(value, str) and _AMOUNT.fullmatch(value) is not None


def cell_words(value: Any, unit: str, words: Wording) -> str:
    """Give the text of a cell: a number in the scale of its unit's words, a text in the reader's language."""
    if value is None or value != value:
        return ""
    if _is_amount(value) and unit:
        return f"{Decimal(value):,.2f}".replace("-", "−")
    if isinstance(value, bool):
        return words.say("study.yes" if value else "study.no")
    if isinstance(value, int) and not unit:
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, int | float):
        return plain(scaled(float(f"{value:.9g}"), unit, words.language))
    if isinstance(value, dict) and words.language in value:
        return str(value[words.language])
    return str(getattr(value, words.language, value))


def _read(finding: Finding, words: Wording) -> Iterator[dict[str, str]]:
    for one in finding.versions:
        yield {"name": one.register, "mark": words.say("study.version", number=one.number, count=f"{one.count:,}")}
    for name, digest in finding.read.items():
        yield {"name": name, "mark": digest[:12]}
