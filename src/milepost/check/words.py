"""Dictionaries: each different word of a column is read once, and the answers are joined to the rows.

Ten million rows hold a few thousand different words; parsing them in Python costs nothing, and what a word
means is decided in one place (`check.meaning`), not again in SQL.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from milepost.basics.errors import nearest
from milepost.basics.period import Period
from milepost.basics.unit import factor, is_unit, unit_names
from milepost.check.meaning import GROWTH_UNIT, UnitMeaning, date_meaning, indicator_named, period_meaning, unit_meaning
from milepost.engines.embedded import Engine, quoted
from milepost.plan.zone import Zone

_MOST_HINTS = 200
_DATES = {"word": "varchar", "is_read": "boolean", "first": "date", "last": "date", "is_dated": "boolean"}
_NAMES = {"word": "varchar", "is_known": "boolean", "hint": "varchar"}
_UNITS = {
    **dict.fromkeys(("indicator", "kind", "unit"), "varchar"),
    **dict.fromkeys(("is_known", "fits", "is_growth"), "boolean"),
    **dict.fromkeys(("low", "high"), "double"),
    "hint": "varchar",
}


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


def _load_dates(engine: Engine, table: str, column: str, read: Callable[[str], Period | None]) -> None:
    def row(word: str) -> tuple[str, bool, date | None, date | None, bool]:
        period = read(word)
        if period is None:
            return word, False, None, None, False
        return word, True, period.start, period.end or period.start, period.start is not None

    words = (row(word) for (word,) in _distinct(engine, table, column))
    engine.load(f"words_{column}", _DATES, words)


def _load_known(engine: Engine, table: str, column: str, is_known: Callable[[str], bool], names: Sequence[str]) -> None:
    hints = _Hints(names)
    words = [word for (word,) in _distinct(engine, table, column)]
    rows = ((word, known := is_known(word), "" if known else hints(word)) for word in words)
    engine.load(f"words_{column}", _NAMES, rows)


class _Hints:
    """The nearest known name for a word, for the first few hundred words that need one."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names, self._left = names, _MOST_HINTS

    def __call__(self, word: str) -> str:
        self._left -= 1
        return nearest(word[:100], self._names) if self._left >= 0 else ""


def _load_units(engine: Engine, table: str, zone: Zone) -> None:
    """`low` and `high` bound an honest value in the published unit; null where there is no such bound."""

    @functools.cache
    def hints() -> _Hints:
        return _Hints([*zone.declared.units, *unit_names()])

    def row(name: str, kind: str, unit: str) -> tuple[Any, ...]:
        meaning = unit_meaning(zone, name, kind, unit)
        rest: tuple[bool | float | None, ...]
        if meaning is None:  # without its indicator only this can be told of a unit: is it one at all
            is_known, rest = is_unit(zone.unit_named(unit)), (None, None, None, None)
        else:
            fits = meaning.factor is not None
            is_known, rest = meaning.is_known, (fits, meaning.is_growth, *_bounds(zone, name, meaning))
        return name, kind, unit, is_known, *rest, "" if is_known else hints()(unit)

    words = _distinct(engine, table, "indicator", "kind", "unit")
    engine.load("words_unit", _UNITS, (row(*word) for word in words))


def _bounds(zone: Zone, name: str, meaning: UnitMeaning) -> tuple[float | None, float | None]:
    indicator, times = indicator_named(zone, name), meaning.factor
    if indicator is None or times is None:
        return None, None
    if meaning.is_growth:
        return -1 / times, None
    whole = factor(indicator.unit, GROWTH_UNIT) if indicator.scale == "logit" else None
    return None if indicator.scale == "real" else 0.0, 1 / (whole * times) if whole else None
