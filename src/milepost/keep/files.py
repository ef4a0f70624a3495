"""Files beside the tables: what was received stays as it came; what was refused waits to be mended.

Every file is written under a passing name and renamed, so that none is ever seen half. A name that comes
from outside loses everything that could lead out of its folder.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from glob import escape
from pathlib import Path
from typing import IO, Any

from milepost.basics.errors import Trouble, TryAgain
from milepost.basics.text import LANGUAGES
from milepost.check.check import tell
from milepost.check.verdict import Refusal, Verdict
from milepost.engines.embedded import Engine, quoted
from milepost.keep.store import RECEIVED, REFUSED, Store, sweep
from milepost.receive.batch import BEYOND, LINE
from milepost.receive.receive import content_hash, readable
from milepost.receive.waiting import WAITING_COLUMNS, neutral
from milepost.registers.register import Register

_LONGEST_NAME = 80
_PIECE_BYTES, _PIECES_HELD = 1_000_000, 4


def safe_name(name: str) -> str:
    """Give the name of a file that stays in its folder on every system.

    >>> safe_name("../../etc/passwd"), safe_name("..\\\\x.csv"), safe_name("2025 年.csv")
    ('passwd', 'x.csv', '2025_年.csv')
    """
    last = re.split(r"[/\\\\]", name)[-1]
    plain = re.sub(r"[^\w.\-]", "_", last).lstrip(".") or "file"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}.{ending[:8]}" if dot else plain[:_LONGEST_NAME]


@dataclass(frozen=True)
class Arriving:
    """A file that has come: the hash of its content, and a copy of it that nothing rests on yet.

    `passing` is where the copy lies until it is kept; it lies at its `place` already where it was received before.
    """

    content_hash: str
    place: Path
    passing: Path

    def keep(self) -> Path:
        """Let the copy stay, and give its place. Before rows of it are kept, it is to be `settled`."""
        with _told():
            self.passing.replace(self.place)
        return self.place


@contextmanager
def arriving(store: Store, path: Path, shown: Callable[[bytes], None] | None = None) -> Iterator[Arriving]:
    """Copy a file as it is while its hash is taken; unless the copy is kept, nothing of it stays.

    Each of its pieces is `shown` as it comes; none where the file has come before. Raises YoursToMend (R000) where
    there is no file to be read, TryAgain: K001 the folder cannot be written, K006 the file changed while it was read.
    """
    folder, name = store.folder / RECEIVED, safe_name(path.name)
    if (known := _received_before(folder, name, path)) is not None:
        yield known
        return
    passing = folder / f".{name[:60]}.{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        with readable(path) as file:
            before = os.fstat(file.fileno())
            with _told():
                folder.mkdir(parents=True, exist_ok=True)
                sweep(folder, ".*.part")
                with passing.open("wb") as copy:
                    digest = _copied(file, copy, shown)
            after = path.stat()
        if (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino):
            raise TryAgain(Trouble("K006", "the file changed while it was read", "Send it when it is complete"))
        yield Arriving(digest, folder / f"{digest}_{name}", passing)
    finally:
        passing.unlink(missing_ok=True)


def _received_before(folder: Path, name: str, path: Path) -> Arriving | None:
    """Give the copy that is there of a file with this name, size and content."""
    alike = [one for one in folder.glob(f"*_{escape(name)}") if path.is_file() and _size(one) == _size(path)]
    if not alike:
        return None
    digest = content_hash(path)
    place = folder / f"{digest}_{name}"
    # What was copied and not settled, before the power failed, may be of the right size and not of the right content.
    return Arriving(digest, place, place) if place in alike and content_hash(place) == digest else None


def _size(path: Path) -> int:
    return path.stat().st_size


def settled(place: Path) -> None:
    """Wait until a file that was received is on the disk. Raises TryAgain (K001) where it cannot be written there."""
    with _told(), place.open("rb") as file:
        os.fsync(file.fileno())


def _copied(file: IO[bytes], copy: IO[bytes], shown: Callable[[bytes], None] | None) -> str:
    """Copy a file and give the hash of what was copied, which is taken of each piece while it is written and shown."""
    digest, hashing = hashlib.sha256(), deque[Future[None]]()
    with ThreadPoolExecutor(1) as thread:
        while piece := file.read(_PIECE_BYTES):
            hashing.append(thread.submit(digest.update, piece))
            copy.write(piece)
            if shown is not None:
                shown(piece)
            if len(hashing) > _PIECES_HELD:
                hashing.popleft().result()
    return digest.hexdigest()


@dataclass(frozen=True)
class Waiting:
    """What is remembered of a file with refused rows.

    Its counts, why the first of its rows wait, and under which declarations it was checked.
    """

    file: str
    content_hash: str
    checked_under: str
    accepted: int
    refused: int
    warned: int
    kept: int
    rule_counts: dict[str, int]
    refusals: tuple[Refusal, ...] = ()


def refused_file(store: Store, register: str, content_hash: str) -> Path:
    """Give the place of the file in which the refused rows of a batch wait."""
    return store.folder / REFUSED / register / f"{content_hash[:12]}.csv"


def in_language(place: Path, language: str) -> Path:
    """Give the place of a file of refused rows in a language; rows are refused in English."""
    return place if language == LANGUAGES[0] else place.with_suffix(f".{language}.csv")


def waiting(store: Store, register: str, content_hash: str) -> Waiting | None:
    """Give what is remembered of a file with refused rows, or None where none wait."""
    try:
        told = json.loads(refused_file(store, register, content_hash).with_suffix(".json").read_text("utf-8"))
        found = Waiting(**told | {"refusals": tuple(_remembered(one) for one in told.get("refusals", ()))})
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None
    return found if found.content_hash == content_hash else None


def keep_refused(engine: Engine, store: Store, register: Register, verdict: Verdict) -> Path | None:
    """Write the refused rows with line, rules, reasons and mends, and give the file; None when none wait.

    The file has the register's columns first, so that it can be mended and sent again as it is; texts that
    a spreadsheet would run are neutralised. What waited of the same batch before is replaced.
    """
    place = refused_file(store, register.id, verdict.batch.receipt.content_hash)
    if not verdict.refused_count:
        for language in LANGUAGES:
            in_language(place, language).unlink(missing_ok=True)
        return None
    with written(place, "w") as file:
        writer = csv.writer(file)
        writer.writerow((*register.column_ids, *WAITING_COLUMNS))
        for row in _refused_rows(engine, register, verdict):
            writer.writerow([neutral(str(cell)) for cell in row])
    return place


def remember(store: Store, verdict: Verdict, checked_under: str) -> None:
    """Note that a file with refused rows was dealt with; written last, when its accepted rows are kept."""
    receipt = verdict.batch.receipt
    place = refused_file(store, verdict.batch.register, receipt.content_hash).with_suffix(".json")
    if not verdict.refused_count:
        place.unlink(missing_ok=True)
        return
    counts = (verdict.accepted_count, verdict.refused_count, verdict.warned_count, verdict.kept_count)
    told = Waiting(receipt.file, receipt.content_hash, checked_under, *counts, verdict.rule_counts, verdict.refusals)
    with written(place, "w") as file:
        json.dump(asdict(told), file, ensure_ascii=False)


def _remembered(told: dict[str, Any]) -> Refusal:
    chinese = tuple((reason, mend) for reason, mend in told.get("in_chinese", ()))
    rules, mends, reasons = (tuple(told[name]) for name in ("rules", "mends", "reasons"))
    return Refusal(told["line"], rules, mends, reasons, chinese)


def _refused_rows(engine: Engine, register: Register, verdict: Verdict) -> Iterator[tuple[Any, ...]]:
    reader = engine.stream(f"select * from {quoted(verdict.refused)} order by {quoted(LINE)}", 10_000)
    for batch in reader:
        for row in batch.to_pylist():
            told = [tell(register, fault, row) for fault in row["blocking"]]
            reasons = (
                "; ".join(t.code for t in told),
                "; ".join(t.reason for t in told),
                "; ".join(t.mend for t in told),
            )
            yield *(row[column] for column in register.column_ids), row[LINE], *reasons, row[BEYOND]


@contextmanager
def written(place: Path, mode: str) -> Iterator[IO[Any]]:
    """A file that appears whole or not at all."""
    passing = place.with_name(f".{place.name[:60]}.{os.getpid()}.part")
    encoding = None if "b" in mode else "utf-8-sig" if place.suffix == ".csv" else "utf-8"
    try:
        with _told():
            place.parent.mkdir(parents=True, exist_ok=True)
            with passing.open(mode, encoding=encoding, newline=None if encoding is None else "") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            passing.replace(place)
    finally:
        passing.unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"a file could not be written ({type(error).__name__})"
        raise TryAgain(Trouble("K001", what, "See that the disk has room and the folder may be written")) from None
