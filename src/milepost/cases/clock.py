"""A legal clock of a case: what its events did to it, and how it reads on a day.

The day an event happens is not counted, neither when a clock starts nor when it resumes; the day of a
suspension is the last one counted before it. Days used never fall, and no event ever brings a due
date nearer. Administrative Licensing Law, art. 42 (20 working days and 10 more; 45 and 15 for joint
handling), art. 44 (certificate), art. 45 (time excluded, told in writing), art. 82 (working days).

A term of validity (`ends_before`) counts otherwise: the day it begins is its first, and the day it ends before is the
one its case names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from milepost.basics.calendar import Calendar, Due
from milepost.cases.process import ClockRule

Status = Literal["not_started", "running", "suspended", "stopped"]


@dataclass(frozen=True)
class Clock:
    """The history of one clock: spans it ran, each after a day up to and including another, or open.

    `held_by` lists the suspensions still open; `expected_on` is the day the applicant was told of; `until` the day a
    term of validity ends before.
    """

    id: str
    rule: ClockRule
    promised_days: int | None = None
    extra_days: int = 0
    extensions: int = 0
    ran: tuple[tuple[date, date | None], ...] = ()
    held_by: frozenset[str] = frozenset()
    expected_on: date | None = None
    is_stopped: bool = False
    until: date | None = None

    @property
    def status(self) -> Status:
        """Where the clock is now."""
        if not self.ran:
            return "not_started"
        if self.is_stopped:
            return "stopped"
        return "suspended" if self.held_by else "running"

    @property
    def days(self) -> int:
        """The statutory period with its extensions."""
        return self.rule.days + self.extra_days

    def started(self, day: date, answers: Mapping[str, Any] | None = None) -> Clock:
        """Give the clock started on `day`: the next day is the first one counted; of a term, `day` itself.

        `answers` are those of the act that starts it.
        """
        fresh = replace(self, ran=((day, None),), held_by=frozenset(), is_stopped=False, extra_days=0, extensions=0)
        return replace(fresh, until=term_end(self.rule, answers or {}, day))

    def suspended(self, day: date, ground: str, expected_on: date | None) -> Clock:
        """Give the clock suspended on a ground; several grounds may hold it at once."""
        told = [day for day in (self.expected_on if self.held_by else None, expected_on) if day is not None]
        held = self.held_by | {ground}
        return replace(self, ran=self._closed(day), held_by=held, expected_on=max(told) if told else None)

    def resumed(self, day: date, ground: str) -> Clock:
        """Give the clock with one ground gone; it runs again when none is left."""
        held = self.held_by - {ground}
        if held or self.is_stopped:
            return replace(self, held_by=held)
        return replace(self, ran=(*self.ran, (day, None)), held_by=held, expected_on=None)

    def stopped(self, day: date) -> Clock:
        """Give the clock stopped for good on `day`."""
        return replace(self, ran=self._closed(day), held_by=frozenset(), expected_on=None, is_stopped=True)

    def extended(self, days: int) -> Clock:
        """Give the clock with more days."""
        return replace(self, extra_days=self.extra_days + days, extensions=self.extensions + 1)

    def _closed(self, day: date) -> tuple[tuple[date, date | None], ...]:
        last = self.ran[-1]
        return self.ran if last[1] is not None else (*self.ran[:-1], (last[0], day))


def term_end(rule: ClockRule, answers: Mapping[str, Any], day: date) -> date | None:
    """Give the day that a term begun on `day` ends before: the one answered, else `days` later; None for no term."""
    if not rule.ends_before:
        return None
    told = answers.get(rule.ends_before)
    return date.fromisoformat(told) if told else day + timedelta(rule.days)


def may_be(clock: Clock, verb: str, ground: str) -> bool:
    """May the clock be started, suspended, resumed, stopped or extended where it stands?"""
    status = clock.status
    if verb == "started":
        return status == "not_started" or (clock.rule.may_restart and status == "stopped")
    if verb == "resumed":
        return status == "suspended" and ground in clock.held_by
    if verb == "suspended" and ground in clock.held_by:
        return False
    return status in ("running", "suspended")


@dataclass(frozen=True)
class ClockReading:
    """A clock on a day.

    `used_days` and `left_days` (negative when late) count as the rule counts. `due` is the last lawful
    day, None before the start and while suspended; `promised_due` likewise for the promise.
    `expected_due` is where `due` would fall if a suspension ended on the day told, or today where that
    has passed. `is_provisional`: some day counted lies in a year whose calendar is not published.
    """

    id: str
    status: Status
    days: int
    used_days: int
    left_days: int
    due: date | None
    promised_due: date | None
    expected_due: date | None
    is_late: bool
    is_promise_broken: bool
    is_provisional: bool


def read_clock(clock: Clock, calendar: Calendar, on: date) -> ClockReading:
    """Give how the clock stands at the end of the day `on`."""
    rule, status = clock.rule, clock.status
    if status == "not_started":
        return ClockReading(clock.id, status, clock.days, 0, clock.days, None, None, None, False, False, False)
    if clock.until is not None:
        return _read_term(clock, clock.until, on)
    spans = [(start, min(end or on, on)) for start, end in clock.ran]
    counted = [_between(rule, calendar, start, end) for start, end in spans]
    used = sum(days for days, _ in counted)
    due, promised = _due(clock, calendar, clock.days), _due(clock, calendar, clock.promised_days)
    end = on if clock.ran[-1][1] is None or status == "suspended" else min(on, clock.ran[-1][1])
    expected = None
    if status == "suspended" and due is None:
        expected = _after(rule, calendar, max(on, clock.expected_on or on), max(clock.days - used, 0))
    known = [answer for answer in (due, promised, expected) if answer is not None]
    return ClockReading(
        clock.id,
        status,
        clock.days,
        used,
        clock.days - used,
        due.day if due else None,
        promised.day if promised else None,
        expected.day if expected else None,
        due is not None and end > due.day,
        promised is not None and end > promised.day,
        any(answer.is_provisional for answer in known) or any(flag for _, flag in counted),
    )


def _read_term(clock: Clock, until: date, on: date) -> ClockReading:
    """A term of validity: its last day is the one before `until`, and the day it begins is used too."""
    start, stop = clock.ran[-1]
    end, last = min(on, stop or on), until - timedelta(1)
    days, used = (until - start).days, max((end - start).days + 1, 0)
    return ClockReading(
        clock.id, clock.status, days, used, days - used, last, None, None, end > last, False, False
    )  # fmt: skip


def _due(clock: Clock, calendar: Calendar, days: int | None) -> Due | None:
    """The last lawful day: found in the span where the days run out; None while suspended before that."""
    if days is None:
        return None
    left, flags = days, False
    for number, (start, end) in enumerate(clock.ran, start=1):
        due = _after(clock.rule, calendar, start, left)
        if end is None or due.day < end or (clock.is_stopped and number == len(clock.ran)):
            return Due(due.day, due.is_provisional or flags)
        counted, flag = _between(clock.rule, calendar, start, end)
        left, flags = left - counted, flags or flag
    return None


def _between(rule: ClockRule, calendar: Calendar, start: date, end: date) -> tuple[int, bool]:
    if rule.counts == "calendar_days":
        return max((end - start).days, 0), False
    count = calendar.between(start, end)
    return count.days, count.is_provisional


def _after(rule: ClockRule, calendar: Calendar, start: date, days: int) -> Due:
    if rule.counts == "working_days" or days == 0:
        return calendar.after(start, days)
    day = start + timedelta(days)
    if calendar.is_working(day):
        return Due(day, not calendar.is_published(day))
    return calendar.after(day, 1)
