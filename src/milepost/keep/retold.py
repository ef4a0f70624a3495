"""The file of refused rows in another language: the same rows under the same columns, the reasons in other words.

Rows are refused and written once, in English. For a reader of another language the reasons are told anew from the
declarations; what these do not hold any more stays as it was written.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from milepost.check.fault import Told, faults_of, tell
from milepost.keep.files import in_language, refused_file, written
from milepost.keep.store import Store
from milepost.receive.heads import known_heads
from milepost.receive.waiting import WAITING_COLUMNS, WAITING_HEADS, restored
from milepost.registers.register import Register

_BETWEEN = {"en": "; ", "zh": "；"}


def refused_file_in(store: Store, register: Register, content_hash: str, language: str) -> Path:
    """Give the file in which the refused rows of a batch wait, in a language; it is written when first asked for.

    Where none wait the place has no file. It can be mended and sent again as the English one can. Raises TryAgain
    (K001) where it cannot be written.
    """
    english = refused_file(store, register.id, content_hash)
    place = in_language(english, language)
    if place == english or not english.exists():
        return place
    if not place.exists() or place.stat().st_mtime_ns < english.stat().st_mtime_ns:
        with english.open(encoding="utf-8-sig", newline="") as rows, written(place, "w") as file:
            csv.writer(file).writerows(_retold(register, csv.reader(rows), language))
    return place


def _retold(register: Register, rows: Iterator[list[str]], language: str) -> Iterator[list[str]]:
    head = next(rows, [])
    yield [_head(register, name, language) for name in head]
    _, rules, reasons, mends, _ = (head.index(name) for name in WAITING_COLUMNS)
    for row in rows:
        cells = {name: restored(cell) for name, cell in zip(head, row, strict=True)}
        told = list(_told(register, cells, language))
        row[rules] = _BETWEEN[language].join(one.code for one in told)
        row[reasons] = _BETWEEN[language].join(one.reason for one in told)
        row[mends] = _BETWEEN[language].join(one.mend for one in told)
        yield row


def _head(register: Register, name: str, language: str) -> str:
    """The columns of the register keep their ids, by which the reasons name them."""
    said = WAITING_HEADS[name][language] if name in WAITING_HEADS else name
    return name if said in known_heads(register) else said


def _told(register: Register, cells: Mapping[str, str], language: str) -> Iterator[Told]:
    """Tell each fault of a row, which is known by its code and by what was said of it in English."""
    codes, reasons, mends = (cells[name] for name in WAITING_COLUMNS[1:4])
    written_codes = codes.split("; ")
    for number, code in enumerate(written_codes):
        faults = [fault for fault in faults_of(register).values() if fault.code == code]
        fitting = [fault for fault in faults if f"{reasons}; ".startswith(f"{fault.reason()}; ")]
        if not fitting:
            # What follows cannot be told apart any more, and is left in the words it was written in.
            yield Told("; ".join(written_codes[number:]), reasons, mends)
            return
        one = max(fitting, key=lambda fault: len(fault.reason()))
        reasons = reasons[len(one.reason()) + 2 :]
        mends = mends[len(tell(register, one.name, cells).mend) + 2 :]
        yield tell(register, one.name, cells, language)
