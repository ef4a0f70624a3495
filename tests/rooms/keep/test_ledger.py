"""The ledger keeps every event once, in order, for good, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from milepost.basics.errors import TryAgain, YoursToMend
from milepost.cases.event import Event
from milepost.keep.ledger import Head, Kept, Ledger, Overtaken, Standing

NOON = datetime(2026, 2, 9, 4, 0, tzinfo=UTC)


def event(case: str, sequence: int, words: str = "") -> Event:
    at = NOON + timedelta(minutes=sequence)
    return Event(f"{case}-{sequence}{words}", case, sequence, "act", "ann", "window", at, "p", 1, "", {"reason": words})


@pytest.fixture
def ledger(ledger_url):
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.close()


def test_an_event_comes_back_as_it_went_in(ledger):
    told = event("一", 1, "理由")
    kept = ledger.append([told], 0)
    assert isinstance(kept, Kept) and kept.is_new
    assert [k.event for k in ledger.events_of("一")] == [told]
    assert ledger.events_of("二") == ()


def test_asking_twice_stores_once(ledger):
    first = ledger.append([event("a", 1)], 0)
    second = ledger.append([event("a", 1)], 0)
    assert first.is_new and not second.is_new
    assert first.events == second.events
    assert ledger.head().position == 1


def test_an_id_used_for_another_event_is_refused(ledger):
    ledger.append([event("a", 1)], 0)
    other = Event("a-1", "a", 2, "other", "bob", "window", NOON, "p", 1)
    with pytest.raises(YoursToMend, match="A003"):
        ledger.append([other], 1)


def test_of_two_who_act_at_once_one_is_told(ledger):
    ledger.append([event("a", 1)], 0)
    assert isinstance(ledger.append([event("a", 2, "mine")], 1), Kept)
    assert ledger.append([event("a", 2, "yours")], 1) == Overtaken(2)
    assert [k.event.data["reason"] for k in ledger.events_of("a")] == ["", "mine"]


def test_events_out_of_sequence_are_refused(ledger):
    with pytest.raises(YoursToMend, match="A004"):
        ledger.append([event("a", 2)], 0)
    with pytest.raises(YoursToMend, match="A004"):
        ledger.append([event("a", 1), event("b", 2)], 0)


def test_many_writers_leave_no_gap_and_no_double(ledger_url):
    Ledger(ledger_url).close()
    won: list[int] = []

    def write(number: int) -> None:
        mine = Ledger(ledger_url)
        for sequence in range(1, 11):
            result = mine.append([event("shared", sequence, f"by {number}")], sequence - 1)
            if isinstance(result, Kept):
                won.append(sequence)
            mine.append([event(f"own-{number}", sequence)], sequence - 1)
        mine.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    ledger = Ledger(ledger_url)
    kept = list(ledger.events_since())
    assert [k.position for k in kept] == list(range(1, 51))
    assert sorted(won) == list(range(1, 11))
    assert [k.event.sequence for k in ledger.events_of("shared")] == list(range(1, 11))
    assert ledger.verify().position == 50
    ledger.close()


def test_one_ledger_serves_many_threads(ledger):
    def write(number: int) -> None:
        for sequence in range(1, 21):
            ledger.append([event(f"case-{number}", sequence)], sequence - 1)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert ledger.verify().position == 80


def _run(ledger: Ledger, sql: str) -> None:
    """As somebody would who has the database in hand."""
    with ledger._sql._reading() as connection:
        connection.execute(sql)


@pytest.mark.parametrize("sql", ["UPDATE acts SET body = 'x'", "DELETE FROM acts"])
def test_the_database_itself_refuses_to_change_the_past(ledger, sql):
    ledger.append([event("a", 1)], 0)
    with pytest.raises(TryAgain):
        _run(ledger, sql)
    assert ledger.verify().position == 1


def _unguarded(ledger: Ledger, sql: str) -> None:
    if ledger._sql.is_postgres:
        _run(ledger, "ALTER TABLE acts DISABLE TRIGGER acts_stay")
    else:
        _run(ledger, "DROP TRIGGER acts_stay_UPDATE")
        _run(ledger, "DROP TRIGGER acts_stay_DELETE")
    _run(ledger, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE acts SET body = replace(body, 'window', 'mayor') WHERE position = 3",
        "UPDATE acts SET body = 'not json' WHERE position = 3",
        "UPDATE acts SET kept_at = '2020-01-01' WHERE position = 3",
        "UPDATE acts SET case_id = 'b' WHERE position = 3",
        "UPDATE acts SET event_id = 'b' WHERE position = 3",
        "DELETE FROM acts WHERE position = 3",
        "DELETE FROM acts WHERE position = 1",
    ],
)
def test_a_change_behind_its_back_shows(ledger, sql):
    for sequence in range(1, 6):
        ledger.append([event("a", sequence)], sequence - 1)
    _unguarded(ledger, sql)
    with pytest.raises(YoursToMend, match="A005"):
        ledger.verify()


def test_a_cut_off_end_shows_against_a_head_noted_elsewhere(ledger):
    for sequence in range(1, 6):
        ledger.append([event("a", sequence)], sequence - 1)
    noted = ledger.head()
    assert ledger.verify(noted) == noted
    _unguarded(ledger, "DELETE FROM acts WHERE position = 5")
    assert ledger.verify().position == 4
    with pytest.raises(YoursToMend, match="A005"):
        ledger.verify(noted)
    ledger.append([event("a", 5, "another end")], 4)
    with pytest.raises(YoursToMend, match="A005"):
        ledger.verify(noted)


def test_an_empty_ledger_verifies(ledger):
    assert ledger.verify() == Head(0, "0" * 64) == ledger.head()


def test_events_since_a_position_are_those_kept_later(ledger):
    for sequence in range(1, 6):
        ledger.append([event("a", sequence)], sequence - 1)
    assert [k.position for k in ledger.events_since(3)] == [4, 5]
    assert list(ledger.events_since(5)) == []


def standing(case: str, **given) -> Standing:
    held = {"process": "p", "version": 1, "party": "A", "sequence": 1, "marking": ("review@food", "visit_due")}
    return Standing(case, **{**held, "outcome": None, "opened_on": NOON.date(), "due_on": NOON.date(), **given})


def test_cases_are_listed_by_state_party_and_due_date(ledger):
    ledger.append([event("a", 1)], 0, standing("a"))
    ledger.append([event("b", 1)], 0, standing("b", party="B", due_on=None, outcome="issued", marking=("issued",)))
    ledger.append([event("c", 1)], 0, standing("c", due_on=NOON.date() - timedelta(1), marking=("visitXdue",)))
    ledger.append([event("d", 1)], 0, standing("d", party="D", outcome="x", due_on=None, marking=("review@fire",)))
    assert [s.case for s in ledger.standings()] == ["c", "a", "b", "d"]
    assert [s.case for s in ledger.standings(state="visit_due")] == ["a"]
    assert [s.case for s in ledger.standings(state="review")] == ["a", "d"]
    assert [s.case for s in ledger.standings(state="review@fire")] == ["d"]
    assert [s.case for s in ledger.standings(party="B")] == ["b"]
    assert [s.case for s in ledger.standings(is_open=True)] == ["c", "a"]
    assert [s.case for s in ledger.standings(due_by=NOON.date() - timedelta(1))] == ["c"]
    assert ledger.standings(party="A")[1] == standing("a", position=1)


def test_a_whole_history_is_brought_in_or_nothing_of_it(ledger):
    ledger.append([event("b", 1)], 0)
    with pytest.raises(TryAgain):
        ledger.bring_in([event("a", 1), event("b", 1)])
    assert ledger.events_of("a") == ()
    assert ledger.bring_in([event("a", 1), event("a", 2)], [standing("a", sequence=2)]) == 2
    assert ledger.standings()[0].position == 3
    assert ledger.verify().position == 3
