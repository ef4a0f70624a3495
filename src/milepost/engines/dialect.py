"""The house's SQL in the words of another engine: read by sqlglot as DuckDB's, mended, written again.

sqlglot turns the words. What it leaves are differences that raise no error and change an answer; each is mended by a
rule of the engine's own page of words (`spark_words`, ..). What stays different is told, and tried, beside
docs/decisions/0008-engines.md. Nothing is run here.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from milepost.basics.errors import MilepostError, Trouble
from milepost.engines.kinds import Types, kind_of, note, note_kinds

Mend = Callable[[Any], Any]
Mends = Mapping[type[exp.Expression], Mend]

# It warns on a logger of words that one engine lacks; whether an engine can run what is written, the engine says.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def translated(query: str, to: str, mends: Mends, tables: Mapping[str, Types]) -> str:
    """Give a query of the house's SQL as the engine `to` (a dialect of sqlglot's) writes it.

    `tables` has the columns and types of every table the query may read, by its name in small letters. Raises
    MilepostError (E001) where the query is not SQL.
    """
    tree = _read(query)
    columns = note_kinds(tree, tables)
    order = tree.args.get("order")
    if order is not None and [one.this.name.lower() for one in order.expressions] == ["all"]:
        places = [exp.Ordered(this=exp.Literal.number(place + 1), nulls_first=False) for place in range(len(columns))]
        order.set("expressions", places)
    return str(mended(tree.copy(), mends).sql(dialect=to, identify=True))


def tables_of(query: str) -> set[str]:
    """Give the names of the tables a query reads, in small letters; those it makes itself are among them."""
    return {table.name.lower() for table in _read(query).find_all(exp.Table)}


def mended(node: Any, mends: Mends) -> Any:
    """Give a tree with each node put through the rule for its kind, the inner ones first."""
    for key, part in list(node.args.items()):
        if isinstance(part, exp.Expression):
            node.set(key, mended(part, mends))
        elif isinstance(part, list):
            node.set(key, [mended(one, mends) if isinstance(one, exp.Expression) else one for one in part])
    mend = mends.get(type(node))
    if mend is None:
        return node
    kind, made = kind_of(node), mend(node)
    return note(made, kind) if made is not node else made


def put(template: str, dialect: str, **parts: Any) -> Any:
    """Give an expression of another engine's SQL in which each `:name` is a part of the tree."""
    return exp.replace_placeholders(_template(template, dialect).copy(), **{k: v.copy() for k, v in parts.items()})


def text(written: str) -> Any:
    """Give a text as it stands in a query."""
    return exp.Literal.string(written)


def table_named(rename: Callable[[str], str]) -> Mend:
    """Give the mend of a table's name; where it has no other, the query goes on knowing it by the old one."""

    def mend(node: Any) -> Any:
        alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name))
        return exp.Table(this=exp.to_identifier(rename(node.name)), alias=alias, joins=node.args.get("joins"))

    return mend


@functools.lru_cache(maxsize=256)
def _template(template: str, dialect: str) -> Any:
    return sqlglot.parse_one(template, read=dialect)


def _read(query: str) -> Any:
    try:
        return sqlglot.parse_one(query, read="duckdb")
    except SqlglotError:
        mend = "This is a fault of the program: report it with this line"
        raise MilepostError(Trouble("E001", "a query cannot be translated", mend)) from None
