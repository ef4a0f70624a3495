"""What a record is: a register, its columns and its rules, as declared.

Here they are declared and read, nothing more: rows are read in `receive`, rules are run in `check`.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Literal

from milepost.basics.declared import Node, build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text
from milepost.basics.unit import is_unit, unit_mend
from milepost.registers.rule import Rule

ColumnType = Literal[
    "text", "code", "credit_code", "whole", "number", "real", "date", "month", "moment", "yes_no", "period", "link"
]
NUMBERS = frozenset({"whole", "number", "real"})
DATES = frozenset({"date", "month", "moment"})


@dataclass(frozen=True)
class Written:
    """How the cells of a column are written where it differs from the rule of its type.

    `decimal` is the sign before the decimals, `thousands` one that only separates; `behind` is what stands behind a
    number (%, a unit); a number in brackets is negative where it `has_brackets`; `dates` are forms as strptime
    reads them, tried in order; `empty` are words that say that nothing is known; `yes` and `no` the words of a
    yes_no; `codes` gives words of the source the code they stand for, beside the codes themselves; `times` says what a
    written number is multiplied by (a file in thousands).
    """

    decimal: str = "."
    thousands: str = ""
    dates: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)
    times: int = 1
    behind: str = ""
    has_brackets: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True)
class Column:
    """One column of a register.

    `type` says what a filled cell must be: text; code (one of `codes`, or of the list `code_list`); credit_code
    (18 signs of GB 32100 with a right check character); whole (a whole number); number (an exact decimal with at
    most `places` digits after the point); real (a binary fraction: sizes that are measured, never counted in
    money); date (a day; among published figures also a year or a month); month; moment (a date with a time);
    yes_no; period (a form of basics.period); link (a web address). A number has a `unit`. `may_be_empty` is about
    cells; a column itself is left out of a file only where it `may_be_left_out`, and its cells are then empty.
    `also_written` are other heads a file may give it.
    """

    id: str
    name: Text
    type: ColumnType
    definition: Text | None = None
    may_be_empty: bool = False
    may_be_left_out: bool = False
    codes: tuple[str, ...] = ()
    code_list: str = ""
    unit: str = ""
    places: int = 6
    also_written: tuple[str, ...] = ()
    written: Written = Written()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Valid:
    """The columns that bound the time a row is valid in: from the first day on, until before the second.

    Without `until`, or where its cell is empty, a row is valid until another with its key begins, or for good.
    """

    start: str
    until: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Register:
    """A kind of record: its columns in the order of its file, and the rules for its rows.

    `key` names the columns in which no two rows agree (with `valid`, at the same time; an earlier row with the key
    is corrected by a later one when a file is received as a correction). A register of states has `valid`; one of
    events has `happened`, the column that says when. `is_public` says that its rows are published as they are (open
    data, the register of a court): figures of it leave however few stand behind them. `not_kept` names heads of the
    files that are passed over.
    """

    id: str
    name: Text
    definition: Text
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    key: tuple[str, ...] = ()
    valid: Valid | None = None
    happened: str | None = None
    is_public: bool = False
    not_kept: tuple[str, ...] = ()
    version: int = 1
    place: Place = NOWHERE

    @property
    def column_ids(self) -> tuple[str, ...]:
        """Names of the columns in their order."""
        return tuple(column.id for column in self.columns)

    def column(self, name: str) -> Column:
        """Give the column called `name`; raises KeyError where there is none."""
        return {column.id: column for column in self.columns}[name]

    def rule(self, code: str) -> Rule:
        """Give the rule with a code; raises KeyError where there is none."""
        return {rule.code: rule for rule in self.rules}[code]

    @property
    def is_published(self) -> bool:
        """Is it the register of published figures, whose cells are kept in the words of their source?"""
        return self.id == "published_figures"


def read_register(path: Path, shown_as: str | None = None) -> Register:
    """Give the register declared in a YAML file.

    Raises YoursToMend with every trouble of the file (D001 to D013 of basics.declared, D020 a name
    declared twice, D021 a code list that is missing or out of place).
    """
    node = read_yaml(path, shown_as)
    troubles: list[Trouble] = []
    register = build(Register, node, troubles)
    if register is not None:
        troubles.extend(register_faults(register))
    if troubles or register is None:
        raise YoursToMend(troubles)
    return register


def read_registers(
    owner: str, files: Mapping[Path, str], troubles: list[Trouble], roots: dict[str, Node] | None = None
) -> dict[str, Register]:
    """Give the registers declared in `files` (each with the name it is shown under), by id `<owner>.<name>`.

    Troubles are added to `troubles`: D001 to D013 of basics.declared and those of `register_faults`. `roots`
    receives the nodes of each file, by the name it is shown under.
    """
    found: dict[str, Register] = {}
    for path, shown_as in files.items():
        try:
            root = read_yaml(path, shown_as)
        except YoursToMend as error:
            troubles.extend(error.troubles)
            continue
        if roots is not None:
            roots[shown_as] = root
        for name, place, node in root.items():
            register = build(Register, node, troubles, id=f"{owner}.{name}")
            if register is None:
                continue
            if register.id in found:
                troubles.append(Trouble("D020", f"the register {name} is declared twice", "Keep one of the two", place))
            found[register.id] = register
            troubles.extend(register_faults(register))
    return found


def register_files(folder: Path) -> tuple[Path, ...]:
    """Give the files a wing or zone declares registers in: `registers.yaml` and all of `registers/*.yaml`."""
    alone = folder / "registers.yaml"
    return (*([alone] if alone.is_file() else []), *sorted((folder / "registers").glob("*.yaml")))


def register_faults(register: Register) -> Iterator[Trouble]:
    """Yield what is wrong with a register in itself; what needs its formulas or others is found by the catalogue.

    D020 a name declared twice, D021 a code list missing or out of place, D023 a column that is not there, D024 a
    unit missing, unknown or out of place, D025 a rule of no form or of two, D026 a setting out of bounds.
    """
    yield from _twice("column", [(column.id, column.place) for column in register.columns])
    yield from _twice("rule", [(rule.id, rule.place) for rule in register.rules])
    yield from _twice("code", [(rule.code, rule.place) for rule in register.rules if rule.code])
    for column in register.columns:
        yield from _column_faults(column)
    yield from _names_without_columns(register)
    for rule in register.rules:
        if len(rule.forms) > 1 or not (rule.forms or rule.code):
            what = f"the rule {rule.id} has {len(rule.forms)} forms"
            mend = "Write one of holds, refers, never_falls, do_not_overlap, reconciles"
            yield Trouble("D025", what, mend, rule.place)
        if rule.within_days is not None and not (rule.by and rule.holds and register.happened and rule.within_days > 0):
            what = f"within_days of the rule {rule.id} is out of place or below 1"
            yield Trouble("D026", what, "Write it beside holds and by, in a register with happened", rule.place)


def _column_faults(column: Column) -> Iterator[Trouble]:
    has_list = bool(column.codes) + bool(column.code_list)
    if (column.type == "code") != (has_list == 1):
        what = f"column {column.id} is of type {column.type} and has {has_list} code lists"
        yield Trouble("D021", what, "A column of type code, and no other, lists its codes", column.place)
    is_number = column.type in NUMBERS
    if column.unit and not is_unit(column.unit):
        what = f"the unit {column.unit} of column {column.id} is not known"
        yield Trouble("D024", what, unit_mend(column.unit), column.place)
    elif bool(column.unit) > is_number:
        what = f"column {column.id} is of type {column.type} and has a unit"
        yield Trouble("D024", what, "Give units to numbers only", column.place)
    if column.may_be_left_out and not column.may_be_empty:
        what = f"the column {column.id} may be left out and may not be empty"
        yield Trouble("D026", what, "Only columns that may be empty may be left out", column.place)
    unknown = sorted(set(column.written.codes.values()) - set(column.codes))
    if unknown and not column.code_list:
        what = f"words of column {column.id} stand for codes it does not have: {listed(unknown)}"
        yield Trouble("D026", what, "List the codes, or correct the words", column.written.place)
    if not 0 <= column.places <= 9:
        yield Trouble("D026", f"places of column {column.id} is out of bounds", "Write 0 to 9", column.place)


def _names_without_columns(register: Register) -> Iterator[Trouble]:
    """Yield the names of the declaration, formulas aside, that no column has."""
    named: list[tuple[str | None, Place]] = [(name, register.place) for name in (*register.key, register.happened)]
    if register.valid:
        named += [(name, register.valid.place) for name in (register.valid.start, register.valid.until)]
    for rule in register.rules:
        named += [(name, rule.place) for name in (*rule.by, *rule.do_not_overlap)]
        if rule.refers:
            named += [(name, rule.refers.place) for name in (*rule.refers.columns, rule.refers.on)]
        if (course := rule.never_falls) is not None:
            named += [(name, course.place) for name in (course.column, course.along, *course.within)]
        if rule.reconciles:
            named += [(name, rule.reconciles.place) for name in rule.reconciles.by]
    for name, place in named:
        if name is not None and name not in register.column_ids:
            mend = nearest(name, register.column_ids).rstrip("?") or f"It has {listed(register.column_ids, 30)}"
            yield Trouble("D023", f"{register.id} has no column {name}", mend, place)


def _twice(kind: str, declared: Iterable[tuple[str, Place]]) -> Iterator[Trouble]:
    declared = list(declared)
    often = {name for name, count in Counter(name for name, _ in declared).items() if count > 1}
    for name, place in declared:
        if name in often:
            yield Trouble("D020", f"the {kind} {name} is declared twice", "Keep one of the two", place)


@functools.cache
def own_registers() -> tuple[str, ...]:
    """Give the names of the registers every zone has: found by their files, listed nowhere."""
    folder = resources.files("milepost.registers").joinpath("declared")
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".yaml")))


@functools.cache
def own_register(name: str) -> Register:
    """Give a register that every zone has.

    Raises YoursToMend (D022) where there is none of that name.
    """
    if name not in own_registers():
        mend = nearest(name, own_registers()).rstrip("?") or f"Known registers: {listed(own_registers())}"
        raise YoursToMend(Trouble("D022", f"there is no register {name}", mend))
    with resources.as_file(resources.files("milepost.registers").joinpath("declared", f"{name}.yaml")) as path:
        return read_register(path, f"registers/declared/{name}.yaml")
