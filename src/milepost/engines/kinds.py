"""What kind of value each expression of a query is, found from the types of the tables it reads.

Kinds are those of the house's SQL, which has DuckDB's rules: what a sum of whole numbers is, how many places a product
of decimals has. They are noted on the tree (`kind_of`), for the mends of other engines. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlglot import exp

Word = Literal["whole", "huge", "decimal", "real", "text", "date", "moment", "yes_no", "nothing", "other"]
Types = Mapping[str, str]
_NOTE = "house_kind"


@dataclass(frozen=True)
class Kind:
    """A kind of value; a decimal has digits, and of them places behind the point."""

    word: Word
    digits: int = 0
    places: int = 0


WHOLE, HUGE, REAL, TEXT = Kind("whole"), Kind("huge"), Kind("real"), Kind("text")
DATE, MOMENT, YES_NO, NOTHING, OTHER = Kind("date"), Kind("moment"), Kind("yes_no"), Kind("nothing"), Kind("other")

_NAMED: dict[str, Kind] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT"), WHOLE),
    **dict.fromkeys(("INT128", "HUGEINT"), HUGE),
    **dict.fromkeys(("DOUBLE", "FLOAT"), REAL),
    **dict.fromkeys(("VARCHAR", "TEXT", "CHAR"), TEXT),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ", "DATETIME"), MOMENT),
    "DATE": DATE,
    "BOOLEAN": YES_NO,
}
_YES_NO = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.Not, exp.Like, exp.ILike, exp.Is, exp.In,
    exp.Between, exp.Exists, exp.RegexpLike, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Boolean, exp.StartsWith,
)  # fmt: skip
_WHOLE = (exp.Count, exp.CountIf, exp.Length, exp.Extract, exp.DateDiff, exp.RowNumber, exp.Year, exp.Month, exp.Day)
_REAL = (exp.Div, exp.Avg, exp.Median, exp.Quantile, exp.PercentileCont, exp.Sqrt, exp.Ln, exp.Exp, exp.Pow, exp.Stddev)
_TEXT = (exp.Lower, exp.Upper, exp.Trim, exp.Concat, exp.ConcatWs, exp.DPipe, exp.Left, exp.Right, exp.Substring)
_OF_THIS = (
    exp.Paren, exp.Alias, exp.Neg, exp.Abs, exp.Filter, exp.Window, exp.Ordered, exp.Distinct, exp.Nullif, exp.Lag,
    exp.Lead, exp.Min, exp.Max, exp.FirstValue, exp.LastValue, exp.Mod, exp.AnyValue, exp.Escape,
)  # fmt: skip
_ONE_OF = (exp.Coalesce, exp.Least, exp.Greatest)


def kind_of(node: Any) -> Kind:
    """Give the kind that was found for an expression."""
    found: Kind = node.meta.get(_NOTE, OTHER)
    return found


def note(node: Any, kind: Kind) -> Any:
    """Note the kind of an expression, and give it."""
    node.meta[_NOTE] = kind
    return node


def note_kinds(tree: Any, tables: Mapping[str, Types]) -> dict[str, Kind]:
    """Note the kind of every expression of a query, and give its columns; `tables` has names in small letters."""
    known = {name: {column.lower(): named(kind) for column, kind in types.items()} for name, types in tables.items()}
    return _Finder(known).query(tree, None)


def named(written: str) -> Kind:
    """Give the kind of a type that is written.

    >>> named("DECIMAL(18,3)"), named("bigint").word
    (Kind(word='decimal', digits=18, places=3), 'whole')
    """
    return _of_type(exp.DataType.build(written, dialect="duckdb"))


def widest(kinds: Iterable[Kind]) -> Kind:
    """Give the kind that holds values of several kinds."""
    known = list(dict.fromkeys(kind for kind in kinds if kind not in (NOTHING, OTHER)))
    if not known:
        return NOTHING
    words = {kind.word for kind in known}
    if "real" in words:
        return REAL
    if "decimal" in words:
        return _decimal(known, 0)
    return HUGE if "huge" in words else MOMENT if words == {"date", "moment"} else known[0]


def _decimal(kinds: Iterable[Kind], more: int) -> Kind:
    decimals = [kind if kind.word == "decimal" else Kind("decimal", 19, 0) for kind in kinds]
    places = max(kind.places for kind in decimals)
    return Kind("decimal", min(38, max(kind.digits - kind.places for kind in decimals) + places + more), places)


def _of_type(kind: exp.DataType) -> Kind:
    word = kind.this.name if isinstance(kind.this, exp.DType) else str(kind.this).upper()
    if word == "DECIMAL":
        said = [int(one.name) for one in kind.expressions]
        return Kind("decimal", *(said if len(said) == 2 else (18, 3)))
    return _NAMED.get(word, OTHER)


class _Scope:
    """The columns that may be named at a place: by table, and those of the query around it."""

    def __init__(self, above: _Scope | None) -> None:
        self.above = above
        self.tables: dict[str, dict[str, Kind]] = {}

    def column(self, table: str, name: str) -> Kind:
        places = [self.tables[table]] if table in self.tables else [] if table else list(self.tables.values())
        for columns in places:
            if name in columns:
                return columns[name]
        return self.above.column(table, name) if self.above is not None else OTHER


class _Finder:
    def __init__(self, known: dict[str, dict[str, Kind]]) -> None:
        self.known = known

    def query(self, node: Any, above: _Scope | None) -> dict[str, Kind]:
        for cte in node.ctes if isinstance(node, exp.Query) else ():
            self.known = {**self.known, cte.alias.lower(): self.query(cte.this, above)}
        if isinstance(node, exp.Subquery):
            return self.query(node.this, above)
        if isinstance(node, exp.SetOperation):
            left, right = self.query(node.this, above), self.query(node.expression, above)
            scope = _Scope(above)
            scope.tables[""] = left
            for key in ("order", "limit"):
                self._children(node.args.get(key), scope)
            pairs = zip(left.items(), right.values(), strict=False)
            return {name: widest((one, other)) for (name, one), other in pairs}
        return self._select(node, above) if isinstance(node, exp.Select) else {}

    def _select(self, node: Any, above: _Scope | None) -> dict[str, Kind]:
        scope = _Scope(above)
        joins = node.args.get("joins") or []
        begun = [part for part in node.args.values() if isinstance(part, exp.From)]
        for part in (*begun, *joins):
            self._source(part.this, scope)
            for more in part.this.args.get("joins") or []:
                self._source(more.this, scope)
                joins.append(more)
        found: dict[str, Kind] = {}
        for number, part in enumerate(node.expressions):
            if part.is_star:
                found |= self._starred(part, scope)
            else:
                found[(part.alias_or_name or f"_{number}").lower()] = self.kind(part, scope)
        for join in joins:
            self._children(join.args.get("on"), scope)
        for key, part in node.args.items():
            if key not in ("expressions", "joins", "with", "with_", "from", "from_"):
                self._children(part, scope)
        return found

    def _source(self, node: Any, scope: _Scope) -> None:
        name = node.alias_or_name.lower()
        if isinstance(node, exp.Table):
            scope.tables[name] = self.known.get(node.name.lower(), {})
        elif isinstance(node, exp.Values):
            rows = [[self.kind(cell, scope) for cell in row.expressions] for row in node.expressions]
            alias = node.args.get("alias")
            columns = [column.name.lower() for column in alias.columns] if alias else []
            kinds = [widest(cells) for cells in zip(*rows, strict=True)]
            scope.tables[name] = dict(zip(columns, kinds, strict=False))
        else:
            scope.tables[name] = self.query(node, scope.above)

    def _starred(self, part: Any, scope: _Scope) -> dict[str, Kind]:
        wanted = part.table.lower() if isinstance(part, exp.Column) else ""
        tables = [scope.tables.get(wanted, {})] if wanted else scope.tables.values()
        return {name: kind for columns in tables for name, kind in columns.items()}

    def _children(self, part: Any, scope: _Scope) -> list[Kind]:
        if isinstance(part, list):
            return [kind for one in part for kind in self._children(one, scope)]
        return [self.kind(part, scope)] if isinstance(part, exp.Expression) else []

    def kind(self, node: Any, scope: _Scope) -> Kind:
        """Find the kind of an expression and of all in it."""
        if isinstance(node, exp.Query | exp.Subquery):
            columns = self.query(node, scope)
            found = next(iter(columns.values()), OTHER)
        else:
            inner = {key: self._children(part, scope) for key, part in node.args.items()}
            found = self._found(node, inner, scope)
        note(node, found)
        return found

    def _found(self, node: Any, inner: dict[str, list[Kind]], scope: _Scope) -> Kind:
        if isinstance(node, exp.Column):
            return scope.column(node.table.lower(), node.name.lower())
        if isinstance(node, exp.Literal):
            return _of_literal(node)
        if isinstance(node, exp.Cast | exp.TryCast):
            return _of_type(node.to)
        this = inner.get("this") or [OTHER]
        for kinds, kind in ((_YES_NO, YES_NO), (_WHOLE, WHOLE), (_REAL, REAL), (_TEXT, TEXT)):
            if isinstance(node, kinds):
                return kind
        if isinstance(node, exp.Null):
            return NOTHING
        if isinstance(node, _OF_THIS):
            return this[0]
        if isinstance(node, _ONE_OF):
            return widest((*this, *inner.get("expressions", ())))
        if isinstance(node, exp.Case):
            lines = [kind_of(one.args["true"]) for one in node.args["ifs"]]
            return widest((*lines, *inner.get("default", ())))
        if isinstance(node, exp.If):
            return widest((*inner.get("true", ()), *inner.get("false", ())))
        return _of_numbers(node, this[0], *inner.get("expression", ()))


def _of_literal(node: Any) -> Kind:
    if node.is_string:
        return TEXT
    if "e" in node.this.lower():
        return REAL
    whole, point, rest = node.this.partition(".")
    if point:
        return Kind("decimal", min(38, len(whole.lstrip("0")) + len(rest)), len(rest))
    return WHOLE if int(whole) < 2**63 else HUGE


def _of_numbers(node: Any, left: Kind, right: Kind = NOTHING) -> Kind:
    """What adding, multiplying, dividing, rounding and summing give."""
    both = [kind for kind in (left, right) if kind != NOTHING]
    if isinstance(node, exp.Sum):
        summed = {"whole": HUGE, "decimal": Kind("decimal", 38, left.places)}
        return summed.get(left.word, left)
    if isinstance(node, exp.Round | exp.Floor | exp.Ceil):
        places = node.args.get("decimals")
        kept = int(places.name) if isinstance(places, exp.Literal) and places.name.isdigit() else 0
        return Kind("decimal", left.digits, min(left.places, kept)) if left.word == "decimal" else left
    if isinstance(node, exp.Add | exp.Sub):
        if left in (DATE, MOMENT):
            return MOMENT if right == OTHER else WHOLE if right == left else left
        kind = widest(both)
        return _decimal(both, 1) if kind.word == "decimal" else kind
    if isinstance(node, exp.Mul):
        kind = widest(both)
        if kind.word != "decimal":
            return kind
        return Kind("decimal", 38, min(38, sum(one.places for one in both)))
    if isinstance(node, exp.IntDiv):
        return widest(both)
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        return MOMENT
    return OTHER
