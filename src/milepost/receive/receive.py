"""A file is received: told by its content, read row by row into the engine, handed on with its receipt.

Nothing is mended and no row is judged here. A file as a whole is refused only where its rows cannot be told
from one another: not a table, another encoding, columns that are not the register's.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive import csv_file, excel_file
from milepost.receive.batch import BEYOND, LINE, SURPLUS, Batch, Receipt
from milepost.receive.heads import column_places
from milepost.receive.waiting import restored
from milepost.registers.register import Register

_Rows = Iterator[tuple[int, list[str]]]


def content_hash(path: Path) -> str:
    """Give the SHA-256 of a file's bytes.

    Raises YoursToMend (R000) where there is no such file, or it cannot be read.
    """
    try:
        if not path.is_file():
            raise OSError
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        trouble = Trouble("R000", "there is no file here that can be read", "Name a file", Place(shown_name(path)))
        raise YoursToMend(trouble) from None


def shown_name(path: Path) -> str:
    """Give the name of a file for messages: no folders, nothing that a terminal would act on."""
    return "".join(letter if letter.isprintable() else "?" for letter in path.name)


def receive(
    engine: Engine,
    register: Register,
    path: Path,
    by: str,
    sheet: str | None = None,
    known_hash: str = "",
    known_as: str = "",
) -> Batch:
    """Give the rows of a file (CSV or .xlsx) as a Batch in the engine.

    `sheet` chooses a sheet of an Excel file (the first without it); `known_hash` saves hashing twice;
    `known_as` is the name the file came under, where it is read from a copy.
    Raises YoursToMend: R000 no such file, R001 empty, R002 to R007 and R010, R011 for what cannot be read
    as a table, R020 to R023 for its columns.
    """
    digest = known_hash or content_hash(path)
    name = known_as or shown_name(path)
    if path.stat().st_size == 0:
        raise YoursToMend(Trouble("R001", "the file is empty", "Send the file again", Place(name)))
    how, rows = _opened(path, register.column_ids, name, sheet)
    line, head = next(rows, (0, []))
    if not line:
        raise YoursToMend(Trouble("R001", "the file holds no text", "Send the file again", Place(name)))
    places = column_places(head, register.column_ids, Place(name, line))
    table = f"batch_{register.id}_{digest[:12]}"
    count = engine.load(table, _types(register.column_ids), _placed(rows, places, len(register.columns)))
    if not count:
        raise YoursToMend(Trouble("R001", "the file has a head and no rows", "Add rows below", Place(name, line)))
    receipt = Receipt(name, digest, datetime.now(UTC), by, how)
    return Batch(register.id, table, count, register.column_ids, receipt)


def _opened(path: Path, columns: tuple[str, ...], name: str, sheet: str | None) -> tuple[str, _Rows]:
    if excel_file.is_old_excel(path):
        mend = "Save it as .xlsx without a password, or as CSV"
        raise YoursToMend(Trouble("R004", "this is an .xls file or a locked one", mend, Place(name)))
    if excel_file.is_excel(path):
        how, chosen = excel_file.how_written(path, sheet, name)
        return how, excel_file.rows(path, chosen, name)
    written = csv_file.how_written(path, columns, name)
    return str(written), csv_file.rows(path, written, name)


def _placed(rows: _Rows, places: list[int | None], width: int) -> Iterator[tuple[object, ...]]:
    """Give line, surplus of cells, text of the surplus, and the cells in the register's order."""
    is_sent_again = None in places
    for line, cells in rows:
        ordered = [""] * width
        for place, cell in zip(places, cells, strict=False):
            if place is not None:
                ordered[place] = restored(cell) if is_sent_again else cell
        beyond = cells[len(places) :]
        surplus = min(0, len(cells) - len(places)) + (len(beyond) if any(beyond) else 0)
        yield line, surplus, _as_text(beyond) if surplus > 0 else "", *ordered


def _as_text(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _types(columns: tuple[str, ...]) -> dict[str, str]:
    return {LINE: "bigint", SURPLUS: "integer", BEYOND: "varchar", **dict.fromkeys(columns, "varchar")}
