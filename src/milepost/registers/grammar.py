"""The grammar of formulas: each thing that can be said, with its types, its units and its SQL.

Parsed by sqlglot, then walked once; a node without a rule here is refused. Numbers are exact decimals wherever they
are summed, so that a total does not depend on the order of rows; a division gives a binary fraction, and a division
by zero gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from milepost.basics.errors import Place, Trouble, nearest
from milepost.basics.unit import factor, unit_product, unit_quotient
from milepost.registers.formula import NUMERIC, Name, Type, unknown_name

_EXACT = "decimal(38, 12)"
_DEEPEST = 60
_ANY: Type = "nothing"


@dataclass(frozen=True)
class Part:
    """A piece of a formula that has been read; `is_constant` is a written value, whose unit is what is needed.

    `is_wide`: a decimal of more than 18 digits, which the embedded engine would bring to fewer places beside another.
    """

    sql: str
    type: Type
    unit: str = ""
    places: int = 0
    is_total: bool = False
    is_constant: bool = False
    is_wide: bool = False


_NOTHING = Part("null", _ANY, is_constant=True)
_COMPARED: dict[type[exp.Expression], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
_JOINED: dict[type[exp.Expression], str] = {exp.And: "and", exp.Or: "or"}
_WORDS = (
    "+ - * / ( ) = <> < <= > >= and or not in between like is null case coalesce nullif sum count mean min max "
    "median quantile abs round least greatest length lower upper trim matches days_between year_of month_of date"
)


class Reader:
    """Reads one formula; `troubles` holds all that is wrong, `columns` and `totals` the names it uses."""

    def __init__(self, text: str, names: Mapping[str, Name], place: Place) -> None:
        self.text, self.names, self.place = text, names, place
        self.troubles: list[Trouble] = []
        self.columns: set[str] = set()
        self.totals: set[str] = set()

    def read(self) -> Part:
        """Give the whole formula; where there are troubles the part means nothing."""
        try:
            if (begins := _comment(self.text)) is not None:
                line = self.text.count("\n", 0, begins) + 1
                place = self._at(line, begins - self.text.rfind("\n", 0, begins))
                mend = "Write it outside of the formula: in a line of its own behind #, or in the definition"
                self.troubles.append(Trouble("F002", "a comment stands in the formula", mend, place))
                return _NOTHING
            trees = sqlglot.parse(self.text, read="duckdb")
        except (SqlglotError, RecursionError) as error:
            found = getattr(error, "errors", None) or [{}]
            place = self._at(found[0].get("line"), found[0].get("col"))
            self.troubles.append(Trouble("F001", "this is not an expression", "Look at brackets and commas", place))
            return _NOTHING
        if len(trees) != 1 or trees[0] is None:
            mend = "Write a single expression, without ;"
            self.troubles.append(Trouble("F001", "one expression is expected", mend, self.place))
            return _NOTHING
        return self.part(trees[0], 0)

    def part(self, node: Any, depth: int) -> Part:
        """Give what a node of the tree says."""
        if depth > _DEEPEST:
            return self._refuse(node, "F002", "the formula is nested too deeply", "Divide it")
        rule = _RULES.get(type(node))
        said = {name for name, value in node.args.items() if value not in (None, False, [])}
        if rule is None or said - _HEARD - _HEARD_TOO.get(type(node), frozenset()):
            return self._refused_word(node)
        return rule(self, node, depth + 1)

    def parts(self, nodes: Iterable[Any], depth: int) -> list[Part]:
        """Give what several nodes say."""
        return [self.part(node, depth) for node in nodes]

    # --- what is wrong -------------------------------------------------------------------------------------

    def _refuse(self, node: Any, code: str, what: str, mend: str) -> Part:
        self.troubles.append(Trouble(code, what, mend, self._place(node)))
        return _NOTHING

    def _refused_word(self, node: Any) -> Part:
        word = node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__.lower()
        mend = nearest(word, _WORDS.split()).rstrip("?") or f"A formula may say: {_WORDS}"
        return self._refuse(node, "F002", f"a formula cannot say {word[:40]}", mend)

    def _at(self, line: int | None, column: int | None) -> Place:
        if not line or not self.place.file:
            return self.place
        first = self.place.column - 1 if line == 1 and self.place.column else 0
        return Place(self.place.file, self.place.line + line - 1, first + (column or 1))

    def _place(self, node: Any) -> Place:
        for found in (node, *node.find_all(exp.Identifier, exp.Literal)):
            if "line" in found.meta:
                width = found.meta["end"] - found.meta["start"]
                return self._at(found.meta["line"], found.meta["col"] - width)
        return self.place

    # --- what can be said ----------------------------------------------------------------------------------

    def column(self, node: Any, depth: int) -> Part:
        """A column of the register, or an indicator by its full name."""
        name = ".".join(part.name for part in node.parts)
        if len(node.parts) > 2 or name not in self.names:
            self.troubles.append(unknown_name(name, self.names, self._place(node)))
            return _NOTHING
        found = self.names[name]
        (self.totals if found.is_total else self.columns).add(name)
        return Part(found.sql, found.type, found.unit, found.places, found.is_total)

    def literal(self, node: Any, depth: int) -> Part:
        """A number or a text as it is written."""
        if node.is_string:
            return Part("'" + node.this.replace("'", "''") + "'", "text", is_constant=True)
        try:
            number = float(node.this)
        except ValueError:
            return self._refused_word(node)
        if number.is_integer() and abs(number) < 1e15 and node.this.isdigit():
            return Part(node.this, "whole", is_constant=True)
        if "e" in node.this.lower() or len(node.this) > 15:
            return Part(f"cast({node.this} as double)", "real", is_constant=True)
        return Part(node.this, "number", places=len(node.this.partition(".")[2]), is_constant=True)

    def boolean(self, node: Any, depth: int) -> Part:
        """True or false."""
        return Part("true" if node.this else "false", "yes_no", is_constant=True)

    def nothing(self, node: Any, depth: int) -> Part:
        """Null."""
        return _NOTHING

    def bracket(self, node: Any, depth: int) -> Part:
        """An expression in brackets."""
        inner = self.part(node.this, depth)
        return replace(inner, sql=f"({inner.sql})")

    def negative(self, node: Any, depth: int) -> Part:
        """A number with the other sign."""
        inner = self.number(node.this, depth)
        return replace(inner, sql=f"(-{inner.sql})")

    def number(self, node: Any, depth: int) -> Part:
        """A part that must be a number."""
        part = self.part(node, depth)
        if part.type not in NUMERIC and part.type != _ANY:
            return self._refuse(node, "F004", f"a number is expected, and this is a {part.type}", "Name a number")
        return part

    def sum_of_two(self, node: Any, depth: int) -> Part:
        """Two numbers of one unit, added or taken from one another; or the days between two dates."""
        sign = "+" if isinstance(node, exp.Add) else "-"
        if sign == "-" and isinstance(node.this, exp.Column):
            first = self.names.get(node.this.name)
            if first is not None and first.type in ("date", "moment"):
                mend = "Write days_between(first, second)"
                return self._refuse(node, "F004", "dates are not taken from one another with -", mend)
        left, right = self.number(node.this, depth), self.number(node.expression, depth)
        unit = self.one_unit(node, left, right)
        kind = _wider(left, right)
        return self.joined(node, f"({left.sql} {sign} {right.sql})", kind, unit, left, right)

    def product(self, node: Any, depth: int) -> Part:
        """Two numbers multiplied; their units are multiplied too."""
        left, right = self.number(node.this, depth), self.number(node.expression, depth)
        places = left.places + right.places
        kind = _wider(left, right)
        # Two decimals of 18 digits have a product of up to 36: without room for it the engine would stop.
        digits = 19 if isinstance(node.this, exp.Column | exp.Literal) and not left.is_total else 38
        room = f"cast({left.sql} as decimal({digits}, {left.places}))" if kind == "number" else left.sql
        sql = f"({room} * {right.sql})"
        if kind == "number" and places > 12:
            sql, places = f"cast({sql} as {_EXACT})", 12
        made = self.joined(node, sql, kind, unit_product(left.unit, right.unit), left, right)
        return replace(made, places=places, is_wide=made.is_wide or kind == "number")

    def quotient(self, node: Any, depth: int) -> Part:
        """A number divided by another; a division by zero gives nothing."""
        left, right = self.number(node.this, depth), self.number(node.expression, depth)
        is_told = isinstance(node.expression, exp.Literal) and float(right.sql if right.type in NUMERIC else 0) != 0
        divisor = right.sql if is_told else f"nullif({right.sql}, 0)"
        sql = f"(cast({left.sql} as double) / {divisor})"
        made = self.joined(node, sql, "real", unit_quotient(left.unit, right.unit), left, right)
        return replace(made, is_wide=False)

    def comparison(self, node: Any, depth: int) -> Part:
        """Two values of one type and unit compared."""
        left, right = self.part(node.this, depth), self.part(node.expression, depth)
        self.comparable(node, left, right)
        left, right = _leveled(left, right)
        return self.joined(node, f"({left.sql} {_COMPARED[type(node)]} {right.sql})", "yes_no", "", left, right)

    def between(self, node: Any, depth: int) -> Part:
        """A value from one bound to another, both included."""
        value, low, high = (self.part(one, depth) for one in (node.this, node.args["low"], node.args["high"]))
        self.comparable(node, value, low)
        self.comparable(node, value, high)
        value, low, high = _leveled(value, low, high)
        sql = f"({value.sql} between {low.sql} and {high.sql})"
        return self.joined(node, sql, "yes_no", "", value, low, high)

    def among(self, node: Any, depth: int) -> Part:
        """A value that is one of a written list."""
        if not node.expressions:
            return self._refused_word(node)
        value, listed_parts = self.part(node.this, depth), self.parts(node.expressions, depth)
        for one in listed_parts:
            self.comparable(node, value, one)
        value, *listed_parts = _leveled(value, *listed_parts)
        sql = f"({value.sql} in ({', '.join(one.sql for one in listed_parts)}))"
        return self.joined(node, sql, "yes_no", "", value, *listed_parts)

    def like(self, node: Any, depth: int) -> Part:
        """A text like a pattern of SQL's (% and _)."""
        value, pattern = self.text_of(node.this, depth), self.text_of(node.expression, depth)
        return self.joined(node, f"({value.sql} like {pattern.sql})", "yes_no", "", value, pattern)

    def is_nothing(self, node: Any, depth: int) -> Part:
        """Is null: nothing is known."""
        if not isinstance(node.expression, exp.Null):
            return self._refused_word(node)
        value = self.part(node.this, depth)
        return self.joined(node, f"({value.sql} is null)", "yes_no", "", value)

    def joined_conditions(self, node: Any, depth: int) -> Part:
        """Conditions joined by and, or."""
        left, right = self.condition(node.this, depth), self.condition(node.expression, depth)
        return self.joined(node, f"({left.sql} {_JOINED[type(node)]} {right.sql})", "yes_no", "", left, right)

    def negation(self, node: Any, depth: int) -> Part:
        """A condition that does not hold."""
        inner = self.condition(node.this, depth)
        return replace(inner, sql=f"(not {inner.sql})")

    def condition(self, node: Any, depth: int) -> Part:
        """A part that must be a yes or no."""
        part = self.part(node, depth)
        if part.type not in ("yes_no", _ANY):
            return self._refuse(node, "F004", f"a yes or no is expected, and this is a {part.type}", "Compare it")
        return part

    def cases(self, node: Any, depth: int) -> Part:
        """Case when .. then .. else .. end."""
        if node.this is not None:
            return self._refuse(node, "F002", "a case compares in each of its lines", "Write case when a = 1 then ..")
        whens = [(self.condition(one.this, depth), self.part(one.args["true"], depth)) for one in node.args["ifs"]]
        other = self.part(node.args["default"], depth) if node.args.get("default") is not None else _NOTHING
        results = _leveled(*(then for _, then in whens), other)
        other = results[-1]
        lines = " ".join(f"when {when.sql} then {then.sql}" for (when, _), then in zip(whens, results, strict=False))
        made = self.alike(node, f"(case {lines} else {other.sql} end)", results)
        return replace(made, is_total=made.is_total or any(when.is_total for when, _ in whens))

    def first_known(self, node: Any, depth: int) -> Part:
        """Coalesce, least, greatest: one of several values of one type and unit."""
        word = {exp.Coalesce: "coalesce", exp.Least: "least", exp.Greatest: "greatest"}[type(node)]
        found = _leveled(*self.parts([node.this, *node.expressions], depth))
        return self.alike(node, f"{word}({', '.join(one.sql for one in found)})", found)

    def null_if(self, node: Any, depth: int) -> Part:
        """A value, or nothing where it equals another."""
        value, other = self.part(node.this, depth), self.part(node.expression, depth)
        self.comparable(node, value, other)
        value, other = _leveled(value, other)
        return replace(value, sql=f"nullif({value.sql}, {other.sql})")

    def absolute(self, node: Any, depth: int) -> Part:
        """A number without its sign."""
        value = self.number(node.this, depth)
        return replace(value, sql=f"abs({value.sql})")

    def rounded(self, node: Any, depth: int) -> Part:
        """A number rounded to a written count of places, half away from zero."""
        value, places = self.number(node.this, depth), node.args.get("decimals")
        if places is not None and not (isinstance(places, exp.Literal) and places.this.isdigit()):
            return self._refuse(node, "F004", "the count of places is a written number", "Write round(a, 2)")
        written = places.this if places is not None else "0"
        return replace(value, sql=f"round({value.sql}, {written})", places=min(value.places, int(written)))

    def text_of(self, node: Any, depth: int) -> Part:
        """A part that must be a text."""
        part = self.part(node, depth)
        if part.type not in ("text", _ANY):
            return self._refuse(node, "F004", f"a text is expected, and this is a {part.type}", "Name a text")
        return part

    def text_function(self, node: Any, depth: int) -> Part:
        """A text in small or large letters or without spaces at its ends; its length."""
        word = {exp.Lower: "lower", exp.Upper: "upper", exp.Trim: "trim", exp.Length: "length"}[type(node)]
        if isinstance(node, exp.Trim) and node.args.get("expression") is not None:
            return self._refused_word(node)
        value = self.text_of(node.this, depth)
        return replace(value, sql=f"{word}({value.sql})", type="whole" if word == "length" else "text")

    def written_date(self, node: Any, depth: int) -> Part:
        """A date: date '2025-12-31'."""
        text = node.this.this if isinstance(node.this, exp.Literal) and node.this.is_string else ""
        if not node.to.is_type("date") or not text:
            return self._refused_word(node)
        try:
            date.fromisoformat(text)
        except ValueError:
            return self._refuse(node, "F004", "there is no such date", "Write date '2025-12-31'")
        return Part(f"date '{text}'", "date", is_constant=True)

    def total(self, node: Any, depth: int) -> Part:
        """An aggregate: sum, count, mean, min, max, median, quantile."""
        if isinstance(node, exp.Count):
            return self.count(node, depth)
        inner = self.part(node.this, depth) if isinstance(node, exp.Min | exp.Max) else self.number(node.this, depth)
        if node.args.get("expressions"):
            return self._refused_word(node)
        return self._total(node, inner)

    def _total(self, node: Any, inner: Part) -> Part:
        if inner.is_total:
            return self._refuse(node, "F006", "a total of a total", "Take the total of a column")
        exact = inner.sql if inner.type != "real" else f"cast({inner.sql} as {_EXACT})"
        places = 12 if inner.type == "real" else inner.places
        made = replace(inner, is_total=True, is_constant=False)
        binary = replace(made, type="real", is_wide=False)
        match node:
            case exp.Sum():
                kind = _wider(inner, Part("", "number"))
                return replace(made, sql=f"sum({exact})", type=kind, places=places, is_wide=True)
            case exp.Avg():
                return replace(binary, sql=f"(cast(sum({exact}) as double) / nullif(count({inner.sql}), 0))")
            case exp.Median():
                return replace(binary, sql=f"quantile_cont(cast({inner.sql} as double), 0.5)")
            case exp.Quantile():
                level: Any = node.args.get("quantile")
                is_level = isinstance(level, exp.Literal) and not level.is_string and 0 <= float(level.this) <= 1
                if not is_level:
                    return self._refuse(node, "F004", "a level from 0 to 1 is expected", "Write quantile(a, 0.9)")
                return replace(binary, sql=f"quantile_cont(cast({inner.sql} as double), {level.this})")
        return replace(made, sql=f"{'min' if isinstance(node, exp.Min) else 'max'}({inner.sql})")

    def count(self, node: Any, depth: int) -> Part:
        """How many rows; how many have a value; how many different values."""
        if node.args.get("expressions"):
            return self._refused_word(node)
        if isinstance(node.this, exp.Star):
            return Part("count(*)", "whole", "count", is_total=True)
        distinct = isinstance(node.this, exp.Distinct)
        inner = self.parts(node.this.expressions if distinct else [node.this], depth)
        if len(inner) != 1:
            return self._refuse(node, "F002", "a count is of one column", "Write count(distinct a)")
        if inner[0].is_total:
            return self._refuse(node, "F006", "a total of a total", "Count a column")
        return Part(f"count({'distinct ' if distinct else ''}{inner[0].sql})", "whole", "count", is_total=True)

    def chosen(self, node: Any, depth: int) -> Part:
        """A total over the rows for which a condition holds: sum(a) filter (where b)."""
        inner, condition = self.part(node.this, depth), self.condition(node.expression.this, depth)
        is_plain = isinstance(node.this, exp.Sum | exp.Count | exp.Min | exp.Max)
        if not inner.is_total or condition.is_total or not is_plain:
            mend = "Write sum(a) filter (where b > 0)"
            return self._refuse(node, "F006", "a filter stands behind a sum, count, min or max of rows", mend)
        return replace(inner, sql=f"{inner.sql} filter (where {condition.sql})")

    def named_function(self, node: Any, depth: int) -> Part:
        """The functions that have a name of the house's own."""
        word, arguments = node.name.lower(), node.expressions
        if word == "mean" and len(arguments) == 1:
            return self._total(exp.Avg(this=arguments[0]), self.number(arguments[0], depth))
        if word == "matches" and len(arguments) == 2:
            value, pattern = self.text_of(arguments[0], depth), arguments[1]
            if not (isinstance(pattern, exp.Literal) and pattern.is_string and _is_plain_pattern(pattern.this)):
                mend = "Write matches(a, '[0-9]{4}')"
                return self._refuse(node, "F004", "a written pattern is expected", mend)
            sql = f"regexp_matches({value.sql}, '^({pattern.this.replace(chr(39), chr(39) * 2)})$')"
            return replace(value, sql=sql, type="yes_no", unit="")
        if word in ("year_of", "month_of") and len(arguments) == 1:
            value = self.date_of(arguments[0], depth)
            return replace(value, sql=f"extract({word[:-3]} from {value.sql})", type="whole")
        if word == "days_between" and len(arguments) == 2:
            first, second = (self.date_of(one, depth) for one in arguments)
            sql = f"date_diff('day', cast({first.sql} as date), cast({second.sql} as date))"
            return self.joined(node, sql, "whole", "day", first, second)
        return self._refused_word(node)

    def date_of(self, node: Any, depth: int) -> Part:
        """A part that must be a date."""
        part = self.part(node, depth)
        if part.type not in ("date", "moment", _ANY):
            return self._refuse(node, "F004", f"a date is expected, and this is a {part.type}", "Name a date")
        return part

    # --- what goes together --------------------------------------------------------------------------------

    def joined(self, node: Any, sql: str, kind: Type, unit: str, *parts: Part) -> Part:
        """Give the part made of several; a row's value beside a total is refused."""
        is_total = any(part.is_total for part in parts)
        if is_total and any(not part.is_total and not part.is_constant for part in parts):
            mend = "Take the total of both, or of neither"
            return self._refuse(node, "F006", "a value of each row stands beside a total", mend)
        is_constant = all(part.is_constant for part in parts)
        places = max((part.places for part in parts), default=0)
        is_wide = any(part.is_wide for part in parts) and not any(_is_binary(part) for part in parts)
        return Part(sql, kind, unit, places, is_total, is_constant, is_wide)

    def alike(self, node: Any, sql: str, parts: list[Part]) -> Part:
        """Give the part that is one of several, which must be of one type and unit."""
        known = [part for part in parts if part.type != _ANY]
        if not known:
            return replace(_NOTHING, sql=sql)
        first = next((part for part in known if not part.is_constant), known[0])
        for part in known:
            self.comparable(node, first, part)
        kind = first.type
        for part in known if first.type in NUMERIC else []:
            kind = _wider(Part("", kind), part)
        return self.joined(node, sql, kind, first.unit, *parts)

    def comparable(self, node: Any, left: Part, right: Part) -> None:
        """Add a trouble where two values cannot be compared."""
        if _ANY in (left.type, right.type):
            return
        groups = [{"whole", "number", "real"}, {"text"}, {"date", "moment"}, {"yes_no"}]
        if not any({left.type, right.type} <= group for group in groups):
            what = f"a {left.type} is compared with a {right.type}"
            mend = "Write date '2025-12-31' for a date" if "date" in (left.type, right.type) else "Name two of a kind"
            self._refuse(node, "F004", what, mend)
        else:
            self.one_unit(node, left, right)

    def one_unit(self, node: Any, left: Part, right: Part) -> str:
        """Give the unit two numbers share; a written number has the unit that is needed."""
        if left.is_constant or right.is_constant or _ANY in (left.type, right.type):
            return right.unit if left.is_constant else left.unit
        if _times(left.unit, right.unit) != 1:
            what = f"{left.unit or 'a pure number'} and {right.unit or 'a pure number'} are not one unit"
            self._refuse(node, "F005", what, "Convert one of them: multiply it by a written number with its unit")
        return left.unit


