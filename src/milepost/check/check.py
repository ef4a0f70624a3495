"""Every rule is run on every row in one pass of the engine; a row passes, waits, or is kept already.

Nothing is mended and nothing is lost: the three parts sum to the batch. All reasons of a row are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from milepost.check import fault as words_of_records
from milepost.check import figures
from milepost.check.apart import Own, checked_apart
from milepost.check.fault import Told
from milepost.check.forms import named_registers
from milepost.check.records import MOST_TOLD, Change, check_records
from milepost.check.staging import Staging
from milepost.check.verdict import Verdict
from milepost.engines.embedded import Engine
from milepost.plan.zone import Zone
from milepost.receive.batch import Batch
from milepost.registers.register import Register

__all__ = ["MOST_TOLD", "Change", "Own", "Staging", "Told", "check", "named_registers", "tell"]


def check(
    engine: Engine,
    zone: Zone,
    register: Register,
    batch: Batch,
    today: date,
    kept: str = "",
    others: Mapping[str, str] | None = None,
    change: Change = "add",
    own: Own | None = None,
    staging: Staging | None = None,
) -> Verdict:
    """Give the verdict on a batch, as of `today`.

    `kept` names the rows that are kept already: an equal row is not accepted again and not refused. `others` names
    the kept rows of the registers that the rules look into (`named_registers`), by id. `change` says whether the
    rows are new, correct earlier ones with their keys, or close their keys. With `own` the rows of others wait, and
    no rule is run on them. A batch that stands in its file is written to the `staging` while it is checked, as far as
    that goes (`Verdict.is_staged`).
    """
    if register.is_published:
        return figures.check_figures(engine, zone, register, batch, today, kept)

    def checked(rows: Batch) -> Verdict:
        return check_records(engine, zone, register, rows, today, kept, others, change, staging)

    return checked(batch) if own is None else checked_apart(engine, register, batch, own, MOST_TOLD, checked)


def tell(register: Register, fault: str, row: Mapping[str, Any], language: str = "en") -> Told:
    """Give a fault in words: the rule it breaks, in which column, and the mend with the nearest known name.

    `row` holds the cells of the row as they came, of which no value is told.
    """
    if register.is_published:
        return figures.tell(register, fault, row, language)
    return words_of_records.tell(register, fault, row, language)
