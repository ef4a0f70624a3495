"""What a study answers with: headline numbers, tables, a document, and the proof that it is right.

A wing's function gives an Answer and knows nothing of where its tables came from; the room `study` wraps
it with the question and the versions that were read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from milepost.basics.text import Text


@dataclass(frozen=True)
class Headline:
    """One number that answers the question, with its unit."""

    name: Text
    value: float
    unit: str


@dataclass(frozen=True)
class Column:
    """A column of an answer's table: its id, its name, and its unit where it has one."""

    id: str
    name: Text
    unit: str = ""


@dataclass(frozen=True)
class Picture:
    """How a table is drawn: `across` is a column of names, years or numbers, `up` the columns of numbers.

    kind: lines over an ordered column; bars beside one another; parts, bars that sum from the first to the last (a
    waterfall, whose total is the last row); steps, a curve that rises over the sum of a width (a cost curve: `width`
    names its column); places, points named by `across` at the two columns of `up`, latitude and longitude, as large as
    `width`. `low` and `high` name columns of an interval around a single line.
    """

    kind: Literal["lines", "bars", "parts", "steps", "places"]
    across: str
    up: tuple[str, ...]
    width: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class AnswerTable:
    """A table of an answer: columns, and rows as mappings of column ids to plain values or texts.

    `contributors` names the column that counts the persons or firms behind a row; without one a table made from
    records that are not public is only for those who may see the records. Rows that agree in the column `within` sum to
    a total that is told elsewhere (all rows do, without one). `singles` are columns each of whose numbers tells of one
    person or firm. `picture` says how it is drawn.
    """

    id: str
    name: Text
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    contributors: str = ""
    picture: Picture | None = None
    within: str = ""
    singles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """Why the answer may be believed.

    `kind`: counted (a list stands behind every number), optimal (`bound` and `gap` of an optimum), infeasible
    (proven impossible), interval (a range with its level), none (an orientation only).
    """

    kind: Literal["counted", "optimal", "infeasible", "interval", "none"]
    says: Text
    bound: float | None = None
    gap: float | None = None


@dataclass(frozen=True)
class OutlookAsked:
    """An outlook an answer asks the forecast for: how likely an indicator's year reaches `value`, year by year.

    `figures` are the indicator's yearly values that the study computed, by year; what was published is added to them.
    `unit` is that of both; `contributors` how many stand behind the newest figure.
    """

    indicator: str
    name: Text
    unit: str
    value: float
    years: tuple[int, ...]
    figures: Mapping[int, float] = field(default_factory=dict)
    contributors: int = 0


@dataclass(frozen=True)
class Answer:
    """The whole answer; `document` is what `milepost ask --json` prints, in plain values.

    `outlooks` are drawn by the forecast after the answer is given and added to it as a table.
    """

    headlines: Sequence[Headline]
    tables: Sequence[AnswerTable]
    proof: Proof
    document: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[Text] = ()
    outlooks: Sequence[OutlookAsked] = ()