def is_hundredfold(text: str) -> bool:
    """Is the whole formula multiplied by a written 100? It must be one that has been read."""
    nodes = [sqlglot.parse_one(text, read="duckdb")]
    while nodes:
        node = nodes.pop()
        if isinstance(node, exp.Literal) and not node.is_string and float(node.this) == 100:
            return True
        if isinstance(node, exp.Mul):
            nodes += [node.this, node.expression]
        elif isinstance(node, exp.Div | exp.Paren | exp.Round):
            nodes.append(node.this)
    return False


def _comment(text: str) -> int | None:
    """Give where a comment begins: what no token covers, or a #; None without one.

    It would be passed over, and with it all that a line holds behind it: where YAML folds lines into one, a part of the
    formula.
    """
    ends = 0
    for token in sqlglot.tokenize(text, read="duckdb"):
        if text[ends : token.start].strip() or token.text == "#":
            break
        ends = token.end + 1
    rest = text[ends:]
    return ends + len(rest) - len(rest.lstrip()) if _is_comment(rest.lstrip()) else None


def _is_comment(text: str) -> bool:
    return text.startswith(("--", "/*", "#", "{#"))


def _times(one: str, other: str) -> float | None:
    return 1.0 if one == other else factor(one or "fraction", other or "fraction")


