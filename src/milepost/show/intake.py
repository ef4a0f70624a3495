"""A file is taken in: received, checked and kept in one go, safe to repeat at any time.

Nothing is done twice: a file whose content is known is told from its receipt without being read again,
unless rows of it wait and the declarations they were checked under (or the day) have changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from milepost.basics.errors import TryAgain
from milepost.check.check import Own, check, named_registers
from milepost.check.verdict import Finding, Refusal, Verdict
from milepost.engines.embedded import Engine
from milepost.keep.files import Waiting, arriving, keep_refused, refused_file, remember, settled, waiting
from milepost.keep.store import Store
from milepost.keep.version import Change, Version
from milepost.plan.zone import Zone
from milepost.receive.batch import Batch, Unproven
from milepost.receive.csv_survey import Surveying
from milepost.receive.receive import receive, shown_name, surveying
from milepost.registers.register import Register

_ATTEMPTS = 50
_LARGE_BYTES = 10_000_000
"""A plain file from this size on is read once, while it is checked."""

Progress = Callable[[str, int, int], None]
"""Told the step's name, how many rows are done, and of how many."""


@dataclass(frozen=True)
class Intake:
    """What became of a file.

    `accepted`, `refused` and `already_kept` rows sum to the file's rows, on the day it was checked. When it
    `was_known` nothing was done, there is no `verdict`, and `remembered` tells of the rows that wait. `version`
    is the last that holds rows of the file, None where no row of it was ever accepted; `refused_file` holds the
    rows that wait.
    """

    file: str
    register: str
    content_hash: str
    was_known: bool
    accepted: int
    refused: int
    warned: int
    already_kept: int
    version: Version | None
    verdict: Verdict | None
    refused_file: Path | None
    remembered: Waiting | None = None

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Why the first of the refused rows wait, as found now or when the file was first known."""
        if self.verdict is not None:
            return self.verdict.refusals
        return self.remembered.refusals if self.remembered else ()

    @property
    def held(self) -> int:
        """Rows that are kept and block the publishing of what rests on them; 0 for a file that was known."""
        return self.verdict.held_count if self.verdict is not None else 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What nobody declared and somebody should look at; nothing for a file that was known."""
        return self.verdict.findings if self.verdict is not None else ()

    @property
    def rule_counts(self) -> dict[str, int]:
        """Rows for every rule broken; empty for a file that was known and left no row waiting."""
        told = self.verdict or self.remembered
        return told.rule_counts if told else {}


def take_in(
    zone: Zone,
    store: Store,
    path: Path,
    register_name: str,
    today: date,
    who: str,
    sheet: str | None = None,
    change: Change = "add",
    told: Progress | None = None,
    own: Own | None = None,
) -> Intake:
    """Receive, check and keep a file.

    `change` says whether its rows are new, correct earlier ones, or close their keys. `told` is told the step
    (receive, check, keep), the rows done, and of how many (0 where that is not known). With `own` rows of others wait,
    and whether the same file was received from somebody else is not told. Raises YoursToMend where the
    file as a whole cannot be read (R000 to R038) and TryAgain where the store cannot be written (K001, K006) or
    others keep rows without a pause (K002).
    """
    register = zone.register_named(register_name)
    declarations = checked_under(zone, register, store, today, own)
    with ThreadPoolExecutor(2) as beside:
        surveyed = _surveying(register, path, beside)
        with arriving(store, path, surveyed.take if surveyed else None) as came:
            known = _known(store, register, path, came.content_hash, declarations, own)
            if known is not None:
                return known
            delivery = _Delivery(
                zone, store, register, path, came.content_hash, today, who, sheet, change, told or _silent, own
            )
            return delivery.taken_in(came.keep(), declarations, surveyed, beside)


def _surveying(register: Register, path: Path, threads: ThreadPoolExecutor) -> Surveying | None:
    """Begin the survey of a file that is large enough to be surveyed while it is copied."""
    return surveying(register, path, threads) if path.is_file() and _is_large(register, path) else None


def _is_large(register: Register, path: Path) -> bool:
    return not register.is_published and path.stat().st_size >= _LARGE_BYTES


