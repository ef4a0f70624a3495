"""Readings leave as one file in the form asked for, and what was left out is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from milepost.basics.text import Text
from milepost.show.exchange.leaving import Leaving
from milepost.show.exchange.reading_table import fields, rows
from milepost.show.exchange.writing import Head, write_csv, write_excel, write_parquet

_ENDINGS = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet", ".json": "sdmx-json"}


@dataclass(frozen=True)
class Exported:
    """What was written: the files, how many readings stand in them, and what was left out, by its reason."""

    files: tuple[Path, ...]
    form: str
    count: int
    left_out: tuple[tuple[str, int], ...]


def form_of(place: Path, asked: str | None) -> str:
    """Give the form a file is written in: the one asked for, or what its ending says, CSV where it says nothing."""
    return asked or _ENDINGS.get(place.suffix.lower(), "csv")


def export_readings(leaving: Leaving, place: Path, form: str) -> Exported:
    """Write what leaves into one file; an SDMX file gets the structure it speaks of beside it.

    Raises TryAgain (K001) where it cannot be written.
    """
    withheld = ("withheld", leaving.withheld)
    if form.startswith("sdmx"):
        return _as_cube(leaving, place, form, withheld)
    head = [(field.id, field.kind, field.says) for field in fields()]
    told = rows(leaving.zone, leaving.readings)
    if form == "xlsx":
        count = write_excel(place, [("readings", head, told), ("columns", _MEANINGS, _meanings(head, leaving))])
    else:
        count = {"csv": write_csv, "parquet": write_parquet}[form](place, head, told)
    return Exported((place,), form, count, _told(withheld))


def _as_cube(leaving: Leaving, place: Path, form: str, withheld: tuple[str, int]) -> Exported:
    from milepost.show.exchange import sdmx
    from milepost.show.exchange.cube import cube_of

    cube = cube_of(leaving)
    count = sdmx.write_csv(place, cube) if form == "sdmx-csv" else sdmx.write_json(place, cube)
    structure = place.with_name(f"{place.stem}.structure.json")
    sdmx.write_structure(structure, cube)
    left_out = _told(withheld, ("superseded", cube.superseded), ("undated", cube.undated))
    return Exported((place, structure), form, count, left_out)


def _told(*reasons: tuple[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((reason, count) for reason, count in reasons if count)


_MEANINGS: Head = [
    ("column", "text", Text("Column", "列")),
    ("type", "text", Text("Type", "类型")),
    ("meaning", "text", Text("Meaning", "含义")),
    ("meaning_zh", "text", Text("Meaning in Chinese", "中文含义")),
]


def _meanings(head: Head, leaving: Leaving) -> Iterable[list[Any]]:
    yield from ([name, kind, says.en, says.zh] for name, kind, says in head)
    yield ["", "", f"As known on {leaving.known_on}", f"数据截至{leaving.known_on}"]
