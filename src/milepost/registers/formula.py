"""The formula: a small, strict part of SQL's expressions, read with names, types and units checked.

A formula is read once, when its declaration is loaded, and written again as an expression of the house's SQL (that
of the embedded engine; other engines translate it). Only what stands in `registers.grammar` can be said: what has
no word there is refused, so nothing else ever reaches an engine. Nothing is computed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from milepost.basics.declared import Placed
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.registers.register import Column

Type = Literal["whole", "number", "real", "text", "date", "moment", "yes_no", "nothing"]
Wanted = Literal["row", "total", "condition", "group_condition"]
NUMERIC = frozenset({"whole", "number", "real"})
LONGEST = 4000


@dataclass(frozen=True)
class Name:
    """What a name stands for in a formula: its type, its unit (a pure number has none), its SQL."""

    type: Type
    unit: str = ""
    places: int = 0
    sql: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Formula:
    """A formula that has been read.

    `sql` is the expression of the house's SQL over a row `r`; `is_total` says that it is one number for many rows
    (it has an aggregate or names another indicator); `columns` and `indicators` are the names it uses.
    """

    text: str
    sql: str
    type: Type
    unit: str
    is_total: bool
    columns: frozenset[str]
    indicators: frozenset[str]

    @property
    def hash(self) -> str:
        """A short name of what the formula says; spaces and the case of words do not change it."""
        return hashlib.sha256(self.sql.encode()).hexdigest()[:12]


def column_name(column: Column) -> Name:
    """Give what a column's name stands for in a formula."""
    types: dict[str, Type] = {"month": "date", "whole": "whole", "number": "number", "real": "real"}
    types |= {"date": "date", "moment": "moment", "yes_no": "yes_no"}
    found = types.get(column.type, "text")
    sql = f'r."{column.id}"'
    return Name(found, column.unit, column.places if found == "number" else 0, sql)


def names_of(columns: tuple[Column, ...]) -> dict[str, Name]:
    """Give what each column's name stands for."""
    return {column.id: column_name(column) for column in columns}


def read_formula(text: str, names: Mapping[str, Name], place: Place = NOWHERE, wanted: Wanted = "row") -> Formula:
    """Give the formula written in `text` over the columns and indicators in `names` (an indicator's name has a dot).

    `wanted`: row, a value of each row; total, one of many rows; condition, a yes or no of a row; group_condition, a
    yes or no of the totals of a group. Raises YoursToMend
    with every trouble, each at its line and column: F001 not an expression, F002 a word that is not in the grammar,
    F003 a name that is not known, F004 types that do not go together, F005 units that do not, F006 a row's value
    where a total is wanted or the other way round, F007 too long.
    """
    from milepost.registers.grammar import Reader

    place = text.place if isinstance(text, Placed) and place is NOWHERE else place
    if len(text) > LONGEST:
        raise YoursToMend(Trouble("F007", f"the formula is longer than {LONGEST} signs", "Divide it", place))
    reader = Reader(text, names, place)
    part = reader.read()
    if not reader.troubles:
        reader.troubles.extend(_unwanted(part.type, part.is_total, part.is_constant, wanted, place))
    if reader.troubles:
        raise YoursToMend(reader.troubles)
    return Formula(
        str(text), part.sql, part.type, part.unit, part.is_total, frozenset(reader.columns), frozenset(reader.totals)
    )


def _unwanted(found: Type, is_total: bool, is_constant: bool, wanted: Wanted, place: Place) -> list[Trouble]:
    if wanted in ("condition", "group_condition") and found not in ("yes_no", "nothing"):
        return [Trouble("F004", "a condition is a yes or no", "Compare something: a > 0", place)]
    if wanted in ("total", "group_condition") and not (is_total or is_constant):
        mend = "Say what many rows give: sum(..), count(*), mean(..), min(..), max(..)"
        return [Trouble("F006", "a total is wanted, and this is a value of each row", mend, place)]
    if wanted in ("row", "condition") and is_total:
        return [Trouble("F006", "a value of each row is wanted, and this is a total", "Leave out the total", place)]
    return []


def unknown_name(name: str, names: Mapping[str, Name], place: Place) -> Trouble:
    """Give the trouble of a name that is neither a column nor an indicator here."""
    of_indicators = {"." in one for one in names}
    if of_indicators == {False} and "." in name:
        mend = "Columns of its register are named here; a formula of other indicators has no register"
    elif of_indicators == {True} and "." not in name:
        mend = "Other indicators are named here, as owner.name; a formula of a register's columns says its register"
    else:
        mend = nearest(name, names).rstrip("?") or f"It may name: {listed(sorted(names), 20)}"
    return Trouble("F003", f"there is no {name} here", mend, place)
