"""A source row's page: from the number on a page back to the line of the file it came from."""

from __future__ import annotations

from typing import Any

from milepost.measure.reading import Reading
from milepost.show.figure import reading_words
from milepost.show.number import day_words, period_words
from milepost.show.web.visit import Visit


def row_page(visit: Visit, reading: Reading) -> dict[str, Any]:
    """Give what the row's template shows: the file and line, every column as received, and how it was read."""
    words, zone, language = visit.words, visit.walk.zone, visit.language
    indicator, area = zone.indicators.get(reading.indicator), zone.areas.get(reading.area)
    received = visit.site.source_row(reading.id)
    columns = {name: text for name, text in received.items() if not name.startswith("_")}
    return {
        "title": words.say("row.title", line=reading.row.line),
        "reading": reading,
        "value": reading_words(reading, words),
        "kind": words.say(f"kind.{reading.kind}"),
        "meaning": words.say(f"kind_means.{reading.kind}"),
        "period": period_words(reading.period)[language],
        "indicator": indicator.name[language] if indicator else reading.indicator,
        "area": area.name[language] if area else reading.area,
        "known_from": day_words(reading.known_on)[language],
        "columns": [(name, text, text.startswith(("http://", "https://"))) for name, text in columns.items()],
        "conversion": _conversion(visit, reading),
        "targets": [
            (visit.link("target", target.id), target.name[language])
            for target in zone.plan.targets()
            if any(one.id == reading.id for one in visit.walk.outlooks[target.id].evidence)
        ],
    }


def _conversion(visit: Visit, reading: Reading) -> str:
    """How the published number became the reading's, in the units' own written names."""
    published = f"{reading.published_text} {reading.published_unit}".rstrip()
    if reading.published_unit == reading.unit and reading.published_text == f"{reading.value:.12g}":
        return visit.words.say("row.unchanged", published=published)
    return visit.words.say("row.converted", published=published, value=f"{reading.value:.12g} {reading.unit}")
