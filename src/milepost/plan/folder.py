"""A zone's folder is read here: zone.yaml, plan, indicators, figures, and the heads of its records.

Everything is read before anything is refused, so that all troubles of all files are told at once.
Nothing is computed, and no row of a record is read: rows are received in `receive`.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

from milepost.basics.declared import Node, build
from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.plan.crosscheck import faults
from milepost.plan.known import Declared
from milepost.plan.plan import Plan, no_plan
from milepost.plan.sources import Sources
from milepost.plan.zone import Figure, Zone, ZoneFile
from milepost.registers.code_list import code_lists_of
from milepost.registers.indicator import Indicator
from milepost.registers.indicator_files import indicator_files, read_indicators
from milepost.registers.meaning import faults as formula_faults
from milepost.registers.register import Register, read_registers, register_files

_PUBLISHED = "indicator area period period_end value unit kind source_url source_title published_on note"
RECORD_COLUMNS: Mapping[str, tuple[str, ...]] = {"published_figures": tuple(_PUBLISHED.split())}


def load_zone(
    folder: Path,
    wing_indicators: Mapping[str, Indicator],
    record_columns: Mapping[str, tuple[str, ...]] = RECORD_COLUMNS,
    wing_registers: Mapping[str, Register] | None = None,
    wing_folders: Mapping[str, Path] | None = None,
) -> Zone:
    """Give the zone of a folder.

    `wing_indicators` and `wing_registers` are those of all wings by id, `wing_folders` where the wings lie;
    `record_columns` the columns the published
    figures in `records/` must have. A zone that declares registers of its own, or is given records of the wings',
    may have no plan. Raises YoursToMend with all troubles of all files (D001 to D013 of
    basics.declared, Z001 to Z018; each has a page under docs/errors).
    """
    if not (folder / "zone.yaml").is_file():
        what = "the folder has no zone.yaml, so it is not a zone"
        mend = "Name a zone's folder, or write zone.yaml (docs/guide/zone-folder.md)"
        raise YoursToMend(Trouble("Z001", what, mend, Place(str(folder / "zone.yaml"))))
    sources = Sources()
    root = sources.read(folder / "zone.yaml")
    zone_file = build(ZoneFile, root, sources.troubles) if root else None
    registers = dict(wing_registers or {})
    own_files = {path: str(path) for path in register_files(folder)}
    owner = zone_file.id if zone_file else folder.name
    own_registers = read_registers(owner, own_files, sources.troubles, sources.roots)
    registers |= own_registers
    if zone_file:
        sources.troubles.extend(_unknown_registers(zone_file, registers, sources))
        registers = {key: _public(one, zone_file) for key, one in registers.items()}
    plan = _plan(folder, sources, zone_file, registers)
    figures = _figures(folder, sources)
    files = {path: str(path) for path in indicator_files(folder)}
    own = read_indicators(owner, files, sources.troubles, sources.roots)
    sources.troubles.extend(_heads(folder, record_columns, registers))
    code_folders = {owner: home / "codes" for owner, home in {**(wing_folders or {}), owner: folder}.items()}
    sources.troubles.extend(_code_lists(own_registers, code_folders[owner]))
    sources.troubles.extend(formula_faults(registers, own_registers, {**wing_indicators, **own}, own))
    if zone_file:
        declared = Declared(zone_file, plan, {**wing_indicators, **own}, figures, wing_indicators.keys())
        sources.troubles.extend(faults(declared, sources.where))
    if sources.troubles or zone_file is None or plan is None:
        raise YoursToMend(sources.troubles)
    built = {key: indicator for key, indicator in {**wing_indicators, **own}.items() if indicator}
    indicators = {key: _in_zone(indicator, zone_file) for key, indicator in built.items()}
    known = {name: figure for name, figure in figures.items() if figure}
    return Zone(folder, zone_file, plan, indicators, known, registers, code_folders)


def _code_lists(registers: Mapping[str, Register], folder: Path) -> Iterator[Trouble]:
    """Yield the troubles of the code lists that the zone's own registers name."""
    for register in registers.values():
        try:
            code_lists_of(register, [folder])
        except YoursToMend as error:
            yield from error.troubles


