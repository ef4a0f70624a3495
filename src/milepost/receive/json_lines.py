"""JSON lines: one object on each line, its names the heads; an object inside gives paths (`address/city`).

A file is gone through twice: first for the heads, because any line may have one more, then for the rows. A name that
a line does not have, and null, are empty cells. A list in a cell is refused by its line.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.receive.csv_file import BOM_UTF16
from milepost.receive.json_text import cell, flat, read_json
from milepost.receive.packed import opened

_LONGEST_LINE = 1_000_000
_MOST_HEADS = 10_000


def heads(path: Path, shown_as: str) -> list[str]:
    """Give the names of all lines in the order they first appear.

    Raises YoursToMend: R003 not UTF-8, R010 an endless line, R032 a line that is not a JSON object, R038 a list.
    """
    found: dict[str, None] = {}
    for line, record in _records(path, shown_as):
        found.update(dict.fromkeys(record))
        if len(found) > _MOST_HEADS:
            what = f"the lines have more than {_MOST_HEADS:,} names between them"
            mend = "Give every line the same names"
            raise YoursToMend(Trouble("R032", what, mend, Place(shown_as, line)))
    return list(found)


def rows(path: Path, names: list[str], shown_as: str) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each line under `names`, with the line's number; raises what `heads` raises."""
    for line, record in _records(path, shown_as):
        yield line, [cell(record.get(name)) for name in names]


def _records(path: Path, shown_as: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, text in _lines(path, shown_as):
        if not text.strip():
            continue
        place = Place(shown_as, number)
        tree = read_json(text, place)
        if not isinstance(tree, dict):
            mend = 'Write one object on each line: {"name": value, ...}'
            raise YoursToMend(Trouble("R032", "the line is not a JSON object", mend, place))
        record = dict(flat(tree))
        if any(isinstance(value, list) for value in record.values()):
            mend = "Write one line for each entry of the list"
            raise YoursToMend(Trouble("R038", "a cell of this line holds a list", mend, place))
        yield number, record


def _lines(path: Path, shown_as: str) -> Iterator[tuple[int, str]]:
    number = 0
    with opened(path, shown_as) as packed:
        file = io.TextIOWrapper(packed, "utf-8-sig", newline="\n")
        try:
            while text := file.readline(_LONGEST_LINE + 1):
                number += 1
                if len(text) > _LONGEST_LINE:
                    what = f"the line is longer than {_LONGEST_LINE:,} characters"
                    raise YoursToMend(Trouble("R010", what, "Write one object on each line", Place(shown_as, number)))
                yield number, text
        except UnicodeDecodeError:
            mend = "Save the file as UTF-8"
            raise YoursToMend(Trouble("R003", "the text is not UTF-8", mend, Place(shown_as, number + 1))) from None


def is_json_lines(path: Path, shown_as: str) -> bool:
    """Does the file begin with an object of JSON? One in UTF-16 does too, so that it is told as what it is."""
    with opened(path, shown_as) as file:
        begins = file.read(65_536)
    if begins.startswith(BOM_UTF16):
        begins = begins.decode("utf-16", errors="replace").encode()
    begins = begins.lstrip(b"\xef\xbb\xbf \t\r\n")
    return begins[:2] in (b"{}", b'{"') or (begins[:1] == b"{" and begins[1:].lstrip()[:1] in (b'"', b"}"))
