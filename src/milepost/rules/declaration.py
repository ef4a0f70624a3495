"""What a table's YAML file may hold, beside its cells: the fields of each of its parts. They are read in `reading`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.basics.errors import NOWHERE, Place
from milepost.basics.text import Text
from milepost.rules.table import Aggregation, Policy
from milepost.rules.values import Kind


@dataclass(frozen=True)
class Input:
    """An input as it is declared."""

    name: str
    type: Kind
    unit: str = ""
    expression: str = ""
    is_whole: bool = False
    may_be_missing: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True)
class Output:
    """An output as it is declared."""

    name: str
    type: Kind
    unit: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Line:
    """What a line declares beside its cells: citation, source, dates in force."""

    citation: str
    source: str = ""
    id: str = ""
    from_date: date | None = None
    until_date: date | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Otherwise:
    """The citation of the answer where no line fires."""

    citation: str
    place: Place = NOWHERE


@dataclass(frozen=True)
class Table:
    """What a table declares beside its columns and lines."""

    policy: Policy
    aggregation: Aggregation | None = None
    title: Text | None = None
    from_date: date | None = None
    until_date: date | None = None
    place: Place = NOWHERE
