"""What the formulas of a register say of good values: the words, numbers, days and patterns a column is held against.

A formula is only looked at here; whether a row keeps to it is told by the check.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

from milepost.registers.register import Register

_COUNT = re.compile(r"([*+?]|\{(\d+)(,(\d*))?\})?")
_MOST_REPEATS = 12


@dataclass
class Hints:
    """Values that formulas name beside a column: texts, numbers, days, patterns its texts are to match, and `peers`,
    the columns it is held against.
    """

    texts: list[str] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    peers: list[str] = field(default_factory=list)


def hints_of(register: Register, more_formulas: Sequence[str] = ()) -> dict[str, Hints]:
    """Give the hints for every column, from the register's own formulas and others over its columns."""
    found = {name: Hints() for name in register.column_ids}
    for text in (*_formulas(register), *more_formulas):
        for tree in sqlglot.parse(text, read="duckdb"):
            if tree is not None:
                _gather(tree, found)
    return found


def columns_of(formula: str, register: Register) -> set[str]:
    """Give the columns a formula names."""
    trees = sqlglot.parse(formula, read="duckdb")
    names = {one.name for tree in trees if tree is not None for one in tree.find_all(exp.Column)}
    return names & set(register.column_ids)


def _formulas(register: Register) -> Iterator[str]:
    for rule in register.rules:
        yield from (str(text) for text in (rule.holds, rule.where) if text is not None)


def _gather(tree: Any, found: Mapping[str, Hints]) -> None:
    for node in tree.find_all(exp.Anonymous):
        if node.name.lower() == "matches" and len(node.expressions) == 2:
            for name in _names(node, found):
                found[name].patterns.append(node.expressions[1].name)
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between):
        names = _names(node, found)
        for name in names:
            _note(found[name], node)
            found[name].peers += sorted(names - {name})


def _names(node: Any, found: Mapping[str, Hints]) -> set[str]:
    return {one.name for one in node.find_all(exp.Column)} & set(found)


def _note(hints: Hints, node: Any) -> None:
    for literal in node.find_all(exp.Literal):
        if isinstance(literal.parent, exp.Cast):
            hints.days.append(literal.name)
        elif literal.is_string:
            hints.texts.append(literal.name)
        else:
            sign = -1 if isinstance(literal.parent, exp.Neg) else 1
            hints.numbers.append(sign * float(literal.name))


def text_like(pattern: str, chance: random.Random) -> str:
    """Give a text that matches a pattern of the formulas' grammar: signs, classes, groups, alternatives, counts.

    >>> import random
    >>> re.fullmatch("[0-9]{4}|total", text_like("[0-9]{4}|total", random.Random(1))) is not None
    True
    """
    return _alternative(pattern, chance)


def _alternative(pattern: str, chance: random.Random) -> str:
    return "".join(_pieces(chance.choice(_divided(pattern)), chance))


def _divided(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand in no class and no group."""
    parts, depth, is_class, last = [""], 0, False, ""
    for sign in pattern:
        if last != "\\":
            is_class = sign == "[" or (is_class and sign != "]")
            depth += 0 if is_class else (sign == "(") - (sign == ")")
        if sign == "|" and not is_class and depth == 0 and last != "\\":
            parts.append("")
        else:
            parts[-1] += sign
        last = "" if last == "\\" else sign
    return parts


def _pieces(pattern: str, chance: random.Random) -> Iterator[str]:
    place = 0
    while place < len(pattern):
        end = _end(pattern, place)
        piece = pattern[place:end]
        count = _COUNT.match(pattern, end)
        assert count is not None
        place = count.end()
        for _ in range(_repeats(count, chance)):
            yield _one(piece, chance)


def _end(pattern: str, place: int) -> int:
    if pattern[place] == "[":
        return pattern.index("]", place + 2) + 1
    if pattern[place] == "(":
        return pattern.index(")", place) + 1
    return place + (2 if pattern[place] == "\\" else 1)


def _repeats(count: re.Match[str], chance: random.Random) -> int:
    match count[1]:
        case None:
            return 1
        case "?":
            return chance.randint(0, 1)
        case "*" | "+":
            return chance.randint(1, 4)
    least = int(count[2])
    most = least if count[3] is None else int(count[4] or least + 4)
    return chance.randint(least, min(most, max(least, _MOST_REPEATS)))


def _one(piece: str, chance: random.Random) -> str:
    if piece.startswith("("):
        return _alternative(piece[1:-1], chance)
    if piece.startswith("["):
        return chance.choice(_class(piece[1:-1]))
    named = {"\\d": "0123456789", "\\w": "abcdefgh0123", "\\s": " ", ".": "abcdefgh"}
    return chance.choice(named.get(piece, piece[-1]))


def _class(inside: str) -> str:
    """The signs of a class; of one that names what it is not, a few that it leaves."""
    if inside.startswith("^"):
        left = set("abcdefghij元美") - set(_class(inside[1:]))
        return "".join(sorted(left)) or "x"
    signs, place = "", 0
    while place < len(inside):
        sign = inside[place]
        if sign == "\\":
            signs += {"d": "0123456789", "w": "abc012", "s": " "}.get(inside[place + 1], inside[place + 1])
            place += 2
        elif inside[place + 1 : place + 2] == "-" and place + 2 < len(inside):
            signs += "".join(map(chr, range(ord(sign), ord(inside[place + 2]) + 1)))
            place += 3
        else:
            signs += sign
            place += 1
    return signs
