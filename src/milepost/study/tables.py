"""What a study reads of registers and readings, fetched as columns of numpy arrays.

An excerpt is computed by the engine, so a study of a hundred million rows is handed the totals it asked for. Nothing is
judged here; what the answer may tell is judged in `show/guard`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from milepost.basics.declared import Placed
from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.engines.engine import Engine, quoted
from milepost.keep.holds import waiting
from milepost.keep.store import Store
from milepost.keep.version import Version
from milepost.measure.figures import Measure
from milepost.measure.totals import Totals, totals_asked, totals_of
from milepost.registers.formula import Formula, Name, Wanted, names_of, read_formula
from milepost.registers.register import Register
from milepost.registers.study import Excerpt, Series, Study

Columns = dict[str, np.ndarray[Any, Any]]

_QUOTED_OR_PARAMETER = re.compile(r"'(?:[^']|'')*'|:(\w+)")


def excerpts(
    engine: Engine,
    registers: Mapping[str, Register],
    store: Store,
    study: Study,
    parameters: Mapping[str, Any],
    known_on: date | None = None,
    measure: Measure | None = None,
) -> tuple[dict[str, Columns], tuple[Version, ...]]:
    """Give the excerpts a study reads, by their name, and the version of each register that was read.

    With `known_on` the rows are those known on that day, else the newest. An excerpt of a register of which nothing
    is kept has its columns and no rows. With a `measure`, totals of the newest rows are added up from the cells that
    are kept for it, where those hold them: the same totals, and after a new version only its months are read again.
    Raises YoursToMend with the troubles of all formulas (F001 to F007, D022 no such register, D023 no such column in
    `by`).
    """
    found: dict[str, Columns] = {}
    versions: dict[str, Version] = {}
    troubles: list[Trouble] = []
    for name, excerpt in study.reads.items():
        try:
            register = _register(excerpt, registers)
            query, totals = _query(excerpt, register, parameters, store.view(engine, register, known_on=known_on))
        except YoursToMend as error:
            troubles.extend(error.troubles)
            continue
        read = _read(store, register, known_on)
        if measure is not None and totals is not None and known_on is None and read:
            query = _from_cells(measure, totals, read[-1], query, f"excerpt_{name}")
        found[name] = _fetched(engine, query)
        versions |= {one.register: one for one in read}
    if troubles:
        raise YoursToMend(troubles)
    return found, tuple(versions.values())


def waiting_rows(
    engine: Engine,
    registers: Mapping[str, Register],
    store: Store,
    study: Study,
    parameters: Mapping[str, Any],
    known_on: date | None = None,
) -> dict[str, int]:
    """Give for each register how many of the rows a study's excerpts choose wait for a decision (`keep.holds`).

    Registers without such rows are left out. Raises what `excerpts` raises.
    """
    found: dict[str, int] = {}
    for excerpt in study.reads.values():
        register = _register(excerpt, registers)
        condition = waiting(store, register, known_on=known_on)
        if condition:
            view = quoted(store.view(engine, register, known_on=known_on))
            where = _where(excerpt, names_of(register.columns), parameters) or "true"
            ((count,),) = engine.rows(f"select count(*) from {view} r where ({where}) and {condition}")
            found[register.id] = max(found.get(register.id, 0), int(count))
    return {name: count for name, count in found.items() if count}


def series(measure: Measure, study: Study) -> tuple[dict[str, Columns], tuple[Version, ...]]:
    """Give the readings a study reads, by their name, and the version of each register they were computed from.

    An indicator without rows has a table without rows. Raises YoursToMend: M003 no such computed indicator, M005 it is
    not divided so.
    """
    asked = study.series.values()
    measure.prepare([one.indicator for one in asked], any(one.every == "day" for one in asked))
    found = {name: _as_columns(measure, one) for name, one in study.series.items()}
    registers = [name for name, number in measure.versions.items() if number is not None]
    versions = [one for name in registers for one in measure.store.versions(name)]
    return found, tuple(one for one in versions if one.number == measure.versions[one.register])


def waiting_behind(measure: Measure, study: Study) -> dict[str, int]:
    """Give for the registers of a study's readings how many rows wait behind the reading with most of them."""
    found: dict[str, int] = {}
    for asked in study.series.values():
        for one in measure.readings(asked.indicator, asked.every, asked.by):
            if one.made is not None and one.made.held_count:
                names = [name for name, _ in one.made.versions]
                found |= {name: max(found.get(name, 0), one.made.held_count) for name in names}
    return found


def _as_columns(measure: Measure, asked: Series) -> Columns:
    readings = measure.readings(asked.indicator, asked.every, asked.by)
    divided = [dict(one.made.dimensions) if one.made else {} for one in readings]
    counts = [math.nan if one.contributors is None else one.contributors for one in readings]
    return {
        "period": np.array([one.period.start for one in readings], dtype="datetime64[D]"),
        "area": np.array([one.area for one in readings], dtype=object),
        **{name: np.array([row[name] for row in divided], dtype=object) for name in asked.by},
        "value": np.array([one.value for one in readings], dtype=np.float64),
        "contributors": np.array(counts, dtype=np.float64),
        "is_whole": np.array([one.as_of is None for one in readings], dtype=bool),
    }


