"""A Version: a register after a commit; nothing in it ever changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Version:
    """A register at a commit: its number, the count of rows, the batch that made it, and its parent."""

    register: str
    number: int
    parent: int | None
    count: int
    added: int
    content_hash: str
    kept_at: datetime
