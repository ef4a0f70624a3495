"""From a figure back to where it came from: what was published, the version that keeps it, the row of the file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from milepost.measure.reading import Reading
from milepost.measure.trace import Source
from milepost.plan.zone import Zone


@dataclass(frozen=True)
class Lineage:
    """A reading, and where it comes from.

    A published one has the `row` it was read from: every column as text, as it was received. A computed one has
    `sources`: the rows of each register it was counted from, by their places.
    """

    reading: Reading
    row: dict[str, str]
    sources: tuple[Source, ...] = ()


def as_text(lineage: Lineage, zone: Zone) -> str:
    """Give the lineage for a person, from the figure down to the cells of the row."""
    if lineage.reading.made is not None:
        return _computed_text(lineage, zone)
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


def _computed_text(lineage: Lineage, zone: Zone) -> str:
    reading, made = lineage.reading, lineage.reading.made
    indicator = zone.indicators[reading.indicator]
    divided = ", ".join(f"{name} {value or 'empty'}" for name, value in made.dimensions) if made else ""
    told = [
        ("reading", reading.id),
        ("indicator", f"{indicator.name.en} ({reading.indicator}, version {made.indicator_version if made else 0})"),
        ("area", f"{zone.areas[reading.area].name.en} ({reading.area})"),
        ("period", reading.period.text + (f", covered to {reading.as_of.isoformat()}" if reading.as_of else "")),
        ("divided by", divided),
        ("value", f"{reading.value:.12g} {reading.unit} (computed)"),
        ("formula", f"{indicator.formula} ({made.formula_hash if made else ''})"),
        ("lacking", ", ".join(made.lacking) if made else ""),
    ]
    lines = [f"{name:<10} {text}" for name, text in told if text]
    for source in lineage.sources:
        condition = f" where {source.condition}" if source.condition else ""
        lines.append(f"counted from {source.count:,} rows of {source.register}, version {source.version}")
        lines.append(f"  {source.formula}{condition}")
        lines += [f"  {count:,} of them have an empty {column} and add nothing" for column, count in source.empty]
        lines += [f"  line {line} of {file}, kept in version {number}" for file, line, number in source.places]
        if source.count > len(source.places):
            lines.append(f"  and {source.count - len(source.places):,} more")
    return "\n".join(lines)


def document(lineage: Lineage) -> dict[str, Any]:
    """Give the lineage as plain values."""
    reading, row = lineage.reading, lineage.reading.row
    if reading.made is not None:
        return {
            "reading": reading.id,
            "indicator": reading.indicator,
            "area": reading.area,
            "period": reading.period.text,
            "value": None if reading.value != reading.value else reading.value,
            "unit": reading.unit,
            "basis": reading.basis,
            "formula_hash": reading.made.formula_hash,
            "versions": dict(reading.made.versions),
            "dimensions": dict(reading.made.dimensions),
            "lacking": list(reading.made.lacking),
            "sources": [dataclasses.asdict(source) for source in lineage.sources],
        }
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
