"""A Verdict: which rows of a batch passed, and why the others wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from milepost.receive.batch import Batch


@dataclass(frozen=True)
class Refusal:
    """Why a row waits, or what is said of one that passed: its line in the file and every rule it breaks.

    `rules` are the rules' codes; `reasons` say what is wrong in which column, `mends` how to put it right,
    in the same order. None of them holds a value of the row.
    """

    line: int
    rules: tuple[str, ...]
    mends: tuple[str, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check, every row in one of three places.

    `accepted` and `refused` name tables in the engine; `accepted_count` + `refused_count` + `kept_count`
    (rows that are kept already) is the batch's count. `refusals` and `warnings` tell the first of them in
    the order of lines, at most `check.MOST_TOLD`; `rule_counts` counts rows for every rule broken.
    """

    batch: Batch
    accepted: str
    accepted_count: int
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    refused: str = ""
    refused_count: int = 0
    warned_count: int = 0
    kept_count: int = 0
    rule_counts: dict[str, int] = field(default_factory=dict)