def _wider(left: Part, right: Part) -> Type:
    kinds = {left.type, right.type}
    return "real" if "real" in kinds else "number" if "number" in kinds else "whole"


def _is_binary(part: Part) -> bool:
    """Is it a binary fraction? A sum of such is none: it is an exact decimal."""
    return part.type == "real" and not part.is_wide


def _leveled(*parts: Part) -> list[Part]:
    """Give numbers that stand beside one another, wide decimals among them, with as many places as any of them has."""
    numbers = [part for part in parts if part.type in NUMERIC]
    if not any(part.is_wide for part in numbers) or any(map(_is_binary, numbers)):
        return list(parts)
    places = max(part.places for part in numbers)
    return [
        replace(part, sql=f"cast({part.sql} as decimal(38, {places}))", places=places, is_wide=True)
        if part in numbers and part.places < places and not (part.is_constant and part.type == "whole")
        else part
        for part in parts
    ]


def _is_plain_pattern(pattern: str) -> bool:
    """Is the pattern one that every engine reads in the same way, and none can be made slow by?

    Signs, classes, `.`, groups without groups in them, alternatives, and counts of all these but the groups.
    """
    one = r"(?:[^\\(){}\[\]*+?$^|]|\\[dwsDWS.\-+/()]|\[\^?[^\[\]\\]+\])(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?"
    return re.fullmatch(rf"(?:{one}|\((?:{one}|\|)*\)\??|\|)*", pattern) is not None


