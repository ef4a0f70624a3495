"""Two engines asked the same: many formulas in one query, halved where one of them stops it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fakes.random_formulas import NAMES, Made
from milepost.basics.errors import MilepostError, YoursToMend
from milepost.registers.formula import read_formula


@dataclass
class Tally:
    """What came of a comparison: cells that were equal, formulas that both engines refused, and what differed."""

    formulas: int = 0
    cells: int = 0
    stopped_both: int = 0
    stopped_one: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)


def formulas(made: Made, wanted: str, count: int) -> list[tuple[str, str]]:
    """Give formulas that the grammar lets through, as they are written and as SQL."""
    found: list[tuple[str, str]] = []
    while len(found) < count:
        text = made.row() if wanted == "row" else made.total()
        try:
            found.append((text, read_formula(text, NAMES, wanted=wanted).sql))  # type: ignore[arg-type]
        except YoursToMend:
            continue
    return found


def compare(one: Any, other: Any, some: Sequence[tuple[str, str]], wanted: str, tally: Tally) -> None:
    """Ask both engines for all formulas over the table t, and note what is not the same."""
    listed = ", ".join(f"{sql} as f{place}" for place, (_, sql) in enumerate(some))
    key, end = ("_line", "") if wanted == "row" else ("g", " group by r.g")
    query = f"select r.{key} as key, {listed} from t r{end} order by 1"
    answers = [_asked(engine, query) for engine in (one, other)]
    if None in answers and len(some) > 1:
        half = len(some) // 2
        compare(one, other, some[:half], wanted, tally)
        compare(one, other, some[half:], wanted, tally)
        return
    tally.formulas += len(some)
    if None in answers:
        if answers == [None, None]:
            tally.stopped_both += 1
        else:
            tally.stopped_one.append(f"{'first' if answers[0] is None else 'second'}: {some[0][0]}")
        return
    _compare_rows(answers[0], answers[1], some, tally)


def _asked(engine: Any, query: str) -> list[tuple[Any, ...]] | None:
    try:
        found: list[tuple[Any, ...]] = engine.rows(query)
    except MilepostError:
        return None
    return found


def _compare_rows(first: Any, second: Any, some: Sequence[tuple[str, str]], tally: Tally) -> None:
    if [row[0] for row in first] != [row[0] for row in second]:
        tally.different.append(f"{some[0][0]}: the rows are {[r[0] for r in first]} and {[r[0] for r in second]}")
        return
    for place, (text, _) in enumerate(some, start=1):
        for one, other in zip(first, second, strict=True):
            tally.cells += 1
            if not same(one[place], other[place]):
                tally.different.append(f"{text}: {one[place]!r} and {other[place]!r} at {one[0]!r}")
                break


def same(one: Any, other: Any) -> bool:
    """Are two cells equal, to the last digit? Whole numbers and decimals are compared as numbers."""
    if isinstance(one, float) or isinstance(other, float):
        if type(one) is not type(other):
            return False
        return one == other or (math.isnan(one) and math.isnan(other))
    return bool(one == other) and (one is None) == (other is None)


def same_rows(first: Iterable[tuple[Any, ...]], second: Iterable[tuple[Any, ...]]) -> bool:
    """Are two answers equal, row by row?"""
    left, right = list(first), list(second)
    return len(left) == len(right) and all(
        len(a) == len(b) and all(map(same, a, b)) for a, b in zip(left, right, strict=True)
    )
