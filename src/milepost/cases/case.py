"""A case: what its events made of it, and the refusal that leaves it as it was.

Only the nouns are here; `opening` begins a case, `judging` says what is wrong with an event, `moving`
applies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from milepost.basics.calendar import Calendar
from milepost.basics.errors import Trouble
from milepost.basics.time_zone import CHINA, day_in
from milepost.cases.clock import Clock, ClockReading, read_clock
from milepost.cases.process import Document, Form, Net


@dataclass(frozen=True)
class Refusal:
    """Why an event is not allowed; the case stays as it was."""

    reasons: tuple[Trouble, ...]


@dataclass(frozen=True)
class Commitment:
    """A document promised instead of handed in: due after the decision, then kept or outstanding."""

    document: str
    promised_on: date
    due: date | None = None
    kept_on: date | None = None


@dataclass(frozen=True)
class Case:
    """A case after some events.

    `marking` holds the full names of the states it stands in; `values` answers by (field, branch);
    `documents` content hashes by document; `did` who did each act; `time_zone` says which day it is when something
    happens. Times never go back.
    """

    id: str
    net: Net
    sequence: int
    marking: frozenset[str]
    opened_at: datetime
    last_at: datetime
    last_event: str
    forms: Mapping[str, Form]
    papers: Mapping[str, Document]
    clocks: Mapping[str, Clock]
    values: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    did: tuple[tuple[str, str, str], ...] = ()
    decided_on: date | None = None
    time_zone: tzinfo = CHINA

    @property
    def outcome(self) -> str | None:
        """How the case ended, or None while it is open."""
        return next((self.net.ends[name] for name in self.marking if name in self.net.ends), None)

    @property
    def is_ended(self) -> bool:
        """Has the case come to an end? Nothing can be done to it any more."""
        return self.outcome is not None

    def day(self, at: datetime) -> date:
        """Give the day it is, where the case is handled, at a moment."""
        return day_in(self.time_zone, at)

    def readings(self, calendar: Calendar, on: date) -> tuple[ClockReading, ...]:
        """Give every clock of the case as it stands on a day, in the order of the process."""
        return tuple(read_clock(clock, calendar, on) for clock in self.clocks.values())

    def outstanding(self, on: date) -> tuple[Commitment, ...]:
        """Give the promised documents that are due by `on` and were not handed in."""
        waiting = (c for c in self.commitments.values() if c.kept_on is None)
        return tuple(c for c in waiting if c.due is not None and c.due < on)
