"""A Batch: the rows of one file as they came, with the receipt of the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LINE, SURPLUS, BEYOND, BLANK, POSITION = "_line", "_surplus", "_beyond", "_is_blank", "_position"
"""Columns of a batch's table beside those of its register: the line in the file (a row of a sheet) on which
the row begins, how many cells it has more than the head (less than none: fewer), and their text; and of a batch
whose rows still stand in their file, whether all cells of a row are empty, or of rows that were written to a file, the
place of a row in it from 0 (`engines.csv_copy.line_at`)."""


class Unproven(Exception):
    """The engine does not read a file as its survey promised: the file is to be received again, row by row."""


@dataclass(frozen=True)
class Receipt:
    """What was received: the file's name, the hash of its content, when, by whom, and how it was read.

    `content_hash` is the SHA-256 of the bytes; `how_read` says the format, encoding and separator found.
    """

    file: str
    content_hash: str
    received_at: datetime
    received_by: str
    how_read: str


@dataclass(frozen=True)
class Batch:
    """Rows of a register as they came.

    `table` names them in the engine: `columns` as text (an empty cell is an empty text) plus `_line`,
    `_surplus` and `_beyond`. Where the rows still stand in their file, `table` is a view that reads it each time,
    and `standing` names one that is read faster: all rows in the order of the file, an empty cell as null, with
    `_is_blank` and without the others' three columns. `count` is then what a survey of the file promises; whoever
    reads all rows proves it (`Unproven`).
    """

    register: str
    table: str
    count: int
    columns: tuple[str, ...]
    receipt: Receipt
    standing: str = ""

    @property
    def id(self) -> str:
        """A short name of the batch: the beginning of its content's hash."""
        return self.receipt.content_hash[:12]
