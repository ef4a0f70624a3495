"""The second gate: rows that were kept but must not be published until they are corrected or somebody answers for them.

What a row broke stands in the row itself (`_held`), so that it is kept or lost with it. An acceptance is a line of a
file beside the table that only grows: which rule, up to which version, by whom, when and why. It speaks of rows that
are kept by then, never of those to come.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from milepost.basics.errors import Trouble, TryAgain, YoursToMend, listed
from milepost.check.fault import faults_of
from milepost.engines.engine import Engine, literal, quoted
from milepost.keep.columns import HELD
from milepost.keep.store import Store
from milepost.registers.register import Register

_FILE = "_accepted.jsonl"


@dataclass(frozen=True)
class Acceptance:
    """Somebody answers for the rows that break a rule and were kept up to a version.

    `faults` are the names under which its rows were held for it (`C050/amount_is_plausible`).
    """

    register: str
    rule: str
    version: int
    by: str
    at: str
    reason: str
    faults: tuple[str, ...] = ()

    def is_for(self, fault: str) -> bool:
        """Does it speak of rows that were held for this fault?"""
        return fault in self.faults if self.faults else _bare(fault) == self.rule

    def is_known_on(self, day: date | None, store: Store) -> bool:
        """Was it given by the end of a day of the store's time zone?"""
        return day is None or store.day(datetime.fromisoformat(self.at)) <= day


@dataclass(frozen=True)
class Hold:
    """Rows of a version that break a rule and wait for a decision, and the days they speak of (none: of no day).

    `fault` is the rule's full name, with its code.
    """

    register: str
    rule: str
    version: int
    rows: int
    first: date | None
    last: date | None
    fault: str = ""


def acceptances(store: Store, register: str) -> tuple[Acceptance, ...]:
    """Give what was accepted, in its order; a line that was cut short by a crash is none."""
    try:
        lines = (store.table(register) / _FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    found = []
    for line in lines:
        try:
            told = json.loads(line)
            found.append(Acceptance(**told | {"faults": tuple(told.get("faults", ()))}))
        except (ValueError, TypeError, AttributeError):
            continue
    return tuple(found)


def state_of(store: Store) -> tuple[tuple[str, int | None, int], ...]:
    """Give what tells whether anything new is kept or accepted: each register's newest version, and its answers."""
    names = store.registers()
    return tuple((name, store.newest(name), len(acceptances(store, name))) for name in names)


def accept(
    engine: Engine, store: Store, register: Register, rule: str, version: int, by: str, reason: str, at: datetime
) -> Acceptance:
    """Answer for the rows that break a rule and were kept up to a version.

    Raises YoursToMend: K004 where there is no such version yet, K008 where no row up to it waits for that rule or no
    reason is given; TryAgain (K001) where the folder cannot be written.
    """
    newest = store.newest(register.id) or 0
    if version > newest:
        raise YoursToMend(Trouble("K004", f"there is no version {version}", f"Name a version up to {newest}"))
    known = holds(engine, store, register)
    answered = [hold for hold in known if rule in (hold.rule, hold.fault) and hold.version <= version]
    if not answered:
        waiting = listed(sorted({f"{hold.rule} in version {hold.version}" for hold in known}), 20)
        mend = f"These wait: {waiting}" if waiting else "Nothing waits"
        raise YoursToMend(Trouble("K008", f"no row of {register.id} waits for {rule} by version {version}", mend))
    if not reason.strip():
        raise YoursToMend(Trouble("K008", "an acceptance has no reason", "Say why the rows are right as they are"))
    faults = tuple(sorted({hold.fault for hold in answered}))
    found = Acceptance(register.id, answered[0].rule, version, by, at.isoformat(), reason.strip(), faults)
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


def holds(
    engine: Engine, store: Store, register: Register, version: int | None = None, known_on: date | None = None
) -> tuple[Hold, ...]:
    """Give what waits for a decision among the rows that stand at a version (the newest without one).

    With `known_on` only what was accepted by the end of that day is.
    """
    if not _was_ever_held(store, register, version):
        return ()
    view = quoted(store.view(engine, register, version))
    times = _times(register)
    ends = f"min({times[0]}), max({times[-1]})" if times else "null, null"
    query = (
        f"select rule, _version, count(*), {ends} from "
        f"(select r.*, unnest(string_split(trim({quoted(HELD)}, ','), ',')) as rule from {view} r "
        f"where {quoted(HELD)} is not null) r group by 1, 2 order by 1, 2"
    )
    answers = [one for one in acceptances(store, register.id) if one.is_known_on(known_on, store)]
    return tuple(
        Hold(register.id, _bare(fault), number, count, first, last, fault)
        for fault, number, count, first, last in engine.rows(query)
        if not any(one.is_for(fault) and number <= one.version for one in answers)
    )


def waiting(store: Store, register: Register, version: int | None = None, known_on: date | None = None) -> str:
    """Give the condition on a row `r` that it waits for a decision; empty where no row up to a version ever did.

    With `known_on` only what was accepted by the end of that day is.
    """
    if not _was_ever_held(store, register, version):
        return ""
    left = f"r.{quoted(HELD)}"
    for one in acceptances(store, register.id):
        if one.is_known_on(known_on, store):
            for fault in one.faults or [name for name in faults_of(register) if one.is_for(name)]:
                without = f"replace({left}, {literal(f',{fault},')}, ',')"
                left = f"case when r._version <= {one.version} then {without} else {left} end"
    return f"(r.{quoted(HELD)} is not null and {left} <> ',')"


def _was_ever_held(store: Store, register: Register, version: int | None) -> bool:
    versions = () if register.is_published else store.versions(register.id)
    return any(one.held and (version is None or one.number <= version) for one in versions)


def _times(register: Register) -> Sequence[str]:
    """The days a row speaks of: when it happened, or from when until when it is valid."""
    valid = (register.valid.start, register.valid.until) if register.valid else ()
    names = (register.happened,) if register.happened else tuple(name for name in valid if name)
    return [f"cast({quoted(name)} as date)" for name in names]


def _bare(fault: str) -> str:
    """The rule's own name, without the code of its form."""
    return fault.partition("/")[2] or fault
