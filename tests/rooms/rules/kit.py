"""The public compatibility kit's test cases, read from their XML: inputs, decision and expected value of each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from milepost.rules.markup import Element, read_xml
from milepost.rules.values import Value, parse_temporal

ROOT = Path(__file__).resolve().parents[3]
KIT = Path(os.environ.get("MILEPOST_SHARED", ROOT.parent / "shared")) / "data" / "dmn_tck_level2"
_NUMBERS = {"decimal", "double", "integer", "float", "long", "int"}
_TEMPORAL = {"date", "time", "dateTime", "duration", "dayTimeDuration", "yearMonthDuration"}


@dataclass(frozen=True)
class Case:
    """One test case: the model's file, what is given, and the value expected of each decision."""

    model: Path
    number: str
    given: dict[str, Value]
    expected: dict[str, Value]

    def __str__(self) -> str:
        return f"{self.model.stem}-{self.number}"


def models() -> list[Path]:
    """Give the files of all models."""
    return sorted(KIT.glob("*/*.dmn"))


def cases() -> list[Case]:
    """Give every test case."""
    found = []
    for path in sorted(KIT.glob("*/*-test-*.xml")):
        root = read_xml(path)
        file = path.parent / _first(root, "modelName").text.strip()
        for case in root.all("testCase"):
            given = {node.get("name"): _value(node) for node in case.all("inputNode")}
            expected = {node.get("name"): _value(_first(node, "expected")) for node in case.all("resultNode")}
            found.append(Case(file, case.get("id"), given, expected))
    return found


def _first(element: Element, tag: str) -> Element:
    found = element.first(tag)
    assert found is not None, tag
    return found


def _value(element: Element) -> Value:
    if components := list(element.all("component")):
        return {part.get("name"): _value(part) for part in components}
    listed = element.first("list")
    if listed is not None:
        return tuple(_value(item) for item in listed.all("item"))
    value = element.first("value")
    if value is None or value.get("nil") == "true":
        return None
    kind = value.get("type").rpartition(":")[2]
    if kind in _NUMBERS:
        return Decimal(value.text.strip())
    if kind in _TEMPORAL:
        return parse_temporal(value.text.strip())
    if kind == "boolean":
        return value.text.strip() == "true"
    assert kind == "string", kind
    return value.text