def _plan(folder: Path, sources: Sources, zone_file: ZoneFile | None, registers: Mapping[str, Register]) -> Plan | None:
    path = folder / "plan" / "plan.yaml"
    if not path.is_file():
        if zone_file is not None and (register_files(folder) or record_files(folder, registers)):
            return no_plan(zone_file.name)
        mend = "Write plan/plan.yaml (docs/guide/zone-folder.md)"
        sources.troubles.append(Trouble("Z017", "the zone has no plan", mend, Place(str(path))))
        return None
    node = sources.read(path)
    return build(Plan, node, sources.troubles) if node else None


def _figures(folder: Path, sources: Sources) -> dict[str, Figure | None]:
    """Give how each published name is read; a name alone stands for its indicator."""
    path = folder / "figures.yaml"
    node = sources.read(path) if path.is_file() else None
    return {name: _figure(child, sources) for name, _, child in node.items()} if node else {}


def _figure(node: Node, sources: Sources) -> Figure | None:
    if isinstance(node.value, str):
        return Figure(node.value, place=node.place)
    return build(Figure, node, sources.troubles)


def _unknown_registers(zone_file: ZoneFile, registers: Mapping[str, Register], sources: Sources) -> Iterator[Trouble]:
    for number, name in enumerate(zone_file.public_registers):
        if name not in registers:
            place = sources.where(zone_file.place, "public_registers", str(number))
            mend = nearest(name, registers).rstrip("?") or "Name a register by its full name"
            yield Trouble("D022", f"there is no register {name}", mend, place)


def _public(register: Register, zone_file: ZoneFile) -> Register:
    """Give the register as its rows are held here: published, where the zone says so."""
    is_public = register.is_public or register.id in zone_file.public_registers
    return dataclasses.replace(register, is_public=is_public)


def _in_zone(indicator: Indicator, zone_file: ZoneFile) -> Indicator:
    """Give the indicator with the area that its ratio's role stands for in this zone."""
    ratio = indicator.ratio
    if ratio is None or ratio.of_area not in zone_file.roles:
        return indicator
    of_area = zone_file.roles[ratio.of_area]
    return dataclasses.replace(indicator, ratio=dataclasses.replace(ratio, of_area=of_area))


def record_files(folder: Path, registers: Mapping[str, Register]) -> dict[Path, str]:
    """Give the files of unit records a zone ships with, each with the id of its register.

    A file is named by its register (`records/meter_reading.csv`), or lies in a folder that is
    (`records/meter_reading/2018.csv`); the last word of an id is enough where no other ends so.
    """
    words: dict[str, str | None] = {}
    for key in registers:
        words[key] = key
        last = key.rpartition(".")[2]
        words[last] = key if words.get(last, key) == key else None
    found = {}
    for path in sorted((folder / "records").glob("**/*")):
        name = path.stem if path.parent.name == "records" else path.parent.name
        register = words.get(name)
        if path.is_file() and register is not None:
            found[path] = register
    return found


def _heads(
    folder: Path, record_columns: Mapping[str, tuple[str, ...]], registers: Mapping[str, Register]
) -> Iterator[Trouble]:
    """Yield the troubles of the first lines of the zone's published figures, and records that no register takes."""
    of_units = record_files(folder, registers)
    for path in sorted((folder / "records").glob("*.csv")):
        place = Place(str(path), 1)
        if path in of_units:
            continue
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                head = next(csv.reader(file), [])
        except (OSError, UnicodeDecodeError, csv.Error):
            yield Trouble("Z018", "the head of the file cannot be read as CSV in UTF-8", "Save it so", place)
            continue
        if path.stem not in record_columns:
            known = [*record_columns, *registers]
            mend = nearest(path.stem, known).rstrip("?") or f"Name it {listed(sorted(record_columns), 3)}"
            yield Trouble("Z018", "no register has the name of this file", mend, place)
            continue
        for column in record_columns[path.stem]:
            if column not in head:
                mend = nearest(column, set(head) - set(record_columns[path.stem])).rstrip("?")
                yield Trouble("Z013", f"the column {column} is missing", mend or f"Add {column} to the head", place)
