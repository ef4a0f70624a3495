"""Readings as a cube, as SDMX sees statistics: dimensions that name an observation, its value, its attributes.

A cube says one thing of each observation: what was last known of it on the day (`asOf`). Earlier statements of the
same figure stay in the flat table. A period without dates has no place on the time axis and is left out, and counted.
Codes are words of letters, digits, `_`, `-`: an indicator's dot becomes a hyphen, and a value of other signs a short
hash, with the value as its name.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

from milepost.basics.period import Period
from milepost.basics.text import LANGUAGES, Text
from milepost.measure.reading import FigureKind, Reading
from milepost.plan.zone import Zone
from milepost.show.exchange.leaving import Leaving
from milepost.show.wording import Wording

TOTAL = "_T"
"""The code of a dimension by which a figure is not divided (SDMX, *Guidelines for the creation of code lists*)."""

UNKNOWN = "_U"
"""The code of a cell that was empty."""

TIME = "TIME_PERIOD"
VALUE = "OBS_VALUE"
_CODE = re.compile(r"[A-Za-z0-9_@$-]+")


@dataclass(frozen=True)
class Dimension:
    """A dimension that has codes: its id, its name, and the names of its codes by code, in their order."""

    id: str
    name: Text
    codes: Mapping[str, Text]


@dataclass(frozen=True)
class Attribute:
    """What is said of an observation beside its value; without `codes` it is free text or a day."""

    id: str
    name: Text
    of: Callable[[Reading], str]
    kind: str = "String"
    codes: Mapping[str, Text] | None = None


@dataclass(frozen=True)
class Observation:
    """A reading at its place in the cube: the code of each dimension, and its time."""

    key: tuple[str, ...]
    time: str
    reading: Reading


@dataclass(frozen=True)
class Cube:
    """The observations of a zone as known on a day.

    `superseded` counts earlier statements of an observation that is there; `undated` readings without a place in time.
    """

    zone: Zone
    known_on: date
    dimensions: tuple[Dimension, ...]
    attributes: tuple[Attribute, ...]
    observations: tuple[Observation, ...]
    superseded: int
    undated: int

    @property
    def agency(self) -> str:
        """Who maintains the structure: the zone's id in capitals."""
        return re.sub(r"[^A-Z0-9_]", "_", self.zone.declared.id.upper())

    def urn(self, kind: str, name: str, package: str = "datastructure") -> str:
        """Give the lasting name of a part of the structure."""
        return f"urn:sdmx:org.sdmx.infomodel.{package}.{kind}={self.agency}:{name}({VERSION})"


FLOW, STRUCTURE, CONCEPTS, VERSION = "READINGS", "DSD_READINGS", "CS_READINGS", "1.0.0"


def cube_of(leaving: Leaving) -> Cube:
    """Give the cube of what leaves."""
    zone = leaving.zone
    columns = sorted({name for one in leaving.readings if one.made for name, _ in one.made.dimensions})
    placed: dict[tuple[tuple[str, ...], str], Reading] = {}
    superseded = undated = 0
    for reading in leaving.readings:
        when = sdmx_time(reading.period)
        if when is None:
            undated += 1
            continue
        key = (*_key(reading, when), *_divided(reading, columns))
        before = placed.get((key, when))
        superseded += before is not None
        if before is None or _is_later(reading, before):
            placed[key, when] = reading
    found = tuple(
        Observation(key, when, reading) for (key, when), reading in sorted(placed.items(), key=lambda o: o[0])
    )
    dimensions = (*_fixed(zone, found), *_further(zone, columns, found))
    return Cube(zone, leaving.known_on, dimensions, _ATTRIBUTES, found, superseded, undated)


def _is_later(reading: Reading, other: Reading) -> bool:
    """Was it known after the other, or on the same day from a later row?"""
    return (reading.known_on, reading.row.version, reading.row.line) > (
        other.known_on,
        other.row.version,
        other.row.line,
    )


