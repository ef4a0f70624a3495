"""A decision model: decisions that rest on inputs, on other decisions and on shared functions.

Models are read in `dmn`; each table in one is evaluated in `ruling`.

Reference: OMG, Decision Model and Notation 1.5, clause 6 (requirements) and 7 (logic).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.rules.evaluation import Scope, evaluate
from milepost.rules.ruling import Ruling, decide
from milepost.rules.syntax import Expression
from milepost.rules.table import Table
from milepost.rules.values import Value, kind_of, to_value


@dataclass(frozen=True)
class Formula:
    """A decision by one expression."""

    expression: Expression


@dataclass(frozen=True)
class Invocation:
    """A decision by a shared function, each parameter bound to its own logic."""

    function: str
    bindings: tuple[tuple[str, Logic], ...]


@dataclass(frozen=True)
class Steps:
    """A decision by named steps, each seeing the earlier ones; an entry without a name is the answer."""

    entries: tuple[tuple[str, Logic], ...]


Logic = Formula | Invocation | Steps | Table


@dataclass(frozen=True)
class Given:
    """An input of a model: its name and kind (None: any)."""

    name: str
    kind: str | None = None


@dataclass(frozen=True)
class Function:
    """A shared function: its parameters, its logic and the functions it may call."""

    name: str
    parameters: tuple[str, ...]
    logic: Logic
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """One decision: its logic and the names it rests on."""

    name: str
    logic: Logic
    inputs: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Model:
    """Inputs, decisions and shared functions by name; no decision rests on itself."""

    name: str
    inputs: dict[str, Given]
    decisions: dict[str, Decision]
    functions: dict[str, Function]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Give the tables that decisions and functions are made of."""
        logics = [decision.logic for decision in self.decisions.values()]
        logics += [function.logic for function in self.functions.values()]
        return tuple(logic for logic in logics if isinstance(logic, Table))


@dataclass(frozen=True)
class Decided:
    """What a model decides: the value, and the ruling of every table that was asked on the way, by decision."""

    decision: str
    value: Value
    rulings: dict[str, Ruling] = field(default_factory=dict)


def decide_model(model: Model, decision: str, values: Mapping[str, object], as_of: date | None = None) -> Decided:
    """Give what `decision` decides for `values` of the model's inputs; inputs not given, or of another kind, are null.

    Raises YoursToMend (L005) where there is no such decision or input.
    """
    if decision not in model.decisions:
        raise YoursToMend(_unknown(decision, "decision", list(model.decisions)))
    unknown = [name for name in values if name not in model.inputs]
    if unknown:
        raise YoursToMend(_unknown(name, "input", list(model.inputs)) for name in unknown)
    run = _Run(model, {name: _fitting(model.inputs[name], to_value(value)) for name, value in values.items()}, as_of)
    return Decided(decision, run.value_of(decision), run.rulings)


def _fitting(given: Given, value: Value) -> Value:
    return value if given.kind is None or kind_of(value) == given.kind else None


def _unknown(name: str, what: str, known: list[str]) -> Trouble:
    mend = nearest(name, known).rstrip("?") or f"It has: {listed(known)}"
    return Trouble("L005", f"{name} is not a {what} of the model", mend)


class _Run:
    """One evaluation of a model; each decision is decided at most once."""

    def __init__(self, model: Model, given: dict[str, Value], as_of: date | None) -> None:
        self.model, self.known, self.as_of = model, given, as_of
        self.rulings: dict[str, Ruling] = {}

    def value_of(self, name: str) -> Value:
        if name not in self.known:
            decision = self.model.decisions[name]
            scope = {needed: self.known.get(needed) for needed in decision.inputs}
            scope |= {needed: self.value_of(needed) for needed in decision.decisions}
            self.known[name] = self.by(decision.logic, {**scope, **self.callables(decision.functions)}, name)
        return self.known[name]

    def callables(self, names: tuple[str, ...]) -> dict[str, object]:
        return {name: _Callable(self, self.model.functions[name]) for name in names}

    def by(self, logic: Logic, scope: Scope, name: str) -> Value:
        if isinstance(logic, Formula):
            return evaluate(logic.expression, scope)
        if isinstance(logic, Table):
            needed = {known: value for known, value in scope.items() if known in logic.needs or callable(value)}
            self.rulings[name] = decide(logic, needed, self.as_of)
            return self.rulings[name].value
        if isinstance(logic, Invocation):
            function = scope.get(logic.function)
            bound = {parameter: self.by(part, scope, f"{name}.{parameter}") for parameter, part in logic.bindings}
            return function.named(bound) if isinstance(function, _Callable) else None
        return self.by_steps(logic, scope, name)

    def by_steps(self, logic: Steps, scope: Scope, name: str) -> Value:
        found: dict[str, Value] = {}
        for step, part in logic.entries:
            value = self.by(part, {**scope, **found}, f"{name}.{step}" if step else name)
            if not step:
                return value
            found[step] = value
        return found


@dataclass(frozen=True)
class _Callable:
    """A shared function, called by position from an expression or by name from an invocation."""

    run: _Run
    function: Function

    def __call__(self, *arguments: Value) -> Value:
        if len(arguments) != len(self.function.parameters):
            return None
        return self.named(dict(zip(self.function.parameters, arguments, strict=True)))

    def named(self, bound: dict[str, Value]) -> Value:
        scope = {name: bound.get(name) for name in self.function.parameters}
        return self.run.by(
            self.function.logic, {**scope, **self.run.callables(self.function.functions)}, self.function.name
        )
