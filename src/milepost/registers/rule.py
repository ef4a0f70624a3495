"""A rule as declared: a sentence about good rows, in one of six forms.

What a rule means is told here; it is run in `check`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from milepost.basics.declared import Placed
from milepost.basics.errors import NOWHERE, Place
from milepost.basics.text import Text

Severity = Literal["block", "hold", "warn"]
Scope = Literal["row", "group", "register", "across"]


@dataclass(frozen=True)
class Reference:
    """What a row names stands in another register: `columns` gives for each own column the one there.

    `on` is an own date on which the row there must be valid; without it any row of any time will do.
    """

    register: str
    columns: dict[str, str]
    on: str | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Course:
    """The values of `column` never fall along `along`, within the rows that agree in `within`."""

    column: str
    along: str
    within: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Reconciliation:
    """The `total` of the rows equals the control `total_there` of another register, group by group.

    Both are formulas; `by` gives for each own column the one there, `where_there` chooses the control rows.
    `tolerance` is in the unit of the total.
    """

    total: Placed
    register: str
    total_there: Placed
    by: dict[str, str]
    where_there: Placed | None = None
    tolerance: float = 0.0
    place: Place = NOWHERE


@dataclass(frozen=True)
class Rule:
    """A rule as a sentence: what holds of a good row (`says`), what is wrong with a bad one, and its mend.

    `id` is the sentence as a name, `code` its lasting code with a page under docs/errors; a declared form has
    a code of its own when none is given. A row that breaks a rule of severity `block` waits and is not kept; one
    that breaks `hold` is kept, and no figure that rests on it is published until it is mended or accepted;
    `warn` is counted.

    The form is the field that is filled: `holds`, a condition over a row, or, with `by`, over the totals of a
    group, in which with `within_days` only those kept rows count that happened at most so many days before the first
    or after the last row that is judged; `refers`; `never_falls`; `do_not_overlap`, whose columns are those within
    which the periods of validity do not overlap; `reconciles`. `where` chooses the rows the rule is about. A condition
    that cannot be told because a cell is empty is not broken. A rule without a form is one the program knows by its
    code.
    """

    id: str
    severity: Severity
    says: Text
    fault: Text
    mend: Text
    code: str = ""
    holds: Placed | None = None
    by: tuple[str, ...] = ()
    within_days: int | None = None
    where: Placed | None = None
    refers: Reference | None = None
    never_falls: Course | None = None
    do_not_overlap: tuple[str, ...] = ()
    reconciles: Reconciliation | None = None
    citation: str = ""
    place: Place = field(default=NOWHERE)

    @property
    def scope(self) -> Scope:
        """What has to be looked at to judge: the row, its group, the whole register, or another one."""
        if self.refers or self.reconciles:
            return "across"
        if self.never_falls or self.do_not_overlap:
            return "register"
        return "group" if self.by else "row"

    @property
    def forms(self) -> tuple[str, ...]:
        """Names of the forms that are filled; more than one is a fault of the declaration."""
        names = ("holds", "refers", "never_falls", "do_not_overlap", "reconciles")
        return tuple(name for name in names if getattr(self, name))
