"""Tables are written as CSV, Excel or Parquet: whole or not at all, and so that no spreadsheet runs a cell.

In CSV a text that begins like a formula gets an apostrophe, which comes off again when the file is received; in Excel
the cell is marked as text, and stays as it is.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from milepost.basics.errors import Trouble, TryAgain
from milepost.basics.text import Text
from milepost.receive.waiting import neutral

LARGEST_CELL = 32_767
"""Letters that fit into a cell of Excel."""

Head = Sequence[tuple[str, str, Text]]
"""For each column its name, its type (text, whole, real, day, moment, yes_no, or decimal(p,s)), and what it says."""


@contextmanager
def appearing(place: Path) -> Iterator[Path]:
    """Give a passing place beside `place`; what was written there appears under its name when all is well.

    Raises TryAgain (K001) where it cannot be written.
    """
    passing = place.with_name(f".{place.name[:60]}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        yield passing
        passing.replace(place)
    except OSError as error:
        what = f"a file could not be written ({type(error).__name__})"
        raise TryAgain(Trouble("K001", what, "See that the disk has room and the folder may be written")) from None
    finally:
        passing.unlink(missing_ok=True)


def as_text(value: Any) -> str:
    """Give a value as a cell of CSV: all digits of a number, ISO for days, true or false, nothing for None.

    >>> as_text(0.1), as_text(12.0), as_text(date(2025, 1, 2)), as_text(True), as_text(None)
    ('0.1', '12', '2025-01-02', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def write_csv(place: Path, head: Head, rows: Iterable[Sequence[Any]]) -> int:
    """Write a table as CSV in UTF-8 with a byte order mark, and give the count of its rows."""
    count = 0
    with appearing(place) as passing, passing.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([name for name, _, _ in head])
        for row in rows:
            writer.writerow([neutral(as_text(value)) for value in row])
            count += 1
    return count


def write_parquet(place: Path, head: Head, rows: Iterable[Sequence[Any]]) -> int:
    """Write a table as Parquet with typed columns, what each says in its metadata, and give the count of its rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [pa.field(name, _arrow(kind), metadata={"en": says.en, "zh": says.zh}) for name, kind, says in head]
    )
    columns = list(zip(*rows, strict=True)) or [()] * len(head)
    arrays = [_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    with appearing(place) as passing:
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), passing, compression="zstd")
    return len(columns[0]) if columns else 0


def _arrow(kind: str) -> Any:
    import pyarrow as pa

    known = {"text": pa.string(), "whole": pa.int64(), "real": pa.float64(), "day": pa.date32(), "yes_no": pa.bool_()}
    if kind.startswith("decimal"):
        precision, places = kind[8:-1].split(",")
        return pa.decimal128(int(precision), int(places))
    return pa.timestamp("us") if kind == "moment" else known[kind]


def _array(values: Sequence[Any], kind: Any) -> Any:
    import pyarrow as pa

    return pa.array(values, type=kind, from_pandas=False)


def write_excel(place: Path, sheets: Iterable[tuple[str, Head, Iterable[Sequence[Any]]]]) -> int:
    """Write sheets, each with a name, a head and rows, as an Excel file, and give the count of the first one's rows."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    counts = []
    for title, head, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.append([_bold(sheet, name) for name, _, _ in head])
        counts.append(0)
        for row in rows:
            sheet.append([safe_cell(sheet, value) for value in row])
            counts[-1] += 1
    with appearing(place) as passing:
        book.save(passing)
    return counts[0] if counts else 0


def safe_cell(sheet: Any, value: Any) -> Any:
    """Give a value as a cell of Excel that is never a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:LARGEST_CELL])
    cell.data_type = "s"
    if neutral(value) != value:
        cell.quotePrefix = True
    return cell


def _bold(sheet: Any, value: str) -> Any:
    from openpyxl.styles import Font

    cell = safe_cell(sheet, value)
    cell.font = Font(bold=True)
    return cell
