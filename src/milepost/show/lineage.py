"""From a figure back to where it came from: what was published, the version that keeps it, the row of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend, nearest
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone


@dataclass(frozen=True)
class Lineage:
    """A reading with the names of what it measures and where."""

    reading: Reading
    indicator_name: str
    area_name: str


def trace(zone: Zone, readings: Sequence[Reading], asked: str) -> Lineage:
    """Give the lineage of the reading called `asked`; raises YoursToMend (C010) where there is none."""
    found = {reading.id: reading for reading in readings}.get(asked)
    if found is None:
        hint = nearest(asked, [reading.id for reading in readings]).rstrip("?")
        mend = hint or "The ids are those of `milepost walk ZONE --json` and of the pages"
        raise YoursToMend(Trouble("C010", f"no reading is called {asked}", mend[0].upper() + mend[1:]))
    indicator, area = zone.indicators.get(found.indicator), zone.areas.get(found.area)
    return Lineage(
        found,
        indicator.name.en if indicator else found.indicator,
        area.name.en if area else found.area,
    )


def as_text(lineage: Lineage) -> str:
    """Give the lineage for a person, from the figure down to the row."""
    reading, row = lineage.reading, lineage.reading.row
    assumed = " (assumed: the source gives no full date)" if reading.is_known_on_assumed else ""
    told = [
        ("reading", reading.id),
        ("says", f"{lineage.indicator_name}, {lineage.area_name}, {reading.period.text}"),
        ("value", f"{reading.value:.12g} {reading.unit} ({reading.kind}, {reading.basis})"),
        ("published", f"{reading.published_text} {reading.published_unit} as {reading.published_name}"),
        ("in", f"{reading.source_title}, {reading.published_on or 'no date'}, {reading.source_url}"),
        ("note", reading.note),
        ("known on", f"{reading.known_on.isoformat()}{assumed}"),
        ("kept in", f"register {row.register}, version {row.version}"),
        ("row", f"{row.file}, line {row.line}"),
        ("content", row.content_hash),
    ]
    return "\n".join(f"{name:<10} {text}" for name, text in told if text)


def document(lineage: Lineage) -> dict[str, Any]:
    """Give the lineage as plain values."""
    reading, row = lineage.reading, lineage.reading.row
    return {
        "reading": reading.id,
        "indicator": reading.indicator,
        "area": reading.area,
        "period": reading.period.text,
        "value": reading.value,
        "unit": reading.unit,
        "kind": reading.kind,
        "basis": reading.basis,
        "known_on": reading.known_on.isoformat(),
        "is_known_on_assumed": reading.is_known_on_assumed,
        "published": {
            "name": reading.published_name,
            "text": reading.published_text,
            "unit": reading.published_unit,
            "on": reading.published_on or None,
            "source": reading.source_url,
            "title": reading.source_title,
            "note": reading.note,
        },
        "row": {
            "register": row.register,
            "version": row.version,
            "file": row.file,
            "line": row.line,
            "content_hash": row.content_hash,
        },
    }
