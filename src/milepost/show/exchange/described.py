"""What a declaration says of a column or rule, in words for the forms and the manual: one telling for both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from milepost.check.fault import Fault
from milepost.registers.register import DATES, NUMBERS, Column, Register
from milepost.show.number import scaled, unit_words
from milepost.show.wording import Wording

_SHOWN_AT = datetime(2025, 6, 30, 23, 45)


def kind_words(column: Column, words: Wording) -> str:
    """Give the type of a column in words, with the decimals of an exact number."""
    said = words.word("records", f"type_{column.type}")
    return said if column.type != "number" else words.say("blank.with_places", kind=said, places=column.places)


def unit_told(column: Column, words: Wording) -> str:
    """Give the unit that the cells of a column are written in, and what they are multiplied by.

    A unit's everyday words stand only where they leave the number as it is: a fraction is no percentage here.
    """
    unit = column.unit
    if unit and scaled(1.0, unit, words.language) == 1:
        unit = unit_words(unit, words.language) or unit
    if column.unit == "fraction":
        unit = words.say("blank.fraction")
    return unit if column.written.times == 1 else words.say("blank.times", unit=unit, times=f"{column.written.times:,}")


def example(column: Column) -> str:
    """Give a cell as the column writes it."""
    if column.type in DATES:
        forms = {"month": "%Y-%m", "moment": "%Y-%m-%d %H:%M"}
        return _SHOWN_AT.strftime((column.written.dates or (forms.get(column.type, "%Y-%m-%d"),))[0])
    if column.type in NUMBERS:
        return "12" if column.type == "whole" else f"12{column.written.decimal}5" if column.places else "12"
    if column.type == "code":
        return column.codes[0] if column.codes else ""
    known = {"credit_code": "91110000600037341L", "period": "2025-Q3", "link": "https://example.org/page"}
    return (column.written.yes or ("yes",))[0] if column.type == "yes_no" else known.get(column.type, "")


def rules_told(faults: Iterable[Fault], words: Wording) -> list[tuple[str, str, str, str, str]]:
    """Give each rule once: its code, what it says, how to mend what breaks it, its severity in words, its citation.

    Declared rules come first, then those every register has.
    """
    found: dict[tuple[bool, str, str], tuple[str, str, str, str, str]] = {}
    for fault in faults:
        rule = fault.rule
        severity = words.word("records", f"severity_{fault.severity}")
        told = (fault.code, rule.says[words.language], rule.mend[words.language], severity, rule.citation)
        found.setdefault((not rule.forms, fault.code, rule.id), told)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def key_words(register: Register, language: str) -> str:
    """Give the names of the key's columns."""
    return ("、" if language == "zh" else ", ").join(register.column(name).name[language] for name in register.key)
