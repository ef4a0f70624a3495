"""What has to be computed for an indicator over rows: its atoms, its columns, and what its kind does with time.

The mode says what a period looks at:

| mode | which | a period looks at |
|---|---|---|
| events | a flow; a ratio, index or level that averages | the rows that happened in it |
| last | a stock or level that adds, over events | the rows of its last day that has any |
| states | a stock, level, ratio or index over a register with `valid` | the rows valid on its last day |
| since | a cumulative that counts | all rows that happened until its last day |
| january | a cumulative that sums: a row holds January to its month | the row of its last month less that before |
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import sqlglot
from sqlglot import exp

from milepost.basics.errors import Trouble, YoursToMend
from milepost.measure.atoms import Atom, Parts, parts_of, rows_counted, values_counted
from milepost.registers.formula import Formula
from milepost.registers.indicator import Indicator
from milepost.registers.register import Register

Mode = Literal["events", "last", "states", "since", "january"]
_NEVER_EMPTY = (exp.Literal, exp.Cast, exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.DataType, exp.Identifier)
_ANSWERED = ("sum", "least", "most", "quantile")
_FEW_CODES = 4096


@dataclass(frozen=True)
class Task:
    """An indicator over the rows of a register, read and ready.

    `time` is the column that says when (the first day of validity in the mode states); `rows` counts the rows looked
    at; `contributors` the persons or firms they are of, first of all rows, then of those that pass each filter of the
    formula; `entity` the columns that tell whose row it is besides the month, for the mode january.
    """

    indicator: Indicator
    register: Register
    formula: Formula
    where: Formula | None
    parts: Parts
    mode: Mode
    time: str
    rows: Atom
    contributors: tuple[Atom, ...] = ()
    entity: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns its rows are told apart by: area, dimensions, entity; each once."""
        area = (self.indicator.area_from,) if self.indicator.area_from else ()
        return tuple(dict.fromkeys((*area, *self.indicator.by, *self.entity)))

    @property
    def is_state(self) -> bool:
        """Does a row hold from a day on, until another?"""
        return self.mode in ("states", "since")

    def filled(self, atom: Atom) -> Atom:
        """Give the count that says whether a sum has anything in it."""
        return Atom("count", atom.argument if may_be_nothing(atom.argument, self.register) else "", atom.condition)

    @property
    def answers(self) -> tuple[tuple[Atom, Atom], ...]:
        """Counts of rows whose cells fill what is summed, averaged or ranked, each beside that of all rows it is of.

        Only of columns that may be empty; what a formula decides itself (a choice, a count) lacks nothing.
        """
        asked = (atom for atom in self.parts.atoms if self._may_lack(atom))
        pairs = ((Atom("count", atom.argument, atom.condition), Atom("count", "", atom.condition)) for atom in asked)
        return tuple(dict.fromkeys(pairs))

    @property
    def may_lack(self) -> tuple[str, ...]:
        """The columns that may be empty of those whose cells are summed, averaged or ranked."""
        return tuple(sorted({name for atom in self.parts.atoms for name in self._may_lack(atom)}))

    def _may_lack(self, atom: Atom) -> frozenset[str]:
        names = _added_and_multiplied(atom.argument) if atom.kind in _ANSWERED else None
        return frozenset(name for name in names or () if self.register.column(name).may_be_empty)

    def is_of_values(self, atom: Atom) -> bool:
        """Is the atom worked out from how often each value stands there? Of states the least and most are too."""
        return atom.is_of_values or (self.is_state and not atom.is_additive)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All totals that have to be known: the formula's, and the counts beside them."""
        filled = (self.filled(atom) for atom in self.parts.atoms if atom.kind == "sum")
        answers = (atom for pair in self.answers for atom in pair)
        return tuple(dict.fromkeys((*self.parts.atoms, *filled, *answers, self.rows, *self.contributors)))


def task_of(indicator: Indicator, register: Register, formula: Formula, where: Formula | None) -> Task:
    """Give the task of an indicator over the rows of a register, whose formula and condition have been read.

    Raises YoursToMend: M004 where its kind cannot be computed from them, D027 where no column says when.
    """
    parts = parts_of(formula, where)
    mode = _mode(indicator, register, parts)
    time = _time(indicator, register, mode)
    contributors: tuple[Atom, ...] = ()
    if indicator.contributor:
        contributors = values_counted(
            indicator.contributor, where, parts.atoms, lambda argument: may_be_nothing(argument, register)
        )
    entity = tuple(key for key in register.key if key != time) if mode == "january" else ()
    found = Task(indicator, register, formula, where, parts, mode, time, rows_counted(where), contributors, entity)
    if mode == "january" and not all(atom.is_additive for atom in parts.atoms):
        what = f"{indicator.id} is cumulative, and its formula does not only add"
        raise YoursToMend(Trouble("M004", what, "Write sums and counts, or another kind", indicator.place))
    return found


