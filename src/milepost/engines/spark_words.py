"""How Spark says what it would silently answer otherwise: one rule for each such expression of the house's SQL.

Spark runs with ANSI errors, the time zone UTC, moments without a zone, and decimals that keep their places. What is
left are the differences below; each rule says which one it takes away. `kind_of` tells what a part is.
"""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from milepost.engines.dialect import Mend, put, table_named
from milepost.engines.kinds import HUGE, REAL, Kind, kind_of, note

_NUMBERS = ("whole", "huge", "decimal", "real")


def table_name(name: str) -> str:
    """Give a table's name as Spark takes it: in small letters, without dots and other signs.

    >>> table_name("kept_Carbon.meter")
    'kept_carbon_2e_meter'
    """
    return re.sub(r"[^a-z0-9_]", lambda found: f"_{ord(found[0]):x}_", name.lower())


def _say(template: str, **parts: Any) -> Any:
    return put(template, "spark", **parts)


# --- numbers -----------------------------------------------------------------------------------------------------


def _real(part: Any) -> Any:
    """A number as a binary fraction. Whole numbers beyond 64 bits are turned the way DuckDB turns them: of those
    below zero the one nearest to zero is taken away first, and added to the fraction."""
    kind = kind_of(part)
    if kind.word == "real":
        return part
    if kind == HUGE or (kind.word == "decimal" and kind.places == 0 and kind.digits > 18):
        turned = "case when :x < 0 then -cast(-(:x) - 1 as double) - 1D else cast(:x as double) end"
        return note(_say(turned, x=part), REAL)
    return note(_say("cast(:x as double)", x=part), REAL)


def _cast(node: Any) -> Any:
    """A binary fraction becomes a decimal by multiplying it and rounding it as a binary fraction, half away from
    zero: Spark would round its shortest text. To a whole number, a decimal is rounded, half away from zero, and a
    binary fraction to the nearest even: Spark would cut both."""
    before, after = kind_of(node.this), kind_of(node)
    if after.word == "decimal" and before == REAL:
        return _decimal_of_real(node.this, after)
    if after == REAL and before.word in _NUMBERS:
        return _real(node.this)
    if after.word == "whole" and before.word in ("decimal", "huge"):
        return _say("cast(round(:x, 0) as bigint)", x=node.this)
    if after.word == "whole" and before == REAL:
        return _say("cast(rint(:x) as bigint)", x=node.this)
    if after == HUGE:
        return _say("cast(:x as decimal(38, 0))", x=node.this)
    if after.word == "date" and isinstance(node.this, exp.Cast) and node.this.meta.get("is_trunc"):
        return node.this.this
    return node


_STEPS = (
    "cast(cast(v as bigint) + case when v - cast(v as bigint) >= 0.5D then 1 "
    "when v - cast(v as bigint) <= -0.5D then -1 else 0 end as decimal(38, 0))"
)
_FAR = "rint(v / 18446744073709551616D)"
_ROUNDED_TO_DECIMAL = (
    f"get(transform(array(:x * :times), v -> case when abs(v) < 9.2e18D then {_STEPS} "
    f"else cast(cast({_FAR} as bigint) as decimal(20, 0)) * 18446744073709551616BD "
    f"+ cast(cast(v - {_FAR} * 18446744073709551616D as bigint) as decimal(20, 0)) end), 0)"
)
_ROUNDED_REAL = (
    "get(transform(array(:x), w -> get(transform(array(w * :times), v -> case when abs(v) < 4503599627370496D "
    "then (cast(v as bigint) + case when v - cast(v as bigint) >= 0.5D then 1D "
    "when v - cast(v as bigint) <= -0.5D then -1D else 0D end) / :times "
    "when abs(v) <= 1.7976931348623157E308D then v / :times else w end), 0)), 0)"
)


def _decimal_of_real(part: Any, to: Kind) -> Any:
    made = _say(_ROUNDED_TO_DECIMAL, x=part, times=_double(f"1e{to.places}"))
    if to.places:
        step = exp.Literal.number(f"0.{'1'.rjust(to.places, '0')}")
        made = _say("(:x * :step)", x=made, step=step)
    return note(_say(f"cast(:x as decimal({to.digits}, {to.places}))", x=made), to)


def _round(node: Any) -> Any:
    """A binary fraction is rounded as one, half away from zero: Spark would round its shortest text."""
    if kind_of(node.this) != REAL:
        return node
    places = node.args.get("decimals")
    return note(_say(_ROUNDED_REAL, x=node.this, times=_double(f"1e{places.name if places else 0}")), REAL)


def _double(written: str) -> Any:
    return exp.Cast(this=exp.Literal.string(written), to=exp.DataType.build("double"))


def _sum(node: Any) -> Any:
    """Whole numbers are summed beyond 64 bits: Spark would stop there."""
    kind = kind_of(node.this)
    if kind.word in ("whole", "huge"):
        digits = 20 if kind.word == "whole" else 38
        node.set("this", _say(f"cast(:x as decimal({digits}, 0))", x=node.this))
    return node


