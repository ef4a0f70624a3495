"""How cells are written that were not read as their column says: so that who declares a register sees what to declare.

Numbers in another way (thousands, decimal comma, percent, brackets, full-width digits, a unit behind them), dates in
several ways or as a spreadsheet's day numbers, codes that a spreadsheet has shortened, rows that name a total. No
value is told, and nothing is read by what is found here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from milepost.basics.declared import read_own
from milepost.basics.text import Text
from milepost.check.cells import matches
from milepost.check.verdict import Finding
from milepost.engines.embedded import literal, quoted
from milepost.receive.batch import LINE
from milepost.registers.register import DATES, NUMBERS, Column

if TYPE_CHECKING:
    from milepost.check.records import Checking

MOST_LINES = 5
_LOOKED_AT = 20_000
_MOST_TOLD = 3
_NUMBER_AS = {
    "wide": "(.*[\uff01-\uff5e\u3000].*)",
    "brackets": "[(][0-9][0-9.,]*[)]",
    "percent": "[+-]?[0-9][0-9.,]* ?%",
    "thousands": "[+-]?[0-9]{1,3}((,[0-9]{3}){2,}([.][0-9]+)?|,[0-9]{3}[.][0-9]+)",
    "either": "[+-]?[0-9]{1,3},[0-9]{3}",
    "points": "[+-]?[0-9]{1,3}([.][0-9]{3})+(,[0-9]+)?",
    "comma": "[+-]?[0-9]+,[0-9]+",
    "point": "[+-]?[0-9]+[.][0-9]+",
    "exponent": "[+-]?[0-9]+([.][0-9]+)?[eE][+-]?[0-9]+",
    "blanks": "[[:space:]]*[+-]?[0-9][0-9.,[:space:]]*",
    "unit": "[+-]?[0-9][0-9.,]*[[:space:]]?[^0-9.,%()[:space:]]{1,12}",
}
"""Ways of writing a number; a cell is told under the first that it fits."""

_DAY_NUMBER = "[1-9][0-9]{4}([.][0-9]+)?"
_SHORTENED = "[0-9]([.][0-9]+)?[eE][+]?[0-9]{2}"
_CUT_CODE = "[0-9]{15}000"
_TOTALS = ("合计", "总计", "小计", "共计", "累计", "总和", "total", "totals", "subtotal", "grand total", "sum")


@dataclass(frozen=True)
class _Way:
    """A way of writing in words."""

    id: str
    says: Text
    mend: Text


@dataclass(frozen=True)
class _Ways:
    ways: tuple[_Way, ...]


@functools.cache
def _words() -> Mapping[str, _Way]:
    return {way.id: way for way in read_own(_Ways, "check", "spellings.yaml").ways}


def spellings(work: Checking, counts: Mapping[str, int]) -> Iterator[Finding]:
    """Give the findings on how cells are written; `counts` are the rows by fault."""
    for column in work.register.columns:
        if column.type in NUMBERS and counts.get(f"C022/{column.id}"):
            yield from _numbers(work, column)
        if column.type in DATES and counts.get(f"C025/{column.id}"):
            yield from _days(work, column)
        if column.type == "credit_code" and counts.get(f"C028/{column.id}"):
            fits = f"{matches('r.cell', _SHORTENED)} or {matches('r.cell', _CUT_CODE)}"
            yield from _found(work, "C069", "shortened", column, _refused(work, column, "C028"), fits)
    typed = work.table("typed")
    for name in work.register.key:
        column = work.register.column(name)
        if column.type in ("text", "code"):
            cells = f"select t.{quoted(LINE)}, t.{quoted(name)} as cell from {quoted(typed)} t"
            likely = f"r.cell like '%E+%' and {matches('r.cell', _SHORTENED)}"
            yield from _found(work, "C069", "shortened", column, cells, likely)
            words = ", ".join(map(literal, _TOTALS))
            # Totals stand at the end: ten million keys are not taken apart for them.
            near_the_end = f"t.{quoted(LINE)} > (select max({quoted(LINE)}) - {_LOOKED_AT} from {quoted(typed)})"
            plain = "replace(replace(r.cell, '\u3000', ''), ' ', '')"
            is_one = f"lower({plain}) in ({words}) or lower(trim(r.cell)) in ({words})"
            yield from _found(work, "C070", "totals", column, f"{cells} where {near_the_end}", is_one)


def _refused(work: Checking, column: Column, code: str) -> str:
    """The query of the cells of a column that have a fault, with their lines."""
    fault = literal(f"{code}/{column.id}")
    return (
        f"select r.{quoted(LINE)}, r.{quoted(column.id)} as cell from {quoted(work.table('refused'))} r "
        f"where array_position(r.blocking, {fault}) is not null limit {_LOOKED_AT}"
    )


def _numbers(work: Checking, column: Column) -> Iterator[Finding]:
    """The ways the numbers are written that were not read, the commonest first."""
    ways = " ".join(f"when {matches('r.cell', form)} then {literal(name)}" for name, form in _NUMBER_AS.items())
    cells = f"select r.{quoted(LINE)}, case {ways} end as way from ({_refused(work, column, 'C022')}) r"
    query = f"select way, count(*), list({quoted(LINE)} order by {quoted(LINE)})[:{MOST_LINES}] from ({cells}) w"
    found = {way: (count, lines) for way, count, lines in work.engine.rows(f"{query} where way is not null group by 1")}
    clear = next((way for way in ("thousands", "comma") if way in found), None)
    if "either" in found and clear:  # others of the column show which comma it is
        count, lines = found.pop("either")
        before, first = found[clear]
        found[clear] = before + count, sorted([*first, *lines])[:MOST_LINES]
    for way, (count, lines) in sorted(found.items(), key=lambda one: (-one[1][0], one[0]))[:_MOST_TOLD]:
        yield Finding("C068", column.id, count, _words()[way].says, _words()[way].mend, tuple(lines))


def _days(work: Checking, column: Column) -> Iterator[Finding]:
    """Dates that are a spreadsheet's day numbers, or have full-width digits."""
    cells = _refused(work, column, "C025")
    yield from _found(work, "C062", "day_numbers", column, cells, matches("r.cell", _DAY_NUMBER))
    yield from _found(work, "C062", "wide", column, cells, matches("r.cell", _NUMBER_AS["wide"]))


def _found(work: Checking, code: str, way: str, column: Column, cells: str, fits: str) -> Iterator[Finding]:
    """The finding of cells that fit a condition, with the first of their lines."""
    line = quoted(LINE)
    query = f"select count(*), list({line} order by {line})[:{MOST_LINES}] from ({cells}) r where {fits}"
    ((count, lines),) = work.engine.rows(query)
    if count:
        yield Finding(code, column.id, count, _words()[way].says, _words()[way].mend, tuple(lines))
