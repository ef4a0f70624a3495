"""A Version: a register after a commit; nothing in it ever changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from milepost.receive.batch import Receipt

Change = Literal["add", "correct", "close"]


@dataclass(frozen=True)
class Version:
    """A register at a commit: its number, the count of rows, the batch that made it, and its parent.

    `added` rows came from the file of the `receipt`, of which `refused` rows wait. Of the added ones `warned` carry a
    warning and `held` keep figures from being published until somebody decides. `change` says whether its rows were
    added, stand for earlier rows, or close their keys.
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
    change: Change = "add"
    held: int = 0
