"""From a computed reading back to its rows: the same condition, period and dimensions, without the total.

Rows are told by their place (file, line, version); what stands in them is for those who may see the register.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from milepost.engines.engine import Engine, literal, quoted
from milepost.keep.store import Store
from milepost.measure.cells import rows_of
from milepost.measure.figures import DEFAULT_EVERY, MARK, Measure
from milepost.measure.places import AREAS, dimension
from milepost.measure.reading import Reading
from milepost.measure.spell import begins
from milepost.measure.task import Task, scans_of
from milepost.plan.zone import Zone
from milepost.receive.batch import LINE

_MOST = 20
_NAMED = re.compile(rf"{MARK}:(?P<indicator>[^:]+):[^:]+:[^:]+(?P<divided>(:[^:=]+=[^:]*)*)@(?P<versions>\d+(\+\d+)*)")


@dataclass(frozen=True)
class Source:
    """The rows of one register that a reading was computed from: how many, and where the first of them stand.

    `empty` counts, for each column whose cells add something and that may be empty, the rows where it is.
    """

    indicator: str
    register: str
    version: int
    formula: str
    condition: str
    count: int
    places: tuple[tuple[str, int, int], ...]
    empty: tuple[tuple[str, int], ...] = ()


def reading_named(engine: Engine, zone: Zone, store: Store, name: str, today: date) -> Reading | None:
    """Give the computed reading of an id, measured again of the versions it names; None where there is none such.

    Versions stay, so a figure of last year is found though others have come since. Raises YoursToMend (M003 to M006)
    where a declaration has changed so that it can no longer be computed.
    """
    found = _NAMED.fullmatch(name)
    if found is None or zone.indicators.get(found["indicator"]) is None:
        return None
    measure = Measure(engine, zone, store, today, is_kept=False)
    registers = sorted({measure._task(one).register.id for one in measure.inputs(found["indicator"])})
    numbers = [int(number) for number in found["versions"].split("+")]
    if len(numbers) != len(registers):
        return None
    versions = dict(zip(registers, numbers, strict=True))
    if any(number > (store.newest(register) or 0) for register, number in versions.items()):
        return None
    measure.versions.update((register, number or None) for register, number in versions.items())
    by = tuple(re.findall(r":([^:=]+)=", found["divided"]))
    if not {dimension(one).column for one in by} <= set(measure.dimensions(found["indicator"])):
        return None
    every = (measure.readings(found["indicator"], one, by) for one in DEFAULT_EVERY)
    return next((one for some in every for one in some if one.id == name), None)


def sources(engine: Engine, zone: Zone, store: Store, reading: Reading, known_on: date) -> tuple[Source, ...]:
    """Give the rows a computed reading was made of, one part for each indicator over rows that it needs.

    Raises YoursToMend (M003 to M006) where a declaration has changed so that it can no longer be computed.
    """
    measure = Measure(engine, zone, store, known_on, is_kept=False)
    versions = dict(reading.made.versions) if reading.made else {}
    found = []
    for name in measure.inputs(reading.indicator):
        task = measure._task(name)
        version = versions.get(task.register.id)
        if version:
            found.append(_source(measure, task, _taken_where(measure, reading, name), version))
    return tuple(found)


def _taken_where(measure: Measure, reading: Reading, name: str) -> Reading:
    """The reading as it asks an input: of the area of its denominator, where that is taken elsewhere."""
    ratio = measure.indicator(reading.indicator).ratio
    if ratio is None or not ratio.of_area or name not in measure.inputs(ratio.denominator):
        return reading
    return replace(reading, area=ratio.of_area)


def _source(measure: Measure, task: Task, reading: Reading, version: int) -> Source:
    engine, store = measure.engine, measure.store
    (scan,) = {id(one): one for one in scans_of([task], by_day=True).values()}.values()
    view = store.view(engine, task.register, version)
    rows, passed = rows_of(engine, scan, view), [task.where.sql] if task.where is not None else []
    here = [*_inside(task, reading), *passed]
    looked_at = _looked_at(task, reading, f"from ({rows}) r where ", here)
    conditions = [looked_at, *here, *_divided(measure, task, reading)]
    chosen = f"from ({rows}) r where {' and '.join(conditions)}"
    filled = "".join(f", count(r.{quoted(name)})" for name in task.may_lack)
    ((count, *counts),) = engine.rows(f"select count(*){filled} {chosen}")
    empty = tuple((name, count - int(one)) for name, one in zip(task.may_lack, counts, strict=True) if one < count)
    wanted = f"select r._file, r.{quoted(LINE)}, r._version {chosen} order by 3, 2 limit {_MOST}"
    places = tuple((str(file), int(line), int(number)) for file, line, number in engine.rows(wanted))
    formula, where = task.formula.text, task.where.text if task.where else ""
    return Source(task.indicator.id, task.register.id, version, formula, where, int(count), places, empty)


def _looked_at(task: Task, reading: Reading, rows: str, here: Sequence[str]) -> str:
    """The condition of the rows a period looks at, by the mode of the task.

    `rows` begins the SQL of all rows, and `here` are the conditions of those that count for the reading's area.
    """
    begun, ended = reading.period.start, reading.period.end
    assert begun is not None and ended is not None  # a figure is computed of days
    start, end = (f"date {literal(str(day))}" for day in (begun, ended))
    if task.is_state:
        return f"r._from <= {end} and (r._to is null or r._to > {end})"
    time = f"cast(r.{quoted(task.time)} as date)"
    if task.mode == "january":
        # What January to the last month says, less what January to the month before the period says.
        months = [ended.replace(day=1)]
        months += [(begun.replace(day=1) - timedelta(days=1)).replace(day=1)] if begun.month > 1 else []
        listed = ", ".join(f"date {literal(str(month))}" for month in months)
        return f"{begins('month', f'r.{quoted(task.time)}')} in ({listed})"
    within = f"{time} between {start} and {end}"
    if task.mode == "last":
        return f"{time} = (select max({time}) {rows}{' and '.join((within, *here))})"
    return within


def _inside(task: Task, reading: Reading) -> list[str]:
    """The rows whose area counts for the reading's, where rows say their area."""
    if not task.indicator.area_from:
        return []
    words = f"select m.word from {AREAS} m where m.area = {literal(reading.area)}"
    return [f"r.{quoted(task.indicator.area_from)} in ({words})"]


def _divided(measure: Measure, task: Task, reading: Reading) -> list[str]:
    """The rows of the reading's own values of its dimensions, as their codes stand there or as those above them."""
    conditions = []
    for name, value in reading.made.dimensions if reading.made else ():
        asked = dimension(name)
        code = f"coalesce(cast(r.{quoted(asked.column)} as varchar), '')"
        if not asked.level:
            conditions.append(f"{code} = {literal(value)}")
            continue
        level = quoted(measure.lists.level(measure.engine, task.register, asked))
        below = f"select l.code from {level} l" + (f" where l.above = {literal(value)}" if value else "")
        conditions.append(f"{code} {'in' if value else 'not in'} ({below})")
    return conditions
