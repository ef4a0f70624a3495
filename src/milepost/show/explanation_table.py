"""An explanation for a terminal: the account of two figures, and each of its divisions."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from milepost.explain.account import Account
from milepost.explain.divided import Divided
from milepost.show.explaining import Explanation
from milepost.show.number import amount, period_words
from milepost.show.wording import Wording


def print_explanation(found: Explanation, language: str, console: Console | None = None) -> None:
    """Print why a figure changed, in English or Chinese."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    words, unit = Wording(language), found.end.unit
    console.print(f"{found.indicator.name[language]} ({found.area[language]})", style="bold")
    for one in (found.start, found.end):
        console.print(f"{period_words(one.period)[language]}: {amount(one.value, unit, language, 6)}")
    whole = [] if says_nothing(found.account) and found.divisions else [(words.say("explain.title"), found.account)]
    for title, account, told in (
        *((title, account, None) for title, account in whole),
        *((division_title(one, words), one.account, one) for one in found.divisions),
    ):
        console.print()
        console.print(_table(title, account, told, words))
    why = found.indicator.explained_by
    if why is not None and found.end.made is not None:
        further = words.say("explain.further")
        settings = "".join(f" --set {name}={value}" for name, value in why.set.items())
        console.print(f"\n{further}: milepost ask ZONE {why.study}{settings}")


def says_nothing(account: Account) -> bool:
    """Is all of the change unexplained?"""
    return [part.name for part in account.parts] == ["unexplained"]


def division_title(found: Divided, words: Wording) -> str:
    """Give what a division is by, in words."""
    if not found.by:
        return words.say("explain.by_quotient")
    return words.say("explain.by", column=words.word("explain", f"column_{found.by}"))


def part_words(name: str, words: Wording) -> str:
    """Give a part in words; a value of a column as it stands."""
    said = words.word("explain", f"part_{name}")
    return said if said != f"part_{name}".replace("_", " ") else name or words.say("explain.part_nothing")


def signed(value: float, unit: str, language: str) -> str:
    """Give a change with its sign; a change of a share is in percentage points."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    if unit in ("percent", "fraction"):
        points = abs(value) * (100 if unit == "fraction" else 1)
        return Wording(language).say("explain.points", change=f"{sign}{points:.3g}")
    return f"{sign}{amount(abs(value), unit, language, 4)}"


def growth_without(found: Divided, name: str) -> str:
    """Give the growth with a part left out, empty where it has none."""
    rate = found.without.get(name)
    return "" if rate is None else f"{100 * rate:+.1f} %".replace("-", "−")


def _table(title: str, account: Account, told: Divided | None, words: Wording) -> Table:
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    heads = ["explain.part", "explain.change", *(["explain.behind", "explain.without"] if told else [])]
    for head in heads:
        shown.add_column(words.say(head))
    for part in account.parts:
        row = [part_words(part.name, words), signed(part.value, account.unit, words.language)]
        if told:
            row += [str(told.counts.get(part.name, "")), growth_without(told, part.name)]
        shown.add_row(*row)
    shown.add_row(words.say("explain.sum"), signed(account.end - account.start, account.unit, words.language))
    return shown
