"""From a computed reading back to its rows: the same condition, period and dimensions, without the total.

Rows are told by their place (file, line, version); what stands in them is for those who may see the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.engines.engine import Engine, literal, quoted
from milepost.keep.store import Store
from milepost.measure.cells import rows_of
from milepost.measure.figures import Measure
from milepost.measure.reading import Reading
from milepost.measure.task import Task, scans_of
from milepost.plan.zone import Zone
from milepost.receive.batch import LINE

_MOST = 20


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
            found.append(_source(engine, store, task, reading, version))
    return tuple(found)


def _source(engine: Engine, store: Store, task: Task, reading: Reading, version: int) -> Source:
    (scan,) = {id(one): one for one in scans_of([task], by_day=True).values()}.values()
    view = store.view(engine, task.register, version)
    conditions = [_within(task, reading), *_divided(reading)]
    if task.where is not None:
        conditions.append(task.where.sql)
    chosen = f"from ({rows_of(engine, scan, view)}) r where {' and '.join(conditions)}"
    filled = "".join(f", count(r.{quoted(name)})" for name in task.may_lack)
    ((count, *counts),) = engine.rows(f"select count(*){filled} {chosen}")
    empty = tuple((name, count - int(one)) for name, one in zip(task.may_lack, counts, strict=True) if one < count)
    wanted = f"select r._file, r.{quoted(LINE)}, r._version {chosen} order by 3, 2 limit {_MOST}"
    places = tuple((str(file), int(line), int(number)) for file, line, number in engine.rows(wanted))
    formula, where = task.formula.text, task.where.text if task.where else ""
    return Source(task.indicator.id, task.register.id, version, formula, where, int(count), places, empty)


def _within(task: Task, reading: Reading) -> str:
    """The rows a period looks at, by the mode of the task."""
    start, end = (f"date {literal(str(day))}" for day in (reading.period.start, reading.period.end))
    if task.is_state:
        return f"r._from <= {end} and (r._to is null or r._to > {end})"
    time = f"cast(r.{quoted(task.time)} as date)"
    return f"{time} between {start} and {end}"


def _divided(reading: Reading) -> list[str]:
    """The rows of the reading's own values of its dimensions; a level above a code is not narrowed down here."""
    dimensions = reading.made.dimensions if reading.made else ()
    return [
        f"coalesce(cast(r.{quoted(name)} as varchar), '') = {literal(value)}"
        for name, value in dimensions
        if "@" not in name
    ]
