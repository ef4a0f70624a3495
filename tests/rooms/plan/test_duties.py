"""Duties of the plan: silence, dates and verdicts decide how a duty stands; no typed percentage does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from milepost.basics.errors import YoursToMend
from milepost.cases.case import Case
from milepost.cases.declaration import shipped_processes
from milepost.cases.event import Event
from milepost.cases.moving import apply
from milepost.cases.opening import open_case
from milepost.plan.duties import read_duties, reminders, standings

DUTIES = """
duties:
  - id: chips
    name: {en: Chip base, zh: 芯片基地}
    owner: industry bureau
    due_date: 2025-12-31
    item: T1
    target: t1_output
    milestones:
      - {id: ground, name: {en: Ground broken, zh: 开工}, due_date: 2025-03-31}
      - {id: first_wafer, name: {en: First wafer, zh: 首片下线}, due_date: 2025-10-31}
  - id: network
    name: {en: Network, zh: 网络}
    owner: city bureau
    due_date: 2025-06-30
    depends_on: [chips]
    stalled_after_days: 20
"""
PROCESS = shipped_processes("duties")["duty", 1]


@pytest.fixture
def duties(tmp_path):
    path = tmp_path / "duties.yaml"
    path.write_text(DUTIES, "utf-8")
    return read_duties(path)


def carried(*acts: tuple) -> list[Event]:
    """A duty's history: (act, day, role, branch, data); every event is allowed by the process."""
    branches = ["ground", "first_wafer"]
    opening = ("open", "2025-01-06", "plan_office", "", {"branches": branches})
    events, case = [], None
    for number, (act, day, role, branch, data) in enumerate((opening, *acts), start=1):
        at = datetime.fromisoformat(day).replace(hour=2, tzinfo=UTC)
        event = Event(f"e{number}", "d", number, act, f"{role}-{act}", role, at, "duty", 1, branch, data)
        case = open_case(PROCESS, event) if case is None else apply(case, event)
        assert isinstance(case, Case), case
        events.append(event)
    return events


TOLD = {"fields": {"words": "fence is up", "evidence": "photo 3"}}
SEEN = {"fields": {"evidence": "photo 9"}}
TAKEN = ("take_on", "2025-01-10", "owner", "", {})
CLAIMED = ("claim", "2025-03-20", "owner", "ground", SEEN)
VERIFIED = ("verify", "2025-03-25", "plan_office", "ground", {})


def one(duties, events, on, verdict=None, duty="chips"):
    verdicts = {"t1_output": verdict} if verdict else {}
    found = {s.duty: s for s in standings(duties, {"chips": events}, date.fromisoformat(on), verdicts)}
    return found[duty]


def test_silence_is_a_fact_in_days(duties):
    events = carried(TAKEN, ("update", "2025-02-01", "owner", "", TOLD))
    assert (one(duties, events, "2025-02-20").status, one(duties, events, "2025-02-20").silent_days) == ("on time", 19)
    stalled = one(duties, events, "2025-03-03")
    assert (stalled.status, stalled.silent_days, stalled.last_told_on) == ("stalled", 30, date(2025, 2, 1))


def test_a_reminder_is_not_an_update(duties):
    events = carried(TAKEN, ("remind", "2025-02-20", "leader", "", {}))
    assert one(duties, events, "2025-03-01").silent_days == 50


def test_a_duty_never_assigned_is_stalled_and_has_no_days_of_silence(duties):
    found = one(duties, [], "2025-01-06")
    assert (found.status, found.silent_days) == ("stalled", None)


def test_a_milestone_past_its_date_makes_the_duty_late_until_it_is_verified(duties):
    before, after = carried(TAKEN, CLAIMED), carried(TAKEN, CLAIMED, VERIFIED)
    assert one(duties, before, "2025-04-01").status == "late"
    assert one(duties, before, "2025-04-01").late_milestones == (("ground", date(2025, 3, 31)),)
    assert one(duties, after, "2025-04-01").status == "on time"
    assert one(duties, after, "2025-04-01").milestones_reached == 1


def test_a_moved_date_counts_and_stays_visible(duties):
    moved = {"fields": {"due_date": "2025-05-31"}, "reason": "floods"}
    events = carried(TAKEN, ("move_milestone", "2025-03-30", "leader", "ground", moved))
    found = one(duties, events, "2025-04-01")
    assert (found.late_milestones, found.times_moved) == ((), 1)
    assert one(duties, events, "2025-06-01").late_milestones == (("ground", date(2025, 5, 31)),)


def test_the_verdict_of_an_indicator_drives_the_status(duties):
    events = carried(TAKEN, ("update", "2025-02-01", "owner", "", TOLD))
    assert one(duties, events, "2025-02-10", "met").status == "met"
    assert one(duties, events, "2025-02-10", "behind").status == "at risk"
    assert one(duties, events, "2025-02-10", "missed").status == "late"
    assert one(duties, events, "2025-02-10", "no evidence").status == "on time"


def test_a_duty_reported_done_is_not_done_where_its_indicator_missed(duties):
    last = [
        ("claim", "2025-10-01", "owner", "first_wafer", SEEN),
        ("verify", "2025-10-02", "plan_office", "first_wafer", {}),
    ]
    events = carried(TAKEN, CLAIMED, VERIFIED, *last, ("finish", "2025-11-01", "plan_office", "", {}))
    assert one(duties, events, "2025-12-01").status == "done"
    assert one(duties, events, "2026-02-01", "missed").status == "late"


def test_any_past_day_can_be_shown(duties):
    events = carried(TAKEN, CLAIMED, VERIFIED)
    assert one(duties, events, "2025-03-22").milestones_reached == 0
    assert one(duties, events, "2025-01-08").last_told_on is None


def test_a_duty_waits_for_those_it_depends_on(duties):
    told = carried(("take_on", "2025-01-10", "owner", "", {}))
    found = {s.duty: s for s in standings(duties, {"network": told}, date(2025, 1, 12))}
    assert (found["network"].status, found["network"].waits_for) == ("waiting", ("chips",))


def test_who_is_silent_or_near_a_date_or_past_it_is_reminded(duties):
    on = date(2025, 6, 20)
    found = reminders(duties, standings(duties, {"chips": carried(TAKEN)}, on), on)
    assert [(r.duty, r.why, r.milestone, r.days) for r in found] == [
        ("chips", "silent", "", 161),
        ("chips", "overdue", "ground", 81),
        ("network", "due soon", "", 10),
    ]
    later = on + timedelta(30)
    assert ("network", "overdue") in [(r.duty, r.why) for r in reminders(duties, standings(duties, {}, later), later)]


@pytest.mark.parametrize(
    ("changed", "code", "word"),
    [
        ("depends_on: [chips]|depends_on: [chps]", "U002", "Did you mean chips"),
        ("target: t1_output|depends_on: [network]", "U003", "chips → network → chips"),
        ("id: network|id: chips", "U001", "chips"),
        ("due_date: 2025-10-31|due_date: 2026-10-31", "U004", "first_wafer"),
    ],
)
def test_duties_that_cannot_be_are_told(tmp_path, changed, code, word):
    path = tmp_path / "duties.yaml"
    path.write_text(DUTIES.replace(*changed.split("|")), "utf-8")
    with pytest.raises(YoursToMend) as raised:
        read_duties(path)
    told = [str(t) for t in raised.value.troubles if t.code == code]
    assert told and word in told[0] and "duties.yaml:" in told[0]
