"""Computed readings for a terminal: each indicator with its newest years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.show.figure import told_words
from milepost.show.number import period_words
from milepost.show.wording import Wording

_MOST_YEARS = 6


def print_readings(zone: Zone, readings: Iterable[Reading], language: str, console: Console | None = None) -> None:
    """Print what was computed from records, undivided, by year; nothing where there is none.

    A figure that is held back says so in the place of its number.
    """
    words = Wording(language)
    by_year: dict[tuple[str, str], dict[int, Reading]] = defaultdict(dict)
    for one in readings:
        if one.basis == "computed" and one.made and not one.made.dimensions and one.period.is_year and one.period.end:
            by_year[one.indicator, one.area][one.period.end.year] = one
    if not by_year:
        return
    title = words.say("wing.basis_computed")
    shown = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for key in ("target.indicator", "target.area", "evidence.period", "evidence.value"):
        shown.add_column(words.say(key))
    for (indicator, area), years in sorted(by_year.items()):
        for year in sorted(years)[-_MOST_YEARS:]:
            one = years[year]
            name, place = zone.indicators[indicator].name[language], zone.areas[area].label[language]
            shown.add_row(name, place, period_words(one.period)[language], told_words(one, words))
    (console or Console(highlight=False, emoji=False, markup=False)).print(shown)
