"""What a table's YAML file may hold, beside its cells, and the reader that keeps every trouble of the file.

Columns are read in `columns`, the cells of lines in `cells`, the whole in `reading`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from milepost.basics.declared import Node, build
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend
from milepost.basics.text import Text
from milepost.rules import table
from milepost.rules.syntax import names_in
from milepost.rules.table import Aggregation, Policy
from milepost.rules.values import Kind

Found = TypeVar("Found")


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
    """What a line declares beside its cells: citation (also in Chinese, where it has one), source, dates in force."""

    citation: str
    citation_zh: str = ""
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


@dataclass
class Reader:
    """The columns known so far and every trouble found."""

    inputs: tuple[table.Input, ...] = ()
    outputs: tuple[table.Output, ...] = ()
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Give the names that cells and results may use."""
        own = {name for column in self.inputs for name in names_in(column.expression)}
        return sorted(own)

    def wrong(self, code: str, what: str, mend: str, place: Place) -> None:
        """Keep a trouble."""
        self.troubles.append(Trouble(code, what, mend, place))


_RENAMED = {"from": "from_date", "until": "until_date", "whole": "is_whole"}


def split(node: Node, *names: str) -> tuple[Node, dict[str, Node]]:
    """Give a mapping without some of its entries, with from and until as dates' names, and the entries taken out."""
    if not isinstance(node.value, dict):
        return node, {}
    kept = {_RENAMED.get(name, name): child for name, child in node.value.items() if name not in names}
    keys = tuple((_RENAMED.get(name, name), place) for name, place in node.keys if name not in names)
    return Node(kept, node.place, keys), {name: node.value[name] for name in names if name in node.value}


def built(reader: Reader, cls: type[Found], node: Node) -> Found | None:
    """Give the declaration built, or None; its troubles use the names as they are written in the file."""
    troubles: list[Trouble] = []
    found = build(cls, node, troubles)
    for trouble in troubles:
        what, mend = trouble.what, trouble.mend
        for written_name, field_name in _RENAMED.items():
            what, mend = what.replace(field_name, written_name), mend.replace(field_name, written_name)
        reader.wrong(trouble.code, what, mend, trouble.place)
    return found


def attempt(reader: Reader, act: Callable[[], Found]) -> Found | None:
    """Give what an act gives, or None with its troubles kept."""
    try:
        return act()
    except YoursToMend as error:
        reader.troubles += error.troubles
        return None
