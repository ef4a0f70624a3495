"""A decision model is read from DMN 1.x XML here: requirements, expressions, tables, invocations, contexts.

What the file holds beyond compliance level 2 (relations, filters, other languages) is refused by name, never
passed over. Diagrams and extensions are not looked at.

Reference: OMG, Decision Model and Notation 1.5, clause 12 (exchange formats).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.rules.markup import Element, read_xml
from milepost.rules.model import Decision, Formula, Function, Given, Invocation, Logic, Model, Steps
from milepost.rules.parsing import read_expression, read_tests
from milepost.rules.policies import policy_troubles
from milepost.rules.syntax import ANYTHING, Constant, Expression, Name, Tests
from milepost.rules.table import POLICIES, Aggregation, Cell, Input, Line, Output, Policy, Table, listed_values
from milepost.rules.values import KINDS

Found = TypeVar("Found")
_NAMESPACE = "omg.org/spec/DMN/"
_LOGIC = ("literalExpression", "decisionTable", "invocation", "context")
_OTHER_LOGIC = ("relation", "list", "functionDefinition", "for", "filter", "conditional", "every", "some")


@dataclass(frozen=True)
class _Type:
    """A type a model defines: its kind where it is simple, its allowed values, the names of its parts."""

    kind: str | None
    allowed: str = ""
    parts: tuple[str, ...] = ()


@dataclass
class _Reader:
    """What is known of the file so far, and every trouble found."""

    root: Element
    by_id: dict[str, Element] = field(default_factory=dict)
    types: dict[str, _Type] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def attempt(self, act: Callable[[], Found], otherwise: Found) -> Found:
        try:
            return act()
        except YoursToMend as error:
            self.troubles += error.troubles
            return otherwise

    def wrong(self, code: str, what: str, mend: str, place: Place) -> None:
        self.troubles.append(Trouble(code, what, mend, place))


def read_model(path: Path, shown_as: str | None = None) -> Model:
    """Give the decision model of a DMN file.

    Raises YoursToMend with every trouble of the file: L001 and L002 (see `markup`), L003 not a DMN model, L004 a
    part that is not read, L005 a reference to nothing, L006 decisions in a circle, L010-L012 (see `parsing`),
    L020-L026 (tables).
    """
    root = read_xml(path, shown_as)
    if root.tag != "definitions" or _NAMESPACE not in root.namespace:
        raise YoursToMend(
            Trouble("L003", "the file holds no DMN definitions", "Export the model as DMN 1.x", root.place)
        )
    reader = _Reader(root)
    for element in root.all("inputData", "decision", "businessKnowledgeModel"):
        reader.by_id[element.get("id")] = element
    for element in root.all("itemDefinition"):
        _define(reader, element)
    inputs = {_name(e): Given(_name(e), _kind(reader, _type_of(e))) for e in root.all("inputData")}
    functions = {_name(e): _function(reader, e) for e in root.all("businessKnowledgeModel")}
    decisions = {_name(e): _decision(reader, e) for e in root.all("decision")}
    _refuse_circles(reader, {name: d.decisions for name, d in decisions.items()}, "decision")
    _refuse_circles(reader, {name: f.functions for name, f in functions.items()}, "function")
    if reader.troubles:
        raise YoursToMend(reader.troubles)
    return Model(root.get("name"), inputs, decisions, functions)


def _name(element: Element) -> str:
    variable = element.first("variable")
    name = variable.get("name") if variable else ""
    return " ".join((name or element.get("name")).split())


def _type_of(element: Element) -> str:
    variable = element.first("variable")
    written = element.first("typeRef")
    return (
        element.get("typeRef")
        or (variable.get("typeRef") if variable else "")
        or (written.text.strip() if written else "")
    )


def _text(element: Element | None) -> str:
    text = element.first("text") if element else None
    return text.text.strip() if text else ""


# types


def _define(reader: _Reader, element: Element) -> None:
    parts = tuple(part.get("name") for part in element.all("itemComponent"))
    is_list = element.get("isCollection") == "true"
    kind = None if parts or is_list else _base_kind(_type_of(element))
    reader.types[element.get("name")] = _Type(kind, _text(element.first("allowedValues")), parts)
    for part in element.all("itemComponent"):
        _define(reader, part)


def _base_kind(reference: str) -> str | None:
    kind = reference.rpartition(":")[2]
    kind = {"dateTime": "date and time", "dayTimeDuration": KINDS[6], "yearMonthDuration": KINDS[7]}.get(kind, kind)
    return kind if kind in KINDS else None


def _kind(reader: _Reader, reference: str) -> str | None:
    return reader.types[reference].kind if reference in reader.types else _base_kind(reference)


def _part_names(reader: _Reader) -> list[str]:
    return [part for kind in reader.types.values() for part in kind.parts if " " in part]


# requirements


def _required(reader: _Reader, element: Element, requirement: str, tag: str) -> tuple[str, ...]:
    found = []
    for part in element.all(requirement):
        for reference in part.all(tag):
            target = reader.by_id.get(reference.get("href").rpartition("#")[2])
            if target is None:
                what = f"{reference.get('href')} is required, and nothing in the file has that id"
                reader.wrong("L005", what, "Mend the reference; imported models are not read", reference.place)
            else:
                found.append(_name(target))
    return tuple(found)


def _refuse_circles(reader: _Reader, needs: dict[str, tuple[str, ...]], what: str) -> None:
    """Take away what needs nothing that is left, again and again; what stays goes in a circle."""
    left = {name: set(needed) for name, needed in needs.items()}
    while True:
        free = [name for name, needed in left.items() if not needed & left.keys()]
        if not free:
            break
        for name in free:
            del left[name]
    if left:
        told = f"each {what} of these needs itself in the end: {listed(sorted(left))}"
        reader.wrong("L006", told, "Take out one of the requirements", reader.root.place)


def _decision(reader: _Reader, element: Element) -> Decision:
    inputs = _required(reader, element, "informationRequirement", "requiredInput")
    decisions = _required(reader, element, "informationRequirement", "requiredDecision")
    functions = _required(reader, element, "knowledgeRequirement", "requiredKnowledge")
    logic = _logic(reader, element, [*inputs, *decisions], list(functions), _name(element))
    return Decision(_name(element), logic, inputs, decisions, functions, element.place)


def _function(reader: _Reader, element: Element) -> Function:
    functions = _required(reader, element, "knowledgeRequirement", "requiredKnowledge")
    body = element.first("encapsulatedLogic") or element
    parameters = tuple(parameter.get("name") for parameter in body.all("formalParameter"))
    return Function(
        _name(element), parameters, _logic(reader, body, list(parameters), list(functions), _name(element)), functions
    )


# logic

_NULL = Formula(Constant(None))


def _logic(reader: _Reader, owner: Element, names: list[str], functions: list[str], name: str) -> Logic:
    element = owner.first(*_LOGIC, *_OTHER_LOGIC)
    if element is None or element.tag in _OTHER_LOGIC:
        what = f"{name} is decided by a {element.tag}, which is not read" if element else f"{name} has no logic"
        reader.wrong("L004", what, f"Write it as {listed(_LOGIC)}", (element or owner).place)
        return _NULL
    if element.tag == "literalExpression":
        return Formula(_expression(reader, element, names, functions))
    if element.tag == "decisionTable":
        return _table(reader, element, names, functions, name)
    if element.tag == "invocation":
        return _invocation(reader, element, names, functions, name)
    return _steps(reader, element, names, functions, name)


def _expression(reader: _Reader, element: Element | None, names: list[str], functions: list[str]) -> Expression:
    null: Expression = Constant(None)
    if element is None:
        return null
    language = element.get("expressionLanguage")
    if language and "feel" not in language.lower():
        reader.wrong("L004", "an expression is in a language that is not FEEL", "Write it in FEEL", element.place)
        return null
    text, known = _text(element), [*names, *_part_names(reader)]
    if text in ("", "-"):
        return null
    return reader.attempt(lambda: read_expression(text, known, element.place, functions), null)


def _tests(reader: _Reader, text: str, names: list[str], functions: list[str], place: Place) -> Tests:
    return reader.attempt(lambda: read_tests(text, [*names, *_part_names(reader)], place, functions), ANYTHING)


def _invocation(reader: _Reader, element: Element, names: list[str], functions: list[str], name: str) -> Logic:
    called = _text(element.first("literalExpression"))
    if called not in functions:
        mend = nearest(called, functions).rstrip("?") or "Add a knowledge requirement on it"
        reader.wrong("L012", f"{called} is called by {name} and is not a function it requires", mend, element.place)
    bindings = []
    for binding in element.all("binding"):
        parameter = binding.first("parameter")
        part = _logic(reader, binding, names, functions, name)
        bindings.append((parameter.get("name") if parameter else "", part))
    return Invocation(called, tuple(bindings))


def _steps(reader: _Reader, element: Element, names: list[str], functions: list[str], name: str) -> Logic:
    entries, seen = [], list(names)
    for entry in element.all("contextEntry"):
        variable = entry.first("variable")
        step = variable.get("name") if variable else ""
        entries.append((step, _logic(reader, entry, seen, functions, f"{name}.{step}" if step else name)))
        seen.append(step)
    return Steps(tuple(entries))


# tables


def _table(reader: _Reader, element: Element, names: list[str], functions: list[str], name: str) -> Logic:
    policy = element.get("hitPolicy", "UNIQUE").lower()
    aggregation = element.get("aggregation").lower() or None
    if policy not in POLICIES:
        reader.wrong("L020", f"{policy} is not a hit policy", f"It may be: {listed(POLICIES)}", element.place)
        return _NULL
    inputs = tuple(_input(reader, e, names, functions) for e in element.all("input"))
    outputs = tuple(_output(reader, e, names, functions, name) for e in element.all("output"))
    lines = tuple(
        _line(reader, rule, number, inputs, outputs, names, functions)
        for number, rule in enumerate(element.all("rule"), start=1)
    )
    table = Table(
        name, inputs, outputs, cast(Policy, policy), lines, cast(Aggregation | None, aggregation), place=element.place
    )
    reader.troubles += policy_troubles(table)
    return table


def _input(reader: _Reader, element: Element, names: list[str], functions: list[str]) -> Input:
    asked = element.first("inputExpression")
    expression = _expression(reader, asked, names, functions)
    reference = _type_of(asked) if asked else ""
    allowed_text = _text(element.first("inputValues")) or (
        reader.types[reference].allowed if reference in reader.types else ""
    )
    allowed = _tests(reader, allowed_text, [], [], element.place) if allowed_text else ANYTHING
    kind = _kind(reader, reference) or _kind_of_input(reader, expression)
    return Input(
        " ".join(_text(asked).split()) or element.get("label"),
        expression,
        kind,
        allowed,
        allowed_text or "-",
        may_be_missing=True,
        place=element.place,
    )


def _kind_of_input(reader: _Reader, expression: Expression) -> str | None:
    if not isinstance(expression, Name):
        return None
    owner = next((e for e in reader.by_id.values() if _name(e) == expression.name), None)
    return _kind(reader, _type_of(owner)) if owner else None


def _output(reader: _Reader, element: Element, names: list[str], functions: list[str], name: str) -> Output:
    reference = _type_of(element)
    listed_text = _text(element.first("outputValues")) or (
        reader.types[reference].allowed if reference in reader.types else ""
    )
    values = listed_values(_tests(reader, listed_text, [], [], element.place)) if listed_text else ()
    default = element.first("defaultOutputEntry")
    otherwise = _expression(reader, default, names, functions) if default else None
    return Output(element.get("name") or name, _kind(reader, reference), values, otherwise, place=element.place)


def _line(
    reader: _Reader,
    rule: Element,
    number: int,
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    names: list[str],
    functions: list[str],
) -> Line:
    entries, results = list(rule.all("inputEntry")), list(rule.all("outputEntry"))
    if len(entries) != len(inputs) or len(results) != len(outputs):
        what = f"line {number} has not one entry for each of {len(inputs)} inputs and {len(outputs)} outputs"
        reader.wrong("L021", what, "Give every line one entry per column", rule.place)
        entries, results = [], []
    cells = tuple(
        Cell(_text(entry) or "-", _tests(reader, _text(entry), names, functions, entry.place), entry.place)
        for entry in entries
    )
    note = rule.first("annotationEntry")
    described = rule.first("description")
    citation = _text(note) or (described.text.strip() if described else "")
    answers = tuple(_expression(reader, result, names, functions) for result in results)
    return Line(number, cells, answers, citation, id=rule.get("id"), place=rule.place)
