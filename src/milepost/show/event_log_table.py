"""What an event log says, for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from milepost.science.event_logs import Spread
from milepost.study.event_log import EventLogFacts

_MOST_VARIANTS = 10


def print_event_log(facts: EventLogFacts, console: Console | None = None) -> None:
    """Print counts, spans, lateness and the most frequent ways; names of activities are the log's own."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    console.print(f"{facts.file}: {facts.how_read}")
    for found in facts.roles:
        how = " (guessed from its content: check it, or say --role)" if found.sign == "content" else ""
        console.print(f"  {found.role} is read from {found.column}{how}")
    console.print(
        f"{facts.events:,} events of {facts.cases:,} cases; {facts.activities} activities, {facts.resources} people, "
        f"{facts.groups} groups; {facts.variants_count:,} ways, the ten most frequent carry "
        f"{facts.cases_in_ten_most_frequent:,} cases"
    )
    console.print(f"from {facts.first_at} to {facts.last_at}")
    console.print(_spans(facts))
    for late in facts.lateness:
        judged = late.lateness
        console.print(f"{judged.late:,} of {judged.judged:,} cases end later than {late.planned} (by {late.actual}),")
        console.print(f"{judged.share_late_0_1:.1%}; half of them by over {judged.days_when_late.median:.1f} days")
    console.print(_ways(facts))
    for note in facts.notes:
        console.print(note)


def _spans(facts: EventLogFacts) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, head in enumerate(("", "mean", "median", "75 %", "90 %", "most")):
        table.add_column(head, justify="right" if number else "left")
    for name, one in (("events of a case", facts.events_per_case), ("days of a case", facts.span_days)):
        table.add_row(name, *_cells(one))
    return table


def _cells(one: Spread) -> list[str]:
    return [f"{value:,.4g}" for value in (one.mean, one.median, one.p75, one.p90, one.most)]


def _ways(facts: EventLogFacts) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("cases", justify="right")
    table.add_column("share", justify="right")
    table.add_column("way")
    for one in facts.variants[:_MOST_VARIANTS]:
        table.add_row(f"{one.cases:,}", f"{one.share_0_1:.1%}", " → ".join(one.activities))
    return table
