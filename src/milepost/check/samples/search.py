"""Good rows are searched for: cells are drawn, the check judges, and what breaks a rule is drawn again.

A local search as for satisfiability (Selman, Kautz, Cohen 1994, *Noise strategies for improving local search*): of a
bad row one broken rule is chosen, and one of its columns, or all, get other values. The judge is the check itself, so
what is found good here is accepted there.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from milepost.basics.errors import NOWHERE
from milepost.check.fault import faults_of
from milepost.check.records import check_records
from milepost.check.rows import typed_rows
from milepost.check.samples.equations import Equation, control_equation, equations_of, worked_out
from milepost.check.samples.hints import columns_of
from milepost.check.samples.values import LAST, Values, read_day, written_day
from milepost.engines.embedded import Engine, quoted
from milepost.plan.zone import Zone
from milepost.receive.batch import BEYOND, LINE, SURPLUS, Batch, Receipt
from milepost.registers.formula import Formula
from milepost.registers.meaning import rule_formulas
from milepost.registers.register import DATES, Column, Register
from milepost.registers.rule import Reference, Rule

Row = dict[str, str]
_ROUNDS = 120
_TRIES = 12
_LARGEST = 1e12
_OUTSIDE = "a tie's condition leaves the row out"


@dataclass(frozen=True)
class Sample:
    """Made rows of a register, as texts; `unmet` names the rules that could not be kept to, or not tried."""

    register: Register
    rows: tuple[Row, ...]
    unmet: tuple[str, ...] = ()


@dataclass
class Bench:
    """Where made rows of a zone's registers are judged; `made` holds the samples so far by register."""

    engine: Engine
    zone: Zone
    seed: int
    today: date
    made: dict[str, Sample] = field(default_factory=dict)
    _batches: int = 0

    def judge(self, register: Register, rows: Sequence[tuple[Row, int]]) -> dict[int, list[str]]:
        """Give the faults of each bad row by its place; a row comes with how many cells it has too many."""
        batch = self._loaded(register, rows)
        check_records(self.engine, self.zone, register, batch, self.today, "", self._others())
        told: dict[int, list[str]] = {}
        for place, fault in self.engine.rows(
            f"select {quoted(LINE)}, fault from {quoted('told_' + batch.table)} order by 1, number"
        ):
            told.setdefault(place, []).append(fault)
        return told

    def keep(self, sample: Sample) -> None:
        """Let the rows of a sample count as kept, with their types, for registers that look into it."""
        register = sample.register
        self.made[register.id] = sample
        if not sample.rows:
            return
        batch = self._loaded(register, [(row, 0) for row in sample.rows])
        verdict = check_records(self.engine, self.zone, register, batch, self.today, "", self._others())
        self.engine.make(f"sample_{register.id}", f"select * from {quoted(verdict.accepted)}")

    def typed(self, register: Register, rows: Sequence[Row]) -> str:
        """Give the name of a table of rows as they are read, each under its place."""
        batch = self._loaded(register, [(row, 0) for row in rows])
        self.engine.make(f"typed_{batch.table}", typed_rows(register, batch, {}))
        return f"typed_{batch.table}"

    def _loaded(self, register: Register, rows: Sequence[tuple[Row, int]]) -> Batch:
        self._batches += 1
        table = f"made_{self._batches}"
        types = {LINE: "bigint", SURPLUS: "integer", BEYOND: "varchar"}
        types |= dict.fromkeys(register.column_ids, "varchar")
        cells = (
            (place, more, "", *(row[name] for name in register.column_ids)) for place, (row, more) in enumerate(rows)
        )
        count = self.engine.load(table, types, cells)
        receipt = Receipt("made", table, datetime.now(UTC), "made", "made")
        return Batch(register.id, table, count, register.column_ids, receipt)

    def _others(self) -> dict[str, str]:
        return {name: f"sample_{name}" for name in self.made if self.made[name].rows}


@dataclass(frozen=True)
class Tie:
    """Rows whose total is to be that of other rows: `equation` gives theirs, `targets` what it is to come to.

    `targets` is the query of `_line` and `value` of the rows in a typed table, whose name stands at its `{}`.
    """

    equation: Equation
    targets: str
    about: tuple[str, ...]


