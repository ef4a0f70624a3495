"""A file is received: told by its content, read row by row into the engine, handed on with its receipt.

Nothing is mended and no row is judged here. A file as a whole is refused only where its rows cannot be told
from one another: not a table, another encoding, columns that are not the register's.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from milepost.basics.errors import MilepostError, Place, Trouble, YoursToMend, listed
from milepost.engines.csv_copy import Lines
from milepost.engines.embedded import Engine, literal, quoted
from milepost.receive import csv_file, parquet_file
from milepost.receive.batch import BEYOND, BLANK, LINE, SURPLUS, Batch, Receipt
from milepost.receive.csv_survey import Surveying
from milepost.receive.heads import Heads, known_heads, left_out, read_heads
from milepost.receive.opening import Opened, Rows, open_file
from milepost.receive.styles import with_styles
from milepost.receive.waiting import restored
from milepost.registers.register import Register

Progress = Callable[[str, int, int], None]
_ROWS_BETWEEN = 50_000


def content_hash(path: Path) -> str:
    """Give the SHA-256 of a file's bytes.

    Raises YoursToMend (R000) where there is no such file, or it cannot be read.
    """
    with readable(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def surveying(register: Register, path: Path, threads: ThreadPoolExecutor) -> Surveying | None:
    """Give the survey to be shown the pieces of a register's file as they come; None where it is no text."""
    return csv_file.surveying(path, known_heads(register), shown_name(path), threads)


@contextmanager
def readable(path: Path) -> Iterator[BufferedReader]:
    """Open a file to read its bytes. Raises YoursToMend (R000) where there is no such file, or it cannot be read."""
    try:
        if not path.is_file():
            raise OSError
        with path.open("rb") as file:
            yield file
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
    progress: Progress | None = None,
    may_stand: bool = False,
    surveyed: Surveying | None = None,
) -> Batch:
    """Give the rows of a file as a Batch in the engine; its format is told by its content.

    `sheet` chooses a sheet of an Excel file (the first without it) or a table of a SQLite file; `known_hash` saves
    hashing twice; `known_as` is the name the file came under, where it is read from a copy. `progress` is told the
    file, the rows so far and how many there are (0 while that is not known). Interrupted, nothing stays. With
    `may_stand` the rows of a plain CSV file are left in it until the check reads them (`Batch.standing`); `surveyed`
    is what was seen of its lines while it came (`surveying`).
    Raises YoursToMend: R000 no such file, R001 empty, R002 to R011 and R030 to R038 for what cannot be read
    as a table, R020 to R024 for its columns.
    """
    digest = known_hash or content_hash(path)
    name = known_as or shown_name(path)
    if path.stat().st_size == 0:
        raise YoursToMend(Trouble("R001", "the file is empty", "Send the file again", Place(name)))
    found = open_file(engine, register, path, name, sheet, surveyed)
    if not found.line:
        raise YoursToMend(Trouble("R001", "the file holds no text", "Send the file again", Place(name)))
    heads = read_heads(found.head, register, Place(name, found.line))
    table = f"batch_{register.id}_{digest[:12]}"
    told = _Progress(name, found, progress)
    lines = _lines(register, path, found, heads)
    standing = (engine.view_lines(table, lines) or "") if lines and may_stand else ""
    count: int | None
    if lines and standing:
        count = lines.rows
    elif found.texts is not None:
        count = _of_the_view(engine, register, name, table, found.view, list(found.texts.values()), heads)
    else:
        count = engine.load_lines(table, lines) if lines else None
    if count is None:
        rows = told.counted(_placed(found.rows, heads, len(register.columns)))
        count = engine.load(table, _types(register.column_ids), rows)
    if not count:
        mend = "Add rows below"
        raise YoursToMend(Trouble("R001", "the file has a head and no rows", mend, Place(name, found.line)))
    told.done(count)
    absent = left_out(heads, register)
    how = f"{found.how}; left out: {listed(absent, 30)}" if absent else found.how
    receipt = Receipt(name, digest, datetime.now(UTC), by, how)
    batch = Batch(register.id, table, count, register.column_ids, receipt, standing)
    try:
        return replace(batch, receipt=replace(receipt, how_read=with_styles(engine, batch, register)))
    except MilepostError as error:
        if not standing or error.troubles[0].code != "E001":
            raise
    return receive(engine, register, path, by, sheet, digest, name, progress)


def _places(register: Register, heads: Heads) -> dict[str, int | None]:
    """Give for each column of the register the place of its cell in a row, None where the file has none."""
    places: dict[str, int | None] = dict.fromkeys(register.column_ids)
    places.update(
        (register.column_ids[number], place) for place, number in enumerate(heads.places) if number is not None
    )
    return places


def _lines(register: Register, path: Path, found: Opened, heads: Heads) -> Lines | None:
    """Give a CSV file as the engine reads it, None where it may not."""
    written = found.written
    is_ours = heads.are_sent_again or len(heads.places) != len(found.head)
    if written is None or is_ours or not written.survey.is_plain or found.line != 1 or written.encoding == "gb18030":
        return None
    rows, packed, width = written.survey.lines - 1, written.is_packed, len(found.head)
    places = _places(register, heads)
    return Lines(path, written.separator, width, rows, packed, places, LINE, SURPLUS, BEYOND, BLANK)


def _of_the_view(
    engine: Engine, register: Register, name: str, table: str, view: str, texts: list[str], heads: Heads
) -> int:
    """Make the table of a view's rows, whose columns are `texts`, and give their count."""
    cells = ", ".join(
        f"{texts[place] if place is not None else literal('')} as {quoted(column)}"
        for column, place in _places(register, heads).items()
    )
    added = f"row_number() over () as {quoted(LINE)}, 0::integer as {quoted(SURPLUS)}, '' as {quoted(BEYOND)}"
    engine.drop(table)
    try:
        engine.make(table, f"select {added}, {cells} from {quoted(view)}")
    except MilepostError as error:
        if error.troubles[0].code != "E001":
            raise
        raise YoursToMend(parquet_file.broken(Place(name))) from None
    return int(engine.rows(f"select count(*) from {quoted(table)}")[0][0])


def _placed(rows: Rows, heads: Heads, width: int) -> Iterator[tuple[object, ...]]:
    """Give line, surplus of cells, text of the surplus, and the cells in the register's order."""
    places = heads.places
    for line, cells in rows:
        ordered = [""] * width
        for place, cell in zip(places, cells, strict=False):
            if place is not None:
                ordered[place] = restored(cell) if heads.are_sent_again else cell
        beyond = cells[len(places) :]
        surplus = min(0, len(cells) - len(places)) + (len(beyond) if any(beyond) else 0)
        yield line, surplus, _as_text(beyond) if surplus > 0 else "", *ordered


class _Progress:
    """Tells how many rows of a file are read, now and then."""

    def __init__(self, name: str, found: Opened, tell: Progress | None) -> None:
        self._name, self._tell = name, tell
        self._whole = max(found.written.survey.lines - 1, 0) if found.written else 0

    def counted(self, rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
        for count, row in enumerate(rows, start=1):
            if self._tell is not None and count % _ROWS_BETWEEN == 0:
                self._tell(self._name, count, self._whole)
            yield row

    def done(self, count: int) -> None:
        if self._tell is not None:
            self._tell(self._name, count, count)


def _as_text(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _types(columns: tuple[str, ...]) -> dict[str, str]:
    return {LINE: "bigint", SURPLUS: "integer", BEYOND: "varchar", **dict.fromkeys(columns, "varchar")}
