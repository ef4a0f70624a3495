"""From an open case to the desks it still needs, and from there to its chance of a breach."""

from __future__ import annotations

from datetime import date

import numpy as np
from handling import JOINT, accepted, asked, codes, done

from milepost.basics.calendar import china
from milepost.cases.workload import work_ahead
from milepost.science.queues import Desk, forecast_breaches

WAY = [{"review": "@", "testing": "@", "visit_due": "window"}, {"deciding": "lead"}]


def ahead(case, on: str):
    return work_ahead(case, WAY, "decision", china(), date.fromisoformat(on))


def test_a_case_needs_the_desks_where_it_stands_then_all_that_follow():
    case = accepted(JOINT)
    assert ahead(case, "2026-02-09").stages == (("fire", "food", "window"), ("lead",))
    assert ahead(case, "2026-02-11").due_in_days == 43.0
    case = done(case, "give_opinion@fire", "2026-02-10", fields={"result": "meets"})
    assert ahead(case, "2026-02-10").stages == (("food", "window"), ("lead",))


def test_a_suspended_case_is_ready_when_the_applicant_was_told():
    case = done(accepted(JOINT), "begin_testing@food", "2026-02-10", told_days=20)
    found = ahead(case, "2026-02-11")
    assert found.ready_in_days == china().between(date(2026, 2, 11), date(2026, 3, 2)).days
    assert found.due_in_days == found.ready_in_days + 44
    assert ahead(case, "2026-03-20").ready_in_days == 1.0


def test_a_case_without_a_running_clock_has_no_work_ahead():
    case = accepted(JOINT)
    assert ahead(done(case, "withdraw", "2026-02-10"), "2026-02-11") is None
    assert work_ahead(case, WAY, "certificate", china(), date(2026, 2, 11)) is None
    assert work_ahead(case, [], "decision", china(), date(2026, 2, 11)) is None


def test_a_late_case_breaches_and_a_fresh_one_does_not():
    desks = [Desk(name, 2, np.array([1.0, 2.0])) for name in ("food", "fire", "window", "lead")]
    case = accepted(JOINT)
    for on, chance in (("2026-02-09", 0.0), ("2026-06-01", 1.0)):
        found = forecast_breaches([ahead(case, on)], desks, runs=20)
        assert found.cases["c"].value == chance


def test_an_event_holds_only_what_is_read_of_it():
    case = accepted(JOINT)
    assert codes(asked(case, "visit", "2026-02-10", extra=1)) == ["S211"]
    assert codes(asked(case, "visit", "2026-02-10", reason=["x"])) == ["S210"]
    assert codes(asked(case, "begin_testing@food", "2026-02-10", told_days="5")) == ["S210"]
    assert codes(asked(case, "begin_testing@food", "2026-02-10", told_days=True)) == ["S210"]
