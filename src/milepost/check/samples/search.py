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

from milepost.basics.errors import NOWHERE
from milepost.check.fault import faults_of
from milepost.check.records import check_records
from milepost.check.samples.hints import columns_of
from milepost.check.samples.values import LAST, Values, read_day, written_day
from milepost.engines.embedded import Engine, quoted
from milepost.plan.zone import Zone
from milepost.receive.batch import BEYOND, LINE, SURPLUS, Batch, Receipt
from milepost.registers.register import DATES, Column, Register
from milepost.registers.rule import Reference, Rule

Row = dict[str, str]
_ROUNDS = 120
_TRIES = 12
_ROWS_FOR_ONE = 5
OTHERS = 12


@dataclass(frozen=True)
class Sample:
    """Made rows of a register, as texts; `unmet` names the rules that could not be kept to, or not tried."""

    register: Register
    rows: tuple[Row, ...]
    unmet: tuple[str, ...] = ()


@dataclass
class Maker:
    """Makes rows of a zone's registers; `made` holds the samples so far by register."""

    engine: Engine
    zone: Zone
    seed: int
    today: date
    made: dict[str, Sample] = field(default_factory=dict)
    _batches: int = 0

    def sample(self, register: Register, count: int) -> list[Sample]:
        """Give `count` rows of a register, and before it rows of those it refers to, in the order to receive them."""
        order = _needed(self.zone, register)
        for one in order:
            if one.id not in self.made:
                others = max(OTHERS, count // _ROWS_FOR_ONE)
                self.made[one.id] = _Search(self, one).found(count if one.id == register.id else others)
        return [self.made[one.id] for one in order]

    def judge(self, register: Register, rows: Sequence[tuple[Row, int]]) -> dict[int, list[str]]:
        """Give the faults of each bad row by its place; a row comes with how many cells it has too many."""
        self._batches += 1
        table = f"made_{self._batches}"
        types = {LINE: "bigint", SURPLUS: "integer", BEYOND: "varchar"}
        types |= dict.fromkeys(register.column_ids, "varchar")
        cells = (
            (place, more, "", *(row[name] for name in register.column_ids)) for place, (row, more) in enumerate(rows)
        )
        count = self.engine.load(table, types, cells)
        receipt = Receipt("made", table, datetime.now(UTC), "made", "made")
        batch = Batch(register.id, table, count, register.column_ids, receipt)
        check_records(self.engine, self.zone, register, batch, self.today, "", self._others())
        told: dict[int, list[str]] = {}
        for place, fault in self.engine.rows(
            f"select {quoted(LINE)}, fault from {quoted('told_' + table)} order by 1, number"
        ):
            told.setdefault(place, []).append(fault)
        return told

    def _others(self) -> dict[str, str]:
        return {name: f"sample_{name}" for name in self.made if self.made[name].rows}

    def keep(self, sample: Sample) -> None:
        """Let the rows of a sample count as kept, with their types, for registers that refer to them."""
        register = sample.register
        if not sample.rows:
            return
        self._batches += 1
        table = f"kept_made_{self._batches}"
        types = {LINE: "bigint", SURPLUS: "integer", BEYOND: "varchar"} | dict.fromkeys(register.column_ids, "varchar")
        cells = ((place, 0, "", *(row[n] for n in register.column_ids)) for place, row in enumerate(sample.rows))
        batch = Batch(register.id, table, self.engine.load(table, types, cells), register.column_ids,
                      Receipt("made", table, datetime.now(UTC), "made", "made"))  # fmt: skip
        verdict = check_records(self.engine, self.zone, register, batch, self.today, "", self._others())
        self.engine.make(f"sample_{register.id}", f"select * from {quoted(verdict.accepted)}")


def _needed(zone: Zone, register: Register) -> list[Register]:
    """The register behind all it refers to; a circle is cut where it is met."""
    ordered: dict[str, Register] = {}

    def visit(one: Register, path: tuple[str, ...]) -> None:
        for rule in one.rules:
            if rule.refers and rule.refers.register not in (*path, one.id) and rule.refers.register not in ordered:
                visit(zone.registers[rule.refers.register], (*path, one.id))
        ordered[one.id] = one

    visit(register, ())
    return list(ordered.values())


class _Search:
    def __init__(self, maker: Maker, register: Register) -> None:
        self.maker, self.register = maker, register
        self.chance = random.Random(f"{maker.seed} {register.id}")
        self.values = Values(register, maker.zone.code_lists_of(register), self.chance)
        self.links = _links(register)
        self.rows: list[Row] = []

    def found(self, count: int) -> Sample:
        """Give as many good rows as were found, up to `count`."""
        self.rows = []
        for _ in range(count):
            self.rows.append(self.fresh())
        tries = [0] * count
        bad: dict[int, list[str]] = {}
        for _ in range(_ROUNDS):
            self.order_courses()
            bad = self.maker.judge(self.register, [(row, 0) for row in self.rows])
            if not bad:
                break
            for place, faults in bad.items():
                tries[place] += 1
                if tries[place] % _TRIES == 0:
                    self.rows[place] = self.fresh()
                else:
                    self.mend(self.rows[place], self.chance.choice(faults))
        return self._given(bad)

    def _given(self, bad: Mapping[int, list[str]]) -> Sample:
        """The rows that are good, judged again without the others."""
        unmet = {fault for faults in bad.values() for fault in faults}
        while bad:
            self.rows = [row for place, row in enumerate(self.rows) if place not in bad]
            bad = self.maker.judge(self.register, [(row, 0) for row in self.rows]) if self.rows else {}
        untried = {rule.id for rule in self.register.rules if rule.reconciles}
        sample = Sample(self.register, tuple(self.rows), tuple(sorted(unmet | untried)))
        self.maker.keep(sample)
        return sample

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
        subject = faults_of(self.register)[fault].subject
        rule = next((rule for rule in self.register.rules if rule.id == subject and rule.by and rule.holds), None)
        return sorted(columns_of(str(rule.holds), self.register) - set(rule.by)) if rule else []

    def about(self, fault: str) -> set[str]:
        """Give the columns a fault is about."""
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
        sample = self.maker.made.get(link.register)
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
        register = self.maker.zone.registers[link.register]
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
    if rule.never_falls:
        found |= {rule.never_falls.column, rule.never_falls.along, *rule.never_falls.within}
    return found


def day_after(register: Register, name: str, cell: str, days: int) -> str:
    """Give a day some days after the one a cell holds, written as its column writes it."""
    column = register.column(name)
    at = read_day(column, cell)
    return cell if at is None else written_day(column, at + timedelta(days))
