"""A code list: codes with their names in two languages, the code above each, and the days they are in force.

A list is a CSV file `codes/<name>.csv` of a wing or a zone with the columns code, name_en, name_zh and, where they are
known, parent, from and until (the first day no more).
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.basics.text import Text
from milepost.registers.register import Register


@dataclass(frozen=True)
class Code:
    """One code of a list; a code whose meaning changed stands in it more than once, at different times."""

    code: str
    name: Text
    parent: str = ""
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class CodeList:
    """A list by its name, in the order of its file."""

    name: str
    codes: tuple[Code, ...]

    @functools.cached_property
    def names(self) -> Mapping[str, Text]:
        """Names by code."""
        return {code.code: code.name for code in self.codes}


def find_code_list(name: str, folders: Iterable[Path]) -> CodeList | None:
    """Give the list called `name` in the first of the folders that has one, or None.

    Raises YoursToMend (D021) where it cannot be read.
    """
    path = next((folder / f"{name}.csv" for folder in folders if (folder / f"{name}.csv").is_file()), None)
    return None if path is None else read_code_list(path)


def code_lists_of(register: Register, folders: Iterable[Path]) -> dict[str, CodeList]:
    """Give the code lists that a register's columns name, by name.

    Raises YoursToMend (D021) with every list that no folder has or that cannot be read, where it is named.
    """
    found: dict[str, CodeList] = {}
    troubles: list[Trouble] = []
    for column in register.columns:
        if not column.code_list or column.code_list in found:
            continue
        try:
            one = find_code_list(column.code_list, folders)
        except YoursToMend as error:
            troubles.extend(error.troubles)
            continue
        if one is None:
            mend = f"Put it at codes/{column.code_list}.csv beside the declaration"
            troubles.append(Trouble("D021", f"there is no code list {column.code_list}", mend, column.place))
        else:
            found[one.name] = one
    if troubles:
        raise YoursToMend(troubles)
    return found


@functools.lru_cache(maxsize=64)
def read_code_list(path: Path) -> CodeList:
    """Give the code list of a file.

    Raises YoursToMend (D021) where it is no CSV in UTF-8, lacks the column code, or a day of it is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if "code" not in (reader.fieldnames or ()):
                raise YoursToMend(Trouble("D021", "the code list has no column code", "Add it", Place(path.name, 1)))
            codes = tuple(_code(row, Place(path.name, reader.line_num)) for row in reader)
    except (OSError, UnicodeDecodeError, csv.Error):
        trouble = Trouble("D021", "the code list cannot be read as CSV in UTF-8", "Save it so", Place(path.name))
        raise YoursToMend(trouble) from None
    return CodeList(path.stem, codes)


def _code(row: Mapping[str, str | None], place: Place) -> Code:
    name = Text(row.get("name_en") or row["code"] or "", row.get("name_zh") or row["code"] or "")
    return Code(
        row["code"] or "", name, row.get("parent") or "", _day(row.get("from"), place), _day(row.get("until"), place)
    )


def _day(text: str | None, place: Place) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise YoursToMend(Trouble("D021", "a day of the code list is none", "Write 2017-10-01", place)) from None
