"""Cells become values: rolled up to periods, areas and dimensions, and the formula worked out of the totals.

A cut is a way to look at an indicator: every month, quarter, year, .., divided by some of its dimensions or not at
all. Its table has p (the first day of the period), area, d0.., rows (how many rows were looked at), contributors,
item_response (the share of the rows whose cells are filled), and value in the indicator's unit, which is null where
inputs are lacking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.engines.engine import Engine, literal, quoted
from milepost.measure.atoms import Atom
from milepost.measure.cells import Cells
from milepost.measure.places import AREAS, CodeLists, Dimension
from milepost.measure.spell import Every, begins, following
from milepost.measure.task import Task
from milepost.registers.formula import Formula
from milepost.registers.indicator import Indicator
from milepost.registers.meaning import unit_factor


@dataclass(frozen=True)
class Cut:
    """What is asked of an indicator: how its periods are counted, and what it is divided by."""

    every: Every
    by: tuple[Dimension, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """What tells the figures of the cut apart."""
        return ("p", "area", *(f"d{place}" for place in range(len(self.by))))


def is_asked_in_vain(task: Task, cut: Cut) -> bool:
    """Has the indicator no figures of such periods? What holds on a day does not add up from January on."""
    is_to_date = cut.every == "to_date" and task.mode in ("last", "states", "since")
    return is_to_date or (cut.every == "day" and task.mode == "january")


class Roller:
    """Rolls the cells of a scan up to the cuts of one task; areas are in the engine already.

    `whole` are the cells of all rows where `cells` are those of some: they say which days and months have rows.
    """

    def __init__(
        self, engine: Engine, task: Task, cells: Cells, lists: CodeLists, main_area: str, whole: Cells | None = None
    ) -> None:
        self.engine, self.task, self.cells, self.main_area = engine, task, cells, main_area
        self.lists, self.present = lists, (whole or cells).added
        self.names = {atom: f"a{place}" for place, atom in enumerate(cells.scan.added)}

    def make(self, cut: Cut, horizon: date, name: str) -> None:
        """Make the table of a cut; of states, for the periods that have ended by the horizon."""
        if self.task.mode == "january":
            self._january(cut, name)
        elif self.task.is_state:
            self._states(cut, horizon, name)
        else:
            self._events(cut, name)

    # --- rows of cells with their place in the cut ---------------------------------------------------------

    def _placed(self, table: str, cut: Cut, payload: str, time: str = "t", more: str = "") -> str:
        """Give the SQL of the rows of a table with their area and dimensions, and `payload` of them."""
        keys = {key: f"c.k{place}" for place, key in enumerate(self.cells.scan.keys)}
        area_from = self.task.indicator.area_from
        joins, dims = [], []
        if area_from:
            joins.append(f"join {AREAS} m on m.word = {keys[area_from]}")
        for place, one in enumerate(cut.by):
            if one.level:
                level = self.lists.level(self.engine, self.task.register, one)
                joins.append(f"left join {quoted(level)} l{place} on l{place}.code = {keys[one.column]}")
                dims.append(f"coalesce(l{place}.above, '') as d{place}")
            else:
                dims.append(f"{keys[one.column]} as d{place}")
        area = "m.area" if area_from else literal(self.main_area)
        listed = ", ".join((f"{begins(cut.every, f'c.{time}')} as p", f"{area} as area", *dims, payload))
        return f"select {listed} from {quoted(table)} c {' '.join(joins)} {more}"

    def _looked_at(self, table: str, cut: Cut, payload: str) -> str:
        """Give the SQL of what each period of the cut looks at in a table of events."""
        if self.task.mode == "last":
            placed = self._placed(table, cut, f"c.t as t, {payload}")
            presence = self.names[self.task.rows]
            present = self._placed(self.present, cut, f"c.t as t, c.{presence} as present")
            last = f"select p, area, max(t) as t from ({present}) c where present > 0 group by p, area"
            return f"select c.* from ({placed}) c join ({last}) z on z.p = c.p and z.area = c.area and z.t = c.t"
        placed = self._placed(table, cut, payload)
        if cut.every != "to_date":
            return placed
        columns = ", ".join(f"c.{column}" for column in cut.columns[1:])
        months = f"select distinct {begins('month', 't')} as p from {quoted(self.present)}"
        same = "q.p >= c.p and extract(year from q.p) = extract(year from c.p)"
        wanted = ", ".join(f"c.{one.rpartition(' as ')[2].strip()}" for one in payload.split(", "))
        return f"select q.p as p, {columns}, {wanted} from ({placed}) c join ({months}) q on {same}"

    # --- events ------------------------------------------------------------------------------------------

    def _events(self, cut: Cut, name: str) -> None:
        grouped = ", ".join(cut.columns)
        payload = ", ".join(f"c.{column} as {column}" for column in self._added_columns())
        added = [f"{self._total(atom)}({column}) as {column}" for atom, column in self._needed().items()]
        query = f"select {', '.join((grouped, *added))} from ({self._looked_at(self.cells.added, cut, payload)}) c"
        parts = [f"select * from ({query} group by {grouped}) g where {self.names[self.task.rows]} > 0"]
        columns = dict(self._needed())
        for atom in self._valued():
            column = f"x{len(parts)}"
            parts.append(self._of_values(cut, atom, column))
            columns[atom] = column
        self._finish(cut, parts, columns, name)

    def _of_values(self, cut: Cut, atom: Atom, column: str) -> str:
        grouped = ", ".join(cut.columns)
        table, count = self._values_of(atom)
        if atom.kind == "distinct" and self._is_grain(cut) and (counts := self.cells.seen.get(atom.argument)):
            seen = self._looked_at(counts, cut, f"c.{count} as {column}")
            return f"select {grouped}, {column} from ({seen}) c where {column} > 0"
        seen = self._looked_at(table, cut, f"c.v as v, c.{count} as n")
        counted = f"select {grouped}, v, sum(n) as n from ({seen}) c group by {grouped}, v having sum(n) > 0"
        if self._is_grain(cut):
            counted = f"select {grouped}, v, n from ({seen}) c where n > 0"
        return self._of_counted(cut, atom, column, counted)

    def _is_grain(self, cut: Cut) -> bool:
        """Does the cut tell apart just what cells tell apart, so that nothing has to be added up?"""
        scan, levels = self.cells.scan, [one.level for one in cut.by]
        is_plain = not any(levels) and self.task.indicator.area_from is None
        return is_plain and cut.every == scan.unit and {one.column for one in cut.by} == set(scan.keys)

    def _of_counted(self, cut: Cut, atom: Atom, column: str, counted: str) -> str:
        """Give the SQL of an atom of values, from how often each value stands in each group."""
        grouped = ", ".join(cut.columns)
        if atom.kind != "quantile":
            word = {"distinct": "count(*)", "least": "min(v)", "most": "max(v)"}[atom.kind]
            return f"select {grouped}, {word} as {column} from ({counted}) c group by {grouped}"
        level = f"cast({atom.level} as double)"
        running = (
            f"select {grouped}, v, sum(n) over (partition by {grouped} order by v) as seen, "
            f"{level} * (sum(n) over (partition by {grouped}) - 1) as reach from ({counted}) c"
        )
        low, high = "min(v) filter (where seen > floor(reach))", "min(v) filter (where seen > ceil(reach))"
        share = "(min(reach) - floor(min(reach)))"
        return f"select {grouped}, {low} + ({high} - {low}) * {share} as {column} from ({running}) c group by {grouped}"

    # --- states ------------------------------------------------------------------------------------------

    def _states(self, cut: Cut, horizon: date, name: str) -> None:
        grouped, groups = ", ".join(cut.columns), ", ".join(cut.columns[1:])
        moves = self._moves(cut)
        for number, atom in enumerate(self._valued()):
            if atom.kind == "distinct":
                moves.append((atom, f"x{number}", self._come_and_gone(cut, atom)))
        columns = {atom: column for atom, column, _ in moves}
        empty = dict.fromkeys(columns.values(), "null")
        signed = []
        for _, column, query in moves:
            listed = ", ".join(f"{column if other == column else 'null'} as {other}" for other in empty)
            signed.append(f"select {grouped}, {listed} from ({query}) c")
        totals = ", ".join(f"sum({column}) as {column}" for column in empty)
        changes = f"{name}_changes"
        joined = " union all ".join(signed)
        self.engine.make(changes, f"select {grouped}, {totals} from ({joined}) c group by {grouped}")
        grid = self._grid(cut, changes, horizon)
        within = f"over (partition by {', '.join(f'g.{one}' for one in cut.columns[1:])} order by g.p)"
        running = [f"sum(c.{column}) {within} as {column}" for column in empty]
        same = " and ".join(f"c.{column} = g.{column}" for column in cut.columns)
        listed = ", ".join((*(f"g.{column}" for column in cut.columns), *running))
        parts = [f"select {listed} from ({grid}) g left join {quoted(changes)} c on {same}"]
        for atom in self._valued():
            if atom.kind != "distinct":
                column = f"y{len(parts)}"
                parts.append(self._alive_values(cut, atom, column, grid, groups))
                columns[atom] = column
        self._finish(cut, parts, columns, name)
        self.engine.drop(changes)

    def _moves(self, cut: Cut) -> list[tuple[Atom, str, str]]:
        """What begins adds and what ends takes away, for each atom that adds."""
        found = []
        for atom, column in self._needed().items():
            found.append((atom, column, self._begun_and_ended(self.cells.added, cut, column, column, "")))
        return found

    def _begun_and_ended(self, table: str, cut: Cut, count: str, name: str, more: str) -> str:
        """Give the SQL of what comes with the rows that begin and goes with those that end."""
        begun = self._placed(table, cut, f"{more}c.{count} as {name}")
        if not self.cells.scan.is_state:
            return begun
        ended = self._placed(table, cut, f"{more}-c.{count} as {name}", "u", "where c.u is not null")
        return f"{begun} union all {ended}"

    def _held(self, cut: Cut, atom: Atom) -> str:
        """Give the SQL of how often each value stands in a group from each period on, and until which (`q`)."""
        table, count = self._values_of(atom)
        groups = ", ".join(cut.columns[1:])
        parts = self._begun_and_ended(table, cut, count, "n", "c.v as v, ")
        moved = f"select p, {groups}, v, sum(n) as n from ({parts}) c group by p, {groups}, v"
        within = f"over (partition by {groups}, v order by p)"
        return f"select p, {groups}, v, sum(n) {within} as n, lead(p) {within} as q from ({moved}) c"

    def _come_and_gone(self, cut: Cut, atom: Atom) -> str:
        """Give the SQL of how many different values come and go in each period: one more, one less."""
        groups = ", ".join(cut.columns[1:])
        alive = f"select p, {groups}, v, case when n > 0 then 1 else 0 end as here from ({self._held(cut, atom)}) c"
        before = f"coalesce(lag(here) over (partition by {groups}, v order by p), 0)"
        column = f"x{self._valued().index(atom)}"
        return f"select p, {groups}, here - {before} as {column} from ({alive}) c"

    def _alive_values(self, cut: Cut, atom: Atom, column: str, grid: str, groups: str) -> str:
        same = " and ".join(f"h.{one} = g.{one}" for one in cut.columns[1:])
        listed = ", ".join(f"g.{one} as {one}" for one in cut.columns)
        counted = (
            f"select {listed}, h.v as v, h.n as n from ({grid}) g join ({self._held(cut, atom)}) h "
            f"on {same} and h.n > 0 and g.p >= h.p and (h.q is null or g.p < h.q)"
        )
        return self._of_counted(cut, atom, column, counted)

    def _grid(self, cut: Cut, changes: str, horizon: date) -> str:
        """Every period that has ended by the horizon, for each group from its first on."""
        groups = ", ".join(cut.columns[1:])
        ((first,),) = self.engine.rows(f"select min(p) from {quoted(changes)}")
        starts, start = [], first
        while start is not None and following(cut.every, start) <= _day_after(horizon):
            starts.append(start)
            start = following(cut.every, start)
        table = f"{changes}_periods"
        self.engine.load(table, {"p": "date"}, [(one.isoformat(),) for one in starts])
        begun = f"select {groups}, min(p) as first from {quoted(changes)} group by {groups}"
        listed = ", ".join(f"b.{column}" for column in cut.columns[1:])
        return f"select q.p as p, {listed} from ({begun}) b join {quoted(table)} q on q.p >= b.first"

    # --- January to month --------------------------------------------------------------------------------

    def _january(self, cut: Cut, name: str) -> None:
        """What a period adds is the row of its last month less the row of the month before it, entity by entity.

        Where an entity has only one of the two, or only one of them is filled, the figure is lacking. In
        February, where entities have no January, January and February are joint: rows with p in February then hold
        both (`is_joint`).
        """
        scan = self.cells.scan
        entity = [f"c.k{scan.keys.index(key)} as e{place}" for place, key in enumerate(self.task.entity)]
        payload = ", ".join((*entity, *(f"c.{column} as {column}" for column in self._added_columns())))
        keys = [*cut.columns, *(f"e{place}" for place in range(len(entity)))]
        months = {"day": 1, "month": 1, "to_date": 1, "quarter": 3, "year": 12}[cut.every]
        monthly = Cut("month", cut.by)
        placed = f"{name}_placed"
        needed = self._needed()
        added = ", ".join(f"sum({column}) as {column}" for column in needed.values())
        grouped = ", ".join(keys)
        rows = self._placed(self.cells.added, monthly, payload)
        present = f"having sum({self.names[self.task.rows]}) > 0"
        self.engine.make(placed, f"select {grouped}, {added} from ({rows}) c group by {grouped} {present}")
        month = "extract(month from p)"
        is_last = f"{month} % {months} = 0" if months > 1 else "true"
        now = f"select *, {begins(cut.every, 'p')} as q from {quoted(placed)} where {is_last}"
        # The month before the period: none before January, and none where everything counts from January on.
        is_first = "false" if cut.every == "to_date" or months == 12 else f"{month} % {months} = 0 and {month} < 12"
        before = f"select *, cast(p + interval 1 month as date) as q from {quoted(placed)} where {is_first}"
        same = " and ".join(["n.q = b.q", *(f"n.{key} = b.{key}" for key in keys[1:])])
        told = ", ".join(f"coalesce(n.{key}, b.{key}) as {key}" for key in keys[1:])
        pairs = ", ".join(f"n.{c} as n_{c}, b.{c} as b_{c}" for c in needed.values())
        from_january = "true" if cut.every == "to_date" else "extract(month from coalesce(n.q, b.q)) = 1"
        is_absent = f"n.q is null or (b.q is null and not {from_january})"
        counts = [(needed[filled], needed[every]) for filled, every in self.task.answers]
        is_uneven = " or ".join(f"(n.{f} < n.{e}) <> (b.{f} < b.{e})" for f, e in counts) or "false"
        lacks = f"case when {is_absent} or {is_uneven} then 1 else 0 end as lacks"
        no_before = f"case when b.q is null and not {from_january} then 1 else 0 end as no_before"
        joined = f"select coalesce(n.q, b.q) as p, {told}, {pairs}, {lacks}, {no_before} from ({now}) n"
        joined = f"{joined} full join ({before}) b on {same}"
        group = ", ".join(cut.columns)
        is_february = f"({'true' if cut.every == 'month' else 'false'} and extract(month from p) = 2)"
        joint = f"({is_february} and sum(no_before) > 0 and sum(lacks) = sum(no_before))"
        lacking = f"(sum(lacks) > 0 and not {joint})"
        values = ", ".join(
            f"case when {lacking} then null when {joint} then sum(n_{c}) "
            f"else sum(n_{c}) - coalesce(sum(b_{c}), 0) end as {c}"
            for c in needed.values()
        )
        rows_column = self.names[self.task.rows]
        counted = [f"sum(n_{rows_column}) as present", f"{joint} as is_joint", f"{lacking} as is_lacking"]
        counted += [f"sum(n_{column}) as now_{column}" for column in dict.fromkeys(c for pair in counts for c in pair)]
        parts = [f"select {group}, {values}, {', '.join(counted)} from ({joined}) j group by {group}"]
        columns: dict[Atom, str] = dict(needed)
        for place, atom in enumerate(self.task.contributors, start=1):
            table, count = self._values_of(atom)
            seen = self._placed(table, monthly, f"c.v as v, c.{count} as n")
            listed = f"{begins(cut.every, 'p')} as p, {', '.join(cut.columns[1:])}, v, n"
            seen = f"select {listed} from ({seen}) c where {is_last}"
            parts.append(f"select {group}, count(distinct v) as x{place} from ({seen}) c where n > 0 group by {group}")
            columns[atom] = f"x{place}"
        self._finish(cut, parts, columns, name)
        self.engine.drop(placed)

    # --- the formula ---------------------------------------------------------------------------------------

    def _needed(self) -> dict[Atom, str]:
        return {atom: self.names[atom] for atom in self.task.atoms if atom in self.names}

    def _added_columns(self) -> list[str]:
        return list(self._needed().values())

    def _valued(self) -> list[Atom]:
        return [atom for atom in self.task.atoms if self.task.is_of_values(atom)]

    def _values_of(self, atom: Atom) -> tuple[str, str]:
        asked = self.cells.scan.valued()[atom.argument]
        return self.cells.values[atom.argument], f"n{asked.index(atom)}"

    @staticmethod
    def _total(atom: Atom) -> str:
        return {"least": "min", "most": "max"}.get(atom.kind, "sum")

    def _finish(self, cut: Cut, parts: list[str], columns: dict[Atom, str], name: str) -> None:
        """Join the totals of a cut and work the formula out of them."""
        task = self.task
        aliases = {}
        for atom, column in columns.items():
            if atom.kind == "sum":
                filled = columns[task.filled(atom)]
                is_told = f"{column} is not null and {filled} > 0" if task.mode != "january" else "true"
                aliases[atom] = f"(case when {is_told} then {column} else null end)"
            elif atom.kind in ("count", "distinct"):
                aliases[atom] = column if task.mode == "january" else f"coalesce({column}, 0)"
            else:
                aliases[atom] = column
        source = f"({parts[0]}) b"
        for place, part in enumerate(parts[1:], start=1):
            same = " and ".join(f"s{place}.{column} = b.{column}" for column in cut.columns)
            source += f" left join ({part}) s{place} on {same}"
        told = ", ".join(f"b.{column}" for column in cut.columns)
        many = ", ".join([told, *(f"{column}" for column in columns.values()), *self._extra()])
        formula = task.parts.sql({atom: aliases[atom] for atom in task.parts.atoms})
        rows = "present" if task.mode == "january" else f"coalesce({columns[task.rows]}, 0)"
        contributors = _fewest([columns[atom] for atom in task.contributors])
        response = _least_response(self._answered(columns))
        flags = "is_joint, is_lacking" if task.mode == "january" else "false as is_joint, false as is_lacking"
        listed = f"{', '.join(cut.columns)}, cast({rows} as bigint) as rows, {contributors} as contributors, "
        listed += f"{response} as item_response, {flags}"
        value = in_unit(task.indicator, task.formula, formula)
        query = f"select {listed}, {value} as value from (select {many} from {source}) f"
        # Of states that have all ended, only a count still says something.
        kept = " where rows > 0 or value is not null" if task.is_state else ""
        self.engine.make(name, f"select * from ({query}) v{kept}")

    def _extra(self) -> list[str]:
        if self.task.mode != "january":
            return []
        answered = (column for pair in self._answered(self._needed()) for column in pair)
        return ["present", "is_joint", "is_lacking", *dict.fromkeys(answered)]

    def _answered(self, columns: Mapping[Atom, str]) -> list[tuple[str, str]]:
        """The columns that count rows with filled cells, each with that of all rows; of January to month the last."""
        now = "now_" if self.task.mode == "january" else ""
        return [(f"{now}{columns[filled]}", f"{now}{columns[every]}") for filled, every in self.task.answers]


def _fewest(columns: Sequence[str]) -> str:
    """The SQL of how many stand behind a figure: those of all its rows, or the fewest that stand behind a filter of it.

    A filter that nothing passes says nothing of anybody that the others do not say.
    """
    if not columns:
        return "cast(null as bigint)"
    every = f"coalesce({columns[0]}, 0)"
    told = [every, *(f"case when {one} > 0 then {one} else {every} end" for one in columns[1:])]
    return f"cast({smallest(told)} as bigint)"


def _least_response(counts: Sequence[tuple[str, str]]) -> str:
    """The SQL of the smallest of some shares of rows, each of two counts; 1 where there are none."""
    shares = [
        f"case when {every} > 0 then cast({filled} as double) / cast({every} as double) else 1e0 end"
        for filled, every in counts
    ]
    return smallest(["1e0", *shares])


def smallest(columns: Sequence[str]) -> str:
    """Give the SQL of the smallest of some numbers, none of them null."""
    return f"least({', '.join(columns)})" if len(columns) > 1 else columns[0]


def in_unit(indicator: Indicator, formula: Formula, sql: str) -> str:
    """Give the SQL of a formula's number in the indicator's unit: cast to a binary fraction at the very end."""
    times = unit_factor(indicator, formula)
    value = f"cast({sql} as double)"
    if times is None or times == 1:
        return value
    inverse = round(1 / times) if times else 0
    if times < 1 and inverse and abs(inverse * times - 1) < 1e-12:
        return f"({value} / {inverse}.0)"
    return f"({value} * {times!r})"


def _day_after(day: date) -> date:
    return following("day", day)
