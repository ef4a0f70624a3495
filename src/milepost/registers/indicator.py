"""What an indicator means, whoever publishes or computes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from milepost.basics.declared import Placed
from milepost.basics.errors import NOWHERE, Place
from milepost.basics.text import Text

Kind = Literal["flow", "stock", "level", "ratio", "index", "cumulative", "stage"]
Scale = Literal["log", "logit", "count", "stage", "real"]

_NO_UNIT = (
    "Write what the figure is counted in (unit: count, yuan, t); a number without a unit has one of these: "
    "fraction, percent, or index_points where 100 stands for the base"
)


@dataclass(frozen=True)
class Ratio:
    """A ratio of two indicators; `of_area` takes the denominator in another area (a share of a city).

    In a wing's file `of_area` is a role such as `city`; a zone says which of its areas has that role, and
    the zone's own indicators hold the area's id.
    """

    numerator: str
    denominator: str
    of_area: str | None = None


@dataclass(frozen=True)
class Explained:
    """The wing's question that divides a change of the indicator: `study`, asked with `set` and with its parameters
    `start_year` and `end_year`.
    """

    study: str
    set: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Indicator:
    """A measured thing: its meaning over time (`kind`), its unit, and which direction is better.

    `kind` says what periods do: a flow sums over months, a stock holds on a day, a level is an average
    or a size, a ratio is a ratio of sums, a cumulative counts from a start and never falls, a stage is a
    place in an order. `scale` is where its path moves freely: log for positive amounts, logit for shares
    of a whole, count for small whole numbers, stage for ordered steps. `comparable_growth` says that
    published growth is on a comparable base (constant prices or panel), so that it need not equal the
    change of the published levels.

    An indicator that is computed has a `formula`: a total over the rows of `register` for which `where` holds
    (`sum(amount_cny)`), or a formula of other indicators by their full names (`carbon.electricity / industry.output`).
    `happened` is the column that says when, where it is not the register's own; `by` are the columns it can be
    divided by; `area_from` is the column that holds the area, without which all rows are of the zone's main area;
    `contributor` is the column that says whose rows they are, for the guard. `explained_by` names the question that
    divides its change further than by those who contribute.
    """

    id: str
    name: Text
    definition: Text
    kind: Kind
    unit: str = field(metadata={"mend": _NO_UNIT})
    better: Literal["more", "less", "neither"] = "more"
    scale: Scale = "log"
    comparable_growth: bool = False
    ratio: Ratio | None = None
    register: str | None = None
    formula: Placed | None = None
    where: Placed | None = None
    happened: str | None = None
    by: tuple[str, ...] = ()
    area_from: str | None = None
    contributor: str | None = None
    explained_by: Explained | None = None
    reference: str = ""
    in_force_from: date | None = None
    version: int = 1
    place: Place = NOWHERE
