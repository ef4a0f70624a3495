"""The facts of a permit log: counted by hand on a small one, the same from CSV and XES."""

from __future__ import annotations

import json

import pytest

from milepost.study.event_log import event_log_facts

LOG = """case:concept:name,concept:name,time:timestamp,org:resource,case:enddate,case:enddate_planned,case:deadline
a,receive,2024-01-01T08:00:00+08:00,x,2024-01-05T08:00:00+08:00,2024-01-04T08:00:00+08:00,2024-01-05
a,check,2024-01-02T08:00:00+08:00,y,2024-01-05T08:00:00+08:00,2024-01-04T08:00:00+08:00,2024-01-05
a,decide,2024-01-04T20:00:00+08:00,x,2024-01-05T08:00:00+08:00,2024-01-04T08:00:00+08:00,2024-01-05
b,receive,2024-01-03T08:00:00+08:00,x,,2024-02-09T08:00:00+08:00,
b,decide,2024-02-08T08:00:00+08:00,x,,2024-02-09T08:00:00+08:00,
c,receive,2024-01-03T08:00:00+08:00,x,2024-01-06T08:00:00+08:00,,2024-01-01
c,check,2024-01-04T08:00:00+08:00,x,2024-01-06T08:00:00+08:00,,2024-01-01
c,decide,2024-01-03T20:00:00+08:00,y,2024-01-06T08:00:00+08:00,,2024-01-01
"""


@pytest.fixture
def facts(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(LOG, "utf-8")
    return event_log_facts(path)


def test_cases_events_and_ways_are_counted(facts):
    assert (facts.events, facts.cases, facts.activities, facts.resources, facts.variants_count) == (8, 3, 3, 2, 3)
    assert facts.variants[0].activities == ("receive", "decide")
    assert facts.first_activities == {"receive": 3}
    assert facts.last_activities == {"decide": 2, "check": 1}
    assert facts.cases_out_of_order == 1


def test_first_last_and_spans(facts):
    assert (facts.first_at, facts.last_at) == ("2024-01-01T00:00:00+00:00", "2024-02-08T00:00:00+00:00")
    assert (facts.span_days.median, facts.span_days.most) == (3.5, 36.0)
    assert facts.begun == {"2024-01": 3} and facts.ended == {"2024-01": 2, "2024-02": 1}
    assert facts.ended_per_month == 1.5


def test_lateness_is_told_for_every_plan_and_every_end(facts):
    found = {(late.planned, late.actual): late.lateness for late in facts.lateness}
    assert set(found) == {
        (planned, actual)
        for planned in ("case:enddate_planned", "case:deadline")
        for actual in ("case:enddate", "last event")
    }
    stated = found["case:enddate_planned", "case:enddate"]
    assert (stated.judged, stated.late, stated.without_plan, stated.without_end) == (1, 1, 1, 1)
    last = found["case:enddate_planned", "last event"]
    assert (last.judged, last.late, last.late_by_a_day) == (2, 1, 0)
    by_day = found["case:deadline", "case:enddate"]
    assert (by_day.judged, by_day.late) == (2, 1)
    assert any("end of its day" in note for note in facts.notes)


def test_what_was_taken_as_what_is_told(facts):
    assert {role.role for role in facts.roles} == {"case", "activity", "time", "resource", "planned_end", "case_end"}


def test_the_facts_are_plain_json(facts):
    assert json.loads(json.dumps(facts.as_json()))["cases"] == 3