def _mode(indicator: Indicator, register: Register, parts: Parts) -> Mode:
    is_event = bool(indicator.happened or register.happened)
    if indicator.kind == "cumulative":
        is_counted = all(atom.kind in ("count", "distinct") for atom in parts.atoms)
        return "since" if is_counted else "january"
    if indicator.kind == "flow":
        return "events"
    if register.valid is not None and not indicator.happened and (indicator.kind == "stock" or not is_event):
        return "states"
    if indicator.kind == "stock" or (indicator.kind == "level" and _adds(parts)):
        return "last"
    return "events"


def _adds(parts: Parts) -> bool:
    """Is it a sum or count and nothing that averages?"""
    is_divided = parts.shape.find(exp.Div) is not None
    return not is_divided and all(atom.kind in ("sum", "count", "distinct") for atom in parts.atoms)


def _time(indicator: Indicator, register: Register, mode: Mode) -> str:
    if mode == "states" and register.valid is not None:
        return register.valid.start
    found = indicator.happened or register.happened or (register.valid.start if register.valid else None)
    if found is None:
        what = f"no column of {register.id} says when, so {indicator.id} has no periods"
        raise YoursToMend(Trouble("D027", what, "Declare happened, or valid", indicator.place))
    return found


def may_be_nothing(argument: str, register: Register) -> bool:
    """Can a total's argument be empty in a row? It cannot where it adds and multiplies columns that are filled."""
    names = _added_and_multiplied(argument)
    return names is None or any(register.column(name).may_be_empty for name in names)


@functools.lru_cache(maxsize=10_000)
def _added_and_multiplied(argument: str) -> frozenset[str] | None:
    """The columns of an argument that only adds and multiplies; None of one that does anything else."""
    nodes = list(sqlglot.parse_one(argument, read="duckdb").walk())
    if not all(isinstance(node, (exp.Column, exp.DataTypeParam, *_NEVER_EMPTY)) for node in nodes):
        return None
    return frozenset(node.name for node in nodes if isinstance(node, exp.Column))


@dataclass(frozen=True)
class Scan:
    """One pass over the rows of a register: atoms of several tasks, by period and by the columns in `keys`."""

    register: Register
    mode: Mode
    time: str
    unit: Literal["day", "month"]
    keys: tuple[str, ...]
    atoms: tuple[Atom, ...]

    @property
    def is_state(self) -> bool:
        """Does a row hold from a day on, until another?"""
        return self.mode == "states"

    @property
    def added(self) -> tuple[Atom, ...]:
        """The atoms whose parts add up."""
        return tuple(atom for atom in self.atoms if not self._is_of_values(atom))

    def valued(self) -> dict[str, tuple[Atom, ...]]:
        """Give the atoms worked out from values, by what they are values of."""
        found: dict[str, tuple[Atom, ...]] = {}
        for atom in self.atoms:
            if self._is_of_values(atom):
                found[atom.argument] = (*found.get(atom.argument, ()), atom)
        return found

    def _is_of_values(self, atom: Atom) -> bool:
        return atom.is_of_values or (self.is_state and not atom.is_additive)


def scans_of(tasks: Iterable[Task], by_day: bool) -> dict[str, Scan]:
    """Give for each task, by its indicator, the scan that computes it; tasks that can share one do.

    Two share a scan where they look at the same rows in the same way and the columns of one are among those of the
    other, or all columns are short code lists, so that telling them all apart costs nothing.
    """
    found: list[tuple[Scan, list[str]]] = []
    for task in sorted(tasks, key=lambda one: (-len(one.keys), one.indicator.id)):
        unit: Literal["day", "month"] = "day" if by_day or task.mode == "last" else "month"
        # Events, the last of events and all events so far are the same cells; what differs is how they are rolled up.
        mode: Mode = "events" if task.mode in ("last", "since") else task.mode
        scan = Scan(task.register, mode, task.time, unit, task.keys, task.atoms)
        for place, (other, names) in enumerate(found):
            if (joined := _joined(other, scan)) is not None:
                found[place] = (joined, [*names, task.indicator.id])
                break
        else:
            found.append((scan, [task.indicator.id]))
    return {name: scan for scan, names in found for name in names}


def _joined(one: Scan, other: Scan) -> Scan | None:
    same = (one.register.id, one.mode, one.time, one.unit) == (other.register.id, other.mode, other.time, other.unit)
    keys = tuple(dict.fromkeys((*one.keys, *other.keys)))
    if not same or (set(other.keys) - set(one.keys) and not _are_few(one.register, keys)):
        return None
    return replace(one, keys=keys, atoms=tuple(dict.fromkeys((*one.atoms, *other.atoms))))


def _are_few(register: Register, keys: tuple[str, ...]) -> bool:
    count = 1
    for key in keys:
        column = register.column(key)
        count *= len(column.codes) or (2 if column.type == "yes_no" else _FEW_CODES + 1)
    return count <= _FEW_CODES
