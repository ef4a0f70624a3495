"""The rules of unit records as SQL: which rows break which.

A fault is named `code/column` for a cell and `code/rule` for a declared rule. Faults that a row shows by itself are
conditions; faults that need other rows are queries that give the lines at fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from milepost.check.cells import cell_of
from milepost.engines.embedded import quoted
from milepost.receive.batch import LINE, SURPLUS
from milepost.registers.meaning import rule_formulas
from milepost.registers.register import Register, Valid
from milepost.registers.rule import Course, Reconciliation, Reference, Rule

FORM_CODES = {
    "holds": "C043",
    "by": "C044",
    "refers": "C045",
    "never_falls": "C046",
    "do_not_overlap": "C047",
    "reconciles": "C048",
}


@dataclass(frozen=True)
class Tables:
    """Names of what rules look at.

    `read` the batch's rows with their read cells; `standing` the same rows and those that are kept and stay, whose
    `_line` is null; `kept` the kept rows, empty where nothing is kept; `others` the rows of other registers by id.
    """

    read: str
    standing: str
    kept: str
    others: Mapping[str, str]


def fault_name(rule: Rule) -> str:
    """Give the name of a declared rule's fault."""
    form = "by" if rule.holds and rule.by else rule.forms[0]
    return f"{rule.code or FORM_CODES[form]}/{rule.id}"


def of_cells(register: Register) -> Iterator[tuple[str, str]]:
    """Yield the faults that a row of texts (alias `r`) shows by itself, each with its condition."""
    yield "C020", f"r.{quoted(SURPLUS)} <> 0"
    for column in register.columns:
        cell = cell_of(column)
        if not column.may_be_empty:
            yield f"C021/{column.id}", cell.is_empty
        for code, condition in cell.faults:
            yield f"{code}/{column.id}", f"not {cell.is_empty} and {condition}"


def of_rows(register: Register, registers: Mapping[str, Register]) -> Iterator[tuple[str, str]]:
    """Yield the faults of declared conditions on a row of read cells (alias `r`), each with its condition.

    A condition that cannot be told because a cell is empty or unread is not broken.
    """
    if register.valid is not None and register.valid.until is not None:
        start, until = (f"r.{quoted(name)}" for name in (register.valid.start, register.valid.until))
        yield f"C042/{register.valid.until}", f"{until} <= {start}"
    for rule in register.rules:
        if rule.holds is not None and not rule.by:
            formulas = rule_formulas(rule, register, registers)
            where = f"{formulas['where'].sql} and " if "where" in formulas else ""
            yield fault_name(rule), f"{where}not {formulas['holds'].sql}"


def of_others(
    register: Register, registers: Mapping[str, Register], tables: Tables, is_change: bool
) -> Iterator[tuple[str, str]]:
    """Yield the faults that need other rows, each with a query of the lines at fault (a column `_line`)."""
    if register.key:
        yield "C040", _twice(identity(register), tables.read)
    if register.key and tables.kept and not is_change:
        yield "C041", _is_kept_otherwise(register, tables)
    for rule in register.rules:
        if rule.by or rule.scope in ("register", "across"):
            yield fault_name(rule), _query(rule, register, registers, tables)


def identity(register: Register) -> tuple[str, ...]:
    """Give the columns in which no two rows agree: the key, and for states the day a row begins."""
    start = (register.valid.start,) if register.valid and register.valid.start not in register.key else ()
    return (*register.key, *start)


def same(columns: Mapping[str, str] | tuple[str, ...], one: str, other: str) -> str:
    """Give the condition that two rows agree, in the same columns or in pairs of them."""
    pairs = columns if isinstance(columns, Mapping) else {name: name for name in columns}
    return " and ".join(f"{one}.{quoted(a)} = {other}.{quoted(b)}" for a, b in pairs.items())


def _listed(names: Iterable[str], alias: str = "") -> str:
    return ", ".join((f"{alias}." if alias else "") + quoted(name) for name in names)


def _filled(names: Iterable[str], alias: str) -> str:
    return " and ".join(f"{alias}.{quoted(name)} is not null" for name in names)


def _twice(columns: tuple[str, ...], read: str) -> str:
    """Every row of a key that stands twice waits: which of them is right is for a person to say."""
    keys = _listed(columns)
    double = f"select {keys} from {quoted(read)} r where {_filled(columns, 'r')} group by {keys} having count(*) > 1"
    return f"select r.{quoted(LINE)} from {quoted(read)} r join ({double}) d on {same(columns, 'r', 'd')}"


def _is_kept_otherwise(register: Register, tables: Tables) -> str:
    differs = " or ".join(f"r.{quoted(name)} is distinct from k.{quoted(name)}" for name in register.column_ids)
    joined = f"{quoted(tables.read)} r join {quoted(tables.kept)} k on {same(identity(register), 'r', 'k')}"
    return f"select r.{quoted(LINE)} from {joined} where {differs}"


