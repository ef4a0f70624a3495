"""The parts of an expression and of a cell's tests, as frozen trees. Nothing is read or evaluated here.

Reference: OMG, Decision Model and Notation 1.5, clause 9 (S-FEEL) and 10.3.1 (grammar).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from milepost.rules.values import Value


@dataclass(frozen=True)
class Constant:
    """A value written out."""

    value: Value


@dataclass(frozen=True)
class Name:
    """The value a name stands for."""

    name: str


@dataclass(frozen=True)
class Path:
    """A part of a context, or of a date or duration: `loan.rate`."""

    of: Expression
    part: str


@dataclass(frozen=True)
class Negate:
    """The number or duration with its sign turned."""

    of: Expression


@dataclass(frozen=True)
class Operation:
    """Two expressions joined by arithmetic, comparison, `and` or `or`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call:
    """A function called with arguments in their order."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Within:
    """Whether a value passes tests: `age in [18..65]`."""

    value: Expression
    tests: Tests


@dataclass(frozen=True)
class If:
    """One of two expressions; anything but true takes the second."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True)
class ListOf:
    """A list."""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class ContextOf:
    """A context; a later entry may use the names of earlier ones."""

    entries: tuple[tuple[str, Expression], ...]


Expression = Constant | Name | Path | Negate | Operation | Call | Within | If | ListOf | ContextOf


@dataclass(frozen=True)
class Compare:
    """The value compared with an endpoint: `>= 18`; a bare expression is `=` (or membership, if a list)."""

    operator: str
    endpoint: Expression


@dataclass(frozen=True)
class Range:
    """The value between two endpoints, each included or not: `[18..65)`."""

    low: Expression
    high: Expression
    has_low: bool
    has_high: bool


@dataclass(frozen=True)
class Holds:
    """An expression about the value, written `?`, that must be true: `contains(?, "tea")`."""

    condition: Expression


@dataclass(frozen=True)
class Tests:
    """Tests of which one must hold; `negated` turns the answer. No tests at all is `-`: anything passes."""

    any_of: tuple[Compare | Range | Holds, ...] = ()
    negated: bool = False


ANYTHING = Tests()
Part = Expression | Compare | Range | Holds | Tests


def children(tree: Part) -> Iterator[Part]:
    """Give the parts right below a part."""
    for field in fields(tree):
        content = getattr(tree, field.name)
        if isinstance(tree, ContextOf):
            content = tuple(item for _, item in content)
        for child in content if isinstance(content, tuple) and not isinstance(tree, Constant) else (content,):
            if isinstance(child, Part):
                yield child


def parts(tree: Part) -> Iterator[Part]:
    """Give every part of an expression or of tests, the whole first."""
    yield tree
    for child in children(tree):
        yield from parts(child)


def names_in(tree: Part) -> frozenset[str]:
    """Give the names that stand free in an expression or in tests; `?` is not a name."""
    if isinstance(tree, Name):
        return frozenset({tree.name}) - {"?"}
    free: frozenset[str] = frozenset()
    earlier: set[str] = set()
    entries = tree.entries if isinstance(tree, ContextOf) else tuple(("", child) for child in children(tree))
    for name, child in entries:
        free |= names_in(child) - earlier
        earlier.add(name)
    return free
