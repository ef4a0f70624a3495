"""How PostgreSQL says the house's SQL, as far as the suite of examples has been passed; see docs/decisions/0008."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from milepost.engines.dialect import Mend, put, table_named, text
from milepost.engines.kinds import REAL, kind_of, note

_WIDE = ("decimal", "huge", "whole")
_SPACES = "\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_SIGNS = {"\\d": "[0-9]", "\\w": "[A-Za-z0-9_]", "\\s": "[\t\n\f\r ]", ".": "[^\n]",
          "\\D": "[^0-9]", "\\W": "[^A-Za-z0-9_]", "\\S": "[^\t\n\f\r ]"}  # fmt: skip


def _say(template: str, **parts: Any) -> Any:
    return put(template, "postgres", **parts)


def _times(places: int) -> Any:
    return _say("cast(:x as double precision)", x=text(f"1e{places}"))


_FAR = "round(v / 18446744073709551616::double precision)"
_STEPS = "trunc(v)::bigint::numeric + case when v - trunc(v) >= 0.5 then 1 when v - trunc(v) <= -0.5 then -1 else 0 end"
_ROUNDED = (
    f"case when abs(v) < 9.2e18 then {_STEPS} else ({_FAR})::bigint::numeric * 18446744073709551616 "
    f"+ (v - {_FAR} * 18446744073709551616::double precision)::bigint::numeric end"
)
_ROUNDED_REAL = (
    "case when abs(v) < 4503599627370496 then (trunc(v) + case when v - trunc(v) >= 0.5 then 1 "
    "when v - trunc(v) <= -0.5 then -1 else 0 end) / :times else v / :times end"
)


def _worked(template: str, part: Any, times: Any) -> Any:
    """An expression of `v`, a part times a number. A total stands where it is: in a query of its own it would be
    another one."""
    value = exp.Paren(this=_say(":x * :times", x=exp.Paren(this=part), times=times))
    made = _say(template, times=times)
    if part.find(exp.AggFunc) is None:
        return _say("(select :made from (select :v as v) q)", made=made, v=value)
    named = made.transform(lambda node: value.copy() if isinstance(node, exp.Column) and node.name == "v" else node)
    return exp.Paren(this=named)


def _real(part: Any) -> Any:
    return note(_say("cast(:x as double precision)", x=part), REAL) if kind_of(part).word in _WIDE else part


def _cast(node: Any) -> Any:
    before, after = kind_of(node.this), kind_of(node)
    if after.word == "decimal" and before == REAL:
        step = exp.Literal.number("0." + "1".rjust(after.places, "0") if after.places else "1")
        made = _say(":x * :step", x=_worked(_ROUNDED, node.this, _times(after.places)), step=step)
        size = exp.DataType.build(f"decimal({after.digits}, {after.places})")
        return exp.Cast(this=exp.Paren(this=made), to=size)
    if after.word == "huge":
        return _say("cast(:x as decimal(38, 0))", x=node.this)
    return node


def _round(node: Any) -> Any:
    places = node.args.get("decimals")
    kind = kind_of(node.this)
    if kind == REAL:
        return _worked(_ROUNDED_REAL, node.this, _times(int(places.name) if places else 0))
    return _say("cast(:x as bigint)", x=node) if kind.word == "whole" else node


def _sum(node: Any) -> Any:
    if kind_of(node.this).word == "whole":
        node.set("this", _say("cast(:x as numeric)", x=node.this))
    return node


def _divide(node: Any) -> Any:
    node.set("this", _real(node.this))
    node.set("expression", _real(node.expression))
    return node


def _both(node: Any) -> Any:
    words = {kind_of(part).word for part in (node.this, node.expression)}
    return _divide(node) if "real" in words and words & set(_WIDE) else node


def _null_if(node: Any) -> Any:
    compared = _both(exp.EQ(this=node.this.copy(), expression=node.expression.copy()))
    return _say("case when :same then null else :x end", same=compared, x=node.this)


def _whole(node: Any) -> Any:
    return _say("cast(:x as bigint)", x=node)


def _trunc(node: Any) -> Any:
    return _say("date_trunc(:unit, cast(:x as timestamp))", unit=text(node.text("unit").lower() or "day"), x=node.this)


def _days(node: Any) -> Any:
    return _say("cast(cast(:y as date) - cast(:x as date) as bigint)", x=node.expression, y=node.this)


def _like(node: Any) -> Any:
    return exp.Escape(this=node, expression=text(""))


def _matches(node: Any) -> Any:
    pattern = node.expression
    if isinstance(pattern, exp.Literal):
        parts = re.findall(r"\\.|\[\^?(?:\\.|[^\]])*\]|.", pattern.name, re.DOTALL)
        node.set("expression", text("".join(_SIGNS.get(one, one) for one in parts)))
    return node


def _trim(node: Any) -> Any:
    pattern = text(f"^[{_SPACES}]+|[{_SPACES}]+$")
    return _say("regexp_replace(:x, :p, '', 'g')", x=node.this, p=pattern)


def _large_or_small(node: Any) -> Any:
    """Letters of all scripts: by the rules of one language the server might know the plain ones only."""
    word = "upper" if isinstance(node, exp.Upper) else "lower"
    return _say(f'({word}(:x collate "und-x-icu") collate "C")', x=exp.Paren(this=node.this))


def _ordered_by_sign(node: Any) -> Any:
    """Texts in the order of their signs, whatever language the server is set to."""
    if any(kind_of(part).word == "text" for part in (node.this, node.expression)):
        node.set("this", _say(':x collate "C"', x=exp.Paren(this=node.this)))
        return node
    return _both(node)


def _one_of(node: Any) -> Any:
    parts = [node.this, *node.expressions]
    if {kind_of(part).word for part in parts} == {"text"} or kind_of(node).word == "text":
        node.set("this", _say(':x collate "C"', x=exp.Paren(this=node.this)))
    return node


def _quantile(node: Any) -> Any:
    return _say("percentile_cont(:q) within group (order by :x)", x=node.this, q=node.expression)


POSTGRES: dict[type[exp.Expression], Mend] = {
    exp.Cast: _cast,
    exp.Round: _round,
    exp.Sum: _sum,
    exp.Div: _divide,
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.EQ, exp.NEQ), _both),
    **dict.fromkeys((exp.GT, exp.GTE, exp.LT, exp.LTE), _ordered_by_sign),
    **dict.fromkeys((exp.Least, exp.Greatest), _one_of),
    exp.Nullif: _null_if,
    **dict.fromkeys((exp.Length, exp.Extract), _whole),
    **dict.fromkeys((exp.Upper, exp.Lower), _large_or_small),
    **dict.fromkeys((exp.TimestampTrunc, exp.DateTrunc), _trunc),
    exp.DateDiff: _days,
    exp.Like: _like,
    exp.RegexpLike: _matches,
    exp.Trim: _trim,
    **dict.fromkeys((exp.PercentileCont, exp.Quantile), _quantile),
    exp.Table: table_named(str.lower),
}
