"""A file is told by its content and opened as its format says; each format is one module beside this one.

Every format comes to the same: a head, and rows of texts with the line each begins on. Two may be read by the engine
itself: Parquet always, CSV where a survey has shown that every line is a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive import (
    csv_file,
    database,
    e_invoice,
    excel_file,
    json_lines,
    ocds_file,
    parquet_file,
)
from milepost.receive.csv_survey import Surveying
from milepost.receive.heads import known_heads
from milepost.registers.register import Register

Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True)
class Opened:
    """A file that is about to be read.

    `how` says how, in words for the receipt; `line` and `head` are its first row; `rows` gives the others. `written`
    is how a CSV file is written, and `view` and `texts` name a view of the engine with each column as text, for a
    format the engine reads.
    """

    how: str
    line: int
    head: list[str]
    rows: Rows
    written: csv_file.Written | None = None
    view: str = ""
    texts: dict[str, str] | None = None


def open_file(
    engine: Engine,
    register: Register,
    path: Path,
    shown_as: str,
    sheet: str | None,
    surveyed: Surveying | None = None,
) -> Opened:
    """Give a file as its format says; `sheet` chooses a sheet, or the table of a SQLite file.

    `surveyed` is what was seen of its lines before. Raises YoursToMend with what the format says of the file (R002 to
    R011, R030 to R038).
    """
    if excel_file.is_old_excel(path):
        mend = "Save it as .xlsx without a password, or as CSV"
        raise YoursToMend(Trouble("R004", "this is an .xls file or a locked one", mend, Place(shown_as)))
    if excel_file.is_excel(path):
        how, chosen = excel_file.how_written(path, sheet, shown_as)
        return _headed(how, excel_file.rows(path, chosen, shown_as))
    if database.is_sqlite(path):
        how, chosen = database.how_written(path, sheet, shown_as)
        return _headed(how, database.rows(path, chosen, shown_as))
    if parquet_file.is_parquet(path):
        view, texts = parquet_file.opened(engine, path, shown_as)
        return Opened("Parquet, rows counted from 1", 1, list(texts), iter(()), view=view, texts=texts)
    if e_invoice.is_xml(path, shown_as):
        return _e_invoice(register, path, shown_as)
    if ocds_file.is_ocds(path, shown_as):
        return _ocds(register, path, shown_as)
    if json_lines.is_json_lines(path, shown_as):
        names = json_lines.heads(path, shown_as)
        return Opened("JSON lines, UTF-8", 1, names, json_lines.rows(path, names, shown_as))
    written = csv_file.how_written(path, known_heads(register), shown_as, surveyed)
    return _headed(str(written), csv_file.rows(path, written, shown_as), written)


def _headed(how: str, rows: Rows, written: csv_file.Written | None = None) -> Opened:
    line, head = next(rows, (0, []))
    return Opened(how, line, head, rows, written)


def _e_invoice(register: Register, path: Path, shown_as: str) -> Opened:
    found = e_invoice.invoices(path, shown_as)
    elements = {head: e_invoice.element_named(head) for head in known_heads(register)}
    head = _one_for_each_column(register, [h for h, e in elements.items() if e_invoice.is_there(found, e)])
    rows = enumerate(e_invoice.rows(found, [elements[name] for name in head]), start=1)
    return Opened(f"e-invoice XML, {len(found)} invoices, lines counted from 1", 1, head, rows)


def _ocds(register: Register, path: Path, shown_as: str) -> Opened:
    processes = ocds_file.compiled(path, shown_as)
    # Every path a column names is a head: the standard leaves out what is not known. Paths come before plain words.
    known = sorted(known_heads(register), key=lambda head: "/" not in head)
    head = _one_for_each_column(register, [h for h in known if "/" in h or any(h in one for one in processes)])
    rows = enumerate(ocds_file.rows(processes, head, Place(shown_as)), start=1)
    return Opened(f"OCDS, releases of {len(processes)} processes merged, rows counted from 1", 1, head, rows)


def _one_for_each_column(register: Register, heads: list[str]) -> list[str]:
    """Give the first of the heads that each column answers to."""
    known = known_heads(register)
    first: dict[int, str] = {}
    for head in heads:
        first.setdefault(known[head], head)
    return list(first.values())
