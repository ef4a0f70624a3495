"""Columns that figures are divided by, and their codes, as the registers and code lists name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from milepost.plan.zone import Zone
from milepost.registers.register import Column, Register


def column_words(zone: Zone, registers: Iterable[str], written: str, language: str) -> str:
    """Give the name of a dimension, a column of one of the registers; behind it stands the level of its codes."""
    name, sign, level = written.partition("@")
    found = next((column.name[language] for _, column in _columns(zone, registers, name)), name)
    return f"{found}{sign}{level}"


def value_names(zone: Zone, registers: Iterable[str], written: str, language: str) -> dict[str, str]:
    """Give what the values of a dimension are called where a code list names them; nothing where none does."""
    for register, column in _columns(zone, registers, written.partition("@")[0]):
        if column.code_list:
            return {code.code: code.name[language] for code in zone.code_lists_of(register)[column.code_list].codes}
    return {}


def _columns(zone: Zone, registers: Iterable[str], name: str) -> Iterator[tuple[Register, Column]]:
    for register in registers:
        if (found := zone.registers.get(register)) is not None:
            yield from ((found, column) for column in found.columns if column.id == name)
