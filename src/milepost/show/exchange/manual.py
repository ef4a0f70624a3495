"""The manual page of a register: what a record is, every column, every rule with its source, how to send a file.

Made from the declaration alone; as Markdown for the command line, and as parts for the site's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from milepost.check.fault import Fault, faults_of
from milepost.registers.code_list import CodeList
from milepost.registers.register import Column, Register
from milepost.show.exchange.described import example, key_words, kind_words, rules_told, unit_told
from milepost.show.exchange.form import codes_of
from milepost.show.wording import Wording

MOST_CODES = 40
"""Codes of a column that a manual lists; the form has them all."""


@dataclass(frozen=True)
class Manual:
    """What a manual says, in one language: sentences about the register, its columns, its codes, its rules.

    `declared` and `general` are rules as `described.rules_told` gives them; `codes` are for each coded column its
    codes with their names, and how many more there are.
    """

    title: str
    definition: str
    facts: tuple[str, ...]
    heads: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    codes: tuple[tuple[str, tuple[tuple[str, str], ...], int], ...]
    rule_heads: tuple[str, ...]
    declared: tuple[tuple[str, ...], ...]
    general: tuple[tuple[str, ...], ...]


def manual_of(register: Register, code_lists: Mapping[str, CodeList], language: str) -> Manual:
    """Give the manual of a register in a language."""
    words = Wording(language)
    faults = faults_of(register).values()
    return Manual(
        words.say("blank.manual", name=register.name[language]),
        register.definition[language],
        tuple(_facts(register, words)),
        tuple(
            words.word("blank", key) for key in ("column", "name_" + language, "kind", "unit", "needed", "one_example")
        ),
        tuple(_column(column, words) for column in register.columns),
        tuple(_codes(column, code_lists, language) for column in register.columns if codes_of(column, code_lists)),
        tuple(words.word("blank", key) for key in ("code", "rule", "mend", "severity", "citation")),
        _rules((fault for fault in faults if fault.rule.forms), words),
        _rules((fault for fault in faults if not fault.rule.forms), words),
    )


def _facts(register: Register, words: Wording) -> Iterator[str]:
    language, say = words.language, words.say
    yield say("blank.is_called", id=register.id, version=register.version)
    if register.key:
        key = "blank.key_at_a_time" if register.valid else "blank.key"
        yield say(key, columns=key_words(register, language))
    if register.valid:
        named = {"start": register.column(register.valid.start).name[language]}
        if register.valid.until:
            named["until"] = register.column(register.valid.until).name[language]
        yield say("blank.valid_between" if register.valid.until else "blank.valid_from", **named)
    if register.happened:
        yield say("blank.happened", column=register.column(register.happened).name[language])
    if register.key:
        yield say("blank.corrected")
    yield say("blank.is_public" if register.is_public or register.is_published else "blank.is_private")
    yield say("blank.how_to_send", id=register.id)


def _column(column: Column, words: Wording) -> tuple[str, ...]:
    name = column.name[words.language]
    if column.definition:
        name = f"{name}: {column.definition[words.language]}" if words.language == "en" else (
            f"{name}：{column.definition[words.language]}")  # fmt: skip
    needed = words.say("blank.no" if column.may_be_empty else "blank.yes")
    return column.id, name, kind_words(column, words), unit_told(column, words), needed, example(column)


def _codes(
    column: Column, code_lists: Mapping[str, CodeList], language: str
) -> tuple[str, tuple[tuple[str, str], ...], int]:
    listed = [(code, names[language] if names else "") for code, names in codes_of(column, code_lists)]
    return column.id, tuple(listed[:MOST_CODES]), max(len(listed) - MOST_CODES, 0)


def _rules(faults: Iterable[Fault], words: Wording) -> tuple[tuple[str, ...], ...]:
    return tuple(rules_told(faults, words))


# --- as Markdown -----------------------------------------------------------------------------------------------


def as_markdown(manual: Manual, language: str) -> str:
    """Give the manual as Markdown."""
    words = Wording(language)
    lines = [f"# {manual.title}", "", manual.definition, ""]
    lines += [f"- {fact}" for fact in manual.facts]
    lines += ["", f"## {words.say('blank.columns')}", "", *_table(manual.heads, manual.columns)]
    if manual.codes:
        lines += ["", f"## {words.say('blank.codes')}"]
    for column, codes, more in manual.codes:
        told = [f"`{code}`" + (f" {name}" if name else "") for code, name in codes]
        rest = [words.say("blank.more_codes", count=f"{more:,}")] if more else []
        lines += ["", f"**{column}**: {'；'.join([*told, *rest]) if language == 'zh' else '; '.join([*told, *rest])}"]
    if manual.declared:
        lines += ["", f"## {words.say('blank.rules')}", "", *_table(manual.rule_heads, manual.declared)]
    lines += ["", f"## {words.say('blank.always')}", "", *_table(manual.rule_heads, manual.general)]
    return "\n".join(lines) + "\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
