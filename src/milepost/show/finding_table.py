"""A finding for a terminal: the question, its numbers, its tables, and the proof."""

from __future__ import annotations

import re
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from milepost.basics.answer import AnswerTable
from milepost.study.finding import Finding

_AMOUNT = re.compile(r"-?\d{4,}\.\d\d")


def print_finding(finding: Finding, language: str, console: Console | None = None) -> None:
    """Print a finding in English or Chinese."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    console.print(finding.study.question[language], style="bold")
    for name, value in finding.parameters.items():
        console.print(f"{finding.study.parameters[name].name[language]}: {value}")
    for headline in finding.answer.headlines:
        console.print(f"{headline.name[language]}: {headline.value:,.6g} {headline.unit}".rstrip())
    for table in finding.answer.tables:
        console.print()
        console.print(_table(table, language))
    console.print()
    console.print(finding.answer.proof.says[language])
    for missing in finding.answer.missing:
        console.print(missing[language])


def _table(table: AnswerTable, language: str) -> Table:
    shown = Table(title=table.name[language], title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in table.columns:
        shown.add_column(column.name[language] + (f" ({column.unit})" if column.unit else ""), overflow="fold")
    for row in table.rows:
        shown.add_row(*(_text(row.get(column.id), language) for column in table.columns))
    return shown


def _text(value: object, language: str) -> str:
    """A cell in words: nothing for what is missing, twelve digits of a number, the reader's language of a text."""
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:,.12g}"
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return f"{Decimal(value):,.2f}"
    return str(getattr(value, language, value))