class Search:
    """Looks for good rows of a register.

    Some cells of each row may be given (`pins`); rows from the place `given` on are made for the `ties`.
    """

    def __init__(self, bench: Bench, register: Register, hints: tuple[str, ...] = ()) -> None:
        self.bench, self.register = bench, register
        self.chance = random.Random(f"{bench.seed} {register.id}")
        self.values = Values(register, bench.zone.code_lists_of(register), self.chance, more_formulas=hints)
        self.links = _links(register)
        self.rows: list[Row] = []
        self.pins: list[Row] = []
        self.given: int | None = None
        self.ties: list[Tie] = []
        registers = {**bench.zone.registers, register.id: register}
        self.equations: dict[str, list[Equation]] = {}
        for rule in register.rules:
            formulas = rule_formulas(rule, register, registers) if rule.forms else {}
            self.equations[rule.id] = equations_of(register, rule, formulas)
            if rule.reconciles and rule.reconciles.register == register.id:
                self.ties += tie_of(register, register, rule, formulas, "{}")

    def found(self, count: int) -> Sample:
        """Give as many good rows as were found, up to `count`."""
        self.rows = []
        self.pins = [{} for _ in range(count)]
        for _ in range(count):
            self.rows.append(self.fresh())
        return self.mended()

    def mended(self) -> Sample:
        """Give those of the rows that are good, mended where it can be done, and let them count as kept."""
        tries = [0] * len(self.rows)
        bad: dict[int, list[str]] = {}
        for _ in range(_ROUNDS):
            self.order_courses()
            self.settle(bad)
            bad = self.bench.judge(self.register, [(row, 0) for row in self.rows]) if self.rows else {}
            for place in self.outside():
                bad.setdefault(place, []).append(_OUTSIDE)
            if not bad:
                break
            for place, faults in bad.items():
                tries[place] += 1
                if tries[place] % _TRIES == 0 and not self.pins[place]:
                    self.rows[place] = self.fresh()
                else:
                    self.mend(self.rows[place], self.chance.choice(faults))
                    self.rows[place].update(self.pins[place])
        return self._given(bad)

    def _given(self, bad: Mapping[int, list[str]]) -> Sample:
        """The rows that are good, judged again without the others."""
        unmet = {fault for faults in bad.values() for fault in faults} - {_OUTSIDE}
        while bad:
            self.rows = [row for place, row in enumerate(self.rows) if place not in bad]
            bad = self.bench.judge(self.register, [(row, 0) for row in self.rows]) if self.rows else {}
        sample = Sample(self.register, tuple(self.rows), tuple(sorted(unmet)))
        self.bench.keep(sample)
        return sample

    # --- what must be equal ----------------------------------------------------------------------------------

    def settle(self, bad: Mapping[int, list[str]]) -> None:
        """Work out numbers that rules say are equal to others, in most rows that break such a rule, and in all ties."""
        for rule, equations in self.equations.items():
            about = {fault for fault in faults_of(self.register) if fault.partition("/")[2] == rule}
            places = [place for place, faults in bad.items() if about & set(faults) and self.chance.random() < 0.8]
            if places and equations:
                self.work_out(self.chance.choice(equations), places, {})
        for tie in self.ties:
            targets = self._answers(tie.targets, self.rows) if self.rows else {}
            self.work_out(tie.equation, list(targets), targets)

    def work_out(self, equation: Equation, places: Sequence[int], targets: Mapping[int, Any]) -> None:
        """Set one number of one row of each group so that the equation comes to its target, nought without one."""
        chosen = {place: self.chance.choice(equation.columns) for place in self._one_of_each(equation, places)}
        if not chosen:
            return
        ends = []
        for size in (0.0, 1.0):
            rows = list(self.rows)
            for place, name in chosen.items():
                rows[place] = {**rows[place], name: self.values.written(self.register.column(name), size)}
            ends.append(self._answers(equation.values("{}"), rows))
        for place, name in chosen.items():
            column = self.register.column(name)
            solved = worked_out(ends[0].get(place), ends[1].get(place), targets.get(place, 0))
            if solved is not None and abs(solved) < _LARGEST:
                kept = {"whole": 0, "real": 9}.get(column.type, column.places)
                self.rows[place][name] = self.values.written(column, round(solved, kept))

    def _one_of_each(self, equation: Equation, places: Sequence[int]) -> list[int]:
        if not equation.is_total:
            return list(places)
        shuffled = list(places)
        self.chance.shuffle(shuffled)
        return sorted({tuple(self.rows[place][name] for name in equation.by): place for place in shuffled}.values())

    def _answers(self, query: str, rows: Sequence[Row]) -> dict[int, Any]:
        table = self.bench.typed(self.register, rows)
        return dict(self.bench.engine.rows(query.replace("{}", table)))

    def outside(self) -> list[int]:
        """Give the rows made for the ties that the condition of none takes in."""
        if self.given is None or not self.ties:
            return []
        inside: set[int] = set()
        for tie in self.ties:
            inside |= set(self._answers(tie.equation.values("{}"), self.rows))
        return [place for place in range(self.given, len(self.rows)) if place not in inside]

    # --- single rows -----------------------------------------------------------------------------------------

    def fresh(self) -> Row:
        """Give a new row."""
        row: Row = {}
        for column in self.register.columns:
            row[column.id] = self.values.draw(column, row)
        for link in self.links:
            self.follow(link, row)
        return row

    def mend(self, row: Row, fault: str) -> None:
        """Draw again what a broken rule is about."""
        columns = sorted(self.about(fault))
        links = [link for link in self.links if set(link.columns) & set(columns) or link.on in columns]
        if links and self.chance.random() < 0.4:
            self.follow(self.chance.choice(links), row)
            return
        tied = {name for link in self.links for name in link.columns}
        free = [name for name in columns if name not in tied] or columns
        counted = self.counted(fault)
        if counted and self.chance.random() < 0.7:
            free = counted
        chosen = free if self.chance.random() < 0.3 else [self.chance.choice(free)]
        for name in chosen:
            row[name] = self.values.draw(self.register.column(name), row, is_hard=True)

    def counted(self, fault: str) -> list[str]:
        """Give the columns that a broken condition over a group counts, which oftener mend it than those it is by."""
        subject = faults_of(self.register)[fault].subject if fault != _OUTSIDE else ""
        rule = next((rule for rule in self.register.rules if rule.id == subject and rule.by and rule.holds), None)
        return sorted(columns_of(str(rule.holds), self.register) - set(rule.by)) if rule else []

    def about(self, fault: str) -> set[str]:
        """Give the columns a fault is about."""
        if fault == _OUTSIDE:
            return {name for tie in self.ties for name in tie.about} or set(self.register.column_ids)
        subject = faults_of(self.register)[fault].subject
        if subject in self.register.column_ids:
            return {subject}
        rule = next((rule for rule in self.register.rules if rule.id == subject), None)
        if rule is not None:
            return rule_columns(rule, self.register) or set(self.register.column_ids)
        valid = self.register.valid
        times = {name for name in (valid.start, valid.until) if name} if valid else set()
        return {*self.register.key, *times} or set(self.register.column_ids)

    def follow(self, link: Reference, row: Row) -> None:
        """Let a row name one that stands in the other register, on a day on which that is valid."""
        own = link.register == self.register.id
        sample = self.bench.made.get(link.register)
        others = self.rows if own else list(sample.rows) if sample else []
        here = [self.register.column(name) for name in link.columns]
        may_be_empty = [column.id for column in here if column.may_be_empty]
        chance_of_none = 0.7 if own else 0.25
        if not others or (may_be_empty and self.chance.random() < chance_of_none):
            for name in may_be_empty:
                row[name] = ""
            return
        other = self.chance.choice(others)
        if any(not other[there] for there in link.columns.values()):
            return
        row.update({name: other[there] for name, there in link.columns.items()})
        register = self.bench.zone.registers[link.register]
        if link.on and register.valid:
            self._place_in_time(row, link.on, other, register)

    def _place_in_time(self, row: Row, on: str, other: Row, register: Register) -> None:
        valid, column = register.valid, self.register.column(on)
        assert valid is not None
        start = read_day(register.column(valid.start), other[valid.start])
        until = read_day(register.column(valid.until), other[valid.until]) if valid.until else None
        first, last = self.values.span(column)
        if start is not None:
            first = max(first, start.date() + timedelta(0 if column.type != "month" else 31))
        last = max(first, min(last, (until or datetime.combine(LAST, time())).date() - timedelta(1)))
        row[on] = self.values.day(column, first, last)

    def order_courses(self) -> None:
        """Put values that never fall in the order of the column they run along."""
        for rule in self.register.rules:
            if rule.never_falls is None:
                continue
            course = rule.never_falls
            of, along = self.register.column(course.column), self.register.column(course.along)
            groups: dict[tuple[str, ...], list[Row]] = {}
            for row in self.rows:
                if row[course.column]:
                    groups.setdefault(tuple(row[name] for name in course.within), []).append(row)
            for rows in groups.values():
                values = sorted((row[course.column] for row in rows), key=partial(_size, of))
                for row, value in zip(sorted(rows, key=lambda r: _size(along, r[course.along])), values, strict=True):
                    row[course.column] = value


