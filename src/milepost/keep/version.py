"""A Version: a register after a commit; nothing in it ever changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from milepost.receive.batch import Receipt


@dataclass(frozen=True)
class Version:
    """A register at a commit: its number, the count of rows, the batch that made it, and its parent.

    `added` rows came from the file of the `receipt`, of which `refused` rows wait and `warned` of the added
    ones carry a warning.
    """

    register: str
    number: int
    parent: int | None
    count: int
    added: int
    content_hash: str
    kept_at: datetime
    receipt: Receipt
    refused: int = 0
    warned: int = 0
