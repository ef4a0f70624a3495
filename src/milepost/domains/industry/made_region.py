"""Made-up figures of the regions around a made-up zone: what its specialisation and its growth are set against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Columns = dict[str, list[Any]]
_SOURCE = "合成数据"
_CITY = "合成市"
_NAMES = ("region", "ring", "industry", "year_begins", "measure", "value", "standing", "source")
_CITY_TIMES = 4.0


def region_cells(divisions: Sequence[str], totals: Sequence[tuple[int, float]], random: np.random.Generator) -> Columns:
    """Give employment by division of the city, the nation and 34 comparable zones in the last year, some of the city's
    cells withheld; of the city also gross output in every year, in which one division is withheld throughout.

    `totals` are years in a row with the zone's own gross output [yuan].
    """
    rows = _employment(divisions, totals[-1][0], random) + _output(divisions, totals, random)
    return dict(zip(_NAMES, map(list, zip(*rows, strict=True)), strict=True))


def _employment(divisions: Sequence[str], year: int, random: np.random.Generator) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    day = f"{year}-01-01"
    regions = [(_CITY, "city", 60.0), ("合成全国", "nation", 3000.0)]
    regions += [(f"合成园区{number:02d}", "comparator", 1.0) for number in range(34)]
    for name, ring, times in regions:
        values = np.rint(random.lognormal(8, 0.9, len(divisions)) * times)
        for division, value in zip(divisions, values, strict=True):
            hidden = ring == "city" and random.random() < 0.1
            standing = "suppressed" if hidden else "published"
            rows.append((name, ring, division, day, "employees", "" if hidden else int(value), standing, _SOURCE))
        rows.append((name, ring, "total", day, "employees", int(values.sum()), "published", _SOURCE))
    return rows


def _output(
    divisions: Sequence[str], totals: Sequence[tuple[int, float]], random: np.random.Generator
) -> list[tuple[Any, ...]]:
    """The city's output: four times the zone's at first, then each division by a growth of its own."""
    rows: list[tuple[Any, ...]] = []
    values = random.dirichlet(np.ones(len(divisions))) * totals[0][1] * _CITY_TIMES
    hidden = int(random.integers(len(divisions)))
    for place, (year, total) in enumerate(totals):
        if place:
            values = values * (total / totals[place - 1][1]) ** 0.7 * random.lognormal(0, 0.05, len(divisions))
        whole = np.rint(values)
        for number, (division, value) in enumerate(zip(divisions, whole, strict=True)):
            told = "" if number == hidden else int(value)
            standing = "suppressed" if number == hidden else "published"
            rows.append((_CITY, "city", division, f"{year}-01-01", "gross_output", told, standing, _SOURCE))
        rows.append((_CITY, "city", "total", f"{year}-01-01", "gross_output", int(whole.sum()), "published", _SOURCE))
    return rows
