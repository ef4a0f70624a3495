"""Published figures become Readings: every kept row, in the indicator's unit, with the day it was known.

Nothing is chosen and nothing is merged here: conflicting and revised figures stay side by side, each with the
day it was known. A promise becomes a Reading too, and is never evidence.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.basics.period import Period
from milepost.check.meaning import (
    GROWTH_UNIT,
    UnitMeaning,
    date_meaning,
    indicator_named,
    period_meaning,
    unit_meaning,
)
from milepost.engines.engine import Engine, literal, quoted
from milepost.keep.columns import ROW_PLACE
from milepost.keep.store import Store
from milepost.measure.reading import Reading, Row
from milepost.plan.zone import Zone
from milepost.receive.batch import LINE
from milepost.registers.register import own_register

REGISTER = "published_figures"
_BETWEEN = "\x1f"  # the unit separator, a sign that tables do not use


def reading_id(register: str, cells: Iterable[str]) -> str:
    """Give the lasting short name of a reading: it depends on the row's cells alone, whatever file and line they
    came in, so that the order of records does not matter. Equal rows are kept once, so no two share a name.
    """
    return hashlib.sha256(_BETWEEN.join((register, *cells)).encode()).hexdigest()[:12]


def published_readings(
    engine: Engine, zone: Zone, store: Store, version: int | None = None, troubles: list[Trouble] | None = None
) -> list[Reading]:
    """Give a Reading for every kept figure as of a version (the newest without one), in the order kept.

    A kept row that the zone's declarations no longer explain is set aside with a trouble (M001) in
    `troubles`; without that list YoursToMend is raised.
    """
    register = own_register(REGISTER)
    if store.newest(REGISTER) is None and version is None:
        return []
    view = store.view(engine, register, version)
    columns = (LINE, *ROW_PLACE, *register.column_ids)
    query = f"select {', '.join(map(quoted, columns))} from {quoted(view)} order by _version, {quoted(LINE)}"
    read = _reader(zone)
    found = [(row, read(row)) for row in (dict(zip(columns, values, strict=True)) for values in engine.rows(query))]
    aside = [_set_aside(row) for row, reading in found if reading is None]
    if aside and troubles is None:
        raise YoursToMend(aside)
    if troubles is not None:
        troubles.extend(aside)
    return [reading for _, reading in found if reading is not None]


def _set_aside(row: dict[str, Any]) -> Trouble:
    mend = "Declare its indicator, area, unit and period again"
    return Trouble("M001", "the zone no longer explains this kept row", mend, Place(row["_file"], row[LINE]))


def _reader(zone: Zone) -> Callable[[dict[str, Any]], Reading | None]:
    """Give what reads a row; each different word is read once."""
    periods = functools.cache(lambda word: period_meaning(zone, word))
    units = functools.cache(lambda name, kind, unit: unit_meaning(zone, name, kind, unit))
    areas = functools.cache(zone.area_named)
    columns = own_register(REGISTER).column_ids

    def read(row: dict[str, Any]) -> Reading | None:
        indicator = indicator_named(zone, row["indicator"])
        area, period = areas(row["area"]), periods(row["period"])
        meaning: UnitMeaning | None = units(row["indicator"], row["kind"], row["unit"])
        if indicator is None or area is None or period is None or meaning is None or meaning.factor is None:
            return None
        known_on, is_assumed = _known_on(row, period)
        return Reading(
            id=reading_id(REGISTER, (row[column] for column in columns)),
            indicator=indicator.id,
            area=area,
            period=period,
            value=float(row["value"]) * meaning.factor,
            unit=GROWTH_UNIT if meaning.is_growth else indicator.unit,
            kind=row["kind"],
            basis="published",
            known_on=known_on,
            is_known_on_assumed=is_assumed,
            published_name=row["indicator"],
            published_text=row["value"],
            published_unit=row["unit"],
            published_on=row["published_on"],
            source_url=row["source_url"],
            source_title=row["source_title"],
            note=row["note"],
            row=Row(REGISTER, row["_version"], row["_file"], row[LINE], row["_content_hash"]),
            is_growth=meaning.is_growth,
            as_of=_as_of(row, period),
        )

    return read


def _known_on(row: dict[str, Any], period: Period) -> tuple[date, bool]:
    """Give the day from which a figure may be used, and whether that is assumed.

    The day of publication; the last day that a month or year of publication may mean; without one the
    last day the figure covers, as the period or the stated last day has it, whichever is later. A figure
    that has none of these is known from the day its file was received: nothing earlier is certain.
    """
    published = date_meaning(row["published_on"]) if row["published_on"] else None
    if published is not None and published.start is not None and published.end is not None:
        return published.end, published.start != published.end
    stated = date_meaning(row["period_end"]) if row["period_end"] else None
    ends = [end for end in (period.end, stated.end if stated else None) if end is not None]
    return (max(ends) if ends else row["_received_on"]), True


def _as_of(row: dict[str, Any], period: Period) -> date | None:
    stated = date_meaning(row["period_end"]) if row["period_end"] else None
    if stated is None or stated.end is None or period.start is None or period.end is None:
        return None
    return stated.end if period.start <= stated.end < period.end else None


def known(readings: Iterable[Reading], on: date) -> list[Reading]:
    """Give the readings that were known on a day: nothing published later."""
    return [reading for reading in readings if reading.known_on <= on]


def lineage(engine: Engine, store: Store, reading: str) -> dict[str, str]:
    """Give the row a reading comes from: its place (`_file`, `_line`, `_version`, ...) and every column as text.

    Raises YoursToMend (M002) where no kept row has this id.
    """
    register = own_register(REGISTER)
    columns = (LINE, *ROW_PLACE, *register.column_ids)
    if store.newest(REGISTER) is not None:
        view = store.view(engine, register)
        cells = ", ".join((literal(REGISTER), *map(quoted, register.column_ids)))
        name = f"left(sha256(concat_ws({literal(_BETWEEN)}, {cells})), 12)"
        selected = ", ".join(map(quoted, columns))
        rows = engine.rows(f"select {selected} from {quoted(view)} where {name} = {literal(reading)}")
        if rows:
            return {column: str(value) for column, value in zip(columns, rows[0], strict=True)}
    mend = "Take the id of a reading from the walk (milepost walk --json)"
    raise YoursToMend(Trouble("M002", "no kept row has this id", mend))
