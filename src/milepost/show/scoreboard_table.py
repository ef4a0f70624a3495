"""The scoreboard of past chances as tables for a terminal."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table


def print_scoreboard(document: dict[str, Any], console: Console | None = None) -> None:
    """Print how chances and intervals did, beside simpler rules, and the replay of every target."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    scores = document["scores"]
    figures = len({(one["indicator"], one["area"], one["year"]) for one in document["trials"]})
    console.print(
        f"{scores['trials']} trials about {figures} figures of {scores['series']} series; "
        f"{scores['share_came_true']:.0%} of the made promises "
        f"came true; mean distance of chances from what came true {scores['calibration_error']:.3f}; "
        f"CRPS {scores['crps']:.3f} of the truth"
    )
    console.print(_intervals(scores))
    console.print(_rules(scores))
    console.print(_bins(scores))
    console.print(_replay(document["replay"]))


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left")
    return table


def _intervals(scores: dict[str, Any]) -> Table:
    table = _table("Interval", "Covered", "Interval score")
    for one in scores["intervals"]:
        table.add_row(f"{one['level']:.0%}", f"{one['covered']:.0%}", f"{one['score']:.3f}")
    return table


def _rules(scores: dict[str, Any]) -> Table:
    table = _table("Rule", "Brier", "Log score", "Model's skill over it", "90 % range")
    for one in scores["rules"]:
        has_none = one["name"] == "model" or one["skill"] is None
        skill = "" if has_none else f"{one['skill']:+.2f}"
        doubt = "" if has_none else f"{one['skill_low']:+.2f} to {one['skill_high']:+.2f}"
        table.add_row(one["name"], f"{one['brier']:.3f}", f"{one['log_score']:.3f}", skill, doubt)
    return table


def _bins(scores: dict[str, Any]) -> Table:
    table = _table("Chance said", "Trials", "Mean chance", "Came true")
    for one in scores["bins"]:
        said = f"{one['low']:.0%} to {one['high']:.0%}"
        table.add_row(said, str(one["count"]), f"{one['mean_chance']:.0%}", f"{one['share_came_true']:.0%}")
    return table


def _replay(standings: list[dict[str, Any]]) -> Table:
    targets = list(dict.fromkeys(one["target_id"] for one in standings))
    table = _table("Known on", *targets)
    for day, group in groupby(standings, key=lambda one: str(one["known_on"])):
        found = {one["target_id"]: one for one in group}
        table.add_row(day, *(_cell(found.get(target)) for target in targets))
    return table


def _cell(standing: dict[str, Any] | None) -> str:
    if standing is None or standing["chance"] is None:
        return "-"
    return f"{standing['chance']:.0%}" + ("*" if standing["verdict"] in ("met", "missed") else "")
