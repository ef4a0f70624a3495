"""What a row shows by itself: its cells read, and the faults that need no other row, in one pass.

The pass gives one table with `_line`, the typed columns and, for each severity, words of bits: a row whose words of
a severity are nought has no such fault. Reasons are spelt out later, for the rows that need them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.check.cells import CREDIT_CODE, LINK, filled, matches, reading, tried
from milepost.check.fault import UNREAD, Fault, code_of, faults_of
from milepost.engines.embedded import literal, quoted
from milepost.receive.batch import BLANK, LINE, SURPLUS, Batch
from milepost.registers.formula import Formula
from milepost.registers.register import Column, Register
from milepost.registers.rule import Severity

BITS = 62
"""Bits of a word that are used; the highest ones are left to the sign."""

_OF_NO_VALUE = UNREAD - {"C020"} | {"C021"}
"""Faults that only a cell without a value has."""

Conditions = dict[str, str]


@dataclass(frozen=True)
class Bit:
    """Where a fault's bit stands: the name of the word's column and its value (a power of two)."""

    word: str
    value: int


def bits_of(register: Register, names: Iterable[str]) -> dict[str, Bit]:
    """Give each fault its bit in the words of its severity, in the order of the register's faults."""
    wanted, found = set(names), {}
    count: dict[Severity, int] = {"block": 0, "hold": 0, "warn": 0}
    for fault in faults_of(register).values():
        if fault.name in wanted:
            place = count[fault.severity]
            found[fault.name] = Bit(f"_{fault.severity}_{place // BITS}", 1 << place % BITS)
            count[fault.severity] = place + 1
    return found


def row_conditions(
    register: Register, formulas: Mapping[str, Mapping[str, Formula]], today: date, is_closing: bool
) -> Conditions:
    """Give for each fault a row may show by itself the condition that shows it.

    A condition is over a row `r` with the typed columns and each cell as `_cell_<column>`. Of the rows that close
    keys only the cells are read; what else they hold is not kept.
    """
    found: Conditions = {"C020": f"r.{quoted(SURPLUS)} <> 0"}
    for column in register.columns:
        found |= _of_cell(column, is_closing and column.id not in register.key)
    if is_closing:
        return found
    if register.valid and register.valid.until:
        found["C045"] = f"r.{quoted(register.valid.until)} <= r.{quoted(register.valid.start)}"
    if register.happened:
        day = f"cast(r.{quoted(register.happened)} as date)"
        found[f"C048/{register.happened}"] = f"{day} > date {literal(today.isoformat())}"
    for rule in register.rules:
        if rule.holds is not None and not rule.by:
            read = formulas[rule.id]
            broken = f"not ({read['holds'].sql})"
            found[f"{code_of(rule)}/{rule.id}"] = f"({read['where'].sql}) and {broken}" if "where" in read else broken
    return found


def is_of_no_value(fault: str) -> bool:
    """Is this a fault that only a cell without a value has?"""
    return fault.partition("/")[0] in _OF_NO_VALUE


def _of_cell(column: Column, may_be_empty: bool) -> Conditions:
    cell, value = f"r.{_cell(column)}", f"r.{quoted(column.id)}"
    found: Conditions = {}
    if not (column.may_be_empty or may_be_empty):
        found[f"C021/{column.id}"] = f"{cell} is null"
    reasons = reading(column, cell).reasons
    is_unread = f"{value} is null and {cell} is not null"
    before: list[str] = []
    for code, condition in reasons:
        # A case looks at the rarer, dearer condition only where the cheap one holds.
        others = " and ".join([*(f"not {one}" for one in before), *([condition] if condition else [])]) or "true"
        found[f"{code}/{column.id}"] = f"case when {is_unread} then {others} else false end"
        before.append(f"coalesce({condition}, false)")
    if column.type == "code" and column.codes:
        found[f"C023/{column.id}"] = f"{value} not in ({', '.join(map(literal, column.codes))})"
    if column.type == "link":
        found[f"C026/{column.id}"] = f"not {matches(value, LINK)}"
    if column.type == "credit_code":
        found[f"C028/{column.id}"] = f"not {matches(value, CREDIT_CODE)}"
    return found