def _size(column: Column, cell: str) -> float:
    """What a made cell is sorted by: its number, or its day."""
    if column.type in DATES:
        at = read_day(column, cell)
        return at.timestamp() if at else 0.0
    return float(cell.replace(column.written.decimal, "."))


def tie_of(here: Register, there: Register, rule: Rule, formulas: Mapping[str, Formula], rows_here: str) -> list[Tie]:
    """Give the tie of control rows to the rows they control, whose typed table is `rows_here`; none where none can be
    kept to.
    """
    control, equation = rule.reconciles, control_equation(there, rule, formulas)
    assert control is not None
    if equation is None:
        return []
    where = formulas["where"].sql if "where" in formulas else "true"
    names = ", ".join(f"r.{quoted(name)}" for name in control.by)
    group = f" group by {names}" if names else ""
    total = f"{formulas['total'].sql} as value"
    sums = f"select {names}{', ' if names else ''}{total} from {quoted(rows_here)} r where {where}{group}"
    same = " and ".join(f"h.{quoted(one)} = r.{quoted(other)}" for one, other in control.by.items()) or "true"
    line = quoted(LINE)
    targets = (
        f'select r.{line}, h.value from "{{}}" r join ({sums}) h on {same} '
        f"where {equation.where} and h.value is not null"
    )
    about = formulas["where_there"].columns if "where_there" in formulas else ()
    return [Tie(equation, targets, tuple(sorted(about)))]


