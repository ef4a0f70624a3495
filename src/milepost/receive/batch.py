"""A Batch: the rows of one file as they came, with the receipt of the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Receipt:
    """What was received: the file's name, the hash of its content, when, by whom, and how it was read."""

    file: str
    content_hash: str
    received_at: datetime
    received_by: str
    how_read: str


@dataclass(frozen=True)
class Batch:
    """Rows of a register as they came: `table` names them in the engine, every column as text, plus `line`."""

    register: str
    table: str
    count: int
    columns: tuple[str, ...]
    receipt: Receipt
