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
from milepost.basics.errors import Place, Trouble, YoursToMend, nearest
from milepost.plan.crosscheck import faults
from milepost.plan.known import Declared
from milepost.plan.plan import Plan
from milepost.plan.sources import Sources
from milepost.plan.zone import Figure, Zone, ZoneFile
from milepost.registers.indicator import Indicator
from milepost.registers.indicator_files import indicator_files, read_indicators

_PUBLISHED = "indicator area period period_end value unit kind source_url source_title published_on note"
RECORD_COLUMNS: Mapping[str, tuple[str, ...]] = {"published_figures": tuple(_PUBLISHED.split())}


def load_zone(
    folder: Path,
    wing_indicators: Mapping[str, Indicator],
    record_columns: Mapping[str, tuple[str, ...]] = RECORD_COLUMNS,
) -> Zone:
    """Give the zone of a folder.

    `wing_indicators` are the indicators of all wings by id; `record_columns` the columns each register's
    CSV in `records/` must have. Raises YoursToMend with all troubles of all files (D001 to D013 of
    basics.declared, Z001 to Z018; each has a page under docs/errors).
    """
    if not (folder / "zone.yaml").is_file():
        what = "the folder has no zone.yaml, so it is not a zone"
        mend = "Name a zone's folder, or write zone.yaml (docs/guide/zone-folder.md)"
        raise YoursToMend(Trouble("Z001", what, mend, Place(str(folder / "zone.yaml"))))
    sources = Sources()
    root = sources.read(folder / "zone.yaml")
    zone_file = build(ZoneFile, root, sources.troubles) if root else None
    plan = _plan(folder, sources)
    figures = _figures(folder, sources)
    owner = zone_file.id if zone_file else folder.name
    files = {path: str(path) for path in indicator_files(folder)}
    own = read_indicators(owner, files, sources.troubles, sources.roots)
    sources.troubles.extend(_heads(folder, record_columns))
    if zone_file:
        declared = Declared(zone_file, plan, {**wing_indicators, **own}, figures, wing_indicators.keys())
        sources.troubles.extend(faults(declared, sources.where))
    if sources.troubles or zone_file is None or plan is None:
        raise YoursToMend(sources.troubles)
    built = {key: indicator for key, indicator in {**wing_indicators, **own}.items() if indicator}
    indicators = {key: _in_zone(indicator, zone_file) for key, indicator in built.items()}
    return Zone(folder, zone_file, plan, indicators, {name: figure for name, figure in figures.items() if figure})


def _plan(folder: Path, sources: Sources) -> Plan | None:
    path = folder / "plan" / "plan.yaml"
    if not path.is_file():
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


def _in_zone(indicator: Indicator, zone_file: ZoneFile) -> Indicator:
    """Give the indicator with the area that its ratio's role stands for in this zone."""
    ratio = indicator.ratio
    if ratio is None or ratio.of_area not in zone_file.roles:
        return indicator
    of_area = zone_file.roles[ratio.of_area]
    return dataclasses.replace(indicator, ratio=dataclasses.replace(ratio, of_area=of_area))


def _heads(folder: Path, record_columns: Mapping[str, tuple[str, ...]]) -> Iterator[Trouble]:
    """Yield the troubles of the first lines of the zone's CSV records."""
    for path in sorted((folder / "records").glob("*.csv")):
        place = Place(str(path), 1)
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                head = next(csv.reader(file), [])
        except (OSError, UnicodeDecodeError, csv.Error):
            yield Trouble("Z018", "the head of the file cannot be read as CSV in UTF-8", "Save it so", place)
            continue
        if path.stem not in record_columns:
            mend = nearest(path.stem, record_columns).rstrip("?") or f"Name it {', '.join(sorted(record_columns))}"
            yield Trouble("Z018", "no register has the name of this file", mend, place)
            continue
        for column in record_columns[path.stem]:
            if column not in head:
                mend = nearest(column, set(head) - set(record_columns[path.stem])).rstrip("?")
                yield Trouble("Z013", f"the column {column} is missing", mend or f"Add {column} to the head", place)
