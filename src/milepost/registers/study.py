"""What a study is: a question with typed parameters, the function that answers, and what it reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from milepost.basics.declared import Placed
from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question: its type, its unit and limits, and the value it has when none is set.

    `codes` lists what a code may be; `codes_from` names a table and column of the wing that lists them.
    """

    name: Text
    type: Literal["text", "number", "whole", "yes_no", "date", "code"] = "text"
    unit: str = ""
    default: str | None = None
    least: float | None = None
    most: float | None = None
    codes: tuple[str, ...] = ()
    codes_from: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Excerpt:
    """What a study reads of a register: the rows for which `where` holds, or their totals.

    `columns` gives each column of the excerpt a formula: values of a row, or, with `by`, totals of the rows that
    agree in the columns `by` names (which are columns of the excerpt too). Without `columns` it is the register's
    own. A parameter of the study stands in a formula as `:name`, a written value.
    """

    register: str
    columns: dict[str, Placed] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    where: Placed | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class Series:
    """Readings of a computed indicator that a study reads, period by period, divided by the columns in `by`.

    As a table it has `period` (its first day), `area`, the columns in `by`, `value` in the indicator's unit (NaN where
    inputs are lacking), `contributors` (how many stand behind the figure; NaN where that is not counted) and
    `is_whole` (do the rows cover the period to its last day?).
    """

    indicator: str
    every: Literal["day", "month", "quarter", "year"] = "year"
    by: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Study:
    """A declared question.

    `answered_by` is `module.function` inside the wing's folder: a pure function of the tables (a mapping of
    table id to a mapping of column to values) and the parameters, giving an Answer. `tables` are files of the
    wing (`factors/x.csv`, `catalogue/y.csv`) by their path; a folder (`rules/`) gives its YAML files as a table of
    `name` and `path`; `published_figures` are the zone's published figures, in the words of their sources. `reads`
    are excerpts of registers and `series` readings of indicators, each a table by its name whose columns are numpy
    arrays: numbers as float64 (nothing known: NaN), whole numbers as int64 where none is missing, days as
    datetime64[D], texts as objects (nothing known: None). `shows` names the blocks its page
    shows. `gives` names the indicators of which the answer, with every parameter at its default, is a reading: its
    document then holds `indicators` (their values) and `contributors` (how many stand behind each).
    """

    id: str
    question: Text
    answered_by: str
    parameters: dict[str, Parameter]
    tables: tuple[str, ...] = ()
    reads: dict[str, Excerpt] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    place: Place = NOWHERE


def read_parameters(study: Study, given: dict[str, str]) -> dict[str, Any]:
    """Give the parameters of a question as typed values; what is not given has its default.

    Raises YoursToMend with every trouble (Q002 unknown name, Q003 missing, Q004 not of its type or limits).
    """
    troubles = []
    for name in given:
        if name not in study.parameters:
            mend = nearest(name, study.parameters) or f"It has: {listed(list(study.parameters)) or 'none'}"
            troubles.append(Trouble("Q002", f"{study.id} has no parameter {name}", mend.rstrip("?")))
    values: dict[str, Any] = {}
    for name, parameter in study.parameters.items():
        written = given.get(name, parameter.default)
        if written is None:
            mend = f"Set it: --set {name}=..." + (f" (one of {listed(parameter.codes)})" if parameter.codes else "")
            troubles.append(Trouble("Q003", f"{study.id} needs {name}", mend))
            continue
        try:
            values[name] = _typed(parameter, written)
        except ValueError:
            troubles.append(Trouble("Q004", f"{name} is not {_expected(parameter)}", _mend(parameter, written)))
    if troubles:
        raise YoursToMend(troubles)
    return values


def _typed(parameter: Parameter, written: str) -> Any:
    match parameter.type:
        case "number" | "whole":
            number = float(written) if parameter.type == "number" else int(written)
            within = (parameter.least is None or number >= parameter.least) and (
                parameter.most is None or number <= parameter.most
            )
            if not within or number != number:
                raise ValueError
            return number
        case "yes_no":
            return {"yes": True, "no": False}[written] if written in ("yes", "no") else _refuse()
        case "date":
            return date.fromisoformat(written)
        case "code":
            return written if not parameter.codes or written in parameter.codes else _refuse()
    return written


def _refuse() -> Any:
    raise ValueError


def _expected(parameter: Parameter) -> str:
    words = {"number": "a number", "whole": "a whole number", "yes_no": "yes or no", "date": "a date (2025-12-31)"}
    return words.get(parameter.type, "one of its codes")


def _mend(parameter: Parameter, written: str) -> str:
    if parameter.type == "code":
        return (nearest(written, parameter.codes) or f"It may be: {listed(parameter.codes, 40)}").rstrip("?")
    limits = [
        f"{word} {limit:g}" for word, limit in (("from", parameter.least), ("to", parameter.most)) if limit is not None
    ]
    return " ".join(["Write it so", *limits, *([f"in {parameter.unit}"] if parameter.unit else [])])
