"""Cells are read: the text of a cell as the value of its column's type, as expressions of the house's SQL.

A cell is read as its column is declared to be written, or not at all: what is not exactly so is a fault with its
reason, and nothing is guessed, rounded or cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from milepost.engines.embedded import literal, quoted
from milepost.registers.register import NUMBERS, Column

LINK = r"https?://[^[:space:]<>\"']+"
CREDIT_CODE = r"[1-9ANY][0-9A-HJ-NP-RTUW-Y][0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}"
_REAL = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?"
_YEAR = "[1-9][0-9]{3}"
_DAY = f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_MIDNIGHT = "([T ]00:00(:00([.]0+)?)?)?"
_CLOCK = "[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_OFFSET = " ?(Z|[+-][0-9]{2}:?[0-9]{2})"
_YES, _NO = ("yes", "y", "true", "t", "1", "是"), ("no", "n", "false", "f", "0", "否")
SQL_TYPES = {
    "whole": "bigint", "real": "double", "date": "date", "month": "date", "moment": "timestamp", "yes_no": "boolean",
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """How a column's cells are read, over a text `cell` that is null where it is empty.

    `value` is the typed value, null where the cell is null or cannot be read; `reasons` say of a filled cell without
    a value why, as codes with conditions: the first that holds, the last one holds without a condition.
    """

    value: str
    reasons: tuple[tuple[str, str], ...] = ()


def sql_type(column: Column) -> str:
    """Give the type of the column's values in the house's SQL.

    >>> from milepost.basics.text import Text
    >>> sql_type(Column("a", Text("A", "A"), "number", places=2)), sql_type(Column("a", Text("A", "A"), "link"))
    ('decimal(18, 2)', 'varchar')
    """
    if column.type == "number":
        return f"decimal(18, {column.places})"
    return SQL_TYPES.get(column.type, "varchar")


def filled(column: Column, are_null: bool = False) -> str:
    """Give the cell of a row `r` as text: null where it is empty or holds a word that says that nothing is known; of a
    number what it has around it, as declared, is taken off. `are_null` says that empty cells are null already.
    """
    cell = f"r.{quoted(column.id)}"
    if (behind := column.written.behind) and column.type in NUMBERS:
        bare = f"rtrim(left({cell}, length({cell}) - {len(behind)}))"
        has_more = f"length({cell}) > {len(behind)} and right({cell}, {len(behind)}) = {literal(behind)}"
        cell = f"case when {has_more} then {bare} else {cell} end"
    if column.written.has_brackets and column.type in NUMBERS:
        inside = f"'-' || substring({cell}, 2, length({cell}) - 2)"
        cell = f"case when {cell} like '(_%)' or {cell} like '（_%）' then {inside} else {cell} end"
    if column.written.empty:
        cell = f"case when {cell} in ({_words(column.written.empty)}) then null else {cell} end"
    return cell if are_null else f"nullif({cell}, '')"


def tried(column: Column, cell: str) -> str:
    """Give the cast that reads a cell which is written just as its value would be; empty where a column has none.

    It reads other cells too: only one that is written again as it stands is taken (`reading`), the others are held
    against the column's pattern.
    """
    written = column.written
    is_plain = written.times == 1 and not written.thousands and written.decimal == "."
    if (column.type in ("date", "moment") and not written.dates) or (column.type in ("whole", "number") and is_plain):
        return f"try_cast({cell} as {sql_type(column)})"
    return ""


def reading(column: Column, cell: str, cast: str = "") -> Reading:
    """Give how the text expression `cell`, null where it is empty, is read as a value of the column.

    `cast` names what was `tried`, where that is computed once for all.
    """
    own = tried(column, cell)
    cast = (cast or own) if own else ""
    match column.type:
        case "whole" | "number":
            return _number(column, cell, cast)
        case "real":
            return _real(column, cell)
        case "date" | "month" | "moment":
            return _time(column, cell, cast)
        case "yes_no":
            yes, no = column.written.yes or _YES, column.written.no or _NO
            said, unsaid = (f"lower({cell}) in ({_words(tuple(map(str.lower, words)))})" for words in (yes, no))
            value = f"case when {said} then true when {unsaid} then false end"
            return Reading(value, (("C029", ""),))
        case "code" if column.written.codes:
            words = " ".join(
                f"when {literal(word)} then {literal(code)}" for word, code in column.written.codes.items()
            )
            return Reading(f"nullif(case {cell} {words} else {cell} end, '')")
    return Reading(cell)


def matches(text: str, pattern: str) -> str:
    """Give the condition that the whole of a text fits a pattern, as every engine reads it."""
    return f"regexp_matches({text}, {literal(f'^({pattern})$')})"


def credit_code_checks(code: str) -> str:
    """Give the condition that the check character of an 18-sign code is right (GB 32100-2015: modulo 31).

    The sum of the first 17 characters' values with the weights 3 to the power of their place, and the last one's, is
    a multiple of 31. Plain arithmetic that every engine has.
    """
    signs = literal("0123456789ABCDEFGHJKLMNPQRTUWXY")
    terms = [f"{3**place % 31} * (strpos({signs}, substring({code}, {place + 1}, 1)) - 1)" for place in range(17)]
    last = f"(strpos({signs}, substring({code}, 18, 1)) - 1)"
    return f"({' + '.join([*terms, last])}) % 31 = 0"


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(map(literal, words))


def _number(column: Column, cell: str, cast: str) -> Reading:
    """An exact number, with all its digits: more decimals than are kept are a fault, noughts behind them are none."""
    places = column.places if column.type == "number" else 0
    written = column.written
    power = round(math.log10(written.times)) if written.times > 0 else 0
    shown = min(places + power, 9) if 10**power == written.times else 9
    plain = _plain(column, cell)
    is_plain = f"when cast({cast} as varchar) = {cell} then {cast} " if cast else ""
    if column.type == "whole":
        whole = f"try_cast({plain} as decimal(38, 0))"
        whole = f"{whole} * {written.times}" if written.times != 1 else whole
        value = f"case {is_plain}when {_fits(column, cell, 0)} then try_cast({whole} as bigint) end"
    elif written.times == 1:
        number = f"try_cast({plain} as decimal(18, {shown}))"
        value = f"case {is_plain}when {_fits(column, cell, shown)} then {number} end"
    else:
        product = f"try_cast({plain} as decimal(24, 9)) * cast({written.times} as decimal(13, 0))"
        exact = f"try_cast({product} as decimal(18, {places}))"
        value = f"case when {_fits(column, cell, shown)} and {exact} = {product} then {exact} end"
    return Reading(value, (("C027", _fits(column, cell, None)), ("C022", "")))


def _fits(column: Column, cell: str, places: int | None) -> str:
    """The condition that a cell is a number as the column writes it, with at most so many decimals (None: any)."""
    point, between = _sign(column.written.decimal), _sign(column.written.thousands)
    some = "+" if places is None else f"{{1,{places}}}"
    noughts = "" if places is None else "0*"
    decimals = f"{point}0*" if places == 0 else f"{point}([0-9]{some}{noughts})?"
    whole = "[0-9]+"
    if between:
        whole = f"([0-9]{{1,3}}({between}[0-9]{{3}})+|[0-9]+)"
    alone = "" if places == 0 else f"|{point}[0-9]{some}{noughts}"
    return matches(cell, f"[+-]?({whole}({decimals})?{alone})")


def _sign(sign: str) -> str:
    return f"[{sign}]" if sign else ""


def _plain(column: Column, cell: str) -> str:
    """The number with a point for decimals and nothing between its digits."""
    if column.written.thousands:
        cell = f"replace({cell}, {literal(column.written.thousands)}, '')"
    if column.written.decimal != ".":
        cell = f"replace({cell}, {literal(column.written.decimal)}, '.')"
    return cell


def _real(column: Column, cell: str) -> Reading:
    plain = _plain(column, cell)
    number = f"try_cast({plain} as double)"
    times = f" * {column.written.times}" if column.written.times != 1 else ""
    is_number = matches(plain, _REAL)
    if column.written.thousands or column.written.decimal != ".":
        is_number = f"({_fits(column, cell, None)})"
    value = f"case when {is_number} and abs({number}) <= 1.7976931348623157e308 then {number}{times} end"
    return Reading(value, (("C022", ""),))


def _time(column: Column, cell: str, cast: str) -> Reading:
    """A day, a month as its first day, or a moment by the clock of the place."""
    kind = sql_type(column)
    if column.written.dates:
        read = [f"try_cast(try_strptime({cell}, {literal(form)}) as {kind})" for form in column.written.dates]
        value = read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"
        reasons: tuple[tuple[str, str], ...] = (("C025", ""),)
        if column.type == "month":
            return Reading(
                f"case when extract(day from {value}) = 1 then {value} end",
                (("C041", f"{value} is not null"), *reasons),
            )
        return Reading(value, reasons)
    other = f"{_DAY}({_CLOCK}({_OFFSET})?)?"
    if column.type == "month":
        first = f"try_cast(substring({cell}, 1, 7) || '-01' as date)"
        is_month = matches(cell, f"{_YEAR}-[0-9]{{2}}(-01{_MIDNIGHT})?")
        return Reading(f"case when {is_month} then {first} end", (("C041", matches(cell, other)), ("C025", "")))
    # A year has four digits and no nought before it; the ends of the engine's time are no years.
    last = "9999-12-31" if column.type == "date" else "9999-12-31 23:59:59.999999"
    is_plain = f"cast({cast} as varchar) = {cell} and {cast} between {kind} '1000-01-01' and {kind} '{last}'"
    if column.type == "date":
        day = f"try_cast(substring({cell}, 1, 10) as date)"
        value = f"case when {is_plain} then {cast} when {matches(cell, _DAY + _MIDNIGHT)} then {day} end"
        is_moment = f"{matches(cell, other)} and not {matches(cell, _DAY + _MIDNIGHT)}"
        return Reading(value, (("C040", is_moment), ("C025", "")))
    moment = f"try_cast({cell} as timestamp)"
    value = f"case when {is_plain} then {cast} when {matches(cell, _DAY + _CLOCK)} then {moment} end"
    return Reading(value, (("C040", matches(cell, f"{_DAY}({_CLOCK}{_OFFSET})?")), ("C025", "")))
