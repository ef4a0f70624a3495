"""A Reading: what an indicator was, in which area and period, and where that is known from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from milepost.basics.period import Period

FigureKind = Literal["actual", "preliminary", "approx", "at_least", "ytd", "growth_yoy_pct", "target"]


@dataclass(frozen=True)
class Row:
    """Where a reading comes from: a register's version, and the row of the file that was received."""

    register: str
    version: int
    file: str
    line: int
    content_hash: str


@dataclass(frozen=True)
class Made:
    """What a reading was computed from: the formula's hash and version, the versions of the registers read, the
    values of the dimensions it is for, and the inputs that are still lacking (the reading's value is then NaN).
    `is_public` says that all registers read are public as they are, so that the guard lets single rows out.
    `held_count` is how many of the rows it rests on wait for a decision (`keep.holds`): such a figure is not published.
    """

    formula_hash: str
    indicator_version: int
    versions: tuple[tuple[str, int], ...]
    dimensions: tuple[tuple[str, str], ...] = ()
    lacking: tuple[str, ...] = ()
    is_public: bool = False
    held_count: int = 0


@dataclass(frozen=True)
class Reading:
    """A figure with its meaning.

    `value` is in `unit`, which is the indicator's; where `is_growth` (growth, and a target of growth) it is a
    fraction (0.05 for 5 %) and `unit` is "fraction". `kind` says what the number
    means: an exact value, a preliminary one, a rounding, a bound, January to month, growth over a year
    before, or a promise, which is never evidence. `published_text` and `published_unit` are as in the
    source. `known_on` is the day from which it may be used; `is_known_on_assumed` when the source gives no
    full date of publication. `as_of` is the day the source states where it lies inside the period: what is
    measured was so on that day, and the period's later days are not covered. `contributors` is the number of
    units a computed reading is counted over; `item_response` the share of its rows whose cells are filled, of the
    column that is filled least (1 where none may be empty: an empty cell adds nothing). `made` says what a
    computed reading was computed from.
    """

    id: str
    indicator: str
    area: str
    period: Period
    value: float
    unit: str
    kind: FigureKind
    basis: Literal["published", "computed"]
    known_on: date
    is_known_on_assumed: bool
    published_name: str
    published_text: str
    published_unit: str
    published_on: str
    source_url: str
    source_title: str
    note: str
    row: Row
    is_growth: bool = False
    as_of: date | None = None
    contributors: int | None = None
    item_response: float = 1.0
    made: Made | None = None

    @property
    def is_evidence(self) -> bool:
        """A promise is never evidence."""
        return self.kind != "target"
