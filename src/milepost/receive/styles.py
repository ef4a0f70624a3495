"""How the numbers and dates of a batch are written: found and told, never applied.

Cells stay as they came; the check reads them by what the register declares (`Written`). Where the cells of a column
all fit another style, that is told, with the words to declare it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from milepost.basics.errors import listed
from milepost.basics.text import Text
from milepost.engines.embedded import Engine, literal, quoted
from milepost.receive.batch import LINE, Batch
from milepost.registers.register import DATES, NUMBERS, Column, Register

_SAMPLE, _BEGINNING = 1_000, 100_000
_NUMBERS = {
    (".", ""): r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?",
    (".", ","): r"[+-]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]+)?",
    (",", ""): r"[+-]?[0-9]+(,[0-9]+)?",
    (",", "."): r"[+-]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?",
    (",", " "): r"[+-]?([0-9]{1,3}( [0-9]{3})+|[0-9]+)(,[0-9]+)?",
    (".", " "): r"[+-]?([0-9]{1,3}( [0-9]{3})+|[0-9]+)([.][0-9]+)?",
}
_SIGNS = {",": "comma", ".": "point", " ": "space"}
_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y",
    "%m-%d-%Y",
)  # fmt: skip
_MONTHS = ("%Y-%m", "%Y/%m", "%Y.%m", "%Y%m", "%Y年%m月")
_TIMES = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_OWN_FORMS: dict[str, tuple[str, ...]] = {
    "date": ("%Y-%m-%d",),
    "month": ("%Y-%m",),
    "moment": ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S.%f"),
}


@dataclass(frozen=True)
class Style:
    """How the filled cells of a column are written.

    `fits` names every style that each of the `cells` looked at fits: for a date a form as strptime reads it
    (`%d/%m/%Y`), for a number its signs (`decimal comma, thousands point`). `is_declared` says that the register's
    declaration reads all of them; `declare` is what would, empty where nothing is to be declared or nothing fits.
    """

    column: str
    fits: tuple[str, ...]
    cells: int
    is_declared: bool
    declare: tuple[str, ...] = ()

    @property
    def hint(self) -> Text | None:
        """Words for a verdict on cells that are not read as declared; None where there is nothing to say."""
        if self.is_declared or not self.declare:
            return None
        if len(self.declare) == 1:
            return Text(
                f"all {self.cells:,} cells are written as {shown(self.fits[0])}; declare `{self.declare[0]}`",
                f"全部 {self.cells:,} 个单元格均写作 {shown(self.fits[0])}；请声明 `{self.declare[0]}`",
            )
        either = listed([shown(style) for style in self.fits])
        return Text(
            f"all {self.cells:,} cells fit several ways of writing ({either}); declare one of them under `written`",
            f"全部 {self.cells:,} 个单元格同时符合几种写法（{either}）；请在 `written` 中声明其中一种",
        )


def shown(style: str) -> str:
    """Give a style in words: a form of dates with the last day of 2018 as its example.

    >>> shown("%d/%m/%Y"), shown("decimal comma")
    ('31/12/2018 (%d/%m/%Y)', 'decimal comma')
    """
    return f"{datetime(2018, 12, 31, 23, 45).strftime(style)} ({style})" if "%" in style else style


def styles(engine: Engine, batch: Batch, register: Register, is_sample: bool = False) -> tuple[Style, ...]:
    """Give the style of each column of numbers or dates that has a filled cell.

    Every cell is looked at, or, for a sample, a thousand of the first hundred thousand rows. Published figures keep the
    words of their source and have no styles.
    """
    if register.is_published:
        return ()
    columns = [column for column in register.columns if column.type in NUMBERS | DATES]
    likely = _fitting(engine, batch, {column.id: (column, _candidates(column)) for column in columns}, is_sample=True)
    if is_sample:
        return tuple(likely.values())
    narrowed = {
        column.id: (column, [name for name in _candidates(column) if name in likely[column.id].fits])
        for column in columns
        if column.id in likely
    }
    # A column whose sample is empty may have cells elsewhere; then all candidates are tried on all of it.
    narrowed.update({c.id: (c, _candidates(c)) for c in columns if c.id not in likely})
    return tuple(_fitting(engine, batch, narrowed, is_sample=False).values())


def with_styles(engine: Engine, batch: Batch, register: Register) -> str:
    """Give how a batch was read with the styles that a sample of it shows, for its receipt."""
    found = styles(engine, batch, register, is_sample=True)
    by_style: dict[str, list[str]] = {}
    for style in found:
        told = " or ".join(map(shown, style.fits)) or "several ways of writing"
        by_style.setdefault(told, []).append(style.column)
    if not by_style:
        return batch.receipt.how_read
    return f"{batch.receipt.how_read}; " + "; ".join(f"{told} in {listed(c)}" for told, c in by_style.items())


def _candidates(column: Column) -> list[str]:
    if column.type in NUMBERS:
        return [_number_name(signs) for signs in _NUMBERS]
    declared = column.written.dates
    days = [f"{day}{time}" for day in _DAYS for time in _TIMES] if column.type == "moment" else []
    months = list(_MONTHS) if column.type == "month" else []
    return list(dict.fromkeys([*declared, *months, *_DAYS, *days]))


def _number_name(signs: tuple[str, str]) -> str:
    decimal, thousands = signs
    return f"decimal {_SIGNS[decimal]}" + (f", thousands {_SIGNS[thousands]}" if thousands else "")


def _fitting(
    engine: Engine, batch: Batch, wanted: dict[str, tuple[Column, list[str]]], is_sample: bool
) -> dict[str, Style]:
    """Give the style of each wanted column, in one pass over the batch or a sample of it."""
    if not wanted:
        return {}
    counted = [term for column, names in wanted.values() for term in _terms(column, names)]
    source = _sample(batch, list(wanted)) if is_sample else quoted(batch.table)
    (counts,) = engine.rows(f"select {', '.join(counted)} from {source} r")
    left = iter(counts)
    found: dict[str, Style] = {}
    for column, names in wanted.values():
        cells, declared = next(left), next(left)
        fits = tuple(name for name, count in [(name, next(left)) for name in names] if count == cells)
        if cells:
            found[column.id] = _style(column, fits, cells, declared == cells)
    return found


def _sample(batch: Batch, columns: Sequence[str]) -> str:
    listed_columns = ", ".join(map(quoted, (LINE, *columns)))
    beginning = f"(select {listed_columns} from {quoted(batch.table)} limit {_BEGINNING})"
    every = max(1, min(batch.count, _BEGINNING) // _SAMPLE)
    return f"(select * from {beginning} where {quoted(LINE)} % {every} = 0)"


def _terms(column: Column, names: Sequence[str]) -> list[str]:
    """Count the filled cells, those read as declared, and those of each style."""
    cell = f"r.{quoted(column.id)}"
    words = "".join(f" and {cell} <> {literal(word)}" for word in column.written.empty)
    filled = f"{cell} <> ''{words}"
    conditions = ["true", _declared(column, cell), *(_condition(name, cell) for name in names)]
    return [f"count(*) filter ({filled} and {condition})" for condition in conditions]


def _condition(name: str, cell: str) -> str:
    if "%" in name:
        return f"try_strptime({cell}, {literal(name)}) is not null"
    pattern = next(pattern for signs, pattern in _NUMBERS.items() if _number_name(signs) == name)
    return f"regexp_full_match({cell}, {literal(pattern)})"


def _declared(column: Column, cell: str) -> str:
    if column.type in DATES:
        forms = column.written.dates or _OWN_FORMS[column.type]
        return f"try_strptime({cell}, [{', '.join(map(literal, forms))}]) is not null"
    signs = (column.written.decimal, column.written.thousands)
    return _condition(_number_name(signs), cell) if signs in _NUMBERS else "false"


def _style(column: Column, fits: Sequence[str], cells: int, is_declared: bool) -> Style:
    found = tuple(_plainest(column, fits, is_declared))
    if is_declared or not found:
        return Style(column.id, found, cells, is_declared)
    return Style(column.id, found, cells, False, tuple(_declaration(name) for name in found))


def _plainest(column: Column, fits: Sequence[str], is_declared: bool) -> Iterable[str]:
    """Leave out styles that say no more than another one: a sign that no cell shows."""
    if column.type in NUMBERS:
        name = _number_name((column.written.decimal, column.written.thousands))
        plain = _number_name((".", ""))
        first = next((one for one in (name, plain) if one in fits and (is_declared or one == plain)), None)
        if first:
            return [first]
        return [name for name in fits if not any(other in fits and name.startswith(f"{other},") for other in fits)]
    if is_declared:
        return [name for name in fits if name in (column.written.dates or _OWN_FORMS[column.type])] or list(fits)[:1]
    return fits


def _declaration(name: str) -> str:
    if "%" in name:
        return f'written: {{dates: ["{name}"]}}'
    signs = next(signs for signs in _NUMBERS if _number_name(signs) == name)
    return f'written: {{decimal: "{signs[0]}"' + (f', thousands: "{signs[1]}"}}' if signs[1] else "}")