def _links(register: Register) -> list[Reference]:
    """The references of a register; two that name the same columns of one register are one, with the day of either."""
    merged: dict[tuple[str, tuple[tuple[str, str], ...]], Reference] = {}
    for rule in register.rules:
        if rule.refers is None:
            continue
        key = (rule.refers.register, tuple(sorted(rule.refers.columns.items())))
        before = merged.get(key)
        merged[key] = replace(rule.refers, on=rule.refers.on or (before.on if before else None), place=NOWHERE)
    return list(merged.values())


def rule_columns(rule: Rule, register: Register) -> set[str]:
    """Give the columns of its own register that a rule is about."""
    found = {*rule.by, *rule.do_not_overlap}
    for text in (rule.holds, rule.where):
        found |= columns_of(str(text), register) if text is not None else set()
    if rule.refers:
        found |= {*rule.refers.columns, *([rule.refers.on] if rule.refers.on else [])}
    if rule.reconciles:
        found |= {*rule.reconciles.by, *columns_of(str(rule.reconciles.total), register)}
    if rule.never_falls:
        found |= {rule.never_falls.column, rule.never_falls.along, *rule.never_falls.within}
    return found


def day_after(register: Register, name: str, cell: str, days: int) -> str:
    """Give a day some days after the one a cell holds, written as its column writes it."""
    column = register.column(name)
    at = read_day(column, cell)
    return cell if at is None else written_day(column, at + timedelta(days))
