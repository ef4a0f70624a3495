"""From a figure back to where it came from: what was published, the version that keeps it, the row of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from milepost.measure.reading import Reading
from milepost.plan.zone import Zone


@dataclass(frozen=True)
class Lineage:
    """A reading, and the row it was read from: every column as text, as it was received."""

    reading: Reading
    row: dict[str, str]


def as_text(lineage: Lineage, zone: Zone) -> str:
    """Give the lineage for a person, from the figure down to the cells of the row."""
    reading, row = lineage.reading, lineage.reading.row
    indicator, area = zone.indicators.get(reading.indicator), zone.areas.get(reading.area)
    assumed = " (assumed: the source gives no full date)" if reading.is_known_on_assumed else ""
    told = [
        ("reading", reading.id),
        ("indicator", f"{indicator.name.en} ({reading.indicator})" if indicator else reading.indicator),
        ("area", f"{area.name.en} ({reading.area})" if area else reading.area),
        ("period", reading.period.text),
        ("value", f"{reading.value:.12g} {reading.unit} ({reading.kind}, {reading.basis})"),
        ("published", f"{reading.published_text} {reading.published_unit} as {reading.published_name}"),
        ("source", f"{reading.source_title}, {reading.published_on or 'no date'}"),
        ("", reading.source_url),
        ("known on", f"{reading.known_on.isoformat()}{assumed}"),
        ("kept in", f"register {row.register}, version {row.version}"),
        ("row", f"line {row.line} of {row.file}"),
        ("content", row.content_hash),
    ]
    cells = [f"  {column:<14} {text}" for column, text in _cells(lineage) if text]
    return "\n".join([*(f"{name:<10} {text}" for name, text in told if text), "as it came", *cells])


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
        "row": {
            "register": row.register,
            "version": row.version,
            "file": row.file,
            "line": row.line,
            "content_hash": row.content_hash,
            "cells": dict(_cells(lineage)),
        },
    }


def _cells(lineage: Lineage) -> list[tuple[str, str]]:
    """The row's own columns: those that begin with an underscore say where it is kept, and are told above."""
    return [(column, text) for column, text in lineage.row.items() if not column.startswith("_")]
