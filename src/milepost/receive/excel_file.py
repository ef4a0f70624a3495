"""Excel (.xlsx): one sheet, its cells as the text a person would see; nothing in it is executed.

A number loses no digit to its display format; a date shows as day, month or year as its format says; a
percentage keeps its sign. Merged cells are refused, because only one of them would hold the value.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.parsers import expat

from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.receive.packed import LARGEST_RATIO, refuse_odd_names

_LARGEST_UNPACKED_BYTES = 300_000_000
_PIECE = 4096
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError, RuntimeError)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')
_FORMULA_WITHOUT_VALUE = re.compile(
    rb'<c\s[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


def is_excel(path: Path) -> bool:
    """Is it a packed file, as .xlsx is? Told by its first bytes, not by its name."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def is_old_excel(path: Path) -> bool:
    """Is it an .xls file or one locked with a password? Those are not read."""
    with path.open("rb") as file:
        return file.read(4) == b"\xd0\xcf\x11\xe0"


def how_written(path: Path, sheet: str | None, shown_as: str) -> tuple[str, str]:
    """Give how the file is read, in words, and the name of the sheet: the chosen one, or the first.

    Raises YoursToMend: R004 a file that cannot be opened as Excel or unpacks beyond reason, R005 no such
    sheet, R006 merged cells, R007 a formula without its value, R031 a part whose name leads out of the
    file, R033 a part that declares an entity.
    """
    place = Place(shown_as)
    _refuse_bomb(path, place)
    with _workbook(path, place) as workbook:
        names = workbook.sheetnames
        if sheet is not None and sheet not in names:
            mend = nearest(sheet, names).rstrip("?") or f"Choose one of its {len(names)} sheets"
            raise YoursToMend(Trouble("R005", "the file has no sheet of the chosen name", mend, place))
        chosen = sheet or next((s.title for s in workbook.worksheets if s.sheet_state == "visible"), names[0])
        number = names.index(chosen) + 1
        part = getattr(workbook[chosen], "_worksheet_path", None)
    _refuse_faults(path, part, place)
    return f"Excel, sheet {number} of {len(names)}", chosen


def rows(path: Path, sheet: str, shown_as: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row of a sheet that is not blank, as texts, with its number in the sheet."""
    width = 0
    with _workbook(path, Place(shown_as)) as workbook:
        for number, cells in enumerate(workbook[sheet].iter_rows(), start=1):
            texts = [shown(cell.value, getattr(cell, "number_format", "General") or "") for cell in cells]
            if any(texts):
                width = width or len(texts)
                yield number, texts + [""] * (width - len(texts))


def shown(value: Any, number_format: str = "General") -> str:
    """Give the text a person sees in a cell, with all digits of a number.

    >>> shown(12.0), shown(0.1 + 0.2), shown(0.05, "0%"), shown(7, "000"), shown(datetime(2020, 6, 1), "mmm-yy")
    ('12', '0.3', '5%', '007', '2020-06')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if re.fullmatch("0{2,}", number_format) and value == int(value) and value >= 0:
            return f"{int(value):0{len(number_format)}d}"
        percent = "%" in number_format
        return _number(value * 100 if percent else value) + ("%" if percent else "")
    if isinstance(value, datetime | date):
        return _date(value, number_format)
    return value.isoformat() if isinstance(value, time) else str(value)


def _number(value: float) -> str:
    """Fifteen significant digits, which is all that Excel keeps, and no exponent in ordinary sizes."""
    text = f"{value:.15g}"
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e21 else text


def _date(value: datetime | date, number_format: str) -> str:
    pattern = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format).lower()
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return value.isoformat(sep=" ", timespec="seconds")
    if "d" in pattern or "y" not in pattern:
        return value.strftime("%Y-%m-%d")
    return value.strftime("%Y-%m") if "m" in pattern else value.strftime("%Y")


class _workbook:  # noqa: N801 (used as a `with` block, like open)
    """openpyxl's reading mode: values as they were last computed, one row at a time, no links followed."""

    def __init__(self, path: Path, place: Place) -> None:
        self._path, self._place = path, place

    def __enter__(self) -> Any:
        import openpyxl

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._book = openpyxl.load_workbook(self._path, read_only=True, data_only=True, keep_links=False)
        except Exception:
            raise YoursToMend(_unreadable(self._place)) from None
        return self._book

    def __exit__(self, kind: Any, error: Any, _: Any) -> None:
        self._book.close()
        if kind is not None and issubclass(kind, Exception) and not issubclass(kind, YoursToMend):
            raise YoursToMend(_unreadable(self._place)) from None


def _unreadable(place: Place) -> Trouble:
    return Trouble("R004", "the file cannot be read as Excel", "Open it in Excel and save it again as .xlsx", place)


def _refuse_bomb(path: Path, place: Place) -> None:
    """Nothing is unpacked before the sizes it states are found to be reasonable; zipfile holds it to them."""
    try:
        with zipfile.ZipFile(path) as packed:
            refuse_odd_names(packed, place)
            parts = packed.infolist()
            unpacked = sum(part.file_size for part in parts)
            is_dense = any(p.file_size > 10_000_000 and p.file_size > LARGEST_RATIO * p.compress_size for p in parts)
            if unpacked > _LARGEST_UNPACKED_BYTES or is_dense:
                what = f"the file unpacks to {unpacked // 1_000_000:,} MB, which no honest table of its size does"
                raise YoursToMend(Trouble("R004", what, "Send the table as CSV", place))
            for number, part in enumerate(parts, start=1):
                if _declares_entities(packed, part):
                    what = f"part {number} of the workbook declares an XML document type or an entity"
                    mend = "Open it in Excel and save it again as .xlsx, or send the table as CSV"
                    raise YoursToMend(Trouble("R033", what, mend, place))
    except _BROKEN:
        raise YoursToMend(_unreadable(place)) from None


def _declares_entities(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Does what stands before a part's first element declare a document type? No spreadsheet program writes one.

    However long that is, in whatever encoding and under whatever name; nothing is expanded. A part that is no XML shows
    so at its first sign.
    """
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append("doctype")
    parser.StartElementHandler = lambda *_: found.append("element")
    with packed.open(part) as text:
        while not found and (piece := text.read(_PIECE)):
            try:
                parser.Parse(piece, False)
            except expat.ExpatError:
                break
    return found[:1] == ["doctype"]


def _refuse_faults(path: Path, part: str | None, place: Place) -> None:
    if part is None:
        raise YoursToMend(_unreadable(place))
    try:
        with zipfile.ZipFile(path) as packed:
            sheet = packed.read(part.lstrip("/"))
    except _BROKEN:
        raise YoursToMend(_unreadable(place)) from None
    troubles = []
    if merged := [found.decode() for found in _MERGED.findall(sheet)]:
        mend = "Unmerge them and write the value into each cell"
        troubles.append(Trouble("R006", f"cells are merged: {listed(merged)}", mend, place))
    if bare := [found.decode() for found in _FORMULA_WITHOUT_VALUE.findall(sheet)]:
        mend = "Open the file in Excel, let it compute, and save; or write the values"
        troubles.append(Trouble("R007", f"formulas without a value in {listed(bare)}", mend, place))
    if troubles:
        raise YoursToMend(troubles)
