"""A decision table is read from YAML here, one table per file, with every trouble of the file told at once.

```yaml
policy: unique
inputs:
  - {name: floor_area_m2, type: number, unit: m2, allowed: "[0..1000000]"}
  - {name: trade, type: string, allowed: [restaurant, bookstore]}
outputs:
  - {name: inspection, type: string, values: [required, not_required]}
lines:
  - when: {floor_area_m2: "> 300", trade: restaurant}
    then: {inspection: required}
    citation: Fire Protection Law, article 15
    from: 2021-04-29
otherwise:
  then: {inspection: not_required}
  citation: Fire Protection Law, article 15
```

A cell is S-FEEL; an input not named in `when` is not tested. Where an input or output lists its texts, these may
stand without quotes, and a YAML list is any of its items. `from` and `until` are the first and last day in force.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from milepost.basics.declared import Node, build, read_yaml
from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.rules import declaration
from milepost.rules.evaluation import evaluate, passes
from milepost.rules.findings import faults_of
from milepost.rules.parsing import read_expression, read_tests
from milepost.rules.policies import policy_troubles
from milepost.rules.syntax import ANYTHING, Compare, Constant, Expression, Name, Range, Tests, names_in
from milepost.rules.table import Cell, Input, Line, Output, Table, listed_values
from milepost.rules.values import Value, equal, kind_of, written

Found = TypeVar("Found")
Column = TypeVar("Column", Input, Output)
_BARE_WORD = re.compile(r"[^\W\d][\w -]*")


@dataclass
class _Reader:
    """The columns known so far and every trouble found."""

    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        own = {name for column in self.inputs for name in names_in(column.expression)}
        return sorted(own)

    def wrong(self, code: str, what: str, mend: str, place: Place) -> None:
        self.troubles.append(Trouble(code, what, mend, place))


def read_table(path: Path, shown_as: str | None = None) -> Table:
    """Give the decision table of a YAML file, well formed and without faults.

    Raises YoursToMend with every trouble: D001-D013 (see `declared`), L010-L027 (the words of the table), and then
    L030-L033 (gap, overlap, contradiction, unreachable line; see `findings`), each with an example input.
    """
    table = load_table(path, shown_as)
    faults = faults_of(table)
    if faults:
        raise YoursToMend(faults)
    return table


def read_tables(folder: Path) -> dict[str, Table]:
    """Give every table of a folder by name (the file's name without its ending). Raises YoursToMend, all at once."""
    tables: dict[str, Table] = {}
    troubles: list[Trouble] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            tables[path.stem] = read_table(path, f"{folder.name}/{path.name}")
        except YoursToMend as error:
            troubles += error.troubles
    if troubles:
        raise YoursToMend(troubles)
    return tables


def load_table(path: Path, shown_as: str | None = None) -> Table:
    """Give the decision table of a YAML file without searching it for gaps and overlaps. Raises YoursToMend."""
    root = read_yaml(path, shown_as)
    rest, taken = _split(root, "inputs", "outputs", "lines", "otherwise")
    reader = _Reader()
    declared = _built(reader, declaration.Table, rest)
    reader.inputs = _columns(reader, taken.get("inputs"), "inputs", root, _input)
    reader.outputs = _columns(reader, taken.get("outputs"), "outputs", root, _output)
    otherwise = taken.get("otherwise")
    citation = _otherwise(reader, otherwise) if otherwise else ""
    lines = _lines(reader, taken.get("lines"), root)
    if reader.troubles or declared is None:
        raise YoursToMend(reader.troubles)
    table = Table(
        path.stem,
        reader.inputs,
        reader.outputs,
        declared.policy,
        lines,
        declared.aggregation,
        declared.title,
        citation,
        declared.from_date,
        declared.until_date,
        root.place,
    )
    troubles = [*policy_troubles(table), *_reversed(declared)]
    if troubles:
        raise YoursToMend(troubles)
    return table


_RENAMED = {"from": "from_date", "until": "until_date", "whole": "is_whole"}


def _split(node: Node, *names: str) -> tuple[Node, dict[str, Node]]:
    """A mapping without some of its entries, with from and until as dates' names, and the entries taken out."""
    if not isinstance(node.value, dict):
        return node, {}
    kept = {_RENAMED.get(name, name): child for name, child in node.value.items() if name not in names}
    keys = tuple((_RENAMED.get(name, name), place) for name, place in node.keys if name not in names)
    return Node(kept, node.place, keys), {name: node.value[name] for name in names if name in node.value}


def _built(reader: _Reader, cls: type[Found], node: Node) -> Found | None:
    """The declaration built; its troubles use the names as they are written in the file."""
    troubles: list[Trouble] = []
    found = build(cls, node, troubles)
    for trouble in troubles:
        what, mend = trouble.what, trouble.mend
        for written_name, field_name in _RENAMED.items():
            what, mend = what.replace(field_name, written_name), mend.replace(field_name, written_name)
        reader.wrong(trouble.code, what, mend, trouble.place)
    return found


def _reversed(declared: declaration.Table | declaration.Line) -> list[Trouble]:
    start, end = declared.from_date, declared.until_date
    if start and end and end < start:
        return [Trouble("L023", "until lies before from", "until is the last day in force", declared.place)]
    return []


# columns


def _columns(
    reader: _Reader, node: Node | None, label: str, root: Node, read: Callable[[_Reader, Node], Column | None]
) -> tuple[Column, ...]:
    if node is None or not isinstance(node.value, list) or not node.value:
        reader.wrong("L021", f"the table has no {label}", f"List its {label}", (node or root).place)
        return ()
    found = [column for child in node.value if (column := read(reader, child)) is not None]
    by_name: dict[str, Column] = {}
    for column in found:
        if by_name.setdefault(column.name, column) is not column:
            reader.wrong("L026", f"{column.name} stands twice among the {label}", "Keep one of the two", column.place)
    return tuple(by_name.values())


def _input(reader: _Reader, node: Node) -> Input | None:
    rest, taken = _split(node, "allowed")
    declared = _built(reader, declaration.Input, rest)
    if declared is None:
        return None
    _check_unit(reader, declared)
    expression: Expression = Name(declared.name)
    if declared.expression:
        known = re.findall(r"[^\W\d]\w*", declared.expression)
        read = _attempt(reader, lambda: read_expression(declared.expression, known, node.place))
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


def _with_allowed(reader: _Reader, column: Input, node: Node) -> Input:
    text = _texts_quoted(column.kind, node)
    tests = _attempt(reader, lambda: read_tests(text, [], node.place))
    if tests is None:
        return column
    _check_kinds(reader, tests, column, node.place)
    return replace(column, allowed=tests, allowed_text=text)


def _texts_quoted(kind: str | None, node: Node) -> str:
    """The tests of a list of allowed values; plain texts are quoted."""
    items = node.value if isinstance(node.value, list) else [node]
    is_listed = isinstance(node.value, list) and kind == "string"
    return ", ".join(written(str(item.value)) if is_listed else _plain_text(item) for item in items)


def _output(reader: _Reader, node: Node) -> Output | None:
    rest, taken = _split(node, "values")
    declared = _built(reader, declaration.Output, rest)
    if declared is None:
        return None
    _check_unit(reader, declared)
    values: tuple[Value, ...] = ()
    if "values" in taken:
        text = _texts_quoted(declared.type, taken["values"])
        tests = _attempt(reader, lambda: read_tests(text, [], taken["values"].place)) or ANYTHING
        values = listed_values(tests)
        if not values or any(kind_of(value) != declared.type for value in values):
            what = f"the values of {declared.name} are not a list of {declared.type} values"
            reader.wrong("L013", what, "List them one by one", taken["values"].place)
    return Output(declared.name, declared.type, values, unit=declared.unit, place=declared.place)


def _check_unit(reader: _Reader, declared: declaration.Input | declaration.Output) -> None:
    if not declared.unit:
        return
    from milepost.basics.unit import is_unit, unit_names

    if not is_unit(declared.unit):
        mend = nearest(declared.unit, unit_names()).rstrip("?") or "Write a unit of basics/units.txt, or none"
        reader.wrong("L027", f"{declared.unit} is not a known unit", mend, declared.place)


# lines


def _lines(reader: _Reader, node: Node | None, root: Node) -> tuple[Line, ...]:
    if node is None or not isinstance(node.value, list) or not node.value:
        reader.wrong("L021", "the table has no lines", "List its lines", (node or root).place)
        return ()
    found = [_line(reader, child, number) for number, child in enumerate(node.value, start=1)]
    return tuple(line for line in found if line is not None)


def _line(reader: _Reader, node: Node, number: int) -> Line | None:
    rest, taken = _split(node, "when", "then")
    declared = _built(reader, declaration.Line, rest)
    cells = _cells(reader, taken.get("when"), node.place)
    results = _results(reader, taken.get("then"), node.place)
    if declared is None:
        return None
    _check_citation(reader, declared.citation, declared.place)
    reader.troubles += _reversed(declared)
    return Line(
        number,
        cells,
        results,
        declared.citation,
        declared.source,
        declared.id,
        declared.from_date,
        declared.until_date,
        declared.place,
    )


def _check_citation(reader: _Reader, citation: str, place: Place) -> None:
    if not citation.strip():
        reader.wrong("L022", "the citation is empty", "Name the article the line rests on", place)


def _otherwise(reader: _Reader, node: Node) -> str:
    rest, taken = _split(node, "then")
    declared = _built(reader, declaration.Otherwise, rest)
    results = _results(reader, taken.get("then"), node.place)
    reader.outputs = tuple(
        replace(output, otherwise=result) for output, result in zip(reader.outputs, results, strict=False)
    )
    if declared is not None:
        _check_citation(reader, declared.citation, declared.place)
    return declared.citation if declared else ""


def _entries(reader: _Reader, node: Node | None, known: list[str], label: str) -> dict[str, Node]:
    """The entries of when or then, each a known column."""
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        reader.wrong("L020", f"{label} holds no names", f"Write {label}: {{name: value}}", node.place)
        return {}
    for name, place, _ in node.items():
        if name not in known:
            mend = nearest(name, known).rstrip("?") or f"It may hold: {listed(known, 30)}"
            reader.wrong("L020", f"{name} is not a column {label} can hold", mend, place)
    return {name: child for name, child in node.value.items() if name in known}


def _cells(reader: _Reader, node: Node | None, place: Place) -> tuple[Cell, ...]:
    entries = _entries(reader, node, [column.name for column in reader.inputs], "when")
    untested = Cell("-", ANYTHING, node.place if node else place)
    return tuple(
        _cell(reader, column, entries[column.name]) if column.name in entries else untested for column in reader.inputs
    )


def _cell(reader: _Reader, column: Input, node: Node) -> Cell:
    items = node.value if isinstance(node.value, list) else [node]
    texts = [_cell_text(reader, column, item) for item in items]
    text = ", ".join(one for one in texts if one is not None)
    none = Cell(text, ANYTHING, node.place)
    if None in texts:
        return none
    tests = _attempt(reader, lambda: read_tests(text, reader.names, node.place))
    if tests is None:
        return none
    _check_kinds(reader, tests, column, node.place)
    return Cell(text, tests, node.place)


def _cell_text(reader: _Reader, column: Input, node: Node) -> str | None:
    """The text of a cell, a listed word quoted; None, with a trouble, where a word is not listed."""
    text = _plain_text(node)
    if column.kind != "string" or not isinstance(node.value, str):
        return text
    if node.value in column.words:
        return written(node.value)
    if _BARE_WORD.fullmatch(text) and text not in ("null", *reader.names):
        mend = nearest(text, column.words).rstrip("?") or 'Put a text in quotes, "text", or list it as allowed'
        reader.wrong("L016", f"{text} is not a value {column.name} can have", mend, node.place)
        return None
    return text


def _plain_text(node: Node) -> str:
    value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return written(value)
    return "-" if value is None else str(value)


def _results(reader: _Reader, node: Node | None, place: Place) -> tuple[Expression, ...]:
    entries = _entries(reader, node, [output.name for output in reader.outputs], "then")
    found: list[Expression] = []
    for output in reader.outputs:
        if output.name in entries:
            found.append(_result(reader, output, entries[output.name]))
        else:
            reader.wrong("L021", f"the line does not answer {output.name}", f"Add {output.name} to then", place)
            found.append(Constant(None))
    return tuple(found)


def _result(reader: _Reader, output: Output, node: Node) -> Expression:
    if output.kind == "string" and node.value in output.values:
        return Constant(node.value)
    text = _plain_text(node)
    if output.kind == "string" and _BARE_WORD.fullmatch(text) and text not in ("null", *reader.names):
        words = [str(value) for value in output.values]
        mend = nearest(text, words).rstrip("?") or 'Put a text in quotes, "text", or list it among the values'
        reader.wrong("L016", f"{text} is not a value {output.name} can have", mend, node.place)
        return Constant(None)
    tree = _attempt(reader, lambda: read_expression(text, reader.names, node.place))
    if tree is None:
        return Constant(None)
    if not names_in(tree):
        _check_result(reader, output, evaluate(tree, {}), text, node.place)
    return tree


def _check_result(reader: _Reader, output: Output, value: Value, text: str, place: Place) -> None:
    if value is not None and kind_of(value) != output.kind:
        reader.wrong("L013", f"{text} is not a {output.kind}", f"{output.name} answers a {output.kind}", place)
    elif output.values and value is not None and not any(equal(value, one) for one in output.values):
        known = [str(one) for one in output.values]
        mend = nearest(str(value), known).rstrip("?") or f"It may be: {listed(known, 30)}"
        reader.wrong("L016", f"{text} is not a value {output.name} can have", mend, place)


def _check_kinds(reader: _Reader, tests: Tests, column: Input, place: Place) -> None:
    """Every written endpoint must be of the input's type, and a value written out must be able to occur."""
    for test in tests.any_of:
        if isinstance(test, Compare):
            ends: tuple[Expression, ...] = (test.endpoint,)
        else:
            ends = (test.low, test.high) if isinstance(test, Range) else ()
        for end in ends:
            if names_in(end):
                continue
            value = evaluate(end, {})
            for one in value if isinstance(value, tuple) else (value,):
                _check_endpoint(reader, test, one, column, place)


def _check_endpoint(reader: _Reader, test: object, value: Value, column: Input, place: Place) -> None:
    is_equal = isinstance(test, Compare) and test.operator in ("=", "!=")
    if value is None and is_equal:
        return
    if kind_of(value) != column.kind or (column.kind == "boolean" and not is_equal):
        what = f"{written(value)} cannot be compared with {column.name}, a {column.kind}"
        reader.wrong("L013", what, f"Write a {column.kind}", place)
    elif is_equal and passes(column.allowed, value, {}) is not True:
        mend = nearest(str(value), column.words).rstrip("?") or f"Allowed is: {column.allowed_text}"
        reader.wrong("L016", f"{written(value)} is not a value {column.name} can have", mend, place)


def _attempt(reader: _Reader, act: Callable[[], Found]) -> Found | None:
    try:
        return act()
    except YoursToMend as error:
        reader.troubles += error.troubles
        return None
