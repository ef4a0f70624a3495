"""Computed readings: what the declared formulas give of the rows that are kept.

Here the parts meet: tasks are read from declarations, scans are shared, cells are kept, cuts are rolled up, and
indicators of other indicators are worked out of their values. Nothing is published here: what may leave is judged in
`show/guard`.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.engines.engine import Engine, quoted
from milepost.keep.version import Version
from milepost.measure.cells import Cells, scan_name
from milepost.measure.composite import make_composite
from milepost.measure.cut import Cut, Roller, is_asked_in_vain
from milepost.measure.held import Held
from milepost.measure.kept import Rows, cells_of
from milepost.measure.places import CodeLists, Dimension, dimension, load_areas
from milepost.measure.reading import Made, Reading, Row
from milepost.measure.spell import Every, last_day, period
from milepost.measure.task import Scan, Task, scans_of, task_of
from milepost.measure.totals import Totals
from milepost.plan.zone import Zone
from milepost.registers.formula import Formula
from milepost.registers.indicator import Indicator
from milepost.registers.meaning import indicator_formula

MARK = "measured"
DEFAULT_EVERY: tuple[Every, ...] = ("month", "quarter", "year")


class History(Rows):
    """A store that also tells its versions, so that figures can be known on a date."""

    def versions(self, register: str) -> list[Version]:
        """Give every version with its receipt, oldest first."""
        raise NotImplementedError

    def day(self, moment: datetime) -> date:
        """Give the day on which something was received or kept."""
        raise NotImplementedError


@dataclass
class Measure:
    """Computes indicators of a zone as known on a day (`horizon`); use one for one piece of work.

    `code_folders` are where code lists lie, for the levels of dimensions (the zone's own without any). With `is_kept`
    cells are kept under 04_measured and later versions build on them. `how` tells for each register's scan how its
    cells came.
    """

    engine: Engine
    zone: Zone
    store: Any
    horizon: date
    code_folders: Sequence[Path] = ()
    is_kept: bool = True
    how: dict[str, str] = field(default_factory=dict)
    _cells: dict[str, Cells] = field(default_factory=dict)
    _scanned: dict[tuple[str, int], Cells] = field(default_factory=dict)
    _tasks: dict[str, Task] = field(default_factory=dict)
    _made: dict[tuple[str, Cut], str | None] = field(default_factory=dict)
    _formulas: dict[str, tuple[Formula, Formula | None]] = field(default_factory=dict)
    _newest: dict[str, date | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lists = CodeLists(self.code_folders or (*self.zone.code_folders.values(), self.zone.folder / "codes"))
        self.versions: dict[str, int | None] = {}
        self.held = Held(self)
        load_areas(self.engine, self.zone)

    # --- what is asked ---------------------------------------------------------------------------------------

    def indicator(self, name: str) -> Indicator:
        """Give the computed indicator of that id.

        Raises YoursToMend (M003) where there is none, or it is not computed.
        """
        found = self.zone.indicators.get(name)
        if found is None or found.formula is None:
            known = [key for key, one in self.zone.indicators.items() if one.formula is not None]
            mend = nearest(name, known).rstrip("?") or f"Computed are: {listed(sorted(known), 30) or 'none'}"
            raise YoursToMend(Trouble("M003", f"no indicator {name} is computed", mend))
        return found

    def inputs(self, name: str) -> tuple[str, ...]:
        """Give the indicators that an indicator is computed from, at any remove, those over rows only."""
        found: list[str] = []
        self._follow(name, found, ())
        return tuple(dict.fromkeys(found))

    def _follow(self, name: str, found: list[str], path: tuple[str, ...]) -> None:
        one = self.indicator(name)
        if name in path:
            mend = "Break the circle: let one of them be computed from a register"
            raise YoursToMend(Trouble("M006", f"{name} is computed from itself", mend, one.place))
        if one.register is not None:
            found.append(name)
            return
        for inner in sorted(self.formula(one)[0].indicators):
            self._follow(inner, found, (*path, name))

    def formula(self, indicator: Indicator) -> tuple[Formula, Formula | None]:
        """Give an indicator's formula and the condition on its rows."""
        if indicator.id not in self._formulas:
            read = indicator_formula(indicator, self.zone.registers, dict(self.zone.indicators))
            self._formulas[indicator.id] = read
        return self._formulas[indicator.id]

    def dimensions(self, name: str) -> tuple[str, ...]:
        """Give the columns an indicator can be divided by: for one of others, those that all of them have."""
        one = self.indicator(name)
        if one.register is not None:
            return one.by
        parts = [self.dimensions(inner) for inner in sorted(self.formula(one)[0].indicators)]
        common = set(parts[0]).intersection(*parts[1:]) if parts else set()
        return tuple(column for column in (one.by or (parts[0] if parts else ())) if column in common)

    # --- work ------------------------------------------------------------------------------------------------

    def prepare(self, names: Iterable[str], by_day: bool = False) -> None:
        """Make the cells of all indicators over rows that `names` need; those that can share a pass do."""
        needed = dict.fromkeys(inner for name in names for inner in self.inputs(name))
        tasks = [self._task(name) for name in needed]
        tasks = [task for task in tasks if self.version(task.register.id) is not None]
        for name, scan in scans_of(tasks, by_day).items():
            known = self._cells.get(name)
            if known is not None and known.scan.unit == scan.unit:
                continue
            version = self.version(scan.register.id)
            assert version is not None
            self._cells[name] = self._cells_of(scan, version)

    def cells_with(self, asked: Totals, version: int) -> Cells:
        """Give the cells of a version that hold totals: those that figures are made of, else cells of their own."""
        tasks = [self._task(name) for name, one in self.zone.indicators.items()
                 if one.formula is not None and one.register == asked.register.id]  # fmt: skip
        scans = scans_of(tasks, by_day=False).values()
        return self._cells_of(next(filter(asked.is_held_by, scans), asked.own_scan()), version)

    def _cells_of(self, scan: Scan, version: int) -> Cells:
        key = (scan_name(scan), version)
        if key not in self._scanned:
            made = cells_of(self.engine, self.store, scan, version, f"cells_{len(self.how)}", self.is_kept)
            self.how[f"{scan.register.id} {len(self.how)}"] = made.how
            self._scanned[key] = made.cells
        return self._scanned[key]

    def version(self, register: str) -> int | None:
        """Give the version of a register that is read: the newest received by the horizon; None without any."""
        if register not in self.versions:
            known = [
                one.number
                for one in self.store.versions(register)
                if self.store.day(one.receipt.received_at) <= self.horizon
            ]
            self.versions[register] = max(known, default=None)
        return self.versions[register]

    def _task(self, name: str) -> Task:
        if name not in self._tasks:
            indicator = self.indicator(name)
            assert indicator.register is not None
            register = self.zone.registers[indicator.register]
            self._tasks[name] = task_of(indicator, register, *self.formula(indicator))
        return self._tasks[name]

    def table(self, name: str, cut: Cut) -> str | None:
        """Give the name of the table of an indicator's values in a cut; None where it has none there.

        Raises YoursToMend (M005) where it cannot be divided so.
        """
        if (name, cut) not in self._made:
            self.inputs(name)
            self._made[name, cut] = self._make(name, cut)
        return self._made[name, cut]

    def _make(self, name: str, cut: Cut) -> str | None:
        indicator = self.indicator(name)
        table = f"values_{len(self._made)}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        for one in cut.by:
            if one.column not in self.dimensions(name):
                mend = f"It can be divided by: {listed(self.dimensions(name), 20) or 'nothing'}"
                raise YoursToMend(Trouble("M005", f"{name} is not divided by {one.column}", mend, indicator.place))
        if indicator.register is None:
            formula, _ = self.formula(indicator)
            inputs = {inner: self.table(inner, cut) for inner in sorted(formula.indicators)}
            return make_composite(self.engine, indicator, formula, inputs, cut, table)
        task = self._task(name)
        if is_asked_in_vain(task, cut) or self.version(task.register.id) is None:
            return None
        known = self._cells.get(name)
        if known is None or (cut.every == "day" and known.scan.unit != "day"):
            self.prepare([name], by_day=cut.every == "day")
        roller = Roller(self.engine, task, self._cells[name], self.lists, self.zone.declared.main_area)
        roller.make(cut, self.horizon, table)
        return table

    # --- readings --------------------------------------------------------------------------------------------

    def readings(self, name: str, every: Every = "year", by: Sequence[str] = ()) -> list[Reading]:
        """Give the readings of an indicator, by period, area and the values of its dimensions, in their order.

        A figure whose inputs are lacking has the value NaN, and its `made.lacking` names them. Figures of a period
        that the rows do not cover to its end say so in `as_of`.
        """
        cut = Cut(every, tuple(map(dimension, by)))
        table = self.table(name, cut)
        return [] if table is None else list(self._readings(self.indicator(name), cut, table))

    def _readings(self, indicator: Indicator, cut: Cut, table: str) -> Iterator[Reading]:
        base, held = self._base(indicator), self.held.counts(indicator.id, cut)
        covered = self._covered(indicator.id)
        told = () if indicator.register else self.engine.columns(table)
        lacking = [name for name in told if name.startswith("lack_")]
        columns = (*cut.columns, "contributors", "item_response", "is_joint", "value", *lacking)
        order = ", ".join(cut.columns)
        query = f"select {', '.join(map(quoted, columns))} from {quoted(table)} order by {order}"
        place, width = _place_of(base), len(cut.columns)
        known: dict[Any, Made] = {}
        for cells in self.engine.rows(query):
            row = dict(zip(columns, cells, strict=True))
            lacks = tuple(name for name in lacking if row[name])
            count = held.get(cells[:width], 0) if held else 0
            # Figures are made alike, save for what they are divided by, what they lack and how many rows wait.
            alike = (cells[2:width], row["value"] is None, lacks, count)
            if alike not in known:
                known[alike] = self._made_of(indicator, cut, row, replace(base, held_count=count), lacks)
            yield self._reading(indicator, cut, row, known[alike], place, covered)

    def _made_of(
        self, indicator: Indicator, cut: Cut, row: Mapping[str, Any], base: Made, lacks: tuple[str, ...]
    ) -> Made:
        values = tuple((one.id, str(row[f"d{place}"])) for place, one in enumerate(cut.by))
        return replace(base, dimensions=values, lacking=self._lacking(indicator, lacks) if row["value"] is None else ())

    def _base(self, indicator: Indicator) -> Made:
        registers = sorted({self._task(name).register.id for name in self.inputs(indicator.id)})
        versions = tuple((one, self.version(one) or 0) for one in registers)
        is_public = all(self.zone.registers[one].is_public for one in registers)
        return Made(self.hash(indicator.id), indicator.version, versions, is_public=is_public)

    def hash(self, name: str) -> str:
        """Give a short name of all that an indicator's formula says, with the formulas it is made of."""
        indicator = self.indicator(name)
        formula, where = self.formula(indicator)
        inner = [self.hash(one) for one in sorted(formula.indicators)]
        said = (formula.hash, where.hash if where else "", indicator.kind, indicator.unit, indicator.happened, inner)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:12]

    def _covered(self, name: str) -> date | None:
        """Give the last day that the rows of all inputs cover: the end of the newest month with a row."""
        days = []
        for inner in self.inputs(name):
            task = self._task(inner)
            if task.is_state or self.version(task.register.id) is None or inner not in self._cells:
                continue
            cells = self._cells[inner].added
            if cells not in self._newest:
                self._newest[cells] = self.engine.rows(f"select max(t) from {quoted(cells)}")[0][0]
            newest = self._newest[cells]
            if newest is not None:
                days.append(last_day("month", newest.replace(day=1)))
        return min([*days, self.horizon])

    def _reading(
        self, indicator: Indicator, cut: Cut, row: Mapping[str, Any], made: Made, place: Row, covered: date | None
    ) -> Reading:
        every: Every = "to_date" if row["is_joint"] else cut.every
        when, area = period(every, row["p"]), str(row["area"])
        value = math.nan if row["value"] is None else float(row["value"])
        is_whole = covered is None or when.end is None or covered >= when.end
        return Reading(
            id=reading_id(indicator.id, area, when.text, made.dimensions, made.versions),
            indicator=indicator.id,
            area=area,
            period=when,
            value=value,
            unit=indicator.unit,
            kind="ytd" if every == "to_date" else "actual",
            basis="computed",
            known_on=self.horizon,
            is_known_on_assumed=False,
            published_name=indicator.id,
            published_text="" if math.isnan(value) else f"{value:.12g}",
            published_unit=indicator.unit,
            published_on="",
            source_url="",
            source_title=indicator.name.en,
            note="",
            row=place,
            as_of=None if is_whole else covered,
            contributors=None if row["contributors"] is None else int(row["contributors"]),
            item_response=float(row["item_response"]),
            made=made,
        )

    def _lacking(self, indicator: Indicator, marked: tuple[str, ...]) -> tuple[str, ...]:
        if marked:
            return tuple(name.removeprefix("lack_") for name in marked)
        formula, _ = self.formula(indicator)
        return tuple(sorted(f"{indicator.register}.{column}" for column in formula.columns)) or (indicator.id,)


