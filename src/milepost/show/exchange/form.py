"""The blank form of a register, made from its declaration: what it makes is received again once it is filled.

CSV is a head alone. Excel has the head with the columns that must be filled in another colour, drop-down lists for
codes, a check of numbers and days as they are typed, and sheets that explain every column, rule and code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from milepost.basics.text import LANGUAGES
from milepost.check.fault import faults_of
from milepost.receive.heads import known_heads, trimmed
from milepost.registers.code_list import CodeList
from milepost.registers.register import DATES, NUMBERS, Column, Register
from milepost.show.exchange.described import example, kind_words, rules_told, unit_told
from milepost.show.exchange.writing import appearing, write_csv
from milepost.show.wording import Wording

ROWS_READY = 2000
"""Rows of a blank Excel form that have lists and checks."""

_MOST_CODES = 32_000
_COLUMN_HEADS = ("column", "name_en", "name_zh", "kind", "unit", "needed", "one_example", "meaning")
_RULE_HEADS = ("code", "rule", "mend", "severity", "citation")
_NEEDED, _FREE = "1F4E79", "7F7F7F"


@dataclass(frozen=True)
class Form:
    """What a form is made of: the register, its code lists, the language of its heads (ids without one), and rows.

    `note` is said on top of the sheet of columns: that the rows are made, where they are.
    """

    register: Register
    code_lists: Mapping[str, CodeList]
    language: str | None = None
    rows: Sequence[Mapping[str, str]] = ()
    note: str = ""

    @property
    def words(self) -> Wording:
        """The words of its explanations."""
        return Wording(self.language or "en")


def heads(register: Register, language: str | None) -> list[str]:
    """Give the head of a form: names in a language where a file with them is understood, else the columns' ids."""
    if language is None:
        return list(register.column_ids)
    known = known_heads(register)
    names = []
    for number, column in enumerate(register.columns):
        name = trimmed(column.name[language])
        names.append(name if known.get(name) == number else column.id)
    return names


def write_form(place: Path, form: Form, kind: str) -> None:
    """Write the form as `csv` or `xlsx`.

    Raises TryAgain (K001) where it cannot be written.
    """
    if kind == "csv":
        head = [(name, "text", column.name) for name, column in zip(_heads(form), form.register.columns, strict=True)]
        write_csv(place, head, ([row[name] for name in form.register.column_ids] for row in form.rows))
        return
    book = _book(form)
    with appearing(place) as passing:
        book.save(passing)


def _heads(form: Form) -> list[str]:
    return heads(form.register, form.language)


# --- Excel -----------------------------------------------------------------------------------------------------


def _book(form: Form) -> Any:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = form.words.say("blank.rows")
    places = _codes(book, form)
    for number, (head, column) in enumerate(zip(_heads(form), form.register.columns, strict=True), start=1):
        _head(sheet.cell(1, number), head, column, form)
        _column(sheet, number, column, places.get(column.id, ""), form)
    sheet.freeze_panes = "A2"
    for line, row in enumerate(form.rows, start=2):
        for number, column in enumerate(form.register.columns, start=1):
            _fill(sheet.cell(line, number), column, row[column.id])
    _explained(book, form)
    book.move_sheet(form.words.say("blank.codes"), offset=2)
    return book


def _head(cell: Any, head: str, column: Column, form: Form) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill

    _put(cell, head)
    cell.font = Font(bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor=_FREE if column.may_be_empty else _NEEDED)
    said = [column.name.en, column.name.zh, _kind(column, form)]
    said.append(form.words.say("blank.may_be_empty" if column.may_be_empty else "blank.must_be_filled"))
    cell.comment = Comment("\n".join(said), "Milepost", height=110, width=260)


def _kind(column: Column, form: Form) -> str:
    return " · ".join(filter(None, (kind_words(column, form.words), unit_told(column, form.words))))


def is_plain(column: Column) -> bool:
    """Does a file write the column as its type is usually written, so that Excel's own numbers and days serve?

    A moment stays text: at midnight Excel would show a day without its time.
    """
    written = column.written
    is_usual = not written.dates and not written.thousands and written.decimal == "." and written.times == 1
    is_usual = is_usual and not written.behind
    return is_usual and (column.type in NUMBERS or column.type in ("date", "month"))


