"""What a record is: a register, its columns and its rules, as declared.

Here they are declared and read, nothing more: rows are read in `receive`, rules are run in `check`.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text

ColumnType = Literal["text", "code", "number", "period", "date", "link"]
Severity = Literal["block", "warn"]


@dataclass(frozen=True)
class Column:
    """One column of a register.

    `type` says what a filled cell must be: text, code (one of `codes`), number, period (a form of
    basics.period), date (a year, a month or a day), link (a web address). `may_be_empty` is about cells;
    the column itself is never left out of a file.
    """

    id: str
    name: Text
    type: ColumnType
    definition: Text | None = None
    may_be_empty: bool = False
    codes: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Rule:
    """A rule as a sentence: what holds of a good row (`says`), what is wrong with a bad one, and its mend.

    `id` is the sentence as a name, `code` its lasting code with a page under docs/errors. A row that
    breaks a rule of severity `block` waits; one of severity `warn` goes on and is counted.
    """

    id: str
    code: str
    severity: Severity
    says: Text
    fault: Text
    mend: Text
    place: Place = NOWHERE


@dataclass(frozen=True)
class Register:
    """A kind of record: its columns in the order of its file, and the rules for its rows."""

    id: str
    name: Text
    definition: Text
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
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


def read_register(path: Path, shown_as: str | None = None) -> Register:
    """Give the register declared in a YAML file.

    Raises YoursToMend with every trouble of the file (D001 to D013 of basics.declared, D020 a name
    declared twice, D021 a code list that is missing or out of place).
    """
    node = read_yaml(path, shown_as)
    troubles: list[Trouble] = []
    register = build(Register, node, troubles)
    if register is not None:
        troubles.extend(_faults(register))
    if troubles or register is None:
        raise YoursToMend(troubles)
    return register


def _faults(register: Register) -> Iterator[Trouble]:
    yield from _twice("column", [(column.id, column.place) for column in register.columns])
    yield from _twice("rule", [(rule.id, rule.place) for rule in register.rules])
    yield from _twice("code", [(rule.code, rule.place) for rule in register.rules])
    for column in register.columns:
        if (column.type == "code") != bool(column.codes):
            what = f"column {column.id} is of type {column.type} and has {len(column.codes)} codes"
            yield Trouble("D021", what, "A column of type code, and no other, lists its codes", column.place)


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