def code(value: str) -> str:
    """Give a value as a code.

    >>> code("industry.gross_output"), code("36"), code("") == TOTAL
    ('industry-gross_output', '36', True)
    """
    plain = value.replace(".", "-")
    if not value:
        return TOTAL
    # A value that looks like a special code, or that another one would become, gets a name of its own.
    is_itself = _CODE.fullmatch(plain) and "-" not in value and not plain.startswith("_")
    return plain if is_itself else "V_" + hashlib.sha256(value.encode()).hexdigest()[:12]


def sdmx_time(period: Period) -> str | None:
    """Give a period as SDMX writes it; None where it has no dates.

    A span counted from its start is a time range: its first day and its length.

    >>> from milepost.basics.period import parse_period
    >>> [sdmx_time(parse_period(text)) for text in ("2025", "2025-Q3", "2025-06", "2025-06-30", "2016-01..03")]
    ['2025', '2025-Q3', '2025-06', '2025-06-30', '2016-01-01/P3M']
    """
    start, end = period.start, period.end
    if start is None or end is None:
        return None
    if period.shape == "point" or start == end:
        return end.isoformat()
    is_whole = start.day == 1 and (end + timedelta(days=1)).day == 1
    if not is_whole:
        return f"{start.isoformat()}/P{(end - start).days + 1}D"
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    if period.shape == "span":
        if months == 12 and start.month == 1:
            return f"{start.year:04d}"
        if months == 3 and start.month % 3 == 1:
            return f"{start.year:04d}-Q{(start.month + 2) // 3}"
        if months == 1:
            return f"{start:%Y-%m}"
    return f"{start.isoformat()}/P{months}M"


def frequency(when: str) -> str:
    """Give the code of how often: A, Q, M, D, and _Z for a time range, which has no rhythm.

    >>> [frequency(when) for when in ("2025", "2025-Q3", "2025-06", "2025-06-30", "2016-01-01/P3M")]
    ['A', 'Q', 'M', 'D', '_Z']
    """
    if "/" in when:
        return "_Z"
    return "Q" if "Q" in when else {4: "A", 7: "M"}.get(len(when), "D")


def _key(reading: Reading, when: str) -> tuple[str, ...]:
    measure = "GROWTH" if reading.is_growth else "LEVEL"
    return frequency(when), code(reading.indicator), code(reading.area), measure, reading.kind, reading.basis


def _divided(reading: Reading, columns: list[str]) -> tuple[str, ...]:
    values = dict(reading.made.dimensions) if reading.made else {}
    return tuple(_value(values, name) for name in columns)


def _value(values: Mapping[str, str], column: str) -> str:
    """The code of a figure's value in a column: the total where it is not divided by it, unknown where it is empty."""
    return TOTAL if column not in values else code(str(values[column])) if values[column] else UNKNOWN


def _fixed(zone: Zone, found: tuple[Observation, ...]) -> tuple[Dimension, ...]:
    readings = [one.reading for one in found]
    indicators = {code(name): zone.indicators[name].name for name in sorted({r.indicator for r in readings})}
    areas = {code(name): _area(zone, name) for name in sorted({r.area for r in readings})}
    used = [{one.key[place] for one in found} for place in range(6)]
    return (
        Dimension("FREQ", Text("Frequency", "频率"), _used(_FREQUENCIES, used[0])),
        Dimension("INDICATOR", Text("Indicator", "指标"), indicators),
        Dimension("REF_AREA", Text("Area", "区域"), areas),
        Dimension("MEASURE", Text("Level or growth", "水平或增速"), _used(_MEASURES, used[3])),
        Dimension(
            "FIGURE_KIND", Text("Kind of figure", "数据性质"), _used(_worded("kind", get_args(FigureKind)), used[4])
        ),
        Dimension(
            "BASIS", Text("Basis", "数据依据"), _used(_worded("wing", ("published", "computed"), "basis_"), used[5])
        ),
    )


def _used(known: Mapping[str, Text], used: set[str]) -> dict[str, Text]:
    return {code: name for code, name in known.items() if code in used}


def _worded(group: str, names: Iterable[str], before: str = "") -> dict[str, Text]:
    """The names of codes that pages have words for."""
    says = [Wording(language) for language in LANGUAGES]
    return {name: Text(*(say.word(group, before + name) for say in says)) for name in names}


