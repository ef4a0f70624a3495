"""Cases are opened and acted on over the ledger: asking twice, deciding at once, lists that can be rebuilt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from milepost.basics.calendar import china
from milepost.basics.errors import YoursToMend
from milepost.cases.case import Case, Refusal
from milepost.cases.declaration import read_processes
from milepost.keep.docket import Docket
from milepost.keep.ledger import Ledger

PROCESSES = read_processes(Path(__file__).resolve().parents[3] / "src/milepost/domains/licensing/cases.yaml")
NOON = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)


@pytest.fixture
def docket(ledger_url):
    ledger = Ledger(ledger_url)
    yield Docket(ledger, PROCESSES, china())
    ledger.close()


def under_review(docket: Docket, case: str, party: str = "A") -> Case:
    docket.open("single_permit", case, "ann", "applicant", NOON, party)
    docket.act(case, "submit", "ann", "applicant", NOON)
    result = docket.act(case, "accept", "win", "window", NOON)
    assert isinstance(result, Case)
    return result


def test_a_case_is_what_its_events_in_the_ledger_say(docket):
    case = under_review(docket, "a")
    assert docket.history("a").case == case or docket.history("a").case.marking == case.marking == {"review"}
    assert [kept.event.act for kept in docket.history("a").events] == ["open", "submit", "accept"]


def test_a_case_that_does_not_exist_is_none(docket):
    assert docket.history("nothing") is None
    assert docket.act("nothing", "submit", "ann", "applicant", NOON) is None


def test_applying_twice_is_one_application(docket):
    one = docket.open("single_permit", "a", "ann", "applicant", NOON, "A", event_id="click")
    two = docket.open("single_permit", "a", "ann", "applicant", NOON + timedelta(seconds=1), "A", event_id="click")
    assert isinstance(one, Case) and isinstance(two, Case)
    taken = docket.open("single_permit", "a", "bob", "applicant", NOON, "B")
    assert isinstance(taken, Refusal) and taken.reasons[0].code == "S202"
    assert len(docket.history("a").events) == 1


def test_a_refused_act_leaves_nothing(docket):
    under_review(docket, "a")
    answer = docket.act("a", "grant", "dec", "decider", NOON)
    assert isinstance(answer, Refusal)
    assert len(docket.history("a").events) == 3


def test_two_officers_who_decide_at_the_same_moment(docket):
    for number in range(10):
        seen = under_review(docket, f"case-{number}").sequence

        def decide(who: str, case: str = f"case-{number}", seen: int = seen):
            given = {"fields": {"result": "meets"}}
            return docket.act(case, "give_opinion", who, "reviewer", NOON, data=given, expected=seen)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(decide, ["bo", "cy"]))
        assert sorted(isinstance(answer, Case) for answer in answers) == [False, True]
        told = next(answer for answer in answers if isinstance(answer, Refusal))
        assert told.reasons[0].code == "S202"
        assert len(docket.history(f"case-{number}").events) == 4
    docket.ledger.verify()


def test_the_same_click_from_two_threads_is_one_act(docket):
    under_review(docket, "a")

    def click(second: int):
        given = {"fields": {"result": "meets"}}
        at = NOON + timedelta(seconds=second)
        return docket.act("a", "give_opinion", "bo", "reviewer", at, data=given, event_id="click")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(click, range(4)))
    assert all(isinstance(answer, Case) for answer in answers)
    assert len(docket.history("a").events) == 4


def test_an_act_on_what_was_seen_before_is_told(docket):
    under_review(docket, "a")
    answer = docket.act("a", "withdraw", "ann", "applicant", NOON, expected=2)
    assert isinstance(answer, Refusal) and answer.reasons[0].code == "S202"


def test_a_clock_that_lags_does_not_turn_time_back(docket):
    under_review(docket, "a")
    case = docket.act("a", "withdraw", "ann", "applicant", NOON - timedelta(hours=1))
    assert isinstance(case, Case) and case.last_at == NOON


def test_todays_list_is_by_due_date_and_can_be_built_again(docket):
    under_review(docket, "a")
    under_review(docket, "b", "B")
    docket.act("b", "begin_testing", "bo", "reviewer", NOON, data={"told_days": 5})
    docket.open("single_permit", "c", "ann", "applicant", NOON, "A")
    listed = docket.ledger.standings()
    assert [(s.case, s.due_on) for s in listed] == [("a", date(2026, 3, 13)), ("b", None), ("c", None)]
    assert [s.case for s in docket.ledger.standings(state="testing")] == ["b"]
    docket.ledger.replace_standings([])
    assert docket.ledger.standings() == ()
    assert docket.rebuild_standings() == 3
    assert docket.ledger.standings() == listed


def test_a_process_that_is_not_declared_is_told(docket):
    with pytest.raises(YoursToMend, match="S219"):
        docket.open("nothing", "a", "ann", "applicant", NOON, "A")


@pytest.mark.parametrize(
    ("hours", "accepted_on", "due"),
    [(8, date(2026, 2, 10), date(2026, 3, 16)), (-5, date(2026, 2, 9), date(2026, 3, 13))],
)
def test_working_days_count_from_the_day_it_is_in_the_zone_and_a_replay_agrees(ledger_url, hours, accepted_on, due):
    """An application is accepted at half past nine in the evening of 9 February, UTC."""
    ledger, late = Ledger(ledger_url), datetime(2026, 2, 9, 21, 30, tzinfo=UTC)
    docket = Docket(ledger, PROCESSES, china(), timezone(timedelta(hours=hours)))
    docket.open("single_permit", "a", "ann", "applicant", late, "A")
    docket.act("a", "submit", "ann", "applicant", late)
    case = docket.act("a", "accept", "win", "window", late)
    again = docket.history("a").case
    assert case.day(late) == again.day(late) == accepted_on
    reading = {one.id: one for one in again.readings(china(), date(2026, 2, 10))}["decision"]
    assert reading == {one.id: one for one in case.readings(china(), date(2026, 2, 10))}["decision"]
    assert reading.due == due
    (standing,) = ledger.standings()
    docket.rebuild_standings()
    assert ledger.standings() == (standing,)
    assert standing.opened_on == case.day(late)
    ledger.close()
