"""Values for single cells, made of a column's type, its codes and the hints of formulas, written as the column says.

Every text that names somebody or something says that it is made; a made credit code has MADE in its organisation code.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from milepost.basics.credit_code import check_character
from milepost.check.samples.hints import Hints, hints_of, text_like
from milepost.registers.code_list import CodeList
from milepost.registers.register import DATES, NUMBERS, Column, Register

FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)
"""Days on which made things happen; what is valid begins before and ends behind them."""

LONG_BEFORE, LONG_AFTER = date(2018, 1, 1), date(2027, 1, 1)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass
class Values:
    """Draws cells for the columns of a register.

    `names` are the columns whose words are to be new each time: those of keys, groups and courses. Names are numbered
    from `numbered_from` on; `more_formulas` of other registers speak of the columns too.
    """

    register: Register
    code_lists: Mapping[str, CodeList]
    chance: random.Random
    hints: dict[str, Hints] = field(init=False)
    names: set[str] = field(init=False)
    numbered_from: int = 0
    more_formulas: tuple[str, ...] = ()
    _codes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hints = hints_of(self.register, self.more_formulas)
        self.names = set(self.register.key)
        for rule in self.register.rules:
            self.names |= {*rule.by, *rule.do_not_overlap}

    def draw(self, column: Column, row: Mapping[str, str], is_hard: bool = False) -> str:
        """Give a cell; with `is_hard` (a rule was broken) it is oftener empty and oftener like another cell."""
        if column.may_be_empty and self.chance.random() < (0.5 if is_hard else 0.3):
            return ""
        alike = [name for name in self.hints[column.id].peers if self._is_alike(column, name) and row.get(name)]
        if alike and self.chance.random() < (0.2 if is_hard else 0.02):
            return row[self.chance.choice(alike)]
        known = self.hints[column.id].numbers
        if is_hard and known and column.type in NUMBERS and self.chance.random() < 0.4:
            return self.written(column, self.chance.choice(known))
        return self.filled(column)

    def filled(self, column: Column) -> str:
        """Give a cell that is not empty."""
        if column.type in DATES:
            return self.day(column, *self.span(column))
        match column.type:
            case "code":
                return self.chance.choice(self.codes(column))
            case "credit_code":
                return self.credit_code()
            case "yes_no":
                return self.chance.choice([(column.written.yes or ("yes",))[0], (column.written.no or ("no",))[0]])
            case "period":
                return self.chance.choice(["2023", "2023-Q2", "2024-03", "2024-01..06"])
            case "link":
                return f"https://example.org/made/{self.number()}"
        return self.amount(column) if column.type in NUMBERS else self.text(column)

    def number(self) -> int:
        """Give a number that was not given before."""
        self.numbered_from += 1
        return self.numbered_from

    def codes(self, column: Column) -> tuple[str, ...]:
        """Give the codes a cell may hold: of a list those in force at all made days."""
        if column.id not in self._codes:
            self._codes[column.id] = self._listed(column)
        return self._codes[column.id]

    def _listed(self, column: Column) -> tuple[str, ...]:
        if not column.code_list:
            named = tuple(code for code in column.codes if code in self.hints[column.id].texts)
            return (*column.codes, *named)
        listed = self.code_lists[column.code_list].codes
        lasting = [c.code for c in listed if c.until is None and (c.start is None or c.start <= LONG_BEFORE)]
        fitting = self._fitting(column, lasting)
        return tuple(fitting or lasting or [code.code for code in listed])

    def _fitting(self, column: Column, codes: list[str]) -> list[str]:
        """The codes that match some pattern a rule wants."""
        patterns = self.hints[column.id].patterns
        return [code for code in codes if any(re.fullmatch(pattern, code) for pattern in patterns)]

    def text(self, column: Column) -> str:
        """Give a text: one that a rule names or describes, else a new name that says it is made."""
        hints = self.hints[column.id]
        if hints.patterns and self.chance.random() < 0.6:
            return text_like(self.chance.choice(hints.patterns), self.chance)
        if hints.texts and column.id not in self.names and self.chance.random() < 0.6:
            return self.chance.choice(hints.texts)
        is_code = column.id in self.names and not hints.patterns
        return f"MADE-{self.number():04d}" if is_code else f"made {self.number()} 虚构"

    def credit_code(self) -> str:
        """Give a made code with a right check character."""
        number, digits = self.number(), ""
        for _ in range(5):
            number, rest = divmod(number, len(_ALPHABET))
            digits = _ALPHABET[rest] + digits
        first = f"91000000MADE{digits}"
        return first + check_character(first)

    def amount(self, column: Column) -> str:
        """Give a number with at most the column's places, near to what its rules name."""
        known = sorted(set(self.hints[column.id].numbers))
        between = [low + (high - low) * self.chance.random() for low, high in itertools.pairwise(known)]
        small = [0.0, 1.0, self.chance.random(), float(self.chance.randint(1, 5)), float(self.chance.randint(1, 12))]
        large = [] if column.unit == "fraction" else [round(self.chance.uniform(1, 1000), 1)]
        drawn = self.chance.choice([*small, *large, *large, *known, *between, *between, *between])
        places = {"whole": 0, "real": 4}.get(column.type, column.places)
        return self.written(column, 0.0 if column.written.times != 1 and drawn < 1 else round(drawn, min(places, 4)))

    def written(self, column: Column, number: float) -> str:
        """Give a number as the column writes it."""
        whole = column.type == "whole" or column.written.times != 1
        text = str(int(number)) if whole or number == int(number) else f"{number:.9f}".rstrip("0")
        return text.replace(".", column.written.decimal)

    def span(self, column: Column) -> tuple[date, date]:
        """Give the first and last day a cell of a date may name."""
        valid = self.register.valid
        if valid and column.id == valid.start:
            return LONG_BEFORE, FIRST
        if valid and column.id == valid.until:
            return LONG_AFTER, LONG_AFTER + timedelta(365)
        return FIRST, LAST

    def day(self, column: Column, first: date, last: date) -> str:
        """Give a day between two, both included, oftener the first of a month or year, as the column writes it."""
        drawn = first + timedelta(self.chance.randint(0, max((last - first).days, 0)))
        firsts = [drawn, drawn.replace(day=1), drawn.replace(month=1, day=1)]
        inside = [one for one in firsts if first <= one <= last]
        clock = timedelta(minutes=15 * self.chance.randint(0, 95)) if column.type == "moment" else timedelta()
        one = self.chance.choice(inside)
        return written_day(column, datetime(one.year, one.month, one.day) + clock)

    def _is_alike(self, column: Column, name: str) -> bool:
        other = self.register.column(name)
        return (other.type, other.code_list, other.written) == (column.type, column.code_list, column.written)


def written_day(column: Column, at: datetime) -> str:
    """Give a day or moment as a column of dates writes it."""
    if column.written.dates:
        return at.strftime(column.written.dates[0])
    return at.strftime({"month": "%Y-%m", "moment": "%Y-%m-%d %H:%M"}.get(column.type, "%Y-%m-%d"))


def read_day(column: Column, cell: str) -> datetime | None:
    """Give the day or moment of a made cell, None where it is empty."""
    forms = column.written.dates or ({"month": "%Y-%m", "moment": "%Y-%m-%d %H:%M"}.get(column.type, "%Y-%m-%d"),)
    for form in forms:
        try:
            return datetime.strptime(cell, form)
        except ValueError:
            continue
    return None