def _area(zone: Zone, name: str) -> Text:
    return zone.areas[name].name if name in zone.areas else Text(name, name)


def _further(zone: Zone, columns: list[str], found: tuple[Observation, ...]) -> tuple[Dimension, ...]:
    return tuple(Dimension(_id(name), _named(zone, name, found), _values(zone, name, found)) for name in columns)


def _id(column: str) -> str:
    """The dimension of a column: its name in capitals; what stands behind `@` (a level of its code list) too."""
    return "BY_" + re.sub(r"[^A-Z0-9_]", "_", column.upper())


def _named(zone: Zone, name: str, found: tuple[Observation, ...]) -> Text:
    column = name.partition("@")[0]
    named = [r.column(column).name for r in _registers(zone, name, found) if column in r.column_ids]
    return named[0] if named else Text(name, name)


def _registers(zone: Zone, name: str, found: tuple[Observation, ...]) -> list[Any]:
    ids = {
        register
        for one in found
        if one.reading.made and name in dict(one.reading.made.dimensions)
        for register, _ in one.reading.made.versions
    }
    return [zone.registers[register] for register in sorted(ids) if register in zone.registers]


def _values(zone: Zone, name: str, found: tuple[Observation, ...]) -> dict[str, Text]:
    names: dict[str, Text] = {}
    for register in _registers(zone, name, found):
        if name in register.column_ids and register.column(name).code_list:
            names |= zone.code_lists_of(register)[register.column(name).code_list].names
    divided = [dict(one.reading.made.dimensions) for one in found if one.reading.made]
    values = {str(one[name]) for one in divided if one.get(name)}
    special = {TOTAL: Text("All", "合计")}
    if any(name in one and not one[name] for one in divided):
        special[UNKNOWN] = Text("Not known", "不详")
    return special | {code(value): names.get(value, Text(value, value)) for value in sorted(values)}


_FREQUENCIES = {
    "A": Text("Year", "年"), "Q": Text("Quarter", "季"), "M": Text("Month", "月"), "D": Text("Day", "日"),
    "_Z": Text("A range of time", "时间区间"),
}  # fmt: skip
_MEASURES = {"LEVEL": Text("Level", "水平"), "GROWTH": Text("Growth over a year before", "同比增速")}
_STATUS = {"A": Text("Normal", "正常"), "P": Text("Provisional", "初步")}


@functools.cache
def _day(one: date | None) -> str:
    return one.isoformat() if one else ""


def _made_versions(reading: Reading) -> str:
    return "; ".join(f"{name}={number}" for name, number in reading.made.versions) if reading.made else ""


_ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute("UNIT_MEASURE", Text("Unit", "计量单位"), lambda r: r.unit),
    Attribute("OBS_STATUS", Text("Status", "状态"), lambda r: "P" if r.kind == "preliminary" else "A", codes=_STATUS),
    Attribute("KNOWN_ON", Text("Known on", "截至已知日"), lambda r: _day(r.known_on), "GregorianDay"),
    Attribute("UP_TO", Text("The day within the period it goes up to", "截至日期"),
              lambda r: _day(r.as_of), "GregorianDay"),
    Attribute("READING", Text("Reading", "读数编号"), lambda r: r.id),
    Attribute("PUBLISHED_TEXT", Text("As published", "公布原文"), lambda r: r.published_text if r.made is None else ""),
    Attribute("SOURCE", Text("Source", "来源"), lambda r: r.source_title),
    Attribute("SOURCE_URL", Text("Address of the source", "来源网址"), lambda r: r.source_url),
    Attribute("NOTE", Text("Note", "备注"), lambda r: r.note),
    Attribute("CONTRIBUTORS", Text("Contributors", "所涉单位数"),
              lambda r: "" if r.contributors is None else str(r.contributors), "Integer"),
    Attribute("ITEM_RESPONSE", Text("Item response", "项目应答率"),
              lambda r: "" if r.made is None else repr(r.item_response), "Double"),
    Attribute("FORMULA", Text("Formula", "计算公式摘要"), lambda r: r.made.formula_hash if r.made else ""),
    Attribute("VERSIONS", Text("Versions read", "所读版本"), _made_versions),
)  # fmt: skip