def _place_of(base: Made) -> Row:
    """Where computed readings come from: the newest of the versions, and no single row."""
    return Row(base.versions[0][0] if base.versions else "", max((n for _, n in base.versions), default=0), "", 0, "")


def reading_id(
    indicator: str, area: str, when: str, values: tuple[tuple[str, str], ...], versions: tuple[tuple[str, int], ...]
) -> str:
    """Give the name of a computed reading: what it is of, and the versions it was computed from.

    >>> reading_id("carbon.electricity", "ZONE", "2025-03", (("carrier", "生 x"),), (("carbon.meter_reading", 7),))
    'measured:carbon.electricity:ZONE:2025-03:carrier=~E7~94~9F~20x@7'
    """
    return f"{MARK}:{indicator}:{_written(area)}:{when}{_divided(values, versions)}"


@functools.lru_cache(maxsize=100_000)
def _divided(values: tuple[tuple[str, str], ...], versions: tuple[tuple[str, int], ...]) -> str:
    divided = (f":{name}={_written(value)}" for name, value in values)
    return f"{''.join(divided)}@{'+'.join(str(n) for _, n in versions)}"


@functools.lru_cache(maxsize=100_000)
def _written(text: str) -> str:
    return quote(text, safe="").replace("~", "%7E").replace("%", "~")