def _column(sheet: Any, number: int, column: Column, codes: str, form: Form) -> None:
    """Give the cells of a column their format, and a list or check where the type has one."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = get_column_letter(number)
    sheet.column_dimensions[letter].width = 22
    last = max(ROWS_READY, len(form.rows)) + 1
    formats = {"date": "yyyy-mm-dd", "month": "yyyy-mm"}
    look = formats.get(column.type, "General") if is_plain(column) else "@"
    sheet.column_dimensions[letter].number_format = look
    for line in range(2, len(form.rows) + 2):
        sheet.cell(line, number).number_format = look
    asked = _checked(column, codes)
    if asked is None:
        return
    one = DataValidation(allow_blank=column.may_be_empty, showErrorMessage=True, showInputMessage=True, **asked)
    one.promptTitle = column.id[:32]
    one.prompt = f"{_kind(column, form)}\n{form.words.say('blank.example', example=example(column))}"[:255]
    one.errorTitle = column.id[:32]
    one.error = form.words.say("blank.not_so", kind=kind_words(column, form.words))[:255]
    one.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(one)


def _checked(column: Column, codes: str) -> dict[str, Any] | None:
    if codes:
        return {"type": "list", "formula1": codes}
    if column.type == "yes_no":
        words = ((column.written.yes or ("yes",))[0], (column.written.no or ("no",))[0])
        return {"type": "list", "formula1": f'"{",".join(words)}"'}
    if not is_plain(column):
        return None
    if column.type in DATES:
        # Days from 1900-03-01 on: before it Excel's calendar counts a day that never was.
        return {"type": "date", "operator": "greaterThanOrEqual", "formula1": "61"}
    kind = "whole" if column.type == "whole" else "decimal"
    return {"type": kind, "operator": "between", "formula1": "-999999999999999", "formula2": "999999999999999"}


def _codes(book: Any, form: Form) -> dict[str, str]:
    """Make the sheet of codes, and give for each column with codes the cells its list stands in."""
    sheet = book.create_sheet(form.words.say("blank.codes"))
    found = {}
    width = 0
    for column in form.register.columns:
        listed = codes_of(column, form.code_lists)
        if not listed:
            continue
        _put(sheet.cell(1, width + 1), column.id)
        for line, (code, names) in enumerate(listed[:_MOST_CODES], start=2):
            _put(sheet.cell(line, width + 1), code)
            for beside, language in enumerate(LANGUAGES, start=2):
                _put(sheet.cell(line, width + beside), names[language] if names else "")
        from openpyxl.utils import get_column_letter, quote_sheetname

        letter = get_column_letter(width + 1)
        found[column.id] = f"{quote_sheetname(sheet.title)}!${letter}$2:${letter}${len(listed[:_MOST_CODES]) + 1}"
        width += 2 + len(LANGUAGES)
    return found


def codes_of(column: Column, code_lists: Mapping[str, CodeList]) -> list[tuple[str, Any]]:
    """Give the codes of a column with their names (None where the declaration gives none), each once."""
    if column.code_list:
        return list({code.code: (code.code, code.name) for code in code_lists[column.code_list].codes}.values())
    return [(code, None) for code in column.codes]


def _explained(book: Any, form: Form) -> None:
    say = form.words.say
    sheet = book.create_sheet(say("blank.columns"))
    head = [say(f"blank.{key}") for key in _COLUMN_HEADS]
    rows: list[list[str]] = [[form.note]] if form.note else []
    rows += [head, *(_told(column, form) for column in form.register.columns)]
    _table(sheet, rows)
    rules = book.create_sheet(say("blank.rules"))
    head = [say(f"blank.{key}") for key in _RULE_HEADS]
    told = rules_told(faults_of(form.register).values(), form.words)
    _table(rules, [head, *(list(one) for one in told)])


def _told(column: Column, form: Form) -> list[str]:
    words = form.words
    return [
        column.id,
        column.name.en,
        column.name.zh,
        kind_words(column, words),
        unit_told(column, words),
        words.say("blank.no" if column.may_be_empty else "blank.yes"),
        example(column),
        column.definition[words.language] if column.definition else "",
    ]


def _table(sheet: Any, rows: Iterable[Sequence[str]]) -> None:
    from openpyxl.styles import Alignment

    for line, row in enumerate(rows, start=1):
        for number, text in enumerate(row, start=1):
            _put(sheet.cell(line, number), text)
            sheet.cell(line, number).alignment = Alignment(wrap_text=True, vertical="top")
    for letter in "ABCDEFGH":
        sheet.column_dimensions[letter].width = 30


def _put(cell: Any, text: str) -> None:
    """Write a text that is never a formula."""
    cell.value = text
    if cell.data_type == "f":
        cell.data_type = "s"
        cell.quotePrefix = True


def _fill(cell: Any, column: Column, text: str) -> None:
    """Write a made cell as Excel would hold it: numbers and days where they are plain, else text."""
    from datetime import date

    if text and is_plain(column):
        if column.type in DATES:
            cell.value = date.fromisoformat(text if column.type == "date" else f"{text}-01")
            return
        cell.value = int(text) if column.type == "whole" else float(text)
        return
    if text:
        _put(cell, text)
