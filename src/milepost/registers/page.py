"""A wing's pages as declared: which blocks they show, in which order. No templates, no code.

A wing has one page of the zone, and may have pages of single things: each row of a register (a factory, a meter) then
has a page of its own, which only those see whose it is and those in charge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text
from milepost.registers.register import Register

BlockKind = Literal[
    "numbers", "trend", "gap", "table", "study", "studies", "cases", "records", "facts", "things", "case"
]


@dataclass(frozen=True)
class Block:
    """One block of a page.

    numbers: the newest figure of each of `indicators`; trend: their course over the years, published and computed;
    gap: the zone's targets that rest on them, with verdict and chance; table: an indicator divided by `by`; study:
    `study` asked and answered here, with the parameters in `set`, of its tables those named in `tables` (all where none
    is named; the question's own page has them all); studies: the wing's questions; cases: how many cases
    of `process` are open and how the others ended; records: the wing's registers with their versions, their forms, and
    the way in (`registers` names those that are shown, none all). What stands at places, in a tree or over time is a
    study's table with its picture.

    things: those things of the page `thing` that the visitor may see, with `where` only those whose columns have these
    values, with their `columns`. On the page of one thing also facts: what its register says of it (`columns`, all
    without); and case: the cases of `process` about it, and the way to open one. There a value of `set` or `where` may
    be `:column`, which stands for this thing's own; `only` lets a block stand on the pages of some things.
    """

    kind: BlockKind
    title: Text | None = None
    indicators: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    study: str = ""
    set: dict[str, str] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    process: str = ""
    registers: tuple[str, ...] = ()
    thing: str = ""
    where: dict[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    only: dict[str, str] = field(default_factory=dict)
    place: Place = NOWHERE

    def fits(self, row: Mapping[str, str]) -> bool:
        """Does the block stand on the page of the thing with this row?"""
        return all(row.get(column, "") == value for column, value in self.only.items())


@dataclass(frozen=True)
class ThingPage:
    """The page of each thing of a register whose key is one column.

    `label` is the column that names a thing, `party` the one that says whose it is. `part_of` names columns that hold
    the code of a thing of another page (or of this one): a thing that says of nobody whose it is belongs to whom the
    thing it is part of belongs to. `desk` is the desk in charge.
    """

    id: str
    register: str
    name: Text
    blocks: tuple[Block, ...]
    label: str = ""
    party: str = ""
    part_of: dict[str, str] = field(default_factory=dict)
    desk: str = ""
    place: Place = NOWHERE

    @property
    def columns(self) -> frozenset[str]:
        """The columns of the register that the page speaks of."""
        held = {self.label, self.party, *self.part_of}
        for block in self.blocks:
            held |= {*block.only, *own_columns(block.set), *own_columns(block.where)}
            held |= set(block.columns) if block.kind == "facts" else set()
        return frozenset(held - {""})

    def process_block(self, process: str, row: Mapping[str, str]) -> Block | None:
        """Give the block of a process on the page of the thing with this row, or None."""
        return next((one for one in self.blocks if one.process == process and one.fits(row)), None)


@dataclass(frozen=True)
class RowsOf:
    """Whose the rows of a register are: `of` names the column that holds a thing's code, and the thing's page.

    Somebody who may send rows for one party sends those of the party's things. The column is part of the register's
    key: else a clash of keys would tell of the rows of others.
    """

    register: str
    of: dict[str, str]
    place: Place = NOWHERE

    @property
    def column(self) -> str:
        """The column that says whose a row is."""
        return next(iter(self.of), "")

    @property
    def thing(self) -> str:
        """The page of the things whose code stands there."""
        return next(iter(self.of.values()), "")


@dataclass(frozen=True)
class WingPage:
    """The blocks of a wing's page, the pages of single things, and whose the rows of registers are."""

    blocks: tuple[Block, ...]
    things: tuple[ThingPage, ...] = ()
    rows: tuple[RowsOf, ...] = ()
    place: Place = NOWHERE


_NEEDS = {
    "numbers": ("indicators",),
    "trend": ("indicators",),
    "gap": ("indicators",),
    "table": ("indicators", "by"),
    "study": ("study",),
    "cases": ("process",),
    "things": ("thing",),
    "case": ("process",),
}
_OWN = ":"


def is_own(value: str) -> bool:
    """Does a value stand for a column of the thing itself?"""
    return value.startswith(_OWN)


def own_columns(named: Mapping[str, str]) -> frozenset[str]:
    """Give the columns of the thing itself that are named among values.

    >>> own_columns({"site": ":site_code", "month": "0"})
    frozenset({'site_code'})
    """
    return frozenset(value.removeprefix(_OWN) for value in named.values() if is_own(value))


def filled(named: Mapping[str, str], row: Mapping[str, str]) -> dict[str, str]:
    """Give the values with what stands for the thing's own columns filled in from its row.

    >>> filled({"site": ":site_code", "month": "0"}, {"site_code": "works"})
    {'site': 'works', 'month': '0'}
    """
    return {name: row.get(value.removeprefix(_OWN), "") if is_own(value) else value for name, value in named.items()}


def read_page(path: Path, shown_as: str) -> WingPage:
    """Give the page declared in a YAML file; without a file, the wing's questions and its registers.

    Raises YoursToMend with every trouble (D001 to D013, D028 a block without what it needs).
    """
    if not path.exists():
        return WingPage((Block("studies"), Block("records")))
    troubles: list[Trouble] = []
    page = build(WingPage, read_yaml(path, shown_as), troubles)
    if page is not None:
        troubles += [trouble for block in page.blocks for trouble in _lacking(block)]
        troubles += [trouble for thing in page.things for trouble in _wrong_in(thing, page)]
        troubles += [trouble for rows in page.rows for trouble in _wrong_of(rows, page)]
    if troubles or page is None:
        raise YoursToMend(troubles)
    return page


def _lacking(block: Block) -> Iterator[Trouble]:
    for name in _NEEDS.get(block.kind, ()):
        if not getattr(block, name):
            yield Trouble("D028", f"a block {block.kind} lacks {name}", f"Add {name}", block.place)
            return


def _wrong_in(thing: ThingPage, page: WingPage) -> Iterator[Trouble]:
    """A block without what it needs; a thing nobody declares; a question that is not asked of this thing alone."""
    known = {one.id for one in page.things}
    for block in thing.blocks:
        yield from _lacking(block)
        if block.kind == "study" and not own_columns(block.set):
            what = "a question on the page of one thing is not asked of it"
            mend = "Set one of its parameters to a column of the thing, such as site: ':site_code'"
            yield Trouble("D028", what, mend, block.place)
    named = {*thing.part_of.values(), *(block.thing for block in thing.blocks if block.thing)}
    for name in sorted(named - known):
        mend = nearest(name, known).rstrip("?").capitalize() or "Declare it under things"
        yield Trouble("D029", f"{name} is no thing of this page", mend, thing.place)


def _wrong_of(rows: RowsOf, page: WingPage) -> Iterator[Trouble]:
    known = [one.id for one in page.things]
    if len(rows.of) != 1:
        yield Trouble("D029", f"the rows of {rows.register} are of one thing", "Name one column in of", rows.place)
    elif rows.thing not in known:
        mend = nearest(rows.thing, known).rstrip("?").capitalize() or "Declare it under things"
        yield Trouble("D029", f"{rows.thing} is no thing of this page", mend, rows.place)


def thing_troubles(page: WingPage, registers: Mapping[str, Register]) -> Iterator[Trouble]:
    """Give what does not fit together of pages and registers (D029): one that is not there, or has no such column."""
    for thing in page.things:
        register = registers.get(thing.register)
        if register is None or len(register.key) != 1:
            mend = nearest(thing.register, registers).rstrip("?") or "Name a register whose key is one column"
            yield Trouble("D029", f"{thing.register} is no register with a key of one column", mend, thing.place)
            continue
        yield from _unknown(register, thing.columns, thing.place)
    for rows in page.rows:
        yield from _troubles_of_rows(rows, registers)
    pages = {one.id: registers[one.register] for one in page.things if one.register in registers}
    pages = {name: register for name, register in pages.items() if len(register.key) == 1}
    for block in (*page.blocks, *(block for thing in page.things for block in thing.blocks)):
        if block.thing in pages:
            yield from _unknown(pages[block.thing], {*block.columns, *block.where}, block.place)


def _troubles_of_rows(rows: RowsOf, registers: Mapping[str, Register]) -> Iterator[Trouble]:
    register = registers.get(rows.register)
    if register is None:
        mend = nearest(rows.register, registers).rstrip("?") or "Name a register by its full name"
        yield Trouble("D029", f"there is no register {rows.register}", mend, rows.place)
        return
    yield from _unknown(register, rows.of, rows.place)
    if rows.column in register.column_ids and rows.column not in register.key:
        what = f"{rows.column} says whose a row of {register.id} is, and is not part of its key"
        yield Trouble("D029", what, f"Name a column of the key: {listed(register.key)}", rows.place)


def _unknown(register: Register, columns: Collection[str], place: Place) -> Iterator[Trouble]:
    for name in sorted(set(columns) - set(register.column_ids)):
        mend = nearest(name, register.column_ids).rstrip("?") or f"It has: {listed(register.column_ids, 30)}"
        yield Trouble("D029", f"{register.id} has no column {name}", mend, place)
