"""The inputs and outputs of a table are read from YAML here: name, type, unit, allowed values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from milepost.basics.declared import Node
from milepost.rules import declaration
from milepost.rules.cells import check_kinds, plain_text
from milepost.rules.declaration import Reader, attempt, built, split
from milepost.rules.parsing import read_expression, read_tests
from milepost.rules.syntax import ANYTHING, Expression, Name
from milepost.rules.table import Input, Output, listed_values
from milepost.rules.values import Value, kind_of, written

Column = TypeVar("Column", Input, Output)


def read_columns(
    reader: Reader, node: Node | None, label: str, root: Node, read: Callable[[Reader, Node], Column | None]
) -> tuple[Column, ...]:
    """Give the inputs or the outputs of a table, each read by `read`. Troubles are kept (L021 none, L026 one twice)."""
    if node is None or not isinstance(node.value, list) or not node.value:
        reader.wrong("L021", f"the table has no {label}", f"List its {label}", (node or root).place)
        return ()
    found = [column for child in node.value if (column := read(reader, child)) is not None]
    by_name: dict[str, Column] = {}
    for column in found:
        if by_name.setdefault(column.name, column) is not column:
            reader.wrong("L026", f"{column.name} stands twice among the {label}", "Keep one of the two", column.place)
    return tuple(by_name.values())


def read_input(reader: Reader, node: Node) -> Input | None:
    """Give one input, or None. Troubles are kept (L013, L016, L027 and those of `parsing`)."""
    rest, taken = split(node, "allowed")
    declared = built(reader, declaration.Input, rest)
    if declared is None:
        return None
    _check_unit(reader, declared)
    if declared.is_whole and declared.type != "number":
        reader.wrong("L013", f"{declared.name} is whole and not a number", "Take whole out", declared.place)
    expression: Expression = Name(declared.name)
    if declared.expression:
        known = re.findall(r"[^\W\d]\w*", declared.expression)
        read = attempt(reader, lambda: read_expression(declared.expression, known, node.place))
        expression = read if read is not None else expression
    column = Input(
        declared.name,
        expression,
        declared.type,
        is_whole=declared.is_whole,
        may_be_missing=declared.may_be_missing,
        unit=declared.unit,
        place=declared.place,
    )
    return _with_allowed(reader, column, taken["allowed"]) if "allowed" in taken else column


def _with_allowed(reader: Reader, column: Input, node: Node) -> Input:
    text = _texts_quoted(column.kind, node)
    tests = attempt(reader, lambda: read_tests(text, [], node.place))
    if tests is None:
        return column
    check_kinds(reader, tests, column, node.place)
    return replace(column, allowed=tests, allowed_text=text)


def _texts_quoted(kind: str | None, node: Node) -> str:
    """The tests of a list of allowed values; plain texts are quoted."""
    items = node.value if isinstance(node.value, list) else [node]
    is_listed = isinstance(node.value, list) and kind == "string"
    return ", ".join(written(str(item.value)) if is_listed else plain_text(item) for item in items)


def read_output(reader: Reader, node: Node) -> Output | None:
    """Give one output, or None. Troubles are kept (L013, L027 and those of `parsing`)."""
    rest, taken = split(node, "values")
    declared = built(reader, declaration.Output, rest)
    if declared is None:
        return None
    _check_unit(reader, declared)
    values: tuple[Value, ...] = ()
    if "values" in taken:
        text = _texts_quoted(declared.type, taken["values"])
        tests = attempt(reader, lambda: read_tests(text, [], taken["values"].place)) or ANYTHING
        values = listed_values(tests)
        if not values or any(kind_of(value) != declared.type for value in values):
            what = f"the values of {declared.name} are not a list of {declared.type} values"
            reader.wrong("L013", what, "List them one by one", taken["values"].place)
    return Output(declared.name, declared.type, values, unit=declared.unit, place=declared.place)


def _check_unit(reader: Reader, declared: declaration.Input | declaration.Output) -> None:
    if not declared.unit:
        return
    from milepost.basics.unit import is_unit, unit_mend

    if not is_unit(declared.unit):
        reader.wrong("L027", f"{declared.unit} is not a known unit", unit_mend(declared.unit), declared.place)
