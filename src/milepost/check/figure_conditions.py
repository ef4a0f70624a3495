"""The rules of published figures as conditions: what a row looks like that breaks one.

Each condition is an expression of the engine over a row `r` and what its words were read as
(`check.words`); unknown counts as not broken, because the word that is unknown breaks a rule of its own.
The sentence, severity and mend of a rule are in the register's declaration.
"""

from __future__ import annotations

from datetime import date

from milepost.engines.embedded import literal, quoted
from milepost.receive.batch import LINE, SURPLUS
from milepost.registers.register import Column, Register

EMPTY = "C021"
NUMBER = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?"
LINK = r"https?://[^\s<>\"']+"

JOINS = """
    left join words_period p on p.word = r.period
    left join words_period_end e on e.word = r.period_end
    left join words_published_on o on o.word = r.published_on
    left join words_indicator i on i.word = r.indicator
    left join words_area a on a.word = r.area
    left join words_unit u on u.indicator = r.indicator and u.kind = r.kind and u.unit = r.unit
"""


def conditions(register: Register, today: date) -> dict[str, str]:
    """Give for each fault a row may have the condition that shows it.

    A fault is named by the code of its rule and, where the rule is about one column, that column:
    `C021/period`.
    """
    return {**_of_row(register), **_of_columns(register), **_of_figures(today)}


def _of_row(register: Register) -> dict[str, str]:
    columns = ", ".join(f"r.{quoted(column)}" for column in register.column_ids)
    place_among_equals = f"row_number() over (partition by {columns} order by r.{quoted(LINE)})"
    return {
        "C020": f"r.{quoted(SURPLUS)} <> 0",
        "C019": f"{place_among_equals} > 1",
    }


def _of_columns(register: Register) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in register.columns:
        if not column.may_be_empty:
            found[f"{EMPTY}/{column.id}"] = f"r.{quoted(column.id)} = ''"
        fault = _of_type(column)
        if fault:
            code, condition = fault
            found[f"{code}/{column.id}"] = f"r.{quoted(column.id)} <> '' and ({condition})"
    return found


def _of_type(column: Column) -> tuple[str, str] | None:
    cell = f"r.{quoted(column.id)}"
    match column.type:
        case "number":
            number = f"try_cast({cell} as double)"
            is_number = f"regexp_full_match({cell}, {literal(NUMBER)}) and isfinite({number})"
            return "C022", f"not coalesce({is_number}, false)"
        case "code":
            return "C023", f"{cell} not in ({', '.join(map(literal, column.codes))})"
        case "period":
            return "C024", "not p.is_read"
        case "date":
            return "C025", f"not {'e' if column.id == 'period_end' else 'o'}.is_read"
        case "link":
            return "C026", f"not regexp_full_match({cell}, {literal(LINK)})"
    return None


def _of_figures(today: date) -> dict[str, str]:
    now = f"date {literal(today.isoformat())}"
    value = "try_cast(r.value as double)"
    is_figure = "r.kind <> 'target'"
    covered_to = "case when e.is_read and e.last between p.first and p.last then e.last else p.last end"
    return {
        "C010": "r.indicator <> '' and not i.is_known",
        "C011": "r.area <> '' and not a.is_known",
        "C012": "r.unit <> '' and not u.is_known",
        "C013": "r.unit <> '' and u.is_known and not u.fits",
        "C014": "e.is_read and p.is_dated and (e.last < p.first or e.first > p.last + interval 366 day)",
        "C015": f"o.first > {now}",
        "C016": f"{is_figure} and p.first > {now}",
        "C017": f"not u.is_growth and {value} < u.low",
        "C018": f"u.is_growth and {value} <= u.low",
        "C030": "e.is_read and p.is_dated and e.first > p.last and e.first <= p.last + interval 366 day",
        "C031": f"{is_figure} and o.last < {covered_to}",
        "C032": f"{is_figure} and p.last > {now} and p.first <= {now}",
        "C033": "r.published_on = '' or (o.is_read and o.first <> o.last)",
        "C034": "p.is_read and not p.is_dated",
        "C035": f"not u.is_growth and {value} > u.high",
    }
