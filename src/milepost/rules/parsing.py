"""Text is read into expressions and tests here. Names may hold spaces, so the known names are given.

A Pratt parser over tokens; nothing is evaluated, nesting and length are bounded.

Reference: OMG, Decision Model and Notation 1.5, clause 10.3.1.2 (grammar rules 1-66, the S-FEEL subset,
with `if`, lists and contexts).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeVar

from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, nearest
from milepost.rules.functions import FUNCTIONS
from milepost.rules.syntax import (
    ANYTHING,
    Call,
    Compare,
    Constant,
    ContextOf,
    Expression,
    Holds,
    If,
    ListOf,
    Name,
    Negate,
    Operation,
    Path,
    Range,
    Tests,
    Within,
    names_in,
    parts,
)
from milepost.rules.tokens import Token, Unreadable, name_pattern, tokens_of, unescaped
from milepost.rules.values import parse_temporal

Tree = TypeVar("Tree", Expression, Tests)
_LONGEST = 10_000
_MOST_STEPS = 50_000
_DEEPEST = 40
_MOST_JOINED = 150
_BINDS = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def parse_expression(text: str, names: Iterable[str] = (), functions: Iterable[str] = ()) -> Expression:
    """Give the expression written in `text`; `names` are the known names, which may hold spaces.

    Raises Unreadable.

    >>> parse_expression("Loan Amount / 2", ["Loan Amount"]).left
    Name(name='Loan Amount')
    """
    return _whole(text, names, functions, _Parser.expression)


def parse_tests(text: str, names: Iterable[str] = (), functions: Iterable[str] = ()) -> Tests:
    """Give the tests written in a cell: `-`, `>= 18`, `[1..5)`, `"a","b"`, `not("a")`. Raises Unreadable.

    >>> parse_tests('< 18').any_of[0].operator
    '<'
    """
    if text.strip() in ("-", ""):
        return ANYTHING
    return _whole(text, names, functions, _Parser.tests)


def read_expression(
    text: str, names: Iterable[str], place: Place = NOWHERE, functions: Iterable[str] = ()
) -> Expression:
    """Give the expression, with every name and function known. Raises YoursToMend (L010, L011, L012)."""
    return _read(parse_expression, text, names, place, functions)


def read_tests(text: str, names: Iterable[str], place: Place = NOWHERE, functions: Iterable[str] = ()) -> Tests:
    """Give the tests of a cell, with every name and function known. Raises YoursToMend (L010, L011, L012)."""
    return _read(parse_tests, text, names, place, functions)


def _read(
    parse: Callable[[str, list[str], list[str]], Tree],
    text: str,
    names: Iterable[str],
    place: Place,
    own: Iterable[str],
) -> Tree:
    names, own = list(names), list(own)
    try:
        tree = parse(text, names, own)
    except Unreadable as error:
        what = f"{text!r} cannot be read: {error.what} at character {error.at}"
        raise YoursToMend(Trouble("L010", what, _hint(text), place)) from error
    troubles = []
    for name in sorted(names_in(tree) - set(names)):
        mend = nearest(name, names).rstrip("?") or "A text stands in quotes; a name must be an input of the table"
        troubles.append(Trouble("L011", f"{name} in {text!r} is not a known name", mend, place))
    for part in parts(tree):
        if isinstance(part, Call) and part.function not in FUNCTIONS and part.function not in own:
            mend = (
                nearest(part.function, [*FUNCTIONS, *own]).rstrip("?") or "See the list of functions in the reference"
            )
            troubles.append(Trouble("L012", f"{part.function} is not a known function", mend, place))
    if troubles:
        raise YoursToMend(troubles)
    return tree


def _hint(text: str) -> str:
    if "'" in text and '"' not in text:
        return 'A text stands in double quotes: "text"'
    if "==" in text:
        return "Equality is written with one ="
    if "&&" in text or "||" in text:
        return "Write and, or"
    return 'Write a test such as >= 18, [1..5], "a","b", not("a") or -'


def _whole(text: str, names: Iterable[str], functions: Iterable[str], read: Callable[[_Parser], Tree]) -> Tree:
    if len(text) > _LONGEST:
        raise Unreadable(f"it is longer than {_LONGEST} characters", _LONGEST)
    spaced = frozenset(name for name in (*names, *functions, *FUNCTIONS) if not re.fullmatch(r"\w+", name))
    parser = _Parser(tokens_of(text, name_pattern(spaced)))
    tree = read(parser)
    if parser.token.kind != "end":
        raise Unreadable(f"{parser.token.text!r} is not expected", parser.token.at)
    return tree


class _Parser:
    """Reads one list of tokens from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.position = tokens, 0
        self.depth = self.steps = self.joined = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        self.position = min(self.position + 1, len(self.tokens) - 1)
        return token

    def sees(self, *texts: str) -> bool:
        return self.token.kind in ("sign", "keyword") and self.token.text in texts

    def accept(self, *texts: str) -> bool:
        if self.sees(*texts):
            self.take()
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise Unreadable(f"{text!r} is missing before {self.token.text!r}", self.token.at)

    def deeper(self) -> None:
        self.depth += 1
        self.steps += 1
        if self.depth > _DEEPEST or self.steps > _MOST_STEPS:
            raise Unreadable(f"it is nested deeper than {_DEEPEST}", self.token.at)

    def longer(self) -> None:
        """A chain of operations or dots makes a deep tree as well, so that it is bounded too."""
        self.joined += 1
        if self.joined > _MOST_JOINED:
            raise Unreadable(f"it joins more than {_MOST_JOINED} parts", self.token.at)

    # expressions

    def expression(self, binds: int = 0) -> Expression:
        self.deeper()
        left = self.operand()
        while True:
            operator = self.token.text if self.token.kind in ("sign", "keyword") else ""
            if _BINDS.get(operator, 0) > binds:
                self.take()
                self.longer()
                left = Operation(operator, left, self.expression(_BINDS[operator]))
            elif binds < 3 and operator in (*_COMPARISONS, "between", "in"):
                left = self.comparison(left)
            else:
                break
        self.depth -= 1
        return left

    def comparison(self, left: Expression) -> Expression:
        operator = self.take().text
        self.longer()
        if operator == "between":
            low = self.expression(3)
            self.expect("and")
            return Within(left, Tests((Range(low, self.expression(3), True, True),)))
        if operator == "in":
            return Within(left, self.listed_tests())
        return Operation(operator, left, self.expression(3))

    def listed_tests(self) -> Tests:
        """One test, or several in parentheses; `(1..5)` is one test, an open range."""
        opened = self.interval() if self.sees("[", "]", "(") else None
        if opened is not None:
            return Tests((opened,))
        if self.accept("("):
            tests = self.tests()
            self.expect(")")
            return tests
        return Tests((self.test(),))

    def operand(self) -> Expression:
        if self.accept("-"):
            self.deeper()
            of = self.operand()
            self.depth -= 1
            is_number = isinstance(of, Constant) and isinstance(of.value, Decimal)
            return Constant(of.value.copy_negate()) if is_number else Negate(of)  # type: ignore[union-attr]
        found = self.atom()
        while self.sees("."):
            self.take()
            if self.token.kind not in ("word", "keyword"):
                raise Unreadable("a name is missing after the dot", self.token.at)
            self.longer()
            found = Path(found, self.take().text)
        return found

    def atom(self) -> Expression:
        token = self.take()
        if token.kind == "number":
            return Constant(Decimal(token.text))
        if token.kind == "string":
            return Constant(unescaped(token))
        if token.kind == "at":
            value = parse_temporal(token.text[2:-1])
            if value is None:
                raise Unreadable("no date, time or duration stands in the quotes", token.at)
            return Constant(value)
        if token.kind == "word":
            return Call(token.text, self.items(")")) if self.accept("(") else Name(token.text)
        if token.text in ("true", "false", "null"):
            return Constant({"true": True, "false": False}.get(token.text))
        if token.text == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if token.text == "[":
            return ListOf(self.items("]"))
        if token.text == "{":
            return self.context()
        if token.text == "if":
            return self.choice()
        raise Unreadable(f"a value is missing before {token.text!r}", token.at)

    def items(self, close: str) -> tuple[Expression, ...]:
        if self.accept(close):
            return ()
        found = [self.expression()]
        while self.accept(","):
            found.append(self.expression())
        self.expect(close)
        return tuple(found)

    def context(self) -> Expression:
        entries: list[tuple[str, Expression]] = []
        while not self.accept("}"):
            if entries:
                self.expect(",")
            token = self.take()
            if token.kind not in ("word", "string"):
                raise Unreadable("a name is missing in the context", token.at)
            name = unescaped(token) if token.kind == "string" else token.text
            self.expect(":")
            entries.append((name, self.expression()))
        return ContextOf(tuple(entries))

    def choice(self) -> Expression:
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return If(condition, then, self.expression())

    # tests

    def tests(self) -> Tests:
        if self.sees("-") and self.following.text in (")", "the end"):
            self.take()
            return ANYTHING
        if self.token.kind == "word" and self.token.text == "not" and self.following.text == "(":
            return self.negated()
        return Tests(self.some_tests())

    def negated(self) -> Tests:
        self.take()
        self.take()
        tests = self.some_tests()
        self.expect(")")
        return Tests(tests, negated=True)

    def some_tests(self) -> tuple[Compare | Range | Holds, ...]:
        found = [self.test()]
        while self.accept(","):
            found.append(self.test())
        return tuple(found)

    def test(self) -> Compare | Range | Holds:
        if self.sees(*_COMPARISONS):
            operator = self.take().text
            return Compare(operator, self.expression(3))
        opened = self.interval() if self.sees("[", "]", "(") else None
        if opened is not None:
            return opened
        tree = self.expression()
        is_about = any(isinstance(part, Name) and part.name == "?" for part in parts(tree))
        return Holds(tree) if is_about else Compare("=", tree)

    def interval(self) -> Range | None:
        """A range such as `[1..5)` or `]1..5[`; None, with nothing taken, where it is a list or a parenthesis."""
        start, depth = self.position, self.depth
        has_low = self.take().text == "["
        try:
            low = self.expression(3)
            is_range = self.accept("..")
        except Unreadable:
            is_range = False
        if not is_range:
            self.position, self.depth = start, depth
            return None
        high = self.expression(3)
        if not self.sees("]", ")", "["):
            raise Unreadable("a range is not closed", self.token.at)
        return Range(low, high, has_low, self.take().text == "]")
