"""Samples of a register with all it needs: rows it refers to before it, control totals that its rows come to.

Control totals are made last, of the rows they control, and received first where they name none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from milepost.check.samples.search import Bench, Row, Sample, Search, tie_of
from milepost.check.samples.values import Values, written_day
from milepost.engines.embedded import quoted
from milepost.registers.formula import Formula
from milepost.registers.meaning import rule_formulas
from milepost.registers.register import DATES, NUMBERS, Column, Register
from milepost.registers.rule import Rule

_ROWS_FOR_ONE = 5
OTHERS = 12


class Maker(Bench):
    """Makes rows of a zone's registers."""

    def sample(self, register: Register, count: int) -> list[Sample]:
        """Give `count` rows of a register, and those of the registers it needs, in the order to receive them."""
        order = self._needed(register)
        for one in order:
            if one.id not in self.made:
                others = max(OTHERS, count // _ROWS_FOR_ONE)
                Search(self, one).found(count if one.id == register.id else others)
        for one in order:
            for rule in one.rules:
                if rule.reconciles and rule.reconciles.register != one.id:
                    self._controlled(one, rule)
        controls = [self._register(name) for name in self._controls(order) if name in self.made]
        return [self.made[one.id] for one in self._to_receive([*order, *controls])]

    def _register(self, name: str) -> Register:
        return self.zone.registers[name]

    def _needed(self, register: Register) -> list[Register]:
        """The register behind all it refers to; a circle is cut where it is met."""
        ordered: dict[str, Register] = {}

        def visit(one: Register, path: tuple[str, ...]) -> None:
            for rule in one.rules:
                if rule.refers and rule.refers.register not in (*path, one.id, *ordered):
                    visit(self._register(rule.refers.register), (*path, one.id))
            ordered[one.id] = one

        visit(register, ())
        return list(ordered.values())

    def _controls(self, order: list[Register]) -> list[str]:
        """The registers of control totals that are none of those in `order`, behind what they refer to in turn."""
        known = {one.id for one in order}
        named = [rule.reconciles.register for one in order for rule in one.rules if rule.reconciles]
        behind = [one.id for name in named for one in self._needed(self._register(name))]
        return [name for name in dict.fromkeys(behind) if name not in known]

    def _to_receive(self, found: list[Register]) -> list[Register]:
        """Each behind what it refers to, and control totals before the rows they control where that can be."""
        ordered: dict[str, Register] = {}
        ids = {one.id for one in found}

        def visit(one: Register, path: tuple[str, ...]) -> None:
            looked_into = [rule.refers.register for rule in one.rules if rule.refers]
            looked_into += [rule.reconciles.register for rule in one.rules if rule.reconciles]
            for name in looked_into:
                if name in ids and name not in (*path, one.id, *ordered):
                    visit(self._register(name), (*path, one.id))
            ordered[one.id] = one

        for one in sorted(found, key=lambda one: any(rule.reconciles for rule in one.rules)):
            if one.id not in ordered:
                visit(one, ())
        return list(ordered.values())

    # --- control totals --------------------------------------------------------------------------------------

    def _controlled(self, here: Register, rule: Rule) -> None:
        """Make the control totals of a reconciliation, one row for each group of the rows that lacks one."""
        control = rule.reconciles
        assert control is not None
        there = self._register(control.register)
        for needed in self._needed(there)[:-1]:
            if needed.id not in self.made:
                Search(self, needed).found(OTHERS)
        if not self.made[here.id].rows:
            return
        formulas = rule_formulas(rule, here, self.zone.registers)
        ties = tie_of(here, there, rule, formulas, f"sample_{here.id}")
        before = self.made.get(there.id, Sample(there, ()))
        search = Search(self, there, (str(control.where_there),) if control.where_there else ())
        groups = self._groups(here, there, rule, formulas, search.values) if ties else []
        changed = set(ties[0].equation.columns) if ties else set()
        for row in before.rows:
            search.rows.append(dict(row))
            search.pins.append({name: cell for name, cell in row.items() if name not in changed})
        known = {tuple(row[name] for name in control.by.values()) for row in before.rows}
        for cells in groups:
            if tuple(cells[name] for name in control.by.values()) not in known:
                search.rows.append({**search.fresh(), **cells})
                search.pins.append(cells)
        search.given = len(before.rows)
        search.ties += ties
        made = search.mended()
        self._judged_again(here, rule, bool(ties) and bool(made.rows))

    def _groups(
        self, here: Register, there: Register, rule: Rule, formulas: Mapping[str, Formula], values: Values
    ) -> list[Row]:
        """The cells by which each group of rows is known in the control, as they are written there."""
        control = rule.reconciles
        assert control is not None
        where = formulas["where"].sql if "where" in formulas else "true"
        columns = [there.column(name) for name in control.by.values()]
        names = ", ".join(f"r.{quoted(name)}" for name in control.by) or "1"
        query = f"select distinct {names} from {quoted(f'sample_{here.id}')} r where {where} order by all"
        found = self.engine.rows(query) if control.by else [()]
        return [
            {column.id: _written(values, column, value) for column, value in zip(columns, row, strict=True)}
            for row in found
            if None not in row
        ]

    def _judged_again(self, here: Register, rule: Rule, is_tried: bool) -> None:
        """Leave out rows that do not come to their control, and say where there was none to try."""
        rows, unmet = list(self.made[here.id].rows), set(self.made[here.id].unmet)
        while rows and (bad := self.judge(here, [(row, 0) for row in rows])):
            unmet |= {fault for faults in bad.values() for fault in faults}
            rows = [row for place, row in enumerate(rows) if place not in bad]
        if not is_tried:
            unmet.add(rule.id)
        self.keep(Sample(here, tuple(rows), tuple(sorted(unmet))))


def _written(values: Values, column: Column, value: Any) -> str:
    """A value as a column of another register writes it."""
    if isinstance(value, bool):
        return (column.written.yes or ("yes",))[0] if value else (column.written.no or ("no",))[0]
    if isinstance(value, date) and column.type in DATES:
        return written_day(
            column, value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        )
    if column.type in NUMBERS:
        return values.written(column, float(value) / column.written.times)
    return str(value)