def is_measured(reading: str) -> bool:
    """Is it the name of a computed reading?"""
    return reading.startswith(f"{MARK}:")


def computed_indicators(zone: Zone) -> tuple[str, ...]:
    """Give the ids of the indicators that have a formula, in their order."""
    return tuple(sorted(key for key, one in zone.indicators.items() if one.formula is not None))


def is_complete(reading: Reading) -> bool:
    """Is nothing lacking?"""
    return not math.isnan(reading.value)


def is_whole(reading: Reading, kind: str) -> bool:
    """May the figure stand for its period? One that adds over time must be covered to its last day."""
    return is_complete(reading) and (reading.as_of is None or kind not in ("flow", "cumulative"))


def dimensions_of(written: Sequence[str]) -> tuple[Dimension, ...]:
    """Give the dimensions that are written."""
    return tuple(map(dimension, written))


def measured_readings(
    engine: Engine,
    zone: Zone,
    store: Any,
    known_on: date,
    every: Sequence[Every] = DEFAULT_EVERY,
    code_folders: Sequence[Path] = (),
    is_divided: bool = True,
    names: Sequence[str] = (),
) -> list[Reading]:
    """Give the readings of the zone's computed indicators as known on a date.

    For each kind of period in `every`: the figures of each area, and, where `is_divided`, those for each single
    dimension. Those that lack inputs are among them (`is_complete` tells). Registers without a row give nothing.
    Raises YoursToMend with what is wrong with a declaration (M003 to M006).
    """
    measure = Measure(engine, zone, store, known_on, code_folders)
    wanted = [name for name in (names or computed_indicators(zone)) if _has_rows(measure, name)]
    measure.prepare(wanted, by_day="day" in every)
    found: list[Reading] = []
    for name in wanted:
        cuts = [(), *((one,) for one in measure.dimensions(name))] if is_divided else [()]
        for way in every:
            for by in cuts:
                found += measure.readings(name, way, by)
    return list({reading.id: reading for reading in found}.values())


def _has_rows(measure: Measure, name: str) -> bool:
    """Has any register that the indicator needs a row? Without one there is nothing to say, not even what lacks."""
    return any(measure.version(measure._task(inner).register.id) is not None for inner in measure.inputs(name))
