"""A Finding: a question answered, with its parameters, its proof, and what was read for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from milepost.basics.answer import Answer
from milepost.basics.table import Table
from milepost.keep.version import Version
from milepost.registers.study import Study

Answering = Callable[[Mapping[str, Table], Mapping[str, Any], date], Answer]
"""A wing's function: tables by id, typed parameters, and the known-on date; it gives an Answer."""


@dataclass(frozen=True)
class Finding:
    """The answer to a study: `read` names the tables with the hash of their content, `versions` the registers'.

    `held` tells for each register how many of the rows the answer rests on wait for a decision.
    """

    study: Study
    parameters: Mapping[str, Any]
    known_on: date
    answer: Answer
    read: Mapping[str, str]
    versions: tuple[Version, ...]
    held: Mapping[str, int] = field(default_factory=dict)


def answered(
    study: Study,
    answering: Answering,
    tables: Mapping[str, Table],
    parameters: Mapping[str, Any],
    known_on: date,
    read: Mapping[str, str],
    versions: tuple[Version, ...] = (),
) -> Finding:
    """Give the finding of a study: the wing's function called on the tables as known on a date."""
    return Finding(study, parameters, known_on, answering(tables, parameters, known_on), read, versions)
