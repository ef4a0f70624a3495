"""A Verdict: which rows of a batch passed, and why the others wait."""

from __future__ import annotations

from dataclasses import dataclass

from milepost.receive.batch import Batch


@dataclass(frozen=True)
class Refusal:
    """Why a row waits: its line in the file, and every rule it breaks with the mend (never its values)."""

    line: int
    rules: tuple[str, ...]
    mends: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check: accepted rows stay in the engine's `accepted` table."""

    batch: Batch
    accepted: str
    accepted_count: int
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