def typed_rows(register: Register, batch: Batch, conditions: Conditions) -> str:
    """Give the query of the one pass: `_line`, the typed columns, the words of bits of each severity.

    Of a batch that stands in its file the lines are not known yet: `_is_blank` takes their place, and words that no
    fault has a bit in (`idle_words`) are left out.
    """
    bits = bits_of(register, conditions)
    columns = register.columns
    cells = ", ".join(f"{filled(column, bool(batch.standing))} as {_cell(column)}" for column in columns)
    # What a cell would be is computed before it is asked for twice.
    casts = "".join(f", {cast} as {_cast(c)}" for c in columns if (cast := tried(c, f"r.{_cell(c)}")))
    read = ", ".join(f"{reading(c, f'r.{_cell(c)}', f'r.{_cast(c)}').value} as {quoted(c.id)}" for c in columns)
    looked_at = " ".join(conditions.values())
    raw = "".join(f", r.{_cell(column)}" for column in columns if _cell(column) in looked_at)
    place, table = (BLANK, batch.standing) if batch.standing else (LINE, batch.table)
    surplus = f"0 as {quoted(SURPLUS)}" if batch.standing else quoted(SURPLUS)
    inner = f"select {quoted(place)}, {surplus}, {cells} from {quoted(table)} r"
    middle = f"select r.{quoted(place)}, r.{quoted(SURPLUS)}, {read}{raw} from (select r.*{casts} from ({inner}) r) r"
    values = ", ".join(f"r.{quoted(name)}" for name in (place, *register.column_ids))
    idle = idle_words(bits) if batch.standing else ()
    told = [f"{_word(word, bits, conditions)} as {quoted(word)}" for word in words_of(bits) if word not in idle]
    return f"select {', '.join((values, *told))} from ({middle}) r"


def _cell(column: Column) -> str:
    return quoted(f"_cell_{column.id}")


def _cast(column: Column) -> str:
    return quoted(f"_cast_{column.id}")


def words_of(bits: Mapping[str, Bit]) -> tuple[str, ...]:
    """Give the names of the words that hold the bits; every severity has one at least."""
    return tuple(dict.fromkeys(["_block_0", "_hold_0", "_warn_0", *(bit.word for bit in bits.values())]))


def idle_words(bits: Mapping[str, Bit]) -> tuple[str, ...]:
    """Give the words that are always nought: no fault has a bit in them."""
    used = {bit.word for bit in bits.values()}
    return tuple(word for word in words_of(bits) if word not in used)


def _word(word: str, bits: Mapping[str, Bit], conditions: Conditions) -> str:
    terms: list[str] = []
    of_no_value: dict[str, list[str]] = {}
    for name, bit in bits.items():
        if bit.word != word:
            continue
        column = name.partition("/")[2]
        term = f"case when {conditions[name]} then cast({bit.value} as bigint) else 0 end"
        (of_no_value.setdefault(column, []) if is_of_no_value(name) else terms).append(term)
    # Most cells have a value, and then nothing is to be asked of what a cell without one may lack.
    terms += [f"case when r.{quoted(c)} is null then {' + '.join(ts)} else 0 end" for c, ts in of_no_value.items()]
    # The sum of bigints may be widened by the engine; the bits never overlap, so it fits.
    return f"cast({' + '.join(terms) or '0'} as bigint)"


def is_unread(register: Register, bits: Mapping[str, Bit]) -> str:
    """Give the condition that a typed row `t` has a cell that could not be read."""
    by_word: dict[str, int] = {}
    for name, bit in bits.items():
        if name.partition("/")[0] in UNREAD:
            by_word[bit.word] = by_word.get(bit.word, 0) | bit.value
    return "(" + (" or ".join(f"(t.{quoted(w)} & {value}) <> 0" for w, value in by_word.items()) or "false") + ")"


def has_severity(bits: Mapping[str, Bit], severity: Severity) -> str:
    """Give the condition that a typed row `t` has a fault of a severity."""
    words = [word for word in words_of(bits) if word.startswith(f"_{severity}_")]
    return "(" + " or ".join(f"t.{quoted(word)} <> 0" for word in words) + ")"


def spelt_out(faults: Sequence[Fault], bits: Mapping[str, Bit], numbers: Mapping[str, int], rows: str) -> str:
    """Give the query of `_line` and the fault's number, one row for each fault of the typed rows in `rows`."""
    parts = [
        f"select t.{quoted(LINE)}, {numbers[fault.name]} as fault from {quoted(rows)} t "
        f"where (t.{quoted(bits[fault.name].word)} & {bits[fault.name].value}) <> 0"
        for fault in faults
        if fault.name in bits
    ]
    return " union all ".join(parts)
