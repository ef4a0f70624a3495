"""A case of the one licence: opened from what is needed, handled in parallel, decided, promised, and never twice."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from made_catalogue import DAY, made

from milepost.basics.calendar import china
from milepost.basics.errors import YoursToMend
from milepost.cases.case import Refusal
from milepost.cases.event import Event
from milepost.cases.moving import allowed, apply
from milepost.cases.opening import open_case
from milepost.domains.licensing.asking import resolve
from milepost.domains.licensing.coverage import applied_of, cover, read_applications, table_of
from milepost.domains.licensing.licence import parts_of
from milepost.domains.licensing.opening import (
    Application,
    known_answers,
    opening_data,
    process,
    processes,
    twice,
)
from milepost.domains.licensing.reading import shipped

START = datetime(2026, 2, 9, 9, tzinfo=timezone(timedelta(hours=8)))


class Hall:
    """One case, moved act by act; each act must be allowed unless a code is expected."""

    def __init__(self, resolved, answers):
        self.process, self.case, self.at, self.count = process(), None, START, 0
        self.data = opening_data(resolved)
        self.answers = {**answers, **known_answers(resolved)}
        self.do("open", "applicant", "ann", **self.data)

    def do(self, act, role, person, branch="", code="", **data):
        event = Event(f"e{self.count}{act}{branch}", "c", self.count + 1, act, person, role, self.at,
                      self.process.id, self.process.version, branch, data)  # fmt: skip
        result = open_case(self.process, event) if self.case is None else apply(self.case, event, china())
        if code:
            assert isinstance(result, Refusal) and code in [trouble.code for trouble in result.reasons]
            return
        assert not isinstance(result, Refusal), result
        self.case, self.count = result, self.count + 1

    def to_decision(self, result="meets"):
        for permit in self.data["branches"]:
            self.do("give_opinion", "authority", "zhao", permit,
                    fields={"result": result, "permit_number": f"N-{permit}", "valid_until": "2030-06-30"})  # fmt: skip
        self.do("visit", "window", "wu")
        self.do("gather", "window", "wu")


ANSWERS = {"shop_address": "1 Made Road", "owner_address": "2 Made Road", "owner_name": "Ann"}


def hall(tmp_path, area=150):
    return Hall(resolve(made(tmp_path), ["tea_house_town"], {"floor_area_m2": area}, DAY), ANSWERS)


def submitted(tmp_path, promised=(), area=150):
    found = hall(tmp_path, area)
    documents = {name: "hash" for name in ("lease", "plan") if name not in promised}
    found.do("submit", "applicant", "ann", fields=found.answers, documents=documents, promised=list(promised))
    return found


def test_every_shipped_process_is_sound():
    assert {name for name, _ in processes()} >= {"single_permit", "joint_licence"}


def test_there_is_one_branch_for_each_permit_of_the_licence(tmp_path):
    assert hall(tmp_path).case.net.branches == ("food", "hygiene", "fire")
    assert hall(tmp_path, area=50).case.net.branches == ("food", "hygiene")


def test_only_what_must_be_handed_in_is_asked(tmp_path):
    assert sorted(hall(tmp_path).case.papers) == ["lease", "plan"]


def test_promises_of_the_guide_become_promised_days(tmp_path):
    found = submitted(tmp_path)
    found.do("accept", "window", "wu")
    readings = {one.id: one for one in found.case.readings(china(), START.date())}
    assert readings["decision"].promised_due == china().after(START.date(), 6).day
    assert readings["decision"].due == china().after(START.date(), 45).day
    assert readings["opinion@food"].promised_due == china().after(START.date(), 4).day
    assert readings["opinion@hygiene"].promised_due is None


def test_an_opinion_is_due_after_twenty_working_days_over_the_spring_festival(tmp_path):
    found = submitted(tmp_path)
    found.do("accept", "window", "wu")
    readings = {one.id: one for one in found.case.readings(china(), START.date())}
    assert readings["opinion@food"].due == date(2026, 3, 13)


def test_a_case_goes_from_form_to_licence_and_its_parts_carry_their_numbers(tmp_path):
    found = submitted(tmp_path)
    found.do("accept", "window", "wu")
    found.to_decision()
    found.do("grant", "decider", "li")
    found.do("issue", "window", "wu")
    assert found.case.outcome == "issued"
    parts = parts_of(found.case, made(tmp_path), found.case.decided_on, range(9))
    assert [(part.permit, part.number, part.valid_until) for part in parts] == [
        ("food", "N-food", date(2030, 6, 30)), ("hygiene", "N-hygiene", date(2030, 6, 30)),
        ("fire", "N-fire", date(2030, 6, 30)),
    ]  # fmt: skip


def test_one_opinion_against_leaves_only_refusal(tmp_path):
    found = submitted(tmp_path)
    found.do("accept", "window", "wu")
    found.do("give_opinion", "authority", "zhao", "food", fields={"result": "fails"})
    for permit in ("hygiene", "fire"):
        found.do("give_opinion", "authority", "zhao", permit, fields={"result": "meets"})
    found.do("visit", "window", "wu")
    found.do("gather", "window", "wu")
    found.do("grant", "decider", "li", code="S207")
    found.do("refuse", "decider", "li", reason="the food rooms do not meet the code")
    assert found.case.outcome == "refused"
    with pytest.raises(YoursToMend, match="H121"):
        parts_of(found.case, made(tmp_path), START.date(), range(9))


def test_deciding_before_the_authorities_have_spoken_is_refused(tmp_path):
    found = submitted(tmp_path)
    found.do("accept", "window", "wu")
    found.do("grant", "decider", "li", code="S206")
    found.do("gather", "window", "wu", code="S206")


def test_an_authority_without_a_number_makes_no_part(tmp_path):
    found = submitted(tmp_path)
    found.do("accept", "window", "wu")
    for permit in found.data["branches"]:
        found.do("give_opinion", "authority", "zhao", permit, fields={"result": "meets"})
    found.do("visit", "window", "wu")
    found.do("gather", "window", "wu")
    found.do("grant", "decider", "li")
    with pytest.raises(YoursToMend) as caught:
        parts_of(found.case, made(tmp_path), START.date(), range(9))
    assert [trouble.code for trouble in caught.value.troubles] == ["H121"] * 3


def test_a_promised_paper_is_due_after_the_decision_and_opens_an_after_check(tmp_path):
    found = submitted(tmp_path, promised=["plan"])
    found.do("accept", "window", "wu")
    found.to_decision()
    found.do("grant", "decider", "li")
    found.do("issue", "window", "wu", code="S207")
    found.do("issue_on_commitment", "window", "wu")
    assert found.case.commitments["plan"].due == START.date() + timedelta(20)
    assert "after_check" in found.case.marking and not found.case.is_ended
    assert [c.document for c in found.case.outstanding(START.date() + timedelta(21))] == ["plan"]
    kept = replace(found.case)
    found.do("confirm_commitment", "inspector", "sun", code="S207")
    found.do("hand_in_promised", "applicant", "ann", documents={"plan": "hash"})
    found.do("confirm_commitment", "inspector", "sun")
    assert found.case.outcome == "issued"
    found.case, found.count = kept, kept.sequence
    found.do("revoke", "inspector", "sun", reason="the plan was never handed in")
    assert found.case.outcome == "revoked"


def test_a_paper_that_may_not_be_promised_must_be_handed_in(tmp_path):
    found = hall(tmp_path)
    found.do("submit", "applicant", "ann", code="S213", fields=found.answers, documents={"plan": "h"},
             promised=["lease"])  # fmt: skip
    found.do("submit", "applicant", "ann", code="S212", fields=found.answers, documents={"plan": "h"})


def test_a_withdrawn_case_is_at_its_end(tmp_path):
    found = submitted(tmp_path)
    found.do("withdraw", "applicant", "ann")
    assert found.case.outcome == "withdrawn"
    assert allowed(found.case, ["applicant", "window", "authority", "decider"]) == ()


def test_a_case_is_not_opened_while_questions_are_open():
    with pytest.raises(YoursToMend, match="works_cost_cny"):
        opening_data(resolve(shipped(), ["homestay_zhuzhou"], {"floor_area_m2": 400}, DAY))


def test_a_case_is_not_opened_for_one_that_may_not_use_the_one_licence():
    with pytest.raises(YoursToMend, match="may not use"):
        opening_data(resolve(shipped(), ["restaurant_shanghai"], {"on_serious_distrust_list": True}, DAY))


def test_every_settled_guide_opens_a_case():
    opened = 0
    for guide in shipped().guides:
        found = resolve(shipped(), [guide], {}, DAY)
        if found.is_settled and found.permits:
            Hall(found, {})
            opened += 1
    assert opened == 14


def before(**more):
    held = {"case": "c1", "uscc": "A", "guides": ("cinema_suzhou",), "premises": "1 Road", "is_open": True}
    return Application(**{**held, **more})


@pytest.mark.parametrize(
    ("held", "is_twice"),
    [(before(), True), (before(premises=" 1  road"), True), (before(is_open=False), False),
     (before(is_open=False, is_issued=True), True), (before(uscc="B"), False), (before(premises="2 Road"), False),
     (before(guides=("bookstore_beilin",)), False)],
)  # fmt: skip
def test_applying_twice_for_the_same_place_is_found(held, is_twice):
    found = twice([held], "A", ["cinema_suzhou", "ktv_jiayuguan"], "1 Road")
    assert [trouble.code for trouble in found] == (["H123"] if is_twice else [])


def test_measures_are_counted_over_the_cases(tmp_path):
    found = submitted(tmp_path)
    found.do("accept", "window", "wu")
    found.to_decision()
    found.do("grant", "decider", "li")
    found.do("issue", "window", "wu")
    one = applied_of(found.case, "tea_house", True, china(), beyond_list=0)
    assert one.accepted_on == one.decided_on == START.date()
    assert one.promised_due == china().after(START.date(), 6).day
    late = replace(one, application="d", decided_on=one.promised_due + timedelta(1), completions_asked=1,
                   documents_beyond_list=2)  # fmt: skip
    alone = replace(one, application="e", used_one_licence=False, decided_on=None)
    unfit = replace(alone, application="f", is_eligible=False)
    unknown = replace(alone, application="g", is_eligible=None)
    later = replace(one, application="h", applied_on=date(2027, 1, 1))
    live = [{"industry": "tea_house", "from": "2025-01-01", "source": "made"}]
    catalogue = made(tmp_path, live_industries=live)
    applied = read_applications(table_of([one, late, alone, unfit, unknown, later]))
    assert applied == (one, late, alone, unfit, unknown, later)
    shares = {s.measure: (s.counted, s.of) for s in cover(catalogue, applied, date(2026, 12, 31), 40)}
    assert shares == {
        "catalogue_coverage": (1, 40), "issued_industries": (1, 40), "eligible_coverage": (2, 3),
        "decided_in_promised_time": (1, 2), "first_time_right": (1, 2), "asked_beyond_list": (1, 2),
    }  # fmt: skip


def test_nothing_known_is_missing_and_never_zero_percent(tmp_path):
    found = cover(made(tmp_path), (), DAY, 40)
    assert all(share.percent is None and share.missing is not None for share in found)
    assert len(found) == 6


def test_a_faulty_row_of_applications_is_told_by_line_without_its_value():
    table = table_of([])
    table = {name: ["secret"] for name in table}
    with pytest.raises(YoursToMend) as caught:
        read_applications(table)
    assert "applications.csv:2" in str(caught.value) and "secret" not in str(caught.value)
