"""JSON as it came: every number keeps its digits, nothing is repeated, nothing is endless; objects become paths.

What is read here is a tree of texts; which of them are cells of a register is told by its columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from milepost.basics.errors import Place, Trouble, YoursToMend

_DEEPEST = 64


def read_json(text: str, place: Place) -> Any:
    """Give the tree in a JSON text: numbers are the texts they are written as, true, false and null as in Python.

    Raises YoursToMend: R032 where it is not JSON, a name is given twice in one object, or it is nested too deeply.
    """
    try:
        tree = json.loads(
            text,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as error:
        what = "the text is not JSON"
        if isinstance(error, _Twice):
            what = "a name is given twice in one object"
        elif isinstance(error, RecursionError):
            what = f"the text is nested more than {_DEEPEST} deep"
        raise YoursToMend(Trouble("R032", what, "Write it again with a JSON library", place)) from None
    if _depth(tree) > _DEEPEST:
        raise YoursToMend(Trouble("R032", f"the text is nested more than {_DEEPEST} deep", "Flatten it", place))
    return tree


class _Twice(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found


def _refuse_constant(_: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def _depth(tree: Any) -> int:
    deepest, left = 0, [(tree, 1)]
    while left:
        node, depth = left.pop()
        deepest = max(deepest, depth)
        if depth > _DEEPEST:
            break
        parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        left.extend((part, depth + 1) for part in parts)
    return deepest


def cell(value: Any) -> str:
    """Give a JSON value that is no object and no list as the text of a cell; null is an empty one.

    >>> cell("1.50"), cell(True), cell(None)
    ('1.50', 'true', '')
    """
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def flat(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of a tree with their paths (`tender/value/amount`); a list stays whole.

    >>> dict(flat({"a": {"b": "1"}, "c": ["x"]}))
    {'a/b': '1', 'c': ['x']}
    """
    for name, value in tree.items():
        path = f"{before}/{name}" if before else name
        if isinstance(value, dict) and value:
            yield from flat(value, path)
        else:
            yield path, None if value == {} else value
