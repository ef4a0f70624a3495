"""A case moves by its process alone: what is allowed, what is refused and why, what a history makes of it."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from handling import (
    CHINA,
    FILLED,
    GIVEN,
    JOINT,
    PROCESSES,
    PROMISING,
    SINGLE,
    accepted,
    asked,
    at,
    codes,
    done,
    opened,
)
from hypothesis import given, settings
from hypothesis import strategies as some

from milepost.basics.calendar import china
from milepost.basics.errors import YoursToMend
from milepost.cases.case import Case, Refusal
from milepost.cases.event import Event, event_from_json
from milepost.cases.moving import allowed, apply, replay
from milepost.cases.opening import open_case
from milepost.cases.process import unfold

ANSWER_OF_TYPE = {"number": 5, "boolean": True, "text": "words", "date": "2030-06-30"}


def names(case, *roles, person=""):
    return [f"{flat.act.id}@{flat.branch}".rstrip("@") for flat in allowed(case, roles, person)]


def test_a_permit_goes_from_handing_in_to_the_certificate():
    case = accepted(SINGLE)
    case = done(case, "give_opinion", "2026-02-11", fields={"result": "meets"})
    case = done(case, "grant", "2026-02-12")
    assert case.decided_on == date(2026, 2, 12)
    case = done(case, "issue", "2026-02-13")
    assert (case.outcome, case.is_ended, case.sequence) == ("issued", True, 6)
    assert {reading.status for reading in case.readings(china(), date(2026, 3, 1))} == {"stopped", "not_started"}
    assert allowed(case, ["applicant", "window", "decider", "head"]) == ()
    assert codes(asked(case, "withdraw", "2026-02-14")) == ["S201"]


def test_branches_run_in_any_order_and_join():
    case = accepted(JOINT, branches=["food", "fire", "signs"])
    case = done(case, "give_opinion@fire", "2026-02-10", fields={"result": "meets"})
    case = done(case, "visit", "2026-02-10")
    assert "S206" in codes(asked(case, "gather", "2026-02-11"))
    case = done(case, "give_opinion@signs", "2026-02-11", fields={"result": "meets"})
    case = done(case, "give_opinion@food", "2026-02-12", fields={"result": "meets"})
    case = done(case, "gather", "2026-02-12")
    assert case.marking == {"deciding"}
    assert names(case, "decider") == ["open_hearing", "grant", "refuse"]


def test_one_failing_permit_bars_the_licence():
    case = accepted(JOINT)
    case = done(case, "give_opinion@fire", "2026-02-10", fields={"result": "fails"})
    case = done(case, "give_opinion@food", "2026-02-10", fields={"result": "meets"})
    case = done(done(case, "waive_visit", "2026-02-10", reason="nothing to see"), "gather", "2026-02-11")
    assert codes(asked(case, "grant", "2026-02-11")) == ["S207"]
    assert done(case, "refuse", "2026-02-11", reason="fire exits").outcome == "refused"


def test_a_promised_document_is_due_after_the_decision_and_opens_an_after_check():
    case = accepted(SINGLE, filled=PROMISING)
    assert case.commitments["layout"].due is None
    case = done(case, "give_opinion", "2026-02-10", fields={"result": "meets"})
    case = done(case, "grant", "2026-02-11")
    assert case.commitments["layout"].due == date(2026, 2, 11) + timedelta(30)
    assert codes(asked(case, "issue", "2026-02-12")) == ["S207"]
    case = done(case, "issue_on_commitment", "2026-02-12")
    assert case.marking == {"after_check"} and not case.is_ended
    assert case.outstanding(date(2026, 3, 13)) == ()
    assert [c.document for c in case.outstanding(date(2026, 3, 14))] == ["layout"]
    assert codes(asked(case, "confirm_commitment", "2026-02-20")) == ["S207"]
    broken = done(case, "revoke", "2026-03-20", reason="the layout never came")
    assert broken.outcome == "revoked"
    case = done(case, "hand_in_promised", "2026-02-20", documents={"layout": "sha256:9"})
    assert case.commitments["layout"].kept_on == date(2026, 2, 20)
    assert done(case, "confirm_commitment", "2026-02-21").outcome == "issued"


def test_only_a_document_that_may_be_promised_is_promised():
    case = opened(SINGLE, "2026-02-04", **GIVEN)
    answer = asked(case, "submit", "2026-02-04", fields=FILLED["fields"], promised=["lease", "layout"])
    assert codes(answer) == ["S213"]


def test_the_applicant_may_withdraw_until_the_decision():
    case = accepted(JOINT)
    case = done(case, "begin_testing@food", "2026-02-10", told_days=3)
    gone = done(case, "withdraw", "2026-02-11")
    assert (gone.outcome, gone.marking) == ("withdrawn", {"withdrawn"})
    assert "S205" in codes(asked(case, "withdraw", "2026-02-11", role="window"))


def test_every_reason_is_given_at_once_and_no_answer_is_quoted():
    case = opened(SINGLE, "2026-02-04", **GIVEN)
    answer = asked(case, "submit", "2026-02-04", fields={"area": "SECRET", "foood": 1}, documents={"leese": "h"})
    assert codes(answer) == ["S211", "S210", "S209", "S211", "S212", "S212"]
    assert "Did you mean food?" in str(answer.reasons[0])
    assert "SECRET" not in " ".join(map(str, answer.reasons))


@pytest.mark.parametrize(
    ("area", "is_right"),
    [(1, True), (1e6, True), (0.5, False), (2e6, False), (True, False), ("5", False), (float("nan"), False)],
)
def test_a_number_is_a_number_within_its_bounds(area, is_right):
    case = opened(SINGLE, "2026-02-04", **GIVEN)
    answer = asked(case, "submit", "2026-02-04", **{**FILLED, "fields": {"area": area, "food": False}})
    assert isinstance(answer, Case) == is_right


@pytest.mark.parametrize(
    ("act", "given_with", "code"),
    [
        ("grant", {}, "S206"),
        ("accept", {"role": "applicant"}, "S205"),
        ("acept", {}, "S203"),
        ("give_opinion@nowhere", {}, "S204"),
        ("withdraw", {"sequence": 9}, "S202"),
        ("withdraw", {"hour": 0}, "S208"),
    ],
)
def test_acts_out_of_order_are_refused_with_the_reason(act, given_with, code):
    case = accepted(JOINT)
    assert code in codes(asked(case, act, "2026-02-09", **given_with))


def test_who_reviewed_may_not_decide():
    case = accepted(SINGLE)
    case = done(case, "give_opinion", "2026-02-11", fields={"result": "meets"}, person="bo")
    assert codes(asked(case, "grant", "2026-02-12", person="bo")) == ["S217"]
    assert "grant" not in names(case, "decider", person="bo")
    assert "grant" in names(case, "decider", person="cy")


@pytest.mark.parametrize(
    "data",
    [
        {"branches": []},
        {"branches": "food"},
        {"branches": ["a", "a"]},
        {"branches": ["a b"]},
        {"branches": ["a@b"]},
        {"branches": [{}]},
        {"branches": ["a"], "days": {"decision": 46}},
        {"branches": ["a"], "days": {"desicion": 4}},
        {"branches": ["a"], "days": [1]},
        {"branches": ["a"], "forms": {"opinion": []}},
        {"branches": ["a"], "forms": {"application": [{"id": "x"}]}},
        {"branches": ["a"], "documents": [3]},
    ],
)
def test_a_misshapen_opening_is_refused(data):
    event = Event("e", "c", 1, "open", "ann", "applicant", at("2026-02-04"), "joint_licence", 1, "", data)
    assert codes(open_case(JOINT, event))[0] in ("S204", "S220")


def test_a_process_changed_without_a_new_version_is_told_at_replay():
    case = opened(SINGLE, "2026-02-04")
    event = Event("e2", "c", 2, "grant", "bo", "decider", at("2026-02-05"), "single_permit", 1)
    first = Event("e1", "c", 1, "open", "ann", "applicant", case.opened_at, "single_permit", 1)
    with pytest.raises(YoursToMend, match="S218"):
        replay(PROCESSES, [first, event])
    with pytest.raises(YoursToMend, match="S219"):
        replay({}, [first])
    with pytest.raises(YoursToMend, match="S218"):
        replay(PROCESSES, [])


def test_an_event_survives_writing_and_reading():
    event = Event("e", "案", 1, "open", "ann", "applicant", at("2026-02-04"), "p", 1, "", {"reason": "理由"})
    assert event_from_json(event.as_json()) == event


def answers(case: Case, flat, chance: random.Random) -> dict:
    """Something that an act accepts."""
    fields = {}
    for form in flat.act.forms:
        for field in case.forms[form].fields:
            fields[field.id] = chance.choice(field.vocabulary) if field.vocabulary else ANSWER_OF_TYPE[field.type]
    data = {"fields": fields, "reason": "because", "told_days": chance.randint(1, 9)}
    if flat.act.documents:
        waiting = [n for n, c in case.commitments.items() if c.kept_on is None]
        data["documents"] = dict.fromkeys(waiting, "h") if case.decided_on else {"lease": "h"}
        if not case.decided_on:
            data["promised"] = ["layout"]
    return data


def walked(process, seed: int, most: int = 300) -> list[tuple[Event, Case]]:
    """A case driven by chance: any allowed act, any answer, any day."""
    chance = random.Random(seed)
    branches = [f"p{n}" for n in range(chance.randint(1, 4))] if process.branches else []
    held = {**GIVEN, "branches": branches} if process.branches else GIVEN
    moment = at("2026-02-04")
    event = Event("e1", "c", 1, "open", "ann", "applicant", moment, process.id, 1, "", held)
    case = open_case(process, event)
    assert isinstance(case, Case), case
    history = [(event, case)]
    roles = [role.id for role in process.roles]
    while not case.is_ended and len(history) < most:
        choices = allowed(case, roles)
        assert choices, f"a dead end at {sorted(case.marking)}"
        flat = chance.choice(choices)
        moment += timedelta(hours=chance.randint(0, 72))
        number = case.sequence + 1
        who = f"{flat.act.id}-{number}"
        data = answers(case, flat, chance)
        event = Event(
            f"e{number}", "c", number, flat.act.id, who, flat.act.by[0], moment, process.id, 1, flat.branch, data
        )
        after = apply(case, event)
        if isinstance(after, Refusal):
            assert {reason.code for reason in after.reasons} == {"S216"}, after
            continue
        case = after
        history.append((event, case))
    return history


@pytest.mark.parametrize("process", [SINGLE, JOINT], ids=lambda p: p.id)
@settings(max_examples=60, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_every_path_ends_and_no_state_is_a_dead_end(process, seed):
    history = walked(process, seed)
    assert history[-1][1].is_ended or len(history) == 300


@pytest.mark.parametrize("process", [SINGLE, JOINT], ids=lambda p: p.id)
@settings(max_examples=25, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_any_prefix_of_a_history_replays_to_the_case_as_it_was(process, seed):
    history = walked(process, seed)
    net = unfold(process, history[0][1].net.branches)
    for length in range(1, len(history) + 1, max(1, len(history) // 8)):
        again = replay(PROCESSES, [event_from_json(event.as_json()) for event, _ in history[:length]])
        case = history[length - 1][1]
        assert {**again.__dict__, "net": net} == {**case.__dict__, "net": net}


@settings(max_examples=40, deadline=None)
@given(seed=some.integers(0, 2**32))
def test_history_only_grows_and_clocks_only_move_on(seed):
    history = walked(JOINT, seed)
    before: dict[str, tuple] = {}
    for (event, case), (_, previous) in zip(history[1:], history, strict=False):
        assert case.sequence == previous.sequence + 1
        assert case.did[:-1] == previous.did
        assert case.last_at >= previous.last_at
        assert previous.values.items() <= {**case.values, **previous.values}.items()
        day = event.at.astimezone(CHINA).date()
        for found in case.readings(china(), day):
            if case.clocks[found.id].rule.may_restart:
                continue
            used, due = before.get(found.id, (0, None))
            assert found.used_days >= used
            assert due is None or found.due is None or found.due >= due
            before[found.id] = found.used_days, found.due or due
