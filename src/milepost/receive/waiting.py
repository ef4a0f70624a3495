"""The form of rows that we send out: the columns added to them, and texts that a spreadsheet must not run.

A refused row is sent out with its reasons, mended by a person, and sent in again; a kept row is exported with the
version that holds it. On the way out a text that a spreadsheet would take for a formula gets an apostrophe; on the way
in the same apostrophe is taken off a file with such a column.
"""

from __future__ import annotations

import re

from milepost.basics.text import Text

WAITING_HEADS = {
    "refused_line": Text("refused_line", "退回行号"),
    "refused_rules": Text("refused_rules", "退回规则"),
    "refused_reasons": Text("refused_reasons", "退回原因"),
    "refused_mends": Text("refused_mends", "改正办法"),
    "refused_beyond": Text("refused_beyond", "多出的单元格"),
}
"""The columns of a refused row beside its own, each with its head in both languages."""

WAITING_COLUMNS = tuple(WAITING_HEADS)
KEPT_VERSION = "kept_version"
"""The column of an exported register that says which version a row was kept in."""

OUR_COLUMNS = (*(head for text in WAITING_HEADS.values() for head in (text.en, text.zh)), KEPT_VERSION)
"""Heads of columns that only files of our own have; they are passed over when such a file is received."""

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[.,]?\d[\d.,]*([eE][+-]?\d+)?")
_HELD = re.compile(r"'+[=+\-@\t\r]")


def neutral(cell: str) -> str:
    """Give the text of a cell so that no spreadsheet runs it; a number stays as it is, with whatever decimal sign.

    >>> neutral("=1+1"), neutral("-1.6"), neutral("-1.234,5"), neutral("gdp")
    ("'=1+1", '-1.6', '-1.234,5', 'gdp')
    """
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.fullmatch(cell) else cell


def restored(cell: str) -> str:
    """Give back what `neutral` was given.

    >>> restored(neutral("=1+1")), restored(neutral("'=1")), restored("'quoted'")
    ('=1+1', "'=1", "'quoted'")
    """
    return cell[1:] if _HELD.match(cell) else cell
