"""CSV: encoding and separator are found and told; every row keeps the line it begins on.

UTF-8 with and without a byte order mark, UTF-16 with one (Excel's Unicode Text) and GB18030 are read, plain or packed
by gzip. Rows are handed on one by one, so a file may be larger than memory; a line that never ends is refused before it
fills memory. This is the exact way; where a survey shows that every line is a row, the engine may read the file in its
place (`receive.opening`).
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.receive.csv_survey import Survey, Surveying, survey
from milepost.receive.heads import trimmed
from milepost.receive.packed import is_gzip, opened

BOM_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LONGEST_LINE = 1_000_000
_LONGEST_CELL = csv.field_size_limit()
_SAMPLE_BYTES = 1_000_000
_BEGINNING = 4_000
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "gb18030": "GB18030",
}
_AS_UTF8 = "Save the file as UTF-8 (in Excel: CSV UTF-8) and send it again"


@dataclass(frozen=True)
class Written:
    """How a CSV file is written: its encoding (Python's name) and separator, and what a survey found of its lines."""

    encoding: str
    separator: str
    survey: Survey
    is_packed: bool = False

    def __str__(self) -> str:
        told = f"CSV, {_ENCODINGS[self.encoding]}, separated by {_SEPARATORS[self.separator]}"
        return f"{told}, packed by gzip" if self.is_packed else told


def surveying(path: Path, heads: Collection[str], shown_as: str, threads: ThreadPoolExecutor) -> Surveying | None:
    """Give the survey to be shown a file's pieces while it is copied; None where it does not begin as UTF-8 text.

    What is wrong with a file is no matter here: that is told of the copy, when it is read.
    """
    try:
        with path.open("rb") as file:
            sample = file.read(_SAMPLE_BYTES)
        if is_gzip(path) or sample.startswith(BOM_UTF16) or b"\0" in sample or not _decodes_so_far(sample):
            return None
        return Surveying(_separator(path, "utf-8-sig", heads, shown_as), threads)
    except (OSError, YoursToMend):
        return None


def how_written(path: Path, heads: Collection[str], shown_as: str, surveyed: Surveying | None = None) -> Written:
    """Give the encoding and separator of a file; the separator is the one that shows most known heads.

    What was `surveyed` of the same bytes before is not looked at again. Raises YoursToMend: R002 not a text file, R003
    an encoding that is not read, R010 an endless line, R030 a packed file that is broken or unpacks beyond reason.
    """
    place = Place(shown_as)
    with opened(path, shown_as) as file:
        sample = file.read(_SAMPLE_BYTES)
    if sample.startswith(BOM_UTF16):
        return _utf16(path, sample, heads, shown_as)
    if b"\0" in sample:
        if _is_utf16_without_mark(sample):
            raise YoursToMend(Trouble("R003", "the text is UTF-16 without a byte order mark", _AS_UTF8, place))
        raise YoursToMend(_no_text(place))
    likely = "utf-8-sig" if _decodes_so_far(sample) else "gb18030"
    separator = _separator(path, likely, heads, shown_as)
    if surveyed and (surveyed.separator, surveyed.taken_bytes) == (separator, path.stat().st_size):
        found = surveyed.found()
    else:
        with opened(path, shown_as) as file:
            found = survey(file, separator)
    encoding = _encoding(path, sample, found, shown_as)
    if (encoding == "gb18030") != (likely == "gb18030"):
        separator = _separator(path, encoding, heads, shown_as)
    return Written(encoding, separator, found, is_gzip(path))


def _utf16(path: Path, sample: bytes, heads: Collection[str], shown_as: str) -> Written:
    """Give how a file in UTF-16 is written, as Excel saves Unicode Text; its lines are left to the exact way."""
    if "\0" in sample.decode("utf-16", errors="replace"):
        raise YoursToMend(_no_text(Place(shown_as)))
    if not _decodes(path, "utf-16", shown_as):
        what = "the text begins as UTF-16, and bytes of it are not"
        raise YoursToMend(Trouble("R003", what, _AS_UTF8, Place(shown_as)))
    separator = _separator(path, "utf-16", heads, shown_as)
    return Written("utf-16", separator, Survey(False, 0, False), is_gzip(path))


def _no_text(place: Place) -> Trouble:
    return Trouble("R002", "this is not a text file", "Send a CSV or an Excel file (.xlsx)", place)


def _is_utf16_without_mark(sample: bytes) -> bool:
    """Is the beginning readable as UTF-16, in either order of its bytes, and has it a line's end or a tab there?

    Plain text with a stray NUL also gives letters, but no such sign.
    """
    return any(_reads_as(encoding, sample[:_BEGINNING]) for encoding in ("utf-16-le", "utf-16-be"))


def _reads_as(encoding: str, sample: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return any(sign in text for sign in "\n\t") and all(one.isprintable() or one.isspace() for one in text)


def _separator(path: Path, encoding: str, heads: Collection[str], shown_as: str) -> str:
    with opened(path, shown_as) as packed:
        file = io.TextIOWrapper(packed, encoding, errors="replace", newline="")
        head = next(_lines(file, shown_as), "")
    return max(_SEPARATORS, key=lambda separator: (len(_known(head, separator, heads)), head.count(separator)))


def _known(head: str, separator: str, heads: Collection[str]) -> set[str]:
    return {trimmed(trimmed(name).strip('"')) for name in head.split(separator)} & set(heads)


def rows(path: Path, written: Written, shown_as: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with the line it begins on; a quoted cell may span lines.

    Raises YoursToMend: R003 bytes of another encoding, R010 an endless line, R011 quotes that do not close.
    """
    begins = 1
    with opened(path, shown_as) as packed:
        file = io.TextIOWrapper(packed, written.encoding, newline="")
        reader = csv.reader(_lines(file, shown_as), delimiter=written.separator, strict=True)
        try:
            for cells in reader:
                if any(cells):
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error:
            what = f"a cell of this row does not end (a quote is open), or it has over {_LONGEST_CELL:,} letters"
            mend = 'Close every quote; write a quote inside a quoted cell twice ("")'
            raise YoursToMend(Trouble("R011", what, mend, Place(shown_as, begins))) from None
        except UnicodeDecodeError:
            raise YoursToMend(_unknown_encoding(Place(shown_as, begins))) from None


def _lines(file: io.TextIOBase, shown_as: str) -> Iterator[str]:
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            what = f"the line is longer than {_LONGEST_LINE:,} characters"
            mend = "Save the table with one row on each line"
            raise YoursToMend(Trouble("R010", what, mend, Place(shown_as, number)))
        yield line


def _unknown_encoding(place: Place) -> Trouble:
    return Trouble("R003", "the text is neither UTF-8 nor GB18030", _AS_UTF8, place)


def _encoding(path: Path, sample: bytes, found: Survey, shown_as: str) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if found.is_utf8:
        return "utf-8"
    if _is_chinese(sample) and _decodes(path, "gb18030", shown_as):
        return "gb18030"
    raise YoursToMend(_unknown_encoding(Place(shown_as)))


def _decodes_so_far(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _decodes(path: Path, encoding: str, shown_as: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with opened(path, shown_as) as file:
        try:
            while piece := file.read(_SAMPLE_BYTES):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _is_chinese(sample: bytes) -> bool:
    """Is the sample plausible GB18030? Half of its characters beyond ASCII are in common use (GB 2312).

    Western text in an old code page also decodes as GB18030, but into rare characters, because there a
    letter with an accent is followed by a plain one.
    """
    beyond = [character for character in sample.decode("gb18030", errors="replace") if ord(character) > 127]
    common = sum(1 for character in beyond if _is_common(character))
    return common * 2 >= len(beyond)


def _is_common(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
