"""One thing of a register (a factory, a meter): what is kept of it, whose it is, and who may see its figures.

What a thing is, and whose, is declared in its wing's page; a row is read as text here and nothing is computed. Who may
see a thing sees all that is told of it alone; to others it is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from milepost.engines.engine import Engine, literal, open_engine, quoted
from milepost.people.rights import Person, Rights, Scope
from milepost.plan.zone import Zone
from milepost.registers.domain import Domain
from milepost.registers.page import RowsOf, ThingPage
from milepost.registers.register import Register
from milepost.show.catalogue import find_wings
from milepost.show.walk import store_of

SEE, SEE_AT_DESK = "thing.read", "thing.read_at_desk"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Thing:
    """A thing with the rows kept of it, oldest first, and the one in force; `party` is whose it is.

    The party of a thing of nobody, nor of anybody above it, is the code of the topmost thing.
    """

    wing: str
    page: ThingPage
    register: Register
    code: str
    row: Row
    rows: tuple[Row, ...]
    party: str
    above: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """The column that holds its code."""
        return self.register.key[0]

    @property
    def name(self) -> str:
        """What it is called: its code where it has no name."""
        return self.row.get(self.page.label, "") or self.code


def thing_page(wings: Iterable[Domain], wing: str, thing: str) -> ThingPage | None:
    """Give the page of a wing's things by its id, or None."""
    for one in wings:
        if one.id == wing:
            return next((page for page in one.page().things if page.id == thing), None)
    return None


def pages_of_process(process: str) -> Iterator[tuple[str, ThingPage]]:
    """Give the pages of things that a process may be about, each with its wing."""
    for wing in find_wings():
        for page in wing.page().things:
            if any(block.process == process for block in page.blocks):
                yield wing.id, page


def find_thing(
    zone: Zone,
    wing: str,
    page: ThingPage,
    code: str,
    on: date,
    known_on: date | None,
    engines: Callable[[], AbstractContextManager[Engine]] = open_engine,
) -> Thing | None:
    """Give a thing as on a day, None where nothing is kept of it; with `known_on` as known on that day.

    Only its own rows and those of the things above it are read.
    """
    register = zone.registers[page.register]
    with engines() as engine:
        kept = _Kept(engine, zone, _pages(wing), on, known_on, is_of_one=True)
        rows = kept.rows(page, {register.key[0]: code})
        if not rows:
            return None
        row = _in_force(rows, register, on)
        return Thing(wing, page, register, code, row, tuple(rows), kept.party(page, row), tuple(kept.above(page, row)))


def list_things(
    zone: Zone, wing: str, page: ThingPage, where: Mapping[str, str], on: date, known_on: date | None
) -> list[tuple[Row, str]]:
    """Give the things of a page that are there on a day and have these values, by their code, each with whose it is."""
    register = zone.registers[page.register]
    with open_engine() as engine:
        kept = _Kept(engine, zone, _pages(wing), on, known_on)
        by_code = _by_code(kept.rows(page, where), register)
        found = [_in_force(rows, register, on) for _, rows in sorted(by_code.items())]
        return [(row, kept.party(page, row)) for row in found if _holds(row, register, on)]


def rows_of(register: str) -> tuple[str, RowsOf] | None:
    """Give whose the rows of a register are, with the wing that says so, or None where none does."""
    found = ((wing.id, rows) for wing in find_wings() for rows in wing.page().rows if rows.register == register)
    return next(found, None)


def codes_of(zone: Zone, wing: str, page: ThingPage, parties: Collection[str], on: date) -> frozenset[str]:
    """Give the codes of the things of a page that belong to these parties on a day, or did last."""
    register = zone.registers[page.register]
    with open_engine() as engine:
        kept = _Kept(engine, zone, _pages(wing), on, None)
        by_code = _by_code(kept.rows(page, {}), register)
        return frozenset(
            code for code, rows in by_code.items() if kept.party(page, _in_force(rows, register, on)) in parties
        )


