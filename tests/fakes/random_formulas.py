"""Random tables and random formulas of the house's own grammar, so that engines can be compared cell by cell."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from milepost.registers.formula import Name

TYPES = {
    "_line": "bigint", "g": "varchar", "n": "bigint", "k": "bigint", "a": "decimal(18,3)", "b": "decimal(18,9)",
    "c": "decimal(18,0)", "x": "double", "y": "double", "s": "varchar", "t": "varchar", "d": "date", "e": "date",
    "m": "timestamp", "p": "boolean",
}  # fmt: skip
NAMES = {
    **{one: Name("whole", "", 0, f'r."{one}"') for one in ("n", "k")},
    "a": Name("number", "", 3, 'r."a"'), "b": Name("number", "", 9, 'r."b"'), "c": Name("number", "", 0, 'r."c"'),
    **{one: Name("real", "", 0, f'r."{one}"') for one in ("x", "y")},
    **{one: Name("text", "", 0, f'r."{one}"') for one in ("s", "t")},
    **{one: Name("date", "", 0, f'r."{one}"') for one in ("d", "e")},
    "m": Name("moment", "", 0, 'r."m"'), "p": Name("yes_no", "", 0, 'r."p"'),
}  # fmt: skip
TEXTS = (
    "", " ", "a", "b", "ab", "A", "abc ", " abc", "经济技术开发区", "亦庄", "亦庄\n路", "车", "𠀀字", "a\\b",
    "50%", "a_b", "it's", "0", "10", "2025-01-31", "ÄÖ", "é", "e\u0301", "\u3000空", "tab\there", "a\r\nb",
    "NaN", "null", "[x]", "a&&b", "$", "^a",
)  # fmt: skip
PATTERNS = (
    "[a-z]+",
    "a.b",
    ".*",
    "[0-9]{1,4}",
    "(a|b)?c*",
    "\\d+",
    "\\w+\\s?",
    "[^a]+",
    "亦.",
    "a\\.b|[&a]+",
    "",
    ".+\\s.*",
)


class Made:
    """One stream of choices: rows of a table with the types above, and formulas over it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def rows(self, count: int) -> list[tuple[Any, ...]]:
        """Give rows; about one cell in six is empty, and about one number in eight is extreme."""
        return [(line, self._pick(["甲", "乙", "", None]), *(self._cell(kind) for kind in list(TYPES.values())[2:]))
                for line in range(count)]  # fmt: skip

    def _pick(self, some: Any) -> Any:
        return self.chance.choice(some)

    def _cell(self, kind: str) -> Any:
        if self.chance.random() < 0.16:
            return None
        is_extreme = self.chance.random() < 0.12
        match kind:
            case "bigint":
                far = [0, 2**53 + 1, -(2**53) - 1, 10**15, -(10**15), 2**31, 999_999_999_999]
                return self._pick(far) if is_extreme else self.chance.randint(-20, 20)
            case "double":
                far = [0.0, 1e-9, -1e12, 123456.789, 1e15 + 0.3, 0.1 + 0.2, 2.675, -2.5, 0.49999999999999994, 5e-324]
                return self._pick(far) if is_extreme else self.chance.uniform(-1000, 1000)
            case "varchar":
                return self._pick(TEXTS)
            case "date":
                far = [date(1582, 10, 10), date(1900, 2, 28), date(2000, 2, 29), date(2099, 12, 31), date(1970, 1, 1)]
                return self._pick(far) if is_extreme else date(2020, 1, 1) + timedelta(days=self.chance.randrange(2200))
            case "timestamp":
                return datetime(2020, 1, 1) + timedelta(seconds=self.chance.randrange(190_000_000))
            case "boolean":
                return self._pick([True, False])
        places = int(kind.partition(",")[2].rstrip(")"))
        digits = self.chance.randint(1, 18 if is_extreme else 7)
        unscaled = self.chance.randrange(10**digits) if self.chance.random() < 0.9 else 10**18 - 1
        return Decimal(unscaled * self._pick([1, -1])).scaleb(-places)

    # --- formulas ------------------------------------------------------------------------------------------

    def row(self) -> str:
        """Give a formula of a row: a number, a text, a date or a condition."""
        return str(self._pick([self.number, self.number, self.text, self.condition])(self._pick([1, 2, 3])))

    def total(self) -> str:
        """Give a formula of many rows."""
        first, second = self._one_total(), self._one_total()
        shapes = (
            "{0}", "{0}", "({0}) / ({1})", "({0}) - ({1})", "coalesce({0}, 0)", "round(({0}) / ({1}), 3)",
            "case when ({0}) > ({1}) then {0} else {1} end", "greatest({0}, {1})", "nullif({0}, 0)", "abs({0})",
        )  # fmt: skip
        return str(self._pick(shapes)).format(first, second)

    def _one_total(self) -> str:
        word = self._pick(["sum", "sum", "mean", "min", "max", "count", "distinct", "rows", "filter"])
        if word == "rows":
            return "count(*)"
        if word == "distinct":
            return f"count(distinct {self._pick([self.number, self.text, self.day])(1)})"
        if word == "filter":
            chosen = self._pick(["sum", "min", "max", "count"])
            return f"{chosen}({self.number(1)}) filter (where {self.condition(1)})"
        return f"{word}({self.number(self._pick([0, 1, 2]))})"

    def number(self, depth: int) -> str:
        """Give a formula of a number."""
        if depth <= 0:
            return str(self._pick(["n", "k", "a", "b", "c", "x", "y", "2", "0.5", "1.25", "0", "1000"]))
        one, two = self.number(depth - 1), self.number(depth - 1)
        shapes: list[Callable[[], str]] = [
            lambda: f"({one} + {two})", lambda: f"({one} - {two})", lambda: f"({one} * {self.number(0)})",
            lambda: f"({one} / {two})", lambda: f"-({one})", lambda: f"abs({one})",
            lambda: f"round({one}, {self._pick([0, 1, 2, 5])})", lambda: f"round({one})",
            lambda: f"coalesce({one}, {two})", lambda: f"nullif({one}, {two})",
            lambda: f"least({one}, {two})", lambda: f"greatest({one}, {two})",
            lambda: f"case when {self.condition(depth - 1)} then {one} else {two} end",
            lambda: f"case when {self.condition(depth - 1)} then {one} end",
            lambda: f"length({self.text(depth - 1)})", lambda: f"days_between({self.day(0)}, {self.day(0)})",
            lambda: f"year_of({self.day(0)})", lambda: f"month_of({self.day(0)})",
        ]  # fmt: skip
        return str(self._pick(shapes)())

    def text(self, depth: int) -> str:
        """Give a formula of a text."""
        if depth <= 0:
            return str(self._pick(["s", "t", "'a'", "'亦庄'", "''", "'a\\b'"]))
        one = self.text(depth - 1)
        words = (f"lower({one})", f"upper({one})", f"trim({one})", f"coalesce({one}, {self.text(0)})",
                 f"nullif({one}, {self.text(0)})", f"least({one}, {self.text(0)})",
                 f"case when {self.condition(depth - 1)} then {one} else {self.text(0)} end")  # fmt: skip
        return str(self._pick(words))

    def day(self, depth: int) -> str:
        """Give a formula of a date or moment."""
        if depth <= 0:
            return str(self._pick(["d", "e", "m", "date '2024-02-29'"]))
        return str(self._pick([f"coalesce(d, {self._pick(['d', 'e'])})", "least(d, e)", "greatest(d, e)", "d", "m"]))

    def condition(self, depth: int) -> str:
        """Give a formula of a yes or no."""
        if depth <= 0:
            return str(self._pick(["p", "d < e", "n > 0", "s = t", "x <= 0.5", "a is null", "m >= date '2022-06-30'"]))
        sign = self._pick(["=", "<>", "<", "<=", ">", ">="])
        one, two = self.number(depth - 1), self.number(depth - 1)
        pattern = self._pick(["a%", "%b", "_", "%\\%", "亦%", "a_b", "%\\_%", "50\\%"])
        shapes: list[Callable[[], str]] = [
            lambda: f"{one} {sign} {two}", lambda: f"{self.text(depth - 1)} {sign} {self.text(0)}",
            lambda: f"{self.day(0)} {sign} {self.day(0)}", lambda: f"{one} between {two} and {self.number(0)}",
            lambda: f"n in ({self._pick(['0, 1, 2', '-1, 5.5', '3'])})", lambda: f"{self.text(0)} in ('a', '亦庄', '')",
            lambda: f"{self.text(0)} like '{pattern}'", lambda: f"matches({self.text(0)}, '{self._pick(PATTERNS)}')",
            lambda: f"({self.condition(depth - 1)} and {self.condition(depth - 1)})",
            lambda: f"({self.condition(depth - 1)} or {self.condition(depth - 1)})",
            lambda: f"not ({self.condition(depth - 1)})", lambda: f"{one} is not null",
            lambda: f"{self.text(0)} is null",
        ]  # fmt: skip
        return str(self._pick(shapes)())
