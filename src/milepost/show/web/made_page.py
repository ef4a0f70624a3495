"""The page of a computed figure: its formula, the versions read, and the rows it was counted from."""

from __future__ import annotations

from typing import Any

from milepost.measure.reading import Reading
from milepost.measure.trace import Source
from milepost.show.dimensions import column_words, value_names
from milepost.show.figure import reading_words
from milepost.show.number import day_words, period_words
from milepost.show.web.visit import Visit


def made_page(visit: Visit, reading: Reading) -> dict[str, Any]:
    """Give what the template of a computed figure shows.

    Where rows stand is told of public registers only: of others their number.
    """
    made, zone, language = reading.made, visit.walk.zone, visit.language
    assert made is not None
    registers = [register for register, _ in made.versions]
    indicator, area = zone.indicators[reading.indicator], zone.areas[reading.area]
    return {
        "title": indicator.name[language],
        "value": reading_words(reading, visit.words),
        "definition": indicator.definition[language],
        "area": area.name[language],
        "period": period_words(reading.period)[language],
        "as_of": day_words(reading.as_of)[language] if reading.as_of else "",
        "divided": [
            (
                column_words(zone, registers, name, language),
                value_names(zone, registers, name, language).get(value, value),
            )
            for name, value in made.dimensions
        ],
        "formula": str(indicator.formula),
        "formula_hash": made.formula_hash,
        "contributors": reading.contributors,
        "reading": reading.id,
        "sources": [_source(visit, one, made.is_public) for one in visit.site.sources(reading)],
    }


def _source(visit: Visit, source: Source, is_public: bool) -> dict[str, Any]:
    zone, language, places = visit.walk.zone, visit.language, source.places if is_public else ()
    return {
        "name": visit.named(source.indicator),
        "register": zone.registers[source.register].name[language],
        "version": source.version,
        "formula": source.formula,
        "condition": source.condition,
        "count": source.count,
        "empty": [(count, column_words(zone, [source.register], name, language)) for name, count in source.empty],
        "places": places,
        "more": source.count - len(places) if places else 0,
    }


def _called(visit: Visit, registers: list[str], name: str, value: str) -> str:
    return value_names(visit.walk.zone, registers, name, visit.language).get(value, value)
