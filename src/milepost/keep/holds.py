"""The second gate: rows that were kept but must not be published until they are corrected or somebody answers for them.

What a row broke stands in the row itself (`_held`), so that it is kept or lost with it. An acceptance is a line of a
file beside the table that only grows: which rule, up to which version, by whom, when and why. It speaks of rows that
are kept by then, never of those to come.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from milepost.basics.errors import Trouble, TryAgain, YoursToMend, listed
from milepost.engines.embedded import Engine, literal, quoted
from milepost.keep.columns import HELD
from milepost.keep.store import Store
from milepost.registers.register import Register

_FILE = "_accepted.jsonl"


@dataclass(frozen=True)
class Acceptance:
    """Somebody answers for the rows that break a rule and were kept up to a version."""

    register: str
    rule: str
    version: int
    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Hold:
    """Rows of a version that break a rule and wait for a decision, and the days they speak of (none: of no day)."""

    register: str
    rule: str
    version: int
    rows: int
    first: date | None
    last: date | None


def acceptances(store: Store, register: str) -> tuple[Acceptance, ...]:
    """Give what was accepted, in its order; a line that was cut short by a crash is none."""
    try:
        lines = (store.table(register) / _FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    found = []
    for line in lines:
        try:
            found.append(Acceptance(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return tuple(found)


def accept(
    engine: Engine, store: Store, register: Register, rule: str, version: int, by: str, reason: str, at: datetime
) -> Acceptance:
    """Answer for the rows that break a rule and were kept up to a version.

    Raises YoursToMend (K008) where no row up to it waits for that rule or no reason is given; TryAgain (K001) where
    the folder cannot be written.
    """
    known = holds(engine, store, register)
    if not any(hold.rule == rule and hold.version <= version for hold in known):
        waiting = listed(sorted({f"{hold.rule} in version {hold.version}" for hold in known}), 20)
        mend = f"These wait: {waiting}" if waiting else "Nothing waits"
        raise YoursToMend(Trouble("K008", f"no row of {register.id} waits for {rule} by version {version}", mend))
    if not reason.strip():
        raise YoursToMend(Trouble("K008", "an acceptance has no reason", "Say why the rows are right as they are"))
    found = Acceptance(register.id, rule, version, by, at.isoformat(), reason.strip())
    try:
        with (store.table(register.id) / _FILE).open("a", encoding="utf-8") as file:
            # A crash may have cut the last line; the next one begins anew, and an empty line says nothing.
            file.write("\n" + json.dumps(asdict(found), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        mend = "See that the disk has room and the folder may be written, and try again"
        raise TryAgain(Trouble("K001", "the acceptance cannot be written", mend)) from None
    return found


def holds(engine: Engine, store: Store, register: Register, version: int | None = None) -> tuple[Hold, ...]:
    """Give what waits for a decision among the rows that stand at a version (the newest without one)."""
    if register.is_published or not any(one.held for one in store.versions(register.id)):
        return ()
    view = quoted(store.view(engine, register, version))
    times = _times(register)
    ends = f"min({times[0]}), max({times[-1]})" if times else "null, null"
    query = (
        f"select rule, _version, count(*), {ends} from "
        f"(select r.*, unnest(string_split(trim({quoted(HELD)}, ','), ',')) as rule from {view} r "
        f"where {quoted(HELD)} is not null) r group by 1, 2 order by 1, 2"
    )
    answered = acceptances(store, register.id)
    return tuple(
        Hold(register.id, _bare(rule), number, count, first, last)
        for rule, number, count, first, last in engine.rows(query)
        if not any(one.rule == _bare(rule) and number <= one.version for one in answered)
    )


def _times(register: Register) -> Sequence[str]:
    """The days of a row: when it happened, or from when until when it is valid (to no end: a far day)."""
    if register.happened:
        return (f"cast({quoted(register.happened)} as date)",)
    if register.valid:
        start = f"cast({quoted(register.valid.start)} as date)"
        until = register.valid.until
        far = f"date {literal(date.max.isoformat())}"
        return (start, f"coalesce(cast({quoted(until)} as date), {far})" if until else far)
    return ()


def _bare(fault: str) -> str:
    """The rule's own name, without the code of its form."""
    return fault.partition("/")[2] or fault


def is_held(first: date | None, last: date | None, found: Iterable[Hold]) -> bool:
    """Does a span of days touch one that waits? What has no days touches all."""
    return any(
        hold.first is None or hold.last is None or first is None or last is None
        or (hold.first <= last and first <= hold.last)
        for hold in found
    )  # fmt: skip
