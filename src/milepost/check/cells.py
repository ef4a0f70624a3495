"""Cells of unit records: when the text of a cell can be read as its column's type, and the expression that reads it.

Both are expressions of the house's SQL over a row `r` of texts. Empty is what holds nothing, or a word that the column
declares to mean nothing. A number is never rounded: one that does not fit is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from milepost.engines.embedded import literal, quoted
from milepost.registers.register import Column

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
_MONTHS = ("%Y-%m", "%Y/%m", "%Y年%m月", "%Y%m", *_DAYS)
_MOMENTS = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S.%f"),
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", *_DAYS),
)
_YES, _NO = ("yes", "true", "1", "是"), ("no", "false", "0", "否")
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LINK = r"https?://[^\s<>\"']+"


@dataclass(frozen=True)
class Cell:
    """A cell as SQL: whether it holds nothing, its value (null where it cannot be read), and the fault it may have.

    `faults` gives the code of each rule of the type with the condition that shows it broken, for a filled cell.
    """

    is_empty: str
    value: str
    faults: tuple[tuple[str, str], ...]


def cell_of(column: Column) -> Cell:
    """Give how the cells of a column are read."""
    text = f"r.{quoted(column.id)}"
    plain = text if column.type in ("text", "code") else f"trim({text})"
    empty = f"trim({text}) = ''"
    if column.written.empty:
        empty = f"trim({text}) in ('', {_listed(column.written.empty)})"
    value, faults = _reading(column, plain)
    return Cell(f"({empty})", f"case when {empty} then null else {value} end", tuple(faults))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(map(literal, words))


def _reading(column: Column, text: str) -> tuple[str, list[tuple[str, str]]]:
    match column.type:
        case "code":
            return text, [("C023", f"{text} not in ({_listed(column.codes)})")] if column.codes else []
        case "credit_code":
            return f"upper({text})", [("C029", f"not {_is_credit_code(f'upper({text})')}")]
        case "whole" | "number" | "real":
            return _number(column, text)
        case "date" | "month" | "moment":
            return _moment(column, text)
        case "yes_no":
            yes, no = (tuple(map(str.lower, words)) for words in (column.written.yes or _YES, column.written.no or _NO))
            word = f"lower({text})"
            value = f"case when {word} in ({_listed(yes)}) then true when {word} in ({_listed(no)}) then false end"
            return value, [("C027", f"{word} not in ({_listed((*yes, *no))})")]
        case "link":
            return text, [("C026", f"not regexp_full_match({text}, {literal(_LINK)})")]
        case "period":
            return text, [("C024", f"not regexp_full_match({text}, {literal(_PERIOD)})")]
    return text, []


_PERIOD = (
    r"\d{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-(0[1-9]|1[0-2])\.\.(0[1-9]|1[0-2])|\.\.\d{4})?"
    r"|[\d-]{4,10}/[\d-]{4,10}"
)


def _number(column: Column, text: str) -> tuple[str, list[tuple[str, str]]]:
    written = column.written
    for sign, instead in ((written.thousands, ""), (written.decimal if written.decimal != "." else "", ".")):
        text = f"replace({text}, {literal(sign)}, {literal(instead)})" if sign else text
    exponent = "([eE][+-]?[0-9]{1,3})?" if column.type == "real" else ""
    form = rf"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+){exponent}"
    is_number = f"regexp_full_match({text}, {literal(form)})"
    if column.type == "real":
        value = f"try_cast({text} as double)" + (f" * {written.times}" if written.times != 1 else "")
        return value, [("C022", f"not ({is_number} and coalesce(isfinite(try_cast({text} as double)), false))")]
    places = column.places if column.type == "number" else 0
    # Decimals that the cell has beyond what is kept must be zeros; what a factor adds to the left comes off the right.
    kept = places + len(str(written.times)) - 1 if str(written.times).strip("0") == "1" else places
    whole = 18 - places if column.type == "number" else 18
    fits = rf"[+-]?0*[0-9]{{0,{whole}}}([.][0-9]{{0,{kept}}}0*)?"
    kind = f"decimal(18, {places})" if column.type == "number" else "bigint"
    value = f"try_cast({text} as {kind})"
    if written.times != 1:
        value = f"try_cast(try_cast({text} as decimal(38, {min(kept, 18)})) * {written.times} as {kind})"
    misfit = f"{is_number} and not (regexp_full_match({text}, {literal(fits)}) and {value} is not null)"
    return value, [("C022", f"not {is_number}"), ("C028", misfit)]


def _moment(column: Column, text: str) -> tuple[str, list[tuple[str, str]]]:
    forms = column.written.dates or {"date": _DAYS, "month": _MONTHS, "moment": _MOMENTS}[column.type]
    read = f"try_strptime({text}, [{_listed(forms)}])"
    if column.type == "month":
        read = f"date_trunc('month', {read})"
    kind = "timestamp" if column.type == "moment" else "date"
    return f"cast({read} as {kind})", [("C025", f"{read} is null")]


def _is_credit_code(text: str) -> str:
    """18 signs of the code's alphabet, the last making the weighted sum a multiple of 31 (GB 32100-2015, 5.6)."""
    weights = [pow(3, place, 31) for place in range(17)]
    places = [f"(strpos({literal(_SIGNS)}, substr({text}, {n + 1}, 1)) - 1) * {w}" for n, w in enumerate(weights)]
    last = f"(strpos({literal(_SIGNS)}, substr({text}, 18, 1)) - 1)"
    form = rf"[{_SIGNS}]{{2}}[0-9]{{6}}[{_SIGNS}]{{10}}"
    return f"(regexp_full_match({text}, {literal(form)}) and ({' + '.join(places)} + {last}) % 31 = 0)"


def typed(columns: tuple[Column, ...]) -> Iterator[str]:
    """Yield the expression that reads each column, named as the column."""
    for column in columns:
        yield f"{cell_of(column).value} as {quoted(column.id)}"