def _query(rule: Rule, register: Register, registers: Mapping[str, Register], tables: Tables) -> str:
    formulas = {name: formula.sql for name, formula in rule_formulas(rule, register, registers).items()}
    chosen = f" where {formulas['where']}" if "where" in formulas else ""
    standing = f"(select * from {quoted(tables.standing)} r{chosen})"
    if rule.refers is not None:
        return _without_reference(rule.refers, registers, tables, f"(select * from {quoted(tables.read)} r{chosen})")
    if rule.never_falls is not None:
        return _falling(rule.never_falls, standing)
    if rule.do_not_overlap and register.valid is not None:
        return _overlapping(rule.do_not_overlap, register.valid, standing)
    if rule.reconciles is not None:
        return _unreconciled(rule.reconciles, tables, standing, formulas)
    groups = f"select {_listed(rule.by, 'r')} from {standing} r group by {_listed(rule.by, 'r')}"
    wrong = f"{groups} having not {formulas['holds']}"
    return f"select r.{quoted(LINE)} from {standing} r join ({wrong}) g on {same(rule.by, 'r', 'g')}"


def _without_reference(refers: Reference, registers: Mapping[str, Register], tables: Tables, rows: str) -> str:
    """Each different reference is looked up once."""
    other, valid = registers[refers.register], ""
    if refers.on is not None and other.valid is not None:
        on = f"r.{quoted(refers.on)}"
        valid = f" and o.{quoted(other.valid.start)} <= {on}"
        if other.valid.until is not None:
            until = f"o.{quoted(other.valid.until)}"
            valid += f" and ({until} is null or {on} < {until})"
    names = tuple(dict.fromkeys((*refers.columns, *((refers.on,) if refers.on else ()))))
    there = quoted(tables.others[refers.register])
    lacking = (
        f"select distinct {_listed(names, 'r')} from {rows} r where {_filled(names, 'r')} and not exists "
        f"(select 1 from {there} o where {same(refers.columns, 'r', 'o')}{valid})"
    )
    return f"select r.{quoted(LINE)} from {rows} r join ({lacking}) l on {same(names, 'r', 'l')}"


def _falling(course: Course, rows: str) -> str:
    """Rows below the highest value of the moment before theirs; rows of one moment are not compared."""
    column, along = quoted(course.column), quoted(course.along)
    names = (*course.within, course.along)
    within = f"partition by {_listed(course.within)} " if course.within else ""
    filled = f"(select * from {rows} r where {_filled((course.column, *names), 'r')})"
    moments = f"select {_listed(names)}, max({column}) as highest from {filled} r group by {_listed(names)}"
    before = f"select *, lag(highest) over ({within}order by {along}) as before from ({moments}) m"
    joined = f"{filled} r join ({before}) b on {same(names, 'r', 'b')}"
    return f"select r.{quoted(LINE)} from {joined} where r.{column} < b.before"


def _overlapping(within: tuple[str, ...], valid: Valid, rows: str) -> str:
    """A row that begins before the furthest end of those before it, or ends after the next one begins."""
    line, start = quoted(LINE), quoted(valid.start)
    end = f"coalesce({quoted(valid.until)}, date '9999-12-31')" if valid.until else "date '9999-12-31'"
    order = f"partition by {_listed(within)} order by starts, ends, {line} nulls first"
    spans = (
        f"select {line}, {_listed(within)}, {start} as starts, {end} as ends from {rows} r where {start} is not null"
    )
    told = (
        f"select {line}, starts, ends, lead(starts) over ({order}) as following, "
        f"max(ends) over ({order} rows between unbounded preceding and 1 preceding) as furthest from ({spans}) s"
    )
    return f"select {line} from ({told}) t where starts < furthest or following < ends"


def _unreconciled(control: Reconciliation, tables: Tables, rows: str, formulas: Mapping[str, str]) -> str:
    own, there = _listed(control.by, "r"), _listed(control.by.values(), "r")
    where = f" where {formulas['where_there']}" if "where_there" in formulas else ""
    totals = f"select {own}, {formulas['total']} as total from {rows} r group by {own}"
    other = quoted(tables.others[control.register])
    controls = f"select {there}, {formulas['total_there']} as control from {other} r{where} group by {there}"
    wrong = (
        f"select t.* from ({totals}) t join ({controls}) c on {same(control.by, 't', 'c')} "
        f"where abs(t.total - c.control) > {control.tolerance!r}"
    )
    return f"select r.{quoted(LINE)} from {rows} r join ({wrong}) w on {same(tuple(control.by), 'r', 'w')}"
