"""Dictionaries: each different word of a column is read once, and the answers are joined to the rows.

Ten million rows hold a few thousand different words; parsing them in Python costs nothing, and what a word
means is decided in one place (`check.meaning`), not again in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from milepost.basics.errors import nearest
from milepost.basics.period import Period
from milepost.basics.unit import factor, unit_names
from milepost.check.meaning import GROWTH_UNIT, date_meaning, indicator_named, period_meaning, unit_meaning
from milepost.engines.embedded import Engine, quoted
from milepost.plan.zone import Zone

_MOST_HINTS = 200
_DATES = [("is_read", pa.bool_()), ("first", pa.date32()), ("last", pa.date32()), ("is_dated", pa.bool_())]


def load_words(engine: Engine, zone: Zone, table: str) -> None:
    """Fill the dictionaries of a batch's table: words_period, words_period_end, words_published_on,
    words_indicator, words_area, words_kind and words_unit (by indicator, kind and unit).
    """
    _load_dates(engine, table, "period", lambda word: period_meaning(zone, word))
    _load_dates(engine, table, "period_end", date_meaning)
    _load_dates(engine, table, "published_on", date_meaning)
    names = [*zone.figures, *zone.indicators]
    _load_known(engine, table, "indicator", lambda word: indicator_named(zone, word) is not None, names)
    areas = [spelling for area in zone.declared.areas for spelling in (area.id, *area.also_written)]
    _load_known(engine, table, "area", lambda word: zone.area_named(word) is not None, areas)
    _load_units(engine, table, zone)


def _distinct(engine: Engine, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return engine.rows(f"select distinct {', '.join(map(quoted, columns))} from {quoted(table)} order by all")


def _load(engine: Engine, name: str, fields: Sequence[tuple[str, pa.DataType]], rows: Iterable[Sequence[Any]]) -> None:
    schema = pa.schema(fields)
    columns = list(zip(*rows, strict=True)) or [() for _ in fields]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    engine.load(name, schema, [pa.RecordBatch.from_arrays(arrays, schema=schema)])


def _load_dates(engine: Engine, table: str, column: str, read: Callable[[str], Period | None]) -> None:
    def row(word: str) -> tuple[str, bool, date | None, date | None, bool]:
        period = read(word)
        if period is None:
            return word, False, None, None, False
        return word, True, period.start, period.end or period.start, period.start is not None

    words = (row(word) for (word,) in _distinct(engine, table, column))
    _load(engine, f"words_{column}", [("word", pa.string()), *_DATES], words)


def _load_known(
    engine: Engine, table: str, column: str, is_known: Callable[[str], bool], names: Sequence[str]
) -> None:
    hints = _Hints(names)
    words = ((word, known := is_known(word), "" if known else hints(word)) for (word,) in _distinct(engine, table, column))
    fields = [("word", pa.string()), ("is_known", pa.bool_()), ("hint", pa.string())]
    _load(engine, f"words_{column}", fields, words)


class _Hints:
    """The nearest known name for a word, for the first few hundred words that need one."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names, self._left = names, _MOST_HINTS

    def __call__(self, word: str) -> str:
        self._left -= 1
        return nearest(word[:100], self._names) if self._left >= 0 else ""


def _load_units(engine: Engine, table: str, zone: Zone) -> None:
    """`low` and `high` bound an honest value in the published unit; null where there is no such bound."""
    fields = [
        *((name, pa.string()) for name in ("indicator", "kind", "unit")),
        ("is_known", pa.bool_()),
        ("fits", pa.bool_()),
        ("is_growth", pa.bool_()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("hint", pa.string()),
    ]
    hints = _Hints([])
    rows = []
    for name, kind, unit in _distinct(engine, table, "indicator", "kind", "unit"):
        meaning = unit_meaning(zone, name, kind, unit)
        if meaning is None:
            rows.append((name, kind, unit, None, None, None, None, None, ""))
            continue
        if not meaning.is_known and not hints._names:
            hints = _Hints([*zone.declared.units, *unit_names()])
        low, high = _bounds(zone, name, meaning.factor, meaning.is_growth)
        hint = "" if meaning.is_known else hints(unit)
        fits = meaning.factor is not None
        rows.append((name, kind, unit, meaning.is_known, fits, meaning.is_growth, low, high, hint))
    _load(engine, "words_unit", fields, rows)


def _bounds(zone: Zone, name: str, times: float | None, is_growth: bool) -> tuple[float | None, float | None]:
    indicator = indicator_named(zone, name)
    if indicator is None or times is None:
        return None, None
    if is_growth:
        return -1 / times, None
    whole = factor(indicator.unit, GROWTH_UNIT) if indicator.scale == "logit" else None
    return None if indicator.scale == "real" else 0.0, 1 / (whole * times) if whole else None
