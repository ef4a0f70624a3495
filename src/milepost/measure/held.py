"""Which figures rest on rows that wait for a decision: the same cut, made of those rows alone.

A row that waits (`keep.holds`) holds back the figures that look at it and no others: of its own area and dimensions,
and of the periods its indicator's kind has it count in. So a running count rests on every row before, a state holds
back for as long as it lasts, and a stock of events only where the row is of the period's last day. What a period looks
at is found by the same roller as the figures, so that the two cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from milepost.engines.engine import literal, quoted
from milepost.keep.holds import waiting
from milepost.measure.cells import Cells, make_cells, rows_of
from milepost.measure.cut import Cut, Roller

if TYPE_CHECKING:
    from milepost.measure.figures import Measure
    from milepost.measure.task import Task

Key = tuple[Any, ...]
"""What tells the figures of a cut apart, in the order of its columns."""


@dataclass
class Held:
    """What of a measure's figures rests on rows that wait."""

    measure: Measure
    _conditions: dict[str, str] = field(default_factory=dict)
    _cells: dict[tuple[str, str], Cells | None] = field(default_factory=dict)
    _tables: dict[tuple[str, Cut], str | None] = field(default_factory=dict)

    def counts(self, name: str, cut: Cut) -> dict[Key, int]:
        """Give how many waiting rows each figure of a cut rests on; figures that rest on none are left out."""
        table = self._table(name, cut)
        if table is None:
            return {}
        columns = ", ".join(cut.columns)
        found = self.measure.engine.rows(f"select {columns}, rows from {quoted(table)}")
        return {tuple(key): int(count) for *key, count in found}

    def _table(self, name: str, cut: Cut) -> str | None:
        """Give the name of the table of such figures (the cut's columns, and rows), or None where there is none."""
        if (name, cut) not in self._tables:
            made = f"held_{len(self._tables)}"
            one = self.measure.indicator(name)
            is_made = self._of_rows(name, cut, made) if one.register else self._of_others(name, cut, made)
            self._tables[name, cut] = made if is_made else None
        return self._tables[name, cut]

    def _of_rows(self, name: str, cut: Cut, made: str) -> bool:
        task, whole = self.measure._task(name), self.measure._cells.get(name)
        if whole is None or (cells := self._waiting_cells(task, whole)) is None:
            return False
        engine = self.measure.engine
        roller = Roller(engine, task, cells, self.measure.lists, self.measure.zone.declared.main_area, whole)
        roller.make(cut, self.measure.horizon, f"{made}_values")
        # A state that has ended leaves a period without rows. From January to a month it is not so: there a row of the
        # month before counts in a period that it has no row in.
        of_now = "" if task.mode == "january" else " where rows > 0"
        columns = ", ".join(cut.columns)
        rows = "greatest(coalesce(rows, 1), 1) as rows"
        engine.make(made, f"select {columns}, {rows} from {quoted(f'{made}_values')}{of_now}")
        return True

    def _waiting_cells(self, task: Task, whole: Cells) -> Cells | None:
        """The cells of the rows that wait, in the form of those of all rows; None where none does."""
        key = (task.register.id, whole.added)
        if key not in self._cells:
            self._cells[key] = self._make_cells(task, whole, f"held_cells_{len(self._cells)}")
        return self._cells[key]

    def _make_cells(self, task: Task, whole: Cells, name: str) -> Cells | None:
        measure, register = self.measure, task.register
        version = measure.version(register.id)
        if register.id not in self._conditions:
            self._conditions[register.id] = waiting(measure.store, register, version, measure.horizon)
        condition = self._conditions[register.id]
        if not condition:
            return None
        view = measure.store.view(measure.engine, register, version)
        rows = f"select * from ({rows_of(measure.engine, whole.scan, view)}) r where {condition}"
        cells = make_cells(measure.engine, whole.scan, rows, name)
        return cells if measure.engine.rows(f"select 1 from {quoted(cells.added)} limit 1") else None

    def _of_others(self, name: str, cut: Cut, made: str) -> bool:
        """What rests on a figure that rests on waiting rows; a denominator taken elsewhere counts for every area."""
        indicator = self.measure.indicator(name)
        formula, _ = self.measure.formula(indicator)
        ratio = indicator.ratio
        elsewhere = ratio.denominator if ratio is not None and ratio.of_area else ""
        columns, parts = ", ".join(cut.columns), []
        for inner in sorted(formula.indicators):
            table = self._table(inner, cut)
            if table is None:
                continue
            if inner != elsewhere or ratio is None or ratio.of_area is None:
                parts.append(f"select {columns}, rows from {quoted(table)}")
                continue
            others = [column for column in cut.columns if column != "area"]
            same = " and ".join(f"i.{column} = b.{column}" for column in others)
            listed = ", ".join(f"b.{column}" for column in cut.columns)
            values = quoted(self.measure.table(name, cut) or table)
            there = f"i.area = {literal(ratio.of_area)}"
            parts.append(f"select {listed}, i.rows from {values} b join {quoted(table)} i on {same} where {there}")
        if parts:
            united = " union all ".join(parts)
            query = f"select {columns}, max(rows) as rows from ({united}) u group by {columns}"
            self.measure.engine.make(made, query)
        return bool(parts)
