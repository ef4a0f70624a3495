"""Rows that break one rule each: good rows, of which something is made wrong, each proved by the check.

For every fault a row of the register may have, candidates are made and judged beside the good rows; the one with the
fewest other faults is taken. What could not be broken in a file of its own is named with the reason.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from milepost.check.fault import Fault, faults_of
from milepost.check.samples.search import Bench, Row, Sample, day_after, rule_columns
from milepost.check.samples.values import Values, read_day, written_day
from milepost.registers.register import DATES, NUMBERS, Column, Register
from milepost.registers.rule import Rule

_CANDIDATES = 160
_TOO_MANY_PLACES = 10
_BEYOND_GOOD = 1_000_000
_OF_KEPT = {"C043": "it is about rows kept before", "C044": "it is about rows that are closed"}


@dataclass(frozen=True)
class Break:
    """The rows that break a rule together (most rules: one), the fault, and how many cells each has too many."""

    fault: str
    rows: tuple[Row, ...]
    surplus: int = 0


@dataclass(frozen=True)
class Broken:
    """For each fault that could be made its rows; `unbroken` names the others with the reason."""

    register: Register
    breaks: tuple[Break, ...]
    unbroken: tuple[tuple[str, str], ...]


def broken(maker: Bench, sample: Sample) -> Broken:
    """Give rows that break each rule of a register once, made of the good rows of a sample."""
    breaker = _Breaker(maker, sample)
    breaks, unbroken = [], []
    for name, fault in faults_of(sample.register).items():
        reason = _OF_KEPT.get(fault.code)
        found = None if reason else breaker.of(fault)
        if found is not None:
            breaks.append(found)
        else:
            unbroken.append((name, reason or "nothing that was made breaks it"))
    together, apart = breaker.together(breaks)
    unbroken += [(one.fault, "it is hidden by the other broken rows") for one in apart]
    return Broken(sample.register, tuple(together), tuple(unbroken))


class _Breaker:
    def __init__(self, maker: Bench, sample: Sample) -> None:
        self.maker, self.sample, self.register = maker, sample, sample.register
        self.chance = random.Random(f"{maker.seed} broken {self.register.id}")
        lists = maker.zone.code_lists_of(self.register)
        self.values = Values(self.register, lists, self.chance, numbered_from=_BEYOND_GOOD)
        self.lists = lists

    def of(self, fault: Fault) -> Break | None:
        """Give rows that break a rule, or None where none was found."""
        candidates = list(self.candidates(fault))[:_CANDIDATES]
        if fault.code == "C020":
            return Break(fault.name, (candidates[0][0],), 1) if candidates else None
        best: Break | None = None
        fewest = 1_000
        for rows, others in self.judged(fault.name, candidates):
            if others < fewest:
                best, fewest = Break(fault.name, rows), others
            if not others:
                break
        return best

    def together(self, breaks: list[Break]) -> tuple[list[Break], list[Break]]:
        """Divide breaks into those that are still found when all stand in one file with the good rows, and others."""
        rows = [(row, 0) for row in self.sample.rows]
        rows += [(row, one.surplus) for one in breaks for row in one.rows]
        told, place = self.maker.judge(self.register, rows), len(self.sample.rows)
        found: tuple[list[Break], list[Break]] = ([], [])
        for one in breaks:
            places = range(place, place + len(one.rows))
            place += len(one.rows)
            found[0 if any(one.fault in told.get(here, ()) for here in places) else 1].append(one)
        return found

    def judged(self, fault: str, candidates: list[tuple[Row, ...]]) -> Iterator[tuple[tuple[Row, ...], int]]:
        """Give the candidates that have the fault beside the good rows, with the count of their other faults.

        Single rows are judged together, and what was found once more alone, for rows may break a rule together.
        """
        good = [(row, 0) for row in self.sample.rows]
        singles = [rows for rows in candidates if len(rows) == 1]
        told = self.maker.judge(self.register, good + [(rows[0], 0) for rows in singles]) if singles else {}
        likely = [rows for place, rows in enumerate(singles) if fault in told.get(len(good) + place, ())]
        likely.sort(key=lambda rows: len(told[len(good) + singles.index(rows)]))
        pairs = [rows for rows in candidates if len(rows) > 1]
        is_found = False
        for rows in [*likely[:2], *pairs[:8]]:
            if is_found and len(rows) > 1:
                return
            alone = self.maker.judge(self.register, good + [(row, 0) for row in rows])
            found = [alone.get(len(good) + place, []) for place in range(len(rows))]
            if any(fault in one for one in found):
                is_found = True
                yield rows, sum(len(one) for one in found) - 1

    def candidates(self, fault: Fault) -> Iterator[tuple[Row, ...]]:
        """Give rows that may break a rule."""
        if fault.is_of_column:
            column = self.register.column(fault.subject)
            for wrong in self.wrong_cells(fault.code, column):
                yield from self.with_cell(column.id, wrong)
        elif fault.code in _WHOLE:
            yield from _WHOLE[fault.code](self)
        else:
            yield from self.against(fault.rule)

    def copies(self) -> Iterator[Row]:
        """Give a few good rows under new keys."""
        for row in self.sample.rows[:6]:
            yield self.renamed(row)

    def renamed(self, row: Row) -> Row:
        """Give a row under a new key where one of its own words can be new."""
        linked = {name for rule in self.register.rules if rule.refers for name in rule.refers.columns}
        copy = dict(row)
        for name in self.register.key:
            column = self.register.column(name)
            if name not in linked and column.type in ("text", "credit_code") and not self.values.hints[name].patterns:
                copy[name] = self.values.filled(column)
            elif column.type in DATES and not (self.register.valid and name == self.register.valid.start):
                copy[name] = day_after(self.register, name, row[name], 31 * self.chance.randint(1, 9))
        return copy

    def with_cell(self, name: str, cell: str) -> Iterator[tuple[Row, ...]]:
        """Give copies with one cell changed."""
        for row in self.copies():
            yield ({**row, name: cell},)

    def wrong_cells(self, code: str, column: Column) -> Iterator[str]:
        """Give cells that break a general rule about a column."""
        if code in _CELLS:
            yield from _CELLS[code]
        elif code == "C027":
            yield f"1{column.written.decimal}{'1' * _TOO_MANY_PLACES}"
        elif code == "C028":
            good = self.values.credit_code()
            yield good[:-1] + ("0" if good[-1] != "0" else "1")
        elif code == "C040":
            yield "2024-05-06" if column.type == "moment" else "2024-05-06 10:15"
        elif code == "C047":
            yield from (
                c.code for c in self.lists[column.code_list].codes if c.until is not None or c.start is not None
            )
        elif code == "C048":
            future = read_day(Column("d", column.name, "date"), "2999-01-01")
            assert future is not None
            yield written_day(column, future)

    # --- rules about whole rows ------------------------------------------------------------------------------

    def surplus(self) -> Iterator[tuple[Row, ...]]:
        """Rows to which a cell too many is added."""
        yield from ((row,) for row in self.copies())

    def repeated(self) -> Iterator[tuple[Row, ...]]:
        """A row that stands in the file already."""
        yield from ((dict(row),) for row in self.sample.rows[:2])

    def given_twice(self) -> Iterator[tuple[Row, ...]]:
        """The key of another row with other values."""
        valid = self.register.valid
        identity = {*self.register.key, *([valid.start] if valid else [])}
        for column in self.register.columns:
            if column.id not in identity:
                for row in self.sample.rows[:3]:
                    cell = self.values.filled(column)
                    if cell != row[column.id]:
                        yield ({**row, column.id: cell},)

    def no_time(self) -> Iterator[tuple[Row, ...]]:
        """A row that ends on the day it begins."""
        valid = self.register.valid
        assert valid is not None and valid.until is not None
        for row in self.copies():
            yield ({**row, valid.until: day_after(self.register, valid.until, row[valid.start], 0)},)

    def overlapping(self) -> Iterator[tuple[Row, ...]]:
        """Another row with the same key that begins while the first is valid."""
        valid = self.register.valid
        assert valid is not None
        until = {valid.until: ""} if valid.until else {}
        for row in self.sample.rows[:6]:
            start = day_after(self.register, valid.start, row[valid.start], 40)
            yield ({**row, **until, valid.start: start},)

    # --- declared rules --------------------------------------------------------------------------------------

    def against(self, rule: Rule) -> Iterator[tuple[Row, ...]]:
        """Give rows against a declared rule, by its form."""
        if rule.refers:
            yield from self.unknown(rule)
        elif rule.never_falls:
            yield from self.falling(rule)
        elif rule.do_not_overlap:
            yield from self.beside(rule)
        else:
            yield from self.redrawn(rule)

    def unknown(self, rule: Rule) -> Iterator[tuple[Row, ...]]:
        """Rows that name what stands nowhere."""
        assert rule.refers is not None
        if rule.refers.on:
            column = self.register.column(rule.refers.on)
            long_ago = read_day(Column("d", column.name, "date"), "1980-03-01")
            assert long_ago is not None
            yield from self.with_cell(column.id, written_day(column, long_ago))
        for row in self.redrawn_rows(rule):
            named = {name: self._new(self.register.column(name)) for name in rule.refers.columns}
            yield ({**row, **named},)

    def _new(self, column: Column) -> str:
        if column.type in ("code", "credit_code", *DATES):
            return self.values.filled(column)
        return "0" if column.type in NUMBERS else f"MADE-{self.values.number()}"

    def falling(self, rule: Rule) -> Iterator[tuple[Row, ...]]:
        """Two rows of which the later is below the earlier."""
        course = rule.never_falls
        assert course is not None
        along = self.register.column(course.along)
        for row in self.copies():
            at = read_day(along, row[course.along])
            if at is None:
                continue
            later = written_day(along, at + timedelta(31 if along.type == "month" else 1))
            high, low = (self.values.written(self.register.column(course.column), size) for size in (9.0, 4.0))
            filled = {name: row[name] or self._new(self.register.column(name)) for name in course.within}
            first = {**row, **filled, course.column: high}
            yield first, {**first, course.column: low, course.along: later}

    def beside(self, rule: Rule) -> Iterator[tuple[Row, ...]]:
        """A row at the same time that agrees with another in the columns of the rule."""
        within, valid = rule.do_not_overlap, self.register.valid
        assert valid is not None
        for row in self.sample.rows[:8]:
            if all(row[name] for name in within):
                other = {**self.renamed(row), **{name: row[name] for name in within}}
                start = day_after(self.register, valid.start, row[valid.start], 1)
                yield ({**other, valid.start: start, **({valid.until: ""} if valid.until else {})},)

    def redrawn(self, rule: Rule) -> Iterator[tuple[Row, ...]]:
        """Rows, and pairs of a group, whose columns of the rule are drawn again."""
        if rule.by:
            yield from self.one_more(rule)
        rows = list(self.redrawn_rows(rule))
        yield from ((row,) for row in rows)
        if rule.by:
            yield from self.uneven(rule)
            for row, other in itertools.pairwise(rows):
                yield row, {**self.renamed(other), **{name: row[name] for name in rule.by}}
            for row, other in zip(self.sample.rows, rows, strict=False):
                yield ({**self.renamed(row), **{name: row[name] for name in rule.by}},)
                yield ({**other, **{name: row[name] for name in rule.by}},)

    def one_more(self, rule: Rule) -> Iterator[tuple[Row, ...]]:
        """One more row in a group: it takes from another good row what tells it apart, and counts as one."""
        numbers = [name for name in rule_columns(rule, self.register) if self.register.column(name).type in NUMBERS]
        counted = {n: self.values.written(self.register.column(n), 1.0) for n in numbers if n not in rule.by}
        for row, other in itertools.permutations(self.sample.rows[:4], 2):
            apart = {name: other[name] for name in self.register.key if name not in rule.by}
            yield ({**row, **apart, **counted},)

    def uneven(self, rule: Rule) -> Iterator[tuple[Row, ...]]:
        """Three rows of a group of which the last is far above the others."""
        counted = sorted(rule_columns(rule, self.register) - set(rule.by))
        numbers = [name for name in counted if self.register.column(name).type in NUMBERS]
        for row in self.copies() if numbers else ():
            filled = {name: row[name] or self._new(self.register.column(name)) for name in rule.by}
            three = []
            for place, size in enumerate((2.0, 2.0, 900_000.0)):
                cells = {name: self.values.written(self.register.column(name), size) for name in numbers}
                others = {name: self._other(name, row, place) for name in self.register.key if name not in rule.by}
                three.append({**row, **filled, **cells, **others})
            yield tuple(three)

    def _other(self, name: str, row: Row, place: int) -> str:
        column = self.register.column(name)
        return day_after(self.register, name, row[name], place * 31) if column.type in DATES else self._new(column)

    def redrawn_rows(self, rule: Rule) -> Iterator[Row]:
        """Copies of good rows with the columns of a rule drawn again, some of them with odd cells."""
        names = sorted(rule_columns(rule, self.register) - set(rule.by))
        for _ in range(_CANDIDATES // 8):
            for row in self.copies():
                chosen = names if self.chance.random() < 0.5 else [self.chance.choice(names or [""])]
                yield {**row, **{name: self.odd(self.register.column(name), row) for name in chosen if name}}

    def odd(self, column: Column, row: Mapping[str, str]) -> str:
        """Give a cell that may break a rule: a draw like any, or something small, large or short."""
        if self.chance.random() < 0.5:
            return self.values.draw(column, row, is_hard=True)
        if column.type in NUMBERS:
            return self.values.written(column, float(self.chance.choice([-1, 0, 0.5, 2, 37, 1_000, 90_000, 9_000_000])))
        if column.type in DATES:
            first = "1990-01-01" if column.type != "month" else "1980-03-01"
            at = read_day(Column("d", column.name, "date"), self.chance.choice([first, "1900-01-01", "2020-02-29"]))
            assert at is not None
            return written_day(column, at)
        if column.type == "code":
            listed = self.lists[column.code_list].codes if column.code_list else ()
            return self.chance.choice([*column.codes, *(code.code for code in listed)])
        return self.chance.choice(["1", "x", "made ?", "MADE"]) if column.type == "text" else self.values.filled(column)


_CELLS = {
    "C021": ("",), "C022": ("made",), "C023": ("no_such_code",), "C024": ("some day",),
    "C025": ("2024-13-45", "2024-13-45 10:15", "some day"), "C026": ("no address",), "C029": ("perhaps",),
    "C041": ("2024-05-06",),
}  # fmt: skip
_WHOLE: Mapping[str, Callable[[_Breaker], Iterator[tuple[Row, ...]]]] = {
    "C019": _Breaker.repeated,
    "C020": _Breaker.surplus,
    "C042": _Breaker.given_twice,
    "C045": _Breaker.no_time,
    "C046": _Breaker.overlapping,
}