# What the rules of a node look at. A node that says anything more is refused, for it would be passed over in silence.
_HEARD = frozenset({"this", "expression", "expressions"})
_HEARD_TOO: dict[type[exp.Expression], frozenset[str]] = {
    exp.Column: frozenset({"table"}),
    exp.Literal: frozenset({"is_string"}),
    exp.Between: frozenset({"low", "high"}),
    exp.Case: frozenset({"ifs", "default"}),
    exp.Round: frozenset({"decimals"}),
    exp.Quantile: frozenset({"quantile"}),
    exp.Cast: frozenset({"to", "_type"}),
    exp.Count: frozenset({"big_int"}),
    **dict.fromkeys((exp.Least, exp.Greatest), frozenset({"ignore_nulls"})),
}

_Rule = Callable[[Reader, Any, int], Part]
_RULES: dict[type[exp.Expression], _Rule] = {
    exp.Column: Reader.column,
    exp.Literal: Reader.literal,
    exp.Boolean: Reader.boolean,
    exp.Null: Reader.nothing,
    exp.Paren: Reader.bracket,
    exp.Neg: Reader.negative,
    exp.Add: Reader.sum_of_two,
    exp.Sub: Reader.sum_of_two,
    exp.Mul: Reader.product,
    exp.Div: Reader.quotient,
    **dict.fromkeys(_COMPARED, Reader.comparison),
    **dict.fromkeys(_JOINED, Reader.joined_conditions),
    exp.Not: Reader.negation,
    exp.Between: Reader.between,
    exp.In: Reader.among,
    exp.Like: Reader.like,
    exp.Is: Reader.is_nothing,
    exp.Case: Reader.cases,
    **dict.fromkeys((exp.Coalesce, exp.Least, exp.Greatest), Reader.first_known),
    exp.Nullif: Reader.null_if,
    exp.Abs: Reader.absolute,
    exp.Round: Reader.rounded,
    **dict.fromkeys((exp.Lower, exp.Upper, exp.Trim, exp.Length), Reader.text_function),
    exp.Cast: Reader.written_date,
    **dict.fromkeys((exp.Sum, exp.Count, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Quantile), Reader.total),
    exp.Filter: Reader.chosen,
    exp.Anonymous: Reader.named_function,
}
