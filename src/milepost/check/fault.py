"""What may be wrong with a row of a register: every fault by its name, with the words that tell it.

A fault is named by its code and what it is about: a column (`C021/period`) or a declared rule
(`C050/energy_is_not_negative`). The general rules are those every register has; the others it declares.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from milepost.basics.declared import read_own
from milepost.basics.errors import NOWHERE, Place, nearest
from milepost.registers.register import Column, Register
from milepost.registers.rule import Rule, Severity

KEPT, OF_OTHERS = "C036", "C071"
FORM_CODES = {"holds": "C050", "refers": "C052", "never_falls": "C053", "do_not_overlap": "C054", "reconciles": "C055"}
"""Codes of the declared forms, by the field that is filled; a condition over a group has one of its own (C051)."""

OF_GROUP = "C051"
UNREAD = frozenset({"C020", "C022", "C024", "C025", "C027", "C029", "C040", "C041"})
"""Faults of cells that cannot be read: such a row is never kept, for its value would be lost."""

_OF_TYPE = {
    "code": ("C023",),
    "credit_code": ("C028",),
    "whole": ("C022", "C027"),
    "number": ("C022", "C027"),
    "real": ("C022",),
    "date": ("C025", "C040"),
    "month": ("C025", "C041"),
    "moment": ("C025", "C040"),
    "yes_no": ("C029",),
    "period": ("C024",),
    "link": ("C026",),
}


@dataclass(frozen=True)
class Fault:
    """One thing that may be wrong with a row: a rule, and the column or declared rule it is about."""

    name: str
    code: str
    subject: str
    rule: Rule
    severity: Severity
    is_of_column: bool = False

    def reason(self, language: str = "en") -> str:
        """Say what is wrong; a fault of a column begins with it."""
        said = self.rule.fault[language]
        return f"{self.subject}: {said}" if self.is_of_column else said


@dataclass(frozen=True)
class Told:
    """A fault in words."""

    code: str
    reason: str
    mend: str


@dataclass(frozen=True)
class _Rules:
    rules: tuple[Rule, ...]
    place: Place = NOWHERE


@functools.cache
def general_rules() -> Mapping[str, Rule]:
    """Give the rules every register has, by code."""
    return {rule.code: rule for rule in read_own(_Rules, "check", "general_rules.yaml").rules}


_told_last: list[tuple[Register, Mapping[str, Fault]]] = []


def faults_of(register: Register) -> Mapping[str, Fault]:
    """Give every fault a row of the register may have, by name: the general ones first, then those declared."""
    for known, faults in _told_last:
        if known is register:
            return faults
    found = {fault.name: fault for fault in (*_general(register), *_declared(register))}
    _told_last[:] = [(register, found), *_told_last[:7]]
    return found


def _general(register: Register) -> Iterator[Fault]:
    columns: list[tuple[str, Column]] = []
    for column in register.columns:
        if not column.may_be_empty:
            columns.append(("C021", column))
        columns += [(code, column) for code in _OF_TYPE.get(column.type, ())]
        if column.code_list:
            columns.append(("C047", column))
    if register.happened:
        columns.append(("C048", register.column(register.happened)))
    whole = ["C020", "C019"]
    if register.key:
        whole += ["C042", "C043", "C044"]
    if register.valid and register.valid.until:
        whole.append("C045")
        if register.key:
            whole.append("C046")
    for code in whole:
        rule, severity = _worded(register, code)
        yield Fault(code, code, "", rule, severity)
    for code, column in columns:
        rule, severity = _worded(register, code)
        yield Fault(f"{code}/{column.id}", code, column.id, rule, severity, is_of_column=True)


def _of_others(register: Register) -> Fault:
    """The fault of a row that is not its sender's to send; it is found before the rules are run (`apart`)."""
    rule, _ = _worded(register, OF_OTHERS)
    return Fault(OF_OTHERS, OF_OTHERS, "", rule, "block")


def _worded(register: Register, code: str) -> tuple[Rule, Severity]:
    """Give the general rule, in the words and severity the register gives it where it does."""
    general = general_rules()[code]
    own = next((rule for rule in register.rules if rule.code == code and not rule.forms), general)
    return own, "block" if code in UNREAD else own.severity


def _declared(register: Register) -> Iterator[Fault]:
    for rule in register.rules:
        if rule.forms:
            code = code_of(rule)
            yield Fault(f"{code}/{rule.id}", code, rule.id, rule, rule.severity)


def code_of(rule: Rule) -> str:
    """Give the code of a declared rule: its own, or that of its form."""
    form = rule.forms[0]
    return rule.code or (OF_GROUP if form == "holds" and rule.by else FORM_CODES[form])


def tell(register: Register, fault: str, row: Mapping[str, Any], language: str = "en") -> Told:
    """Give a fault in words: the rule it breaks, in which column, and the mend with the nearest known code.

    `row` holds the cells as they came; none of their values is told.
    """
    one = faults_of(register)[fault] if fault != OF_OTHERS else _of_others(register)
    mend = one.rule.mend[language]
    hint = ""
    if one.code == "C023":
        hint = nearest_in(str(row.get(one.subject) or "")[:100], register.column(one.subject).codes, language)
    return Told(one.code, one.reason(language), f"{mend}{hint}")


@functools.lru_cache(maxsize=4096)
def nearest_in(word: str, codes: tuple[str, ...], language: str) -> str:
    """Give the end of a mend that names the code most like a word, empty where none is."""
    return as_hint(nearest(word, codes), language)


def as_hint(hint: str, language: str) -> str:
    """Give a hint at a known name (`did you mean a?`) as the end of a mend."""
    if not hint:
        return ""
    plain = hint.rstrip("?")
    return f"；是否为 {plain.removeprefix('did you mean ')}" if language == "zh" else f"; {plain}"
