"""A kept register leaves with all that is needed to read it: rows of one version, its declaration, its code lists,
and where the rows came from.

Only rows that are public leave: those of a register that is declared so, or that the zone says is (`public_registers`),
and published figures. The names of those who sent files stay here.
"""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import LANGUAGES, Text
from milepost.basics.written import plain_values
from milepost.check.cells import sql_type
from milepost.engines.embedded import Engine, quoted
from milepost.keep.files import safe_name
from milepost.keep.store import Store
from milepost.keep.version import Version
from milepost.plan.zone import Zone
from milepost.receive.batch import LINE
from milepost.receive.waiting import KEPT_VERSION
from milepost.registers.code_list import CodeList
from milepost.registers.register import DATES, Column, Register
from milepost.show.exchange.reading_table import notice_text
from milepost.show.exchange.writing import Head, appearing, as_text, write_csv, write_excel, write_parquet

_ROWS_AT_ONCE = 10_000
_SQL_KINDS = {"bigint": "whole", "double": "real", "date": "day", "timestamp": "moment", "boolean": "yes_no"}


@dataclass(frozen=True)
class Copied:
    """What was written: the place, the version, how many rows, and the names of the files in it."""

    place: Path
    version: Version
    count: int
    files: tuple[str, ...]


def copy_register(
    zone: Zone, store: Store, register: Register, place: Path, form: str = "csv", number: int | None = None,
    known_on: date | None = None, has_right: bool = False,
) -> Copied:  # fmt: skip
    """Write a register's rows (`csv`, `xlsx`, `parquet`) with its declaration, into a folder, or a .zip file.

    The rows are those of a version, by its `number` or as known on a day, else of the newest. `has_right` says that
    it is for somebody who may read the register's rows; else only public ones leave. Raises YoursToMend: S107 rows that
    may not leave, K004 no such version; TryAgain: K001 the place cannot be written.
    """
    if not (has_right or is_open(register)):
        what = f"the rows of {register.id} tell of single persons or firms, and do not leave"
        mend = "Export readings instead; if these rows are public, say so in zone.yaml under public_registers"
        raise YoursToMend(Trouble("S107", what, mend))
    version = _version(store, register, number, known_on)
    if place.suffix.lower() != ".zip":
        return _into(zone, store, register, version, place, place, form)
    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        done = _into(zone, store, register, version, Path(folder), place, form)
        with appearing(place) as passing, zipfile.ZipFile(passing, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in done.files:
                packed.write(Path(folder) / name, name)
    return done


def is_open(register: Register) -> bool:
    """May everybody have the rows of the register?"""
    return register.is_public or register.is_published


def _version(store: Store, register: Register, number: int | None, known_on: date | None) -> Version:
    if number is None and known_on is not None:
        number = store.newest_on(register.id, known_on)
    elif number is None:
        number = store.newest(register.id)
    found = next((one for one in store.versions(register.id) if one.number == number), None)
    if found is None:
        count = len(store.versions(register.id))
        mend = f"There are versions 1 to {count}" if count else "Nothing of it is kept: receive a file first"
        raise YoursToMend(Trouble("K004", f"{register.id} has no such version", mend))
    return found


def _into(
    zone: Zone, store: Store, register: Register, version: Version, folder: Path, place: Path, form: str
) -> Copied:
    name = safe_name(f"{register.id}.{form}")
    with Engine() as engine:
        view = store.view(engine, register, version.number)
        count = _write_rows(engine, register, view, folder / name, form)
    lists = {} if register.is_published else zone.code_lists_of(register)
    files = [name, "register.yaml", "version.json", *(f"codes/{safe_name(one)}.csv" for one in lists)]
    _write_text(folder / "register.yaml", declaration_text(register, notice_text(zone)))
    for one, codes in lists.items():
        _write_codes(folder / "codes" / f"{safe_name(one)}.csv", codes)
    history = [one for one in store.versions(register.id) if one.number <= version.number]
    told = {
        "register": register.id,
        "declared_version": register.version,
        "version": version.number,
        "count": count,
        "file": name,
        "sha256": _digest(folder / name),
        "versions": [_receipt(one) for one in history],
    }
    _write_text(folder / "version.json", json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    return Copied(place, version, count, tuple(files))


def _receipt(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "kept_at": version.kept_at.isoformat(),
        "change": version.change,
        "count": version.count,
        "added": version.added,
        "refused": version.refused,
        "file": version.receipt.file,
        "content_sha256": version.content_hash,
        "how_read": version.receipt.how_read,
    }


def _write_text(place: Path, text: str) -> None:
    with appearing(place) as passing:
        passing.write_text(text, encoding="utf-8")


def _digest(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_codes(place: Path, codes: CodeList) -> None:
    head = ("code", "name_en", "name_zh", "parent", "from", "until")
    with appearing(place) as passing, passing.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for one in codes.codes:
            names = (one.name[language] for language in LANGUAGES)
            writer.writerow([one.code, *names, one.parent, as_text(one.start), as_text(one.until)])


def declaration_text(register: Register, notice: str = "") -> str:
    """Give the declaration as a file of registers holds it, under the register's last word, and the notice above it."""
    declared = plain_values(register)
    declared.pop("id")
    text = yaml.safe_dump({register.id.rpartition(".")[2]: declared}, allow_unicode=True, sort_keys=False, width=110)
    said = f"# {notice}\n" if notice else ""
    return f"{said}# The register {register.id} as it was declared. Code lists stand under codes/.\n{text}"


# --- rows ------------------------------------------------------------------------------------------------------


def _write_rows(engine: Engine, register: Register, view: str, place: Path, form: str) -> int:
    rows = _rows(engine, register, view)
    version = (KEPT_VERSION, "whole", Text("The version that holds the row", "所在版本"))
    if form == "csv":
        texts = ([*(cell_text(c, v) for c, v in zip(register.columns, row, strict=False)), row[-1]] for row in rows)
        return write_csv(place, [*_head(register, is_text=True), version], texts)
    if form == "xlsx":
        texts = ([cell_text(c, v) for c, v in zip(register.columns, row, strict=False)] for row in rows)
        return write_excel(place, [("rows", _head(register, is_text=True), texts)])
    return write_parquet(place, _head(register, is_text=register.is_published), (row[:-1] for row in rows))


def _head(register: Register, is_text: bool) -> Head:
    return [(column.id, "text" if is_text else _kind(column), column.name) for column in register.columns]


def _kind(column: Column) -> str:
    kind = sql_type(column)
    return kind if kind.startswith("decimal") else _SQL_KINDS.get(kind, "text")


def _rows(engine: Engine, register: Register, view: str) -> Iterator[tuple[Any, ...]]:
    """The rows in the order they were kept, each with its version last."""
    names = ", ".join(map(quoted, (*register.column_ids, "_version")))
    order = f"{quoted('_version')}, {quoted(LINE)}"
    for batch in engine.stream(f"select {names} from {quoted(view)} order by {order}", _ROWS_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def cell_text(column: Column, value: Any) -> str:
    """Give a kept value as a file writes it whose column is declared so: it is read as the same value again."""
    written = column.written
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return (written.yes or ("yes",))[0] if value else (written.no or ("no",))[0]
    if column.type in DATES:
        return _day_text(column, value)
    if written.times != 1:
        value = value / written.times if isinstance(value, float) else Decimal(value) / written.times
    text = as_text(value) if isinstance(value, float | int) else f"{value.normalize():f}"
    return text.replace(".", written.decimal)


def _day_text(column: Column, value: date) -> str:
    if column.written.dates:
        forms = column.written.dates
        whole = (form for form in forms if datetime.strptime(value.strftime(form), form) == _midnight(value))
        return value.strftime(next(whole, forms[0]))
    if column.type == "month":
        return value.strftime("%Y-%m")
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()


def _midnight(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
