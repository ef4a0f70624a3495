"""The only door out: what a page, a document or the command line may show.

A published figure is public already and may leave. A computed one may leave where enough contributors stand
behind it (the minimum frequency rule; Hundepool et al. 2012, *Statistical Disclosure Control*, 4.2). An outlook that
rests on a refused reading is refused too, because a median can tell a single firm's figure. Rows of an answer behind
which too few stand are withheld, and with them as many others as keep a subtraction from telling them
(`science.disclosure`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from milepost.basics.answer import AnswerTable
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import Text
from milepost.explain.divided import Divided, together
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.measuring import may_be_told
from milepost.show.records import REGISTER
from milepost.show.walk import Walk
from milepost.study.finding import Finding

_STAYS = Text("What too few firms stand behind is not told here.", "样本过少的数据不在此公布。")
LEDGER = "ledger"
"""What an answer says that it read where it counted acts of people."""
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


def let_out_finding(finding: Finding, zone: Zone | None = None) -> Finding:
    """Give the finding with the rows withheld that would tell of single persons or firms.

    In a table that counts its contributors, rows with fewer than LEAST_CONTRIBUTORS keep their names and lose their
    numbers; so does the row with the fewest contributors beside a single withheld one of its group, or beside several
    behind which too few stand together, for the total may be known. Columns that tell of one person or firm each lose
    all numbers. Where every register that was read is public in the zone, or the zone says that the question is,
    nothing is withheld.
    """
    if zone is not None and _is_public(finding, zone):
        return finding
    answer = finding.answer
    tables = tuple(_guarded(_without_singles(table)) for table in answer.tables)
    return replace(finding, answer=replace(answer, tables=tables))


def let_out_to_anybody(finding: Finding, zone: Zone) -> Finding:
    """Give the finding for somebody outside, whom nobody knows: what its tables withhold is not told elsewhere either.

    Where rows are withheld the document, which may tell them one by one, is left out. Where too few stand behind the
    whole answer, so are its headlines and the tables that count nobody.
    """
    guarded, answer = let_out_finding(finding, zone), finding.answer
    read = {version.register for version in finding.versions} - {REGISTER}
    if not (read or LEDGER in finding.read) or _is_public(finding, zone):
        return guarded
    tables = guarded.answer.tables
    counts = [int(row.get(table.contributors) or 0) for table in tables if table.contributors for row in table.rows]
    is_of_many = max(counts, default=0) >= LEAST_CONTRIBUTORS
    is_withheld = not is_of_many or any(WITHHELD in row for table in tables for row in table.rows)
    if not is_withheld:
        return guarded
    told = tables if is_of_many else tuple(table for table in tables if table.contributors)
    headlines = answer.headlines if is_of_many else ()
    missing = (*guarded.answer.missing, _STAYS)
    return replace(
        guarded, answer=replace(guarded.answer, headlines=headlines, tables=told, document={}, missing=missing)
    )


def let_out_of_one(finding: Finding, zone: Zone, may_see: bool) -> Finding:
    """Give the finding about one thing: whole to whom may see all that is told of that thing, else as to anybody.

    Whether the question was asked of that thing alone is for the page's declaration to say, and checked there.
    """
    return finding if may_see else let_out_to_anybody(finding, zone)


def let_out_divided(found: Iterable[Divided], is_public: bool) -> tuple[Divided, ...]:
    """Give divisions of a change with every part put together with others behind which too few stand."""
    if is_public:
        return tuple(found)
    told = (together(one, LEAST_CONTRIBUTORS) for one in found)
    return tuple(one for one in told if one is not None)


def _is_public(finding: Finding, zone: Zone) -> bool:
    """Does the zone say so of the question, or of all registers that were read? Published figures always are."""
    if finding.study.id in zone.declared.public_studies:
        return True
    read = {version.register for version in finding.versions} - {REGISTER}
    return bool(read) and all(name in zone.registers and zone.registers[name].is_public for name in read)


def _without_singles(table: AnswerTable) -> AnswerTable:
    if not table.singles:
        return table
    rows = []
    for row in table.rows:
        is_told = any(row.get(name) not in (None, "") for name in table.singles)
        rows.append({**row, **dict.fromkeys(table.singles), WITHHELD: True} if is_told else row)
    return replace(table, rows=tuple(rows))


def _guarded(table: AnswerTable) -> AnswerTable:
    if not table.contributors or not table.rows:
        return table
    import numpy as np

    from milepost.science.disclosure import is_few

    counts = np.array([int(row.get(table.contributors) or 0) for row in table.rows])
    few = is_few(counts, LEAST_CONTRIBUTORS)
    groups = np.array([str(row.get(table.within)) for row in table.rows]) if table.within else np.zeros(counts.size)
    for group in np.unique(groups):
        mine = groups == group
        while (mine & few).any() and (mine & ~few & (counts > 0)).any():
            if (mine & few).sum() > 1 and counts[mine & few].sum() >= LEAST_CONTRIBUTORS:
                break
            others = np.where(~mine | few | (counts == 0), counts.max() + 1, counts)
            few[int(others.argmin())] = True
    rows = tuple(_without_numbers(row) if hidden else row for row, hidden in zip(table.rows, few, strict=True))
    return replace(table, rows=rows)


def _without_numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, int | float) else value for name, value in row.items()} | {WITHHELD: True}
