"""The only door out: what a page, a document or the command line may show.

A published figure is public already and may leave. A computed one may leave where enough contributors stand
behind it (the minimum frequency rule; Hundepool et al. 2012, *Statistical Disclosure Control*, 4.2). An outlook that
rests on a refused reading is refused too, because a median can tell a single firm's figure. Rows of an answer behind
which too few stand are withheld, and with them as many others as keep a subtraction from telling them
(`science.disclosure`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from milepost.basics.answer import AnswerTable
from milepost.basics.errors import Trouble, YoursToMend
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.measuring import may_be_told
from milepost.show.walk import Walk
from milepost.study.finding import Finding

WITHHELD = "_withheld"
"""The mark of a row whose numbers were withheld."""


def may_leave(reading: Reading) -> bool:
    """Is the reading public already, or counted over enough contributors?"""
    return reading.basis == "published" or may_be_told(reading)


def let_out(walk: Walk) -> Walk:
    """Give the walk without computed readings.

    Raises YoursToMend (S101) where an outlook rests on a reading that may not leave.
    """
    kept_in = [name for name, outlook in walk.outlooks.items() if not all(map(may_leave, _rests_on(outlook)))]
    if kept_in:
        mend = "Leave the computed readings out of its evidence until disclosure control has passed them"
        raise YoursToMend(Trouble("S101", f"{name} rests on computed readings", mend) for name in kept_in)
    return replace(walk, readings=tuple(filter(may_leave, walk.readings)))


def _rests_on(outlook: Outlook) -> Iterator[Reading]:
    yield from outlook.evidence
    yield from (reading for reading, _ in outlook.unused)
    if outlook.latest is not None:
        yield outlook.latest


def let_out_finding(finding: Finding) -> Finding:
    """Give the finding with the rows withheld that would tell of single persons or firms.

    In a table that counts its contributors, rows with fewer than LEAST_CONTRIBUTORS keep their names and lose their
    numbers; so does the row with the fewest contributors beside a single withheld one, for the total may be known.
    """
    answer = finding.answer
    tables = tuple(_guarded(table) for table in answer.tables)
    return replace(finding, answer=replace(answer, tables=tables))


def _guarded(table: AnswerTable) -> AnswerTable:
    if not table.contributors or not table.rows:
        return table
    import numpy as np

    from milepost.science.disclosure import is_few

    counts = np.array([int(row.get(table.contributors) or 0) for row in table.rows])
    few = is_few(counts, LEAST_CONTRIBUTORS)
    if few.sum() == 1 and (~few & (counts > 0)).any():
        others = np.where(few | (counts == 0), counts.max() + 1, counts)
        few[int(others.argmin())] = True
    rows = tuple(_without_numbers(row) if hidden else row for row, hidden in zip(table.rows, few, strict=True))
    return replace(table, rows=rows)


def _without_numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, int | float) else value for name, value in row.items()} | {WITHHELD: True}
