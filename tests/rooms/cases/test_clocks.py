"""Legal clocks: known due dates, suspension, extension, promises; used days and due dates only grow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from handling import JOINT, SINGLE, accepted, asked, at, codes, done, opened
from hypothesis import given
from hypothesis import strategies as some

from milepost.basics.calendar import china
from milepost.basics.text import Text
from milepost.cases.clock import Clock, read_clock
from milepost.cases.process import ClockRule


def reading(case, clock, on):
    return next(r for r in case.readings(china(), date.fromisoformat(on)) if r.id == clock)


def test_twenty_working_days_from_acceptance_on_9_february_2026_end_on_13_march():
    case = accepted(SINGLE, "2026-02-09")
    found = reading(case, "decision", "2026-02-09")
    assert (found.due, found.used_days, found.left_days, found.is_provisional) == (date(2026, 3, 13), 0, 20, False)
    assert not reading(case, "decision", "2026-03-13").is_late
    assert reading(case, "decision", "2026-03-14").is_late


def test_the_clock_starts_at_acceptance_not_at_submission():
    case = opened(SINGLE, "2026-02-02")
    case = done(case, "submit", "2026-02-02", fields={})
    assert reading(case, "decision", "2026-02-05").status == "not_started"
    case = done(case, "accept", "2026-02-09")
    assert reading(case, "decision", "2026-02-09").due == date(2026, 3, 13)
    assert reading(case, "acceptance", "2026-03-01").status == "stopped"


def test_joint_handling_has_45_and_15_days():
    case = accepted(JOINT, "2026-02-09")
    assert reading(case, "decision", "2026-02-09").due == china().after(date(2026, 2, 9), 45).day == date(2026, 4, 20)
    case = done(case, "extend", "2026-04-01", reason="two authorities wait for one report")
    assert reading(case, "decision", "2026-04-01").due == china().after(date(2026, 2, 9), 60).day
    assert "S216" in codes(asked(case, "extend", "2026-04-02", reason="again"))


def test_each_authority_has_its_own_twenty_days():
    case = accepted(JOINT, "2026-02-09", days={"opinion@food": 5})
    food, fire = reading(case, "opinion@food", "2026-02-09"), reading(case, "opinion@fire", "2026-02-09")
    assert (food.due, food.promised_due) == (date(2026, 3, 13), date(2026, 2, 14))
    assert (fire.due, fire.promised_due) == (date(2026, 3, 13), None)
    assert reading(case, "opinion@food", "2026-02-15").is_promise_broken
    assert not reading(case, "opinion@food", "2026-02-15").is_late


def test_an_extension_needs_the_head_and_a_reason_and_comes_in_time():
    case = accepted(SINGLE, "2026-02-09")
    assert codes(asked(case, "extend", "2026-03-01")) == ["S214"]
    assert codes(asked(case, "extend", "2026-03-01", role="reviewer", reason="x")) == ["S205"]
    late = asked(case, "extend", "2026-03-16", reason="x", calendar=china())
    assert codes(late) == ["S216"]
    case = done(case, "extend", "2026-03-13", reason="a report is late", calendar=china())
    assert reading(case, "decision", "2026-03-13").due == china().after(date(2026, 2, 9), 30).day


def test_testing_days_are_not_counted_and_the_applicant_is_told_how_long():
    case = accepted(SINGLE, "2026-02-09")
    assert codes(asked(case, "begin_testing", "2026-02-10")) == ["S215"]
    case = done(case, "begin_testing", "2026-02-10", told_days=15)
    held = reading(case, "decision", "2026-02-20")
    assert (held.status, held.used_days, held.due) == ("suspended", 1, None)
    assert held.expected_due == china().after(date(2026, 2, 25), 19).day
    case = done(case, "end_testing", "2026-03-02")
    assert reading(case, "decision", "2026-03-02").used_days == 1
    assert reading(case, "decision", "2026-03-02").due == china().after(date(2026, 3, 2), 19).day


def test_two_grounds_hold_the_clock_until_both_are_gone():
    case = accepted(JOINT, "2026-03-02")
    case = done(case, "begin_testing@food", "2026-03-03", told_days=5)
    case = done(case, "begin_testing@fire", "2026-03-04", told_days=10)
    case = done(case, "end_testing@food", "2026-03-06")
    assert reading(case, "decision", "2026-03-06").status == "suspended"
    assert reading(case, "opinion@food", "2026-03-06").status == "running"
    case = done(case, "end_testing@fire", "2026-03-12")
    assert reading(case, "decision", "2026-03-12").used_days == 1


def test_a_suspension_after_the_end_saves_nothing():
    case = accepted(SINGLE, "2026-02-09")
    case = done(case, "begin_testing", "2026-03-20", told_days=5)
    found = reading(case, "decision", "2026-03-25")
    assert found.is_late and found.due == date(2026, 3, 13)


def test_a_decision_on_the_saturday_after_the_last_day_is_late():
    case = accepted(SINGLE, "2026-02-09")
    case = done(case, "give_opinion", "2026-03-12", fields={"result": "meets"})
    in_time, late = done(case, "grant", "2026-03-13"), done(case, "grant", "2026-03-14")
    assert not reading(in_time, "decision", "2026-06-01").is_late
    assert reading(late, "decision", "2026-06-01").is_late
    assert reading(late, "decision", "2026-06-01").used_days == 20


def test_a_year_not_published_yet_gives_a_provisional_date():
    case = accepted(SINGLE, "2026-12-21")
    found = reading(case, "decision", "2026-12-21")
    assert found.is_provisional and found.due == date(2027, 1, 18)


def test_a_period_in_calendar_days_that_ends_on_a_day_off_ends_on_the_next_working_day():
    rule = ClockRule("c", Text("c", "c"), 5, "Civil Code, art. 203", "calendar_days")
    clock = Clock("c", rule).started(date(2026, 2, 13))
    assert read_clock(clock, china(), date(2026, 2, 13)).due == date(2026, 2, 24)


def test_the_day_in_beijing_counts_not_the_day_in_london():
    case = accepted(SINGLE, "2026-02-09")
    assert case.day(at("2026-02-09", 1)) == date(2026, 2, 9)
    assert at("2026-02-09", 1).utctimetuple().tm_mday == 8


steps = some.lists(
    some.tuples(
        some.sampled_from(["wait", "suspend testing", "suspend hearing", "resume testing", "resume hearing", "extend"]),
        some.integers(0, 12),
    ),
    max_size=14,
)


@given(steps, some.integers(5, 45), some.dates(date(2024, 1, 1), date(2027, 3, 1)))
def test_used_days_never_fall_and_no_event_brings_the_due_date_nearer(steps, days, start):
    clock = Clock("c", ClockRule("c", Text("c", "c"), days, "law")).started(start)
    day, due, used = start, read_clock(clock, china(), start).due, 0
    for step, waited in steps:
        for _ in range(waited):
            day += timedelta(1)
            now = read_clock(clock, china(), day)
            assert now.used_days >= used
            assert now.used_days + now.left_days == now.days
            used = now.used_days
        verb, _, ground = step.partition(" ")
        if verb == "suspend" and ground not in clock.held_by:
            clock = clock.suspended(day, ground, None)
        elif verb == "resume" and ground in clock.held_by:
            clock = clock.resumed(day, ground)
        elif verb == "extend" and not read_clock(clock, china(), day).is_late:
            clock = clock.extended(5)
        now = read_clock(clock, china(), day)
        assert now.used_days == used, "an event does not change what was used by its day"
        if now.due is not None:
            assert due is None or now.due >= due
            due = now.due
            assert now.is_late == (day > now.due) or now.status == "suspended"


@pytest.mark.parametrize("on", ["2020-01-01", "9999-12-30"])
def test_any_day_may_be_asked_for(on):
    found = reading(accepted(SINGLE, "2026-02-09"), "decision", on)
    assert found.used_days >= 0


def term(until: str, begun: str = "2026-02-13") -> Clock:
    rule = ClockRule("v", Text("v", "v"), 10, "law", "calendar_days", may_restart=True, ends_before="until")
    return Clock("v", rule).started(date.fromisoformat(begun), {"until": until} if until else {})


@pytest.mark.parametrize(("until", "last"), [("2026-02-16", "2026-02-15"), ("", "2026-02-22")])
def test_a_term_ends_before_its_own_day_or_its_declared_one_and_no_day_off_moves_it(until, last):
    clock, last_day = term(until), date.fromisoformat(last)  # in the Spring Festival: no day of it is worked
    first = read_clock(clock, china(), date(2026, 2, 13))
    assert (first.due, first.used_days, first.left_days) == (last_day, 1, (last_day - date(2026, 2, 13)).days)
    on_last, after = (read_clock(clock, china(), day) for day in (last_day, last_day + timedelta(1)))
    assert (on_last.left_days, on_last.is_late) == (0, False)
    assert (after.left_days, after.is_late) == (-1, True)
    assert first.used_days + first.left_days == first.days == after.used_days + after.left_days


def test_a_term_begun_again_forgets_the_day_it_had():
    again = term("2026-02-16").stopped(date(2026, 2, 15)).started(date(2026, 3, 2), {"until": "2026-04-01"})
    assert read_clock(again, china(), date(2026, 3, 2)).due == date(2026, 3, 31)
    unnamed = term("2026-02-16").stopped(date(2026, 2, 15)).started(date(2026, 3, 2), {})
    assert read_clock(unnamed, china(), date(2026, 3, 2)).due == date(2026, 3, 11)


def test_a_term_that_was_stopped_in_time_is_not_over_later():
    stopped = term("2026-02-16").stopped(date(2026, 2, 14))
    assert not read_clock(stopped, china(), date(2027, 1, 1)).is_late
