"""What cells are rolled up to: areas that contain others, and the levels of code lists.

A row counts for the area it names and for every area that wholly contains it, up to the zone's main area: beyond that
the register is not known to be complete, and no figure of one area is made of another's. A code counts at each level
for the code above it; level 1 is the broadest.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.table import read_table
from milepost.engines.engine import Engine
from milepost.plan.zone import Zone
from milepost.registers.register import Register

AREAS = "measure_areas"
NO_AREA = "none"


@dataclass(frozen=True)
class Dimension:
    """A column to divide by, as its codes stand there or (`level` 1, 2, ..) as the codes above them."""

    column: str
    level: int = 0

    @property
    def id(self) -> str:
        """As it is written: `industry`, `industry@1`."""
        return f"{self.column}@{self.level}" if self.level else self.column


def dimension(written: str) -> Dimension:
    """Give the dimension that is written `column` or `column@level`.

    Raises YoursToMend (M005) for a level that is no whole number from 1 on.
    """
    column, sign, level = written.partition("@")
    if sign and not (level.isdigit() and int(level) >= 1):
        raise YoursToMend(Trouble("M005", f"{column} is asked at no level", "Write the level as 1, 2, .. behind @"))
    return Dimension(column, int(level) if sign else 0)


def load_areas(engine: Engine, zone: Zone) -> None:
    """Fill the engine's table of areas: every word an area is written as, beside each area it counts for."""
    rows = []
    for area in zone.declared.areas:
        for word in {area.id, *area.also_written}:
            rows += [(word, held) for held in sorted(counted_for(zone, area.id))]
    engine.load(AREAS, {"word": "varchar", "area": "varchar"}, rows)


def counted_for(zone: Zone, area: str) -> set[str]:
    """Give the areas that rows of an area count for: itself, and those that contain it inside the zone's main area."""
    main, found = zone.declared.main_area, {area}
    if main not in _containing(zone, area):
        return found
    return {held for held in _containing(zone, area) if main == held or main in _containing(zone, held)} | found


def _containing(zone: Zone, area: str) -> set[str]:
    found: set[str] = set()
    left = [area]
    while left:
        declared = zone.areas.get(left.pop())
        for held in declared.inside if declared else ():
            if held not in found:
                found.add(held)
                left.append(held)
    return found


@dataclass(frozen=True)
class CodeLists:
    """Where code lists are looked for: folders with a file `<name>.csv` for each (columns `code` and `parent`)."""

    folders: Sequence[Path] = ()
    _loaded: dict[tuple[str, int], str] = field(default_factory=dict)

    def level(self, engine: Engine, register: Register, asked: Dimension) -> str:
        """Give the name of a table of `code` and `above`, the code above it at the level.

        Raises YoursToMend (M005) where the column has no code list with such a level.
        """
        name = register.column(asked.column).code_list
        path = next((one / f"{name}.csv" for one in self.folders if name and (one / f"{name}.csv").is_file()), None)
        if path is None:
            mend = "Name a code list of the wing or zone in its declaration, or leave the level out"
            raise YoursToMend(Trouble("M005", f"{asked.column} has no code list with levels", mend))
        found = [(code, line[asked.level - 1]) for code, line in _lines(path).items() if len(line) >= asked.level]
        if not found:
            raise YoursToMend(Trouble("M005", f"no code of {name} is at level {asked.level}", "Ask for a higher one"))
        table = f"level_{name}_{asked.level}"
        engine.load(table, {"code": "varchar", "above": "varchar"}, found)
        return table


@functools.lru_cache(maxsize=64)
def _lines(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Give for each code the codes from the broadest down to it."""
    table = read_table(path, path.name)
    above = dict(zip(table["code"], table.get("parent", [""] * len(table["code"])), strict=True))
    found = {}
    for code in above:
        line = [code]
        while above.get(line[-1], "") and above[line[-1]] not in line:
            line.append(above[line[-1]])
        found[code] = tuple(reversed(line))
    return found
