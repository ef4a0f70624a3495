"""How ClickHouse says the house's SQL, as far as the suite of examples has been passed; see docs/decisions/0008."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from milepost.engines.dialect import Mend, put, table_named, text
from milepost.engines.kinds import REAL, Kind, kind_of, note

_WIDE = ("decimal", "huge", "whole")


def _say(template: str, **parts: Any) -> Any:
    return put(template, "clickhouse", **parts)


def _real(part: Any) -> Any:
    """A decimal as a binary fraction, through its text: ClickHouse would divide two of them."""
    kind = kind_of(part)
    if kind.word in ("decimal", "huge"):
        return note(_say("toFloat64(toString(:x))", x=part), REAL)
    return note(_say("toFloat64(:x)", x=part), REAL) if kind.word == "whole" else part


_FAR = "round(v / 18446744073709551616.0)"
_ROUNDED = (
    "if(isNull(:x), NULL, arrayMap(v -> toDecimal128(if(abs(v) < 9.2e18, toInt128(toInt64(trunc(v))) "
    "+ multiIf(v - trunc(v) >= 0.5, 1, v - trunc(v) <= -0.5, -1, 0), "
    f"toInt128(toInt64({_FAR})) * toInt128('18446744073709551616') "
    f"+ toInt128(toInt64(v - {_FAR} * 18446744073709551616.0))), 0), "
    "[ifNull(if(isFinite(:x * :times), :x * :times, 0), 0)])[1] * toDecimal128(:step, :places))"
)
_ROUNDED_REAL = (
    "arrayMap(v -> if(abs(v) < 4503599627370496, (trunc(v) + multiIf(v - trunc(v) >= 0.5, 1, "
    "v - trunc(v) <= -0.5, -1, 0)) / :times, v / :times), [:x * :times])[1]"
)


def _cast(node: Any) -> Any:
    before, after = kind_of(node.this), kind_of(node)
    if after.word == "decimal" and before == REAL:
        step = "0." + "1".rjust(after.places, "0") if after.places else "1"
        places = exp.Literal.number(after.places)
        return _say(_ROUNDED, x=node.this, times=_number(after.places), step=text(step), places=places)
    if after == REAL and before.word in _WIDE:
        return _real(node.this)
    if after.word == "whole" and before.word in ("decimal", "real"):
        return _say("toInt64(round(:x))", x=node.this)
    if after.word == "decimal":
        sizes = {"p": exp.Literal.number(after.digits), "s": exp.Literal.number(after.places)}
        return _say("cast(:x, :kind)", x=node.this, kind=text(f"Nullable(Decimal({sizes['p']}, {sizes['s']}))"))
    told = {"date": "Nullable(Date32)", "moment": "Nullable(DateTime64(6))", "huge": "Nullable(Decimal(38, 0))"}
    return _say("cast(:x, :kind)", x=node.this, kind=text(told[after.word])) if after.word in told else node


def _number(places: int) -> Any:
    return exp.Literal.number(f"1e{places}")


def _round(node: Any) -> Any:
    places = node.args.get("decimals")
    if kind_of(node.this) != REAL:
        return node
    return _say(_ROUNDED_REAL, x=node.this, times=_number(int(places.name) if places else 0))


def _literal(node: Any) -> Any:
    """A number with a point is a decimal: for ClickHouse it would be a binary fraction."""
    kind = kind_of(node)
    if kind.word != "decimal":
        return node
    size = exp.Literal.number(kind.places)
    return _say("toDecimal64(:x, :s)" if kind.digits <= 18 else "toDecimal128(:x, :s)", x=text(node.this), s=size)


def _sum(node: Any) -> Any:
    if kind_of(node.this).word in ("whole", "huge"):
        node.set("this", _say("cast(:x, 'Nullable(Decimal(38, 0))')", x=node.this))
    return node


def _divide(node: Any) -> Any:
    node.set("this", _real(node.this))
    node.set("expression", _real(node.expression))
    return node


def _both(node: Any) -> Any:
    """Numbers of one kind: ClickHouse would take a whole number into the digits of the decimal beside it."""
    for key, part in zip(("this", "expression"), _alike([node.this, node.expression]), strict=True):
        node.set(key, part)
    return node


def _times(node: Any) -> Any:
    """A product has the places of both, so neither is given more before."""
    parts = [node.this, node.expression]
    if "real" in {kind_of(part).word for part in parts}:
        return _both(node)
    if "decimal" in {kind_of(part).word for part in parts}:
        parts = [_wide(part, 0) if kind_of(part).word in ("whole", "huge") else part for part in parts]
        node.set("this", parts[0])
        node.set("expression", parts[1])
    return node


def _alike(parts: list[Any]) -> list[Any]:
    words = {kind_of(part).word for part in parts}
    if "real" in words and words & set(_WIDE):
        return [_real(part) for part in parts]
    kinds = {kind_of(part) for part in parts if kind_of(part).word in _WIDE}
    if "decimal" in words and len({(kind.word, kind.places) for kind in kinds}) > 1:
        places = max(kind.places for kind in kinds)
        return [_wide(part, places) if kind_of(part).word in _WIDE else part for part in parts]
    return parts


def _wide(part: Any, places: int) -> Any:
    kind = text(f"Nullable(Decimal(38, {places}))")
    return note(_say("cast(:x, :kind)", x=part, kind=kind), Kind("decimal", 38, places))


def _compared(node: Any) -> Any:
    low, high = (node.args.get(key) for key in ("low", "high"))
    if low is not None:
        for key, part in zip(("this", "low", "high"), _alike([node.this, low, high]), strict=True):
            node.set(key, part)
    elif node.expressions:
        _one_of(node)
    return node


def _one_of(node: Any) -> Any:
    first, *others = _alike([node.this, *node.expressions])
    node.set("this", first)
    node.set("expressions", others)
    return node


def _case(node: Any) -> Any:
    other = node.args.get("default")
    results = _alike([*(one.args["true"] for one in node.args["ifs"]), *([other] if other is not None else [])])
    for one, result in zip(node.args["ifs"], results, strict=False):
        one.set("true", result)
    if other is not None:
        node.set("default", results[-1])
    return node


def _trunc(node: Any) -> Any:
    unit = text(node.text("unit").lower() or "day")
    return _say("cast(date_trunc(:unit, :x), 'Nullable(DateTime64(6))')", unit=unit, x=node.this)


def _days(node: Any) -> Any:
    return _say("toInt64(dateDiff('day', :x, :y))", x=node.expression, y=node.this)


def _null_if(node: Any) -> Any:
    compared = _both(exp.EQ(this=node.this.copy(), expression=node.expression.copy()))
    return _say("if(:same, NULL, :x)", same=compared, x=node.this)


def _whole(node: Any) -> Any:
    return _say("toInt64(:x)", x=node)


def _like(node: Any) -> Any:
    doubled = _say("replaceAll(:p, :one, :two)", p=node.expression, one=text("\\"), two=text("\\\\"))
    node.set("expression", doubled)
    return node


def _matches(node: Any) -> Any:
    return _say("match(:x, concat('(?-s)', :p))", x=node.this, p=node.expression)


def _trim(node: Any) -> Any:
    return _say("replaceRegexpAll(:x, :p, '')", x=node.this, p=text(r"^\p{Zs}+|\p{Zs}+$"))


def _named(name: str) -> Mend:
    return lambda node: exp.Anonymous(this=name, expressions=[node.this])


def _quantile(node: Any) -> Any:
    level = exp.Literal.number(node.expression.find(exp.Literal).this)
    return exp.ParameterizedAgg(this="quantileExactInclusive", expressions=[level], params=[node.this])


CLICKHOUSE: dict[type[exp.Expression], Mend] = {
    exp.Literal: _literal,
    exp.Cast: _cast,
    exp.Round: _round,
    exp.Sum: _sum,
    exp.Div: _divide,
    **dict.fromkeys((exp.Add, exp.Sub, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE), _both),
    **dict.fromkeys((exp.Coalesce, exp.Least, exp.Greatest), _one_of),
    **dict.fromkeys((exp.Between, exp.In), _compared),
    exp.Case: _case,
    exp.Mul: _times,
    exp.Abs: lambda node: _whole(node) if kind_of(node.this).word == "whole" else node,
    exp.Nullif: _null_if,
    exp.Extract: _whole,
    exp.Length: _named("lengthUTF8"),
    exp.Upper: _named("upperUTF8"),
    exp.Lower: _named("lowerUTF8"),
    **dict.fromkeys((exp.TimestampTrunc, exp.DateTrunc), _trunc),
    exp.DateDiff: _days,
    exp.Like: _like,
    exp.RegexpLike: _matches,
    exp.Trim: _trim,
    **dict.fromkeys((exp.PercentileCont, exp.Quantile), _quantile),
    exp.Table: table_named(str.lower),
}
