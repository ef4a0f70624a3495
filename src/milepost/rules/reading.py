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

from dataclasses import replace
from pathlib import Path

from milepost.basics.declared import Node, read_yaml
from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.rules import declaration
from milepost.rules.cells import read_cells, read_results
from milepost.rules.columns import read_columns, read_input, read_output
from milepost.rules.declaration import Reader, built, split
from milepost.rules.findings import faults_of
from milepost.rules.policies import policy_troubles
from milepost.rules.table import Line, Table


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
    rest, taken = split(root, "inputs", "outputs", "lines", "otherwise")
    reader = Reader()
    declared = built(reader, declaration.Table, rest)
    reader.inputs = read_columns(reader, taken.get("inputs"), "inputs", root, read_input)
    reader.outputs = read_columns(reader, taken.get("outputs"), "outputs", root, read_output)
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


def _reversed(declared: declaration.Table | declaration.Line) -> list[Trouble]:
    start, end = declared.from_date, declared.until_date
    if start and end and end < start:
        return [Trouble("L023", "until lies before from", "until is the last day in force", declared.place)]
    return []


def _lines(reader: Reader, node: Node | None, root: Node) -> tuple[Line, ...]:
    if node is None or not isinstance(node.value, list) or not node.value:
        reader.wrong("L021", "the table has no lines", "List its lines", (node or root).place)
        return ()
    found = [_line(reader, child, number) for number, child in enumerate(node.value, start=1)]
    return tuple(line for line in found if line is not None)


def _line(reader: Reader, node: Node, number: int) -> Line | None:
    rest, taken = split(node, "when", "then")
    declared = built(reader, declaration.Line, rest)
    cells = read_cells(reader, taken.get("when"), node.place)
    results = read_results(reader, taken.get("then"), node.place)
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
        declared.citation_zh,
    )


def _check_citation(reader: Reader, citation: str, place: Place) -> None:
    if not citation.strip():
        reader.wrong("L022", "the citation is empty", "Name the article the line rests on", place)


def _otherwise(reader: Reader, node: Node) -> str:
    rest, taken = split(node, "then")
    declared = built(reader, declaration.Otherwise, rest)
    results = read_results(reader, taken.get("then"), node.place)
    reader.outputs = tuple(
        replace(output, otherwise=result) for output, result in zip(reader.outputs, results, strict=False)
    )
    if declared is not None:
        _check_citation(reader, declared.citation, declared.place)
    return declared.citation if declared else ""
