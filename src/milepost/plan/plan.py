"""The plan as it was announced: goals, actions, items, and the targets they name.

What is stated, how it is read as a number, and whether that reading is an assumption are three
different things, and each is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from milepost.basics.errors import NOWHERE, Place
from milepost.basics.text import Text

NO_PLAN = "none"
Comparison = Literal["over", "at_least", "about", "at_most", "rising"]


@dataclass(frozen=True)
class Target:
    """A promise: an indicator of an area, a number, and a date.

    `stated` paraphrases the announcement, `reading` says how it becomes a number. A target without
    `value` promises no number. `comparison`: over (more than), at_least, at_most, about (within half a
    unit of the last stated digit, or better), rising (above the value of `base_year`).
    `sum_from` reads the promise as a total of yearly flows from that year to the deadline; `months` as the flow (or
    mean level) of so many months up to the end of the deadline's month, instead of its whole year.
    """

    id: str
    name: Text
    stated: Text
    reading: Text
    indicator: str | None = None
    area: str | None = None
    comparison: Comparison = "at_least"
    value: float | None = None
    unit: str = ""
    deadline: date | None = None
    base_year: int | None = None
    sum_from: int | None = None
    months: int | None = None
    is_assumption: bool = False
    source: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Item:
    """A concrete thing the plan names under an action."""

    id: str
    name: Text
    wing: str
    targets: tuple[Target, ...]
    depends_on: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True)
class Goal:
    """A goal of the plan with the targets stated for it."""

    id: str
    name: Text
    targets: tuple[Target, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class Action:
    """An action of the plan with the items it names."""

    id: str
    name: Text
    items: tuple[Item, ...]
    place: Place = NOWHERE


@dataclass(frozen=True)
class Plan:
    """A whole plan; `tasks_announced` may be more than the items that were named."""

    id: str
    name: Text
    announced_on: date
    deadline: date
    tasks_announced: int
    goals: tuple[Goal, ...]
    actions: tuple[Action, ...]
    source: str
    note: Text | None = None
    place: Place = NOWHERE

    @property
    def is_none(self) -> bool:
        """Is it the plan of a place that has none?"""
        return self.id == NO_PLAN

    def items(self) -> Iterator[Item]:
        """Give every named item in the plan's order."""
        for action in self.actions:
            yield from action.items

    def targets(self) -> Iterator[Target]:
        """Give every target: those of the goals, then those of the items."""
        for goal in self.goals:
            yield from goal.targets
        for item in self.items():
            yield from item.targets


def no_plan(name: Text) -> Plan:
    """Give the plan of a place that has none: it promises nothing."""
    return Plan(NO_PLAN, name, date.max, date.max, 0, (), (), "")