def _divide(node: Any) -> Any:
    """A division is one of binary fractions: Spark would divide decimals as decimals."""
    node.set("this", _real(node.this))
    node.set("expression", _real(node.expression))
    return node


def _both(node: Any) -> Any:
    """A decimal beside a binary fraction becomes one, in the way of `_real`."""
    words = {kind_of(part).word for part in (node.this, node.expression)}
    if "real" in words and words & {"decimal", "huge"}:
        node.set("this", _real(node.this))
        node.set("expression", _real(node.expression))
    return node


def _null_if(node: Any) -> Any:
    """What is compared with a binary fraction is compared as one, and stays what it was."""
    compared = _both(exp.EQ(this=node.this.copy(), expression=node.expression.copy()))
    return _say("case when :same then null else :x end", same=compared, x=node.this)


def _whole(node: Any) -> Any:
    """Spark counts days, letters and months in 32 bits."""
    return note(_say("cast(:x as bigint)", x=node), kind_of(node))


# --- days ----------------------------------------------------------------------------------------------------------


def _trunc(node: Any) -> Any:
    """The first moment of a month, quarter, ..: Spark would give one with a time zone."""
    unit = node.text("unit").lower() or "day"
    day = f"trunc(:x, '{unit}')" if unit in ("month", "quarter", "year", "week") else f"date_trunc('{unit}', :x)"
    made = _say(f"cast({day} as timestamp_ntz)", x=node.this)
    if day.startswith("trunc"):
        made.meta["is_trunc"] = True
    return made


def _days(node: Any) -> Any:
    """Days from one date to another: Spark would count whole days of 24 hours."""
    unit = node.text("unit").lower() or "day"
    return _whole(_say("datediff(:y, :x)", x=node.expression, y=node.this)) if unit == "day" else node


# --- texts ---------------------------------------------------------------------------------------------------------


def _like(node: Any) -> Any:
    """A reversed stroke in a pattern is a letter like any other: Spark would take it as the mark of one."""
    pattern = node.expression
    if isinstance(pattern, exp.Literal) and "\\" not in pattern.name:
        return node
    doubled = _say("replace(:p, :one, :two)", p=pattern, one=exp.Literal.string("\\"), two=exp.Literal.string("\\\\"))
    node.set("expression", doubled)
    return node


def _trim(node: Any) -> Any:
    """All kinds of space are taken away, that of Chinese texts too: Spark would take the plain one only."""
    if node.args.get("expression") is not None or node.args.get("position"):
        return node
    pattern = exp.Literal.string(r"^\p{Zs}+|\p{Zs}+\z")
    return _say("regexp_replace(:x, :pattern, '')", x=node.this, pattern=pattern)


def _matches(node: Any) -> Any:
    """A pattern as Java reads it in the way of RE2."""
    pattern = node.expression
    if isinstance(pattern, exp.Literal):
        node.set("expression", exp.Literal.string(java_pattern(pattern.name)))
    return node


def java_pattern(pattern: str) -> str:
    r"""Give a pattern of RE2 as Java reads it: only \n ends a line, `$` is the very end, && is two signs.

    >>> java_pattern("^([a&&b]+\\s?)$")
    '(?d)^([a\\&\\&b]+[\\t\\n\\f\\r ]?)\\z'
    """
    parts = re.findall(r"\\.|\[\^?(?:\\.|[^\]])*\]|.", pattern, re.DOTALL)
    told = {"$": "\\z", "\\s": "[\\t\\n\\f\\r ]", "\\S": "[^\\t\\n\\f\\r ]"}
    return "(?d)" + "".join(told.get(one, one.replace("&", "\\&") if one.startswith("[") else one) for one in parts)


# --- rows ----------------------------------------------------------------------------------------------------------

_QUANTILE = (
    "get(transform(array(array_sort(collect_list(:x))), s -> get(s, cast(floor((size(s) - 1) * :q) as int)) "
    "* (1D - ((size(s) - 1) * :q - floor((size(s) - 1) * :q))) + get(s, cast(ceil((size(s) - 1) * :q) as int)) "
    "* ((size(s) - 1) * :q - floor((size(s) - 1) * :q))), 0)"
)


def _quantile(node: Any) -> Any:
    """A quantile between two values, to within the last digit: Spark multiplies in another order."""
    return note(_say(_QUANTILE, x=node.this, q=_double(node.expression.name)), REAL)


SPARK: dict[type[exp.Expression], Mend] = {
    exp.Cast: _cast,
    exp.Round: _round,
    exp.Sum: _sum,
    exp.Div: _divide,
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE), _both),
    exp.Nullif: _null_if,
    **dict.fromkeys((exp.Length, exp.Extract), _whole),
    **dict.fromkeys((exp.TimestampTrunc, exp.DateTrunc), _trunc),
    exp.DateDiff: _days,
    exp.Like: _like,
    exp.RegexpLike: _matches,
    exp.Trim: _trim,
    **dict.fromkeys((exp.PercentileCont, exp.Quantile), _quantile),
    exp.Table: table_named(table_name),
}