def _known(
    store: Store, register: Register, path: Path, digest: str, declarations: str, own: Own | None
) -> Intake | None:
    version, wait = store.version_of(register.id, digest), waiting(store, register.id, digest)
    name = shown_name(path)
    if wait is not None and wait.checked_under == declarations and wait.refused:
        counts = (wait.accepted, wait.refused, wait.warned, wait.kept)
        place = refused_file(store, register.id, digest)
        if not place.exists():
            return None
        return Intake(name, register.id, digest, True, *counts, version, None, place, wait)
    if version is not None and not version.refused and own is None:
        return Intake(name, register.id, digest, True, version.added, 0, version.warned, 0, version, None, None)
    return None


@dataclass(frozen=True)
class _Delivery:
    """A file that has come and is not known."""

    zone: Zone
    store: Store
    register: Register
    path: Path
    content_hash: str
    today: date
    who: str
    sheet: str | None
    change: Change
    tell: Progress
    own: Own | None

    def taken_in(self, copy: Path, declarations: str, surveyed: Surveying | None, beside: ThreadPoolExecutor) -> Intake:
        """Receive, check and keep the file from its copy, of which every row is then in one of three places."""
        self.tell("receive", 0, 0)
        with Engine() as engine:
            batch = self._received(engine, copy, _is_large(self.register, copy), surveyed)
            on_disk = beside.submit(settled, copy)
            for attempt in range(_ATTEMPTS):
                try:
                    verdict, place, version = self._kept(engine, batch, on_disk)
                except Unproven:
                    batch = self._received(engine, copy)
                    continue
                except TryAgain as error:
                    if attempt + 1 == _ATTEMPTS or error.troubles[0].code != "K002":
                        raise
                else:
                    break
            remember(self.store, verdict, declarations)
        counts = (verdict.accepted_count, verdict.refused_count, verdict.warned_count, verdict.kept_count)
        if self.own is None:
            version = version or self.store.version_of(self.register.id, self.content_hash)
        name = shown_name(self.path)
        return Intake(name, self.register.id, self.content_hash, False, *counts, version, verdict, place)

    def _received(
        self, engine: Engine, copy: Path, may_stand: bool = False, surveyed: Surveying | None = None
    ) -> Batch:
        return receive(
            engine,
            self.register,
            copy,
            self.who,
            self.sheet,
            self.content_hash,
            shown_name(self.path),
            lambda _, *rows: self.tell("receive", *rows),
            may_stand,
            surveyed,
        )

    def _kept(self, engine: Engine, batch: Batch, on_disk: Future[None]) -> tuple[Verdict, Path | None, Version | None]:
        """Check the batch against what is kept now, and keep what passes; where others came first, nothing is."""
        store, register, change = self.store, self.register, self.change
        self.tell("check", batch.count, batch.count)
        parent = store.newest(register.id)
        kept = store.view(engine, register)
        others = {name: store.view(engine, self.zone.registers[name]) for name in named_registers(register)}
        with store.staging(register, parent) as staging:
            verdict = check(engine, self.zone, register, batch, self.today, kept, others, change, self.own, staging)
            place = keep_refused(engine, store, register, verdict)
            self.tell("keep", verdict.accepted_count, batch.count)
            on_disk.result()
            if not verdict.accepted_count:
                return verdict, place, None
            return verdict, place, store.commit(engine, register, verdict, parent, change, staging)


def _silent(step: str, done: int, of: int) -> None:
    """Nobody is told."""


def checked_under(zone: Zone, register: Register, store: Store, today: date, own: Own | None = None) -> str:
    """Give a hash of all that a verdict depends on beside the rows: rules, declared words, other registers, the day,
    and whose rows they may be.
    """
    declared = zone.declared
    others = {link.register for rule in register.rules for link in (rule.refers, rule.reconciles) if link}
    words = (
        (register.id, register.version, today.isoformat()),
        (repr(register.columns), repr(register.rules)) if not register.is_published else (),
        sorted((other, store.newest(other)) for other in others),
        sorted((i.id, i.unit, i.scale) for i in zone.indicators.values()),
        sorted((name, figure.indicator, figure.unit) for name, figure in zone.figures.items()),
        sorted((area.id, area.also_written) for area in declared.areas),
        sorted(declared.units.items()),
        sorted(declared.undated_periods),
        *(() if own is None else ((own.column, sorted(own.codes)),)),
    )
    return hashlib.sha256(repr(words).encode()).hexdigest()