def _read(store: Store, register: Register, known_on: date | None) -> list[Version]:
    kept = [one for one in store.versions(register.id) if known_on is None or store.day(one.kept_at) <= known_on]
    return kept[-1:]


def _register(excerpt: Excerpt, registers: Mapping[str, Register]) -> Register:
    if excerpt.register not in registers:
        mend = nearest(excerpt.register, registers).rstrip("?") or f"There are: {listed(sorted(registers), 30)}"
        raise YoursToMend(Trouble("D022", f"there is no register {excerpt.register}", mend, excerpt.place))
    return registers[excerpt.register]


def _from_cells(measure: Measure, totals: Totals, version: Version, query: str, name: str) -> str:
    """The query of an excerpt's totals from the cells of a version, with the types that the query over rows has."""
    measure.engine.make_view(name, query)
    return totals_of(totals, measure.cells_with(totals, version.number), measure.engine.columns(name))


def _query(excerpt: Excerpt, register: Register, parameters: Mapping[str, Any], view: str) -> tuple[str, Totals | None]:
    """One query: the rows of the excerpt, or their totals, in an order that does not depend on how they are kept.

    Beside it the totals it asks for, where cells may hold them.
    """
    names = names_of(register.columns)
    columns, troubles = _columns(excerpt, register, names, parameters)
    where = ""
    if excerpt.where is not None:
        try:
            where = f" where {_where(excerpt, names, parameters)}"
        except YoursToMend as error:
            troubles += error.troubles
    missing = [name for name in excerpt.by if name not in columns]
    if missing:
        mend = f"Name columns of the excerpt: {listed(sorted(columns), 30)}"
        troubles.append(Trouble("D023", f"{missing[0]} in by is no column of the excerpt", mend, excerpt.place))
    if troubles:
        raise YoursToMend(troubles)
    listed_columns = ", ".join(f"{_plain(formula)} as {quoted(name)}" for name, formula in columns.items())
    group = ", ".join(columns[name].sql for name in excerpt.by)
    query = f"select {listed_columns} from {quoted(view)} r{where}{f' group by {group}' if group else ''} order by all"
    return query, totals_asked(register, columns, excerpt.by) if excerpt.where is None else None


def _where(excerpt: Excerpt, names: Mapping[str, Name], parameters: Mapping[str, Any]) -> str:
    """The condition on an excerpt's rows, empty where it takes all."""
    if excerpt.where is None:
        return ""
    return read_formula(_filled_in(excerpt.where, parameters), names, wanted="condition").sql


def _columns(
    excerpt: Excerpt, register: Register, names: Mapping[str, Name], parameters: Mapping[str, Any]
) -> tuple[dict[str, Formula], list[Trouble]]:
    if not excerpt.columns:
        return {column.id: read_formula(quoted(column.id), names) for column in register.columns}, []
    found: dict[str, Formula] = {}
    troubles: list[Trouble] = []
    is_total = bool(excerpt.by) or any(_is_total(text, names, parameters) for text in excerpt.columns.values())
    for name, text in excerpt.columns.items():
        wanted: Wanted = "row" if name in excerpt.by or not is_total else "total"
        try:
            found[name] = read_formula(_filled_in(text, parameters), names, wanted=wanted)
        except YoursToMend as error:
            troubles += error.troubles
    return found, troubles


def _is_total(text: Placed, names: Mapping[str, Name], parameters: Mapping[str, Any]) -> bool:
    """Is the formula a total of all rows? One that cannot be read is none; its troubles are told when it is read."""
    try:
        read_formula(_filled_in(text, parameters), names, wanted="row")
    except YoursToMend as error:
        return any(trouble.code == "F006" for trouble in error.troubles)
    return False


def _filled_in(text: Placed, parameters: Mapping[str, Any]) -> Placed:
    """Give the formula with its parameters as written values; a name that is no parameter stays as it is.

    >>> str(_filled_in(Placed("a = :one and b = ':one' and c > :day"), {"one": "it's", "day": date(2024, 1, 31)}))
    "a = 'it''s' and b = ':one' and c > date '2024-01-31'"
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return match.group(0) if name is None or name not in parameters else _written(parameters[name])

    return Placed(_QUOTED_OR_PARAMETER.sub(value, text), text.place)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"({value!r})" if value < 0 else repr(value)
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


def _plain(formula: Formula) -> str:
    """The formula in a type that numpy has: exact decimals become binary fractions, the last step of all."""
    return f"cast({formula.sql} as double)" if formula.type in ("number", "real") else formula.sql


def _fetched(engine: Engine, query: str) -> Columns:
    table = engine.stream(query).read_all()
    return {name: _array(table.column(name)) for name in table.column_names}


def _array(column: Any) -> np.ndarray[Any, Any]:
    """Give an Arrow column as numpy has it; what is missing is NaN, NaT or None."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_floating(kind) or (pa.types.is_integer(kind) and column.null_count):
        return np.asarray(column.to_numpy(), dtype=np.float64)
    if pa.types.is_integer(kind):
        return np.asarray(column.to_numpy(), dtype=np.int64)
    if pa.types.is_date(kind):
        return np.asarray(column.to_numpy(), dtype="datetime64[D]")
    if pa.types.is_timestamp(kind):
        return np.asarray(column.to_numpy(), dtype="datetime64[s]")
    return np.array([*column.to_pylist(), None], dtype=object)[:-1]
