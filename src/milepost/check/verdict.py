"""A Verdict: which rows of a batch passed, and why the others wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from milepost.basics.text import Text
from milepost.receive.batch import Batch


@dataclass(frozen=True)
class Refusal:
    """Why a row waits, or what is said of one that passed: its line in the file and every rule it breaks.

    `rules` are the rules' codes; `reasons` say what is wrong in which column, `mends` how to put it right,
    in the same order. None of them holds a value of the row. `in_chinese` says reason and mend of each in Chinese.
    """

    line: int
    rules: tuple[str, ...]
    mends: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    in_chinese: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a statistician would want to know of a batch without having declared it: never a reason to refuse a row.

    `subject` is the column or rule it is about (empty for the whole batch), `count` the rows or groups it is seen in,
    `lines` the first of them. Neither text holds a value of a record; a nearest known code may be named.
    """

    code: str
    subject: str
    count: int
    says: Text
    mend: Text
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check, every row in one of three places.

    `accepted` and `refused` name tables in the engine; `accepted_count` + `refused_count` + `kept_count`
    (rows that are kept already) is the batch's count. `refusals` and `warnings` tell the first of them in
    the order of lines, at most `check.MOST_TOLD`; `rule_counts` counts rows for every rule broken: by its code among
    published figures, else by the fault's name (`C021/period`), for the verdict tells each column and rule apart.
    `held` names a table of accepted rows with faults that block the publishing of what rests on them (`_line`,
    `fault`); `findings` are what nobody declared. With `is_staged` the file of the staging holds just the accepted
    rows.
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
    held: str = ""
    held_count: int = 0
    is_staged: bool = False
    findings: tuple[Finding, ...] = ()