@dataclass
class _Kept:
    """What is kept of the things of a wing, read once for one piece of work: what is above one thing, or all."""

    engine: Engine
    zone: Zone
    pages: Mapping[str, ThingPage]
    on: date
    known_on: date | None
    is_of_one: bool = False
    _rows: dict[str, Mapping[str, Row]] = field(default_factory=dict)
    _single: dict[tuple[str, str], Row | None] = field(default_factory=dict)

    def rows(self, page: ThingPage, where: Mapping[str, str]) -> list[Row]:
        """Give every row that stands and has these values, by code and day."""
        register, store = self.zone.registers[page.register], store_of(self.zone)
        if store.newest(register.id) is None:
            return []
        view = quoted(store.view(self.engine, register, known_on=self.known_on))
        same = [f"cast({quoted(name)} as varchar) = {literal(value)}" for name, value in where.items()]
        order = [register.key[0], *([register.valid.start] if register.valid else [])]
        query = (
            f"select {', '.join(map(quoted, register.column_ids))} from {view}"
            f"{' where ' + ' and '.join(same) if same else ''} order by {', '.join(map(quoted, order))}"
        )
        names = register.column_ids
        return [dict(zip(names, map(_text, row), strict=True)) for row in self.engine.rows(query)]

    def above(self, page: ThingPage, row: Row) -> Iterator[tuple[str, str]]:
        """Give what a thing is part of, page and code, the nearest first."""
        seen: set[tuple[str, str]] = set()
        while part := next(((one, row[name]) for name, one in page.part_of.items() if row.get(name, "")), None):
            page, upper = self.pages[part[0]], self._upper(*part)
            if part in seen or upper is None:
                return
            seen.add(part)
            row = upper
            yield part

    def party(self, page: ThingPage, row: Row) -> str:
        """Give whose a thing is, or the thing above it, the nearest first; of nobody's the topmost code."""
        above = list(self.above(page, row))
        told = [
            row.get(page.party, ""),
            *((self._upper(one, code) or {}).get(self.pages[one].party, "") for one, code in above),
        ]
        own = row[self.zone.registers[page.register].key[0]]
        return next(filter(None, told), above[-1][1] if above else own)

    def _upper(self, page: str, code: str) -> Row | None:
        """The row in force of one thing, None where nothing is kept of it."""
        if not self.is_of_one:
            return self._in_force(page).get(code)
        if (page, code) not in self._single:
            register = self.zone.registers[self.pages[page].register]
            rows = self.rows(self.pages[page], {register.key[0]: code})
            self._single[page, code] = _in_force(rows, register, self.on) if rows else None
        return self._single[page, code]

    def _in_force(self, page: str) -> Mapping[str, Row]:
        if page not in self._rows:
            register = self.zone.registers[self.pages[page].register]
            rows = _by_code(self.rows(self.pages[page], {}), register)
            self._rows[page] = {code: _in_force(own, register, self.on) for code, own in rows.items()}
        return self._rows[page]


def may_see(rights: Rights | None, person: Person | None, page: ThingPage, party: str) -> bool:
    """May this person see all that is told of things of a page that belong to a party?

    Those may whose it is, those who may see within their scope, and those at the desk in charge, by its name.
    """
    if rights is None or person is None:
        return False
    scope = scope_of(page, party)
    return bool(rights.may(person, SEE, scope)) or rights.may_at_desk(person, SEE_AT_DESK, scope)


def scope_of(page: ThingPage, party: str) -> Scope:
    """Give whose the things of a page are: the party's, at the desk in charge, in their register."""
    return Scope(party, page.desk, page.register)


def _pages(wing: str) -> dict[str, ThingPage]:
    return {page.id: page for one in find_wings() if one.id == wing for page in one.page().things}


def _by_code(rows: Iterable[Row], register: Register) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[register.key[0]], []).append(row)
    return found


def _text(cell: Any) -> str:
    """A cell as a record writes it.

    >>> _text(None), _text(True), _text(date(2024, 1, 1)), _text("a")
    ('', 'yes', '2024-01-01', 'a')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else str(cell)


def _in_force(rows: list[Row], register: Register, on: date) -> Row:
    """The row that speaks of a day, else the last one."""
    return next((row for row in reversed(rows) if _holds(row, register, on)), rows[-1])


def _holds(row: Row, register: Register, on: date) -> bool:
    if register.valid is None:
        return True
    until = row.get(register.valid.until or "", "")
    return row[register.valid.start][:10] <= on.isoformat() and (not until or on.isoformat() < until[:10])
