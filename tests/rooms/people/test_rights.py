"""Who may do what; and what is not yours is answered as what does not exist."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.basics.errors import YoursToMend
from milepost.basics.text import Text
from milepost.people.rights import ABSENT, EVERYTHING, Grant, Person, Rights, Role, Scope, of_desk, of_party, read_roles

N = Text("n", "名")
RIGHTS = Rights(
    [
        Role("applicant", N, ("case.read", "case.act")),
        Role("officer", N, ("case.*",)),
        Role("auditor", N, ("case.read", "ledger.verify")),
        Role("clerk", N, ("desk.list",)),
    ]
)
ANN = Person("ann", (Grant("applicant", of_party("A")),))
OFFICER = Person("oli", (Grant("officer", of_desk("food")),))
AUDITOR = Person("aud", (Grant("auditor", EVERYTHING),))
MINE, THEIRS = Scope("A", "food", "licence"), Scope("B", "food", "licence")


def test_an_applicant_sees_and_acts_on_its_own_case():
    assert RIGHTS.may(ANN, "case.read", MINE)
    assert RIGHTS.may(ANN, "case.act", MINE).why == "as applicant"


@pytest.mark.parametrize("right", ["case.read", "case.act", "ledger.verify", "anything"])
def test_anothers_case_is_answered_exactly_as_no_case(right):
    assert RIGHTS.may(ANN, right, THEIRS) == RIGHTS.may(ANN, right, None) == ABSENT


def test_who_may_read_is_told_why_not():
    answer = RIGHTS.may(AUDITOR, "case.act", MINE)
    assert (answer.is_yes, answer.is_absent) == (False, False)
    assert "case.act" in answer.why


def test_a_desk_sees_its_own_cases_of_every_enterprise():
    assert RIGHTS.may(OFFICER, "case.act", THEIRS)
    assert RIGHTS.may(OFFICER, "case.act", Scope("B", "fire", "licence")) == ABSENT


def test_an_account_without_an_enterprise_sees_nothing():
    nobody = Person("x", (Grant("applicant", of_party("")),))
    assert RIGHTS.may(nobody, "case.read", MINE) == ABSENT
    assert RIGHTS.may(nobody, "case.read", Scope("", "food", "licence")) == ABSENT


def test_an_account_that_is_closed_or_holds_an_unknown_role_sees_nothing():
    assert RIGHTS.may(Person("ann", ANN.grants, is_active=False), "case.read", MINE) == ABSENT
    assert RIGHTS.may(Person("ann", (Grant("king", EVERYTHING),)), "case.read", MINE) == ABSENT


def test_the_roles_held_over_a_thing_are_those_whose_scope_fits():
    both = Person("b", (*ANN.grants, *OFFICER.grants))
    assert RIGHTS.roles_of(both, MINE) == ("applicant", "officer")
    assert RIGHTS.roles_of(both, THEIRS) == ("officer",)


words = some.sampled_from(["", "A", "B", "food", "*"])


@given(some.builds(Scope, words, words, words), some.builds(Scope, words, words, words), some.sampled_from(list("abc")))
def test_no_never_tells_more_to_who_may_not_read(within, thing, right):
    clerk = Person("c", (Grant("clerk", within),))
    assert RIGHTS.may(clerk, f"case.{right}", thing) == ABSENT


def test_roles_are_read_and_judged(tmp_path):
    path = tmp_path / "roles.yaml"
    path.write_text("roles: [{id: a, name: {en: A, zh: 甲}, rights: [case.*, case.raed]}]", "utf-8")
    with pytest.raises(YoursToMend, match=r"P102.*case\.read"):
        read_roles(path, ["case.read", "case.act"])
    assert list(read_roles(path).roles) == ["a"]
    path.write_text(
        "roles: [{id: a, name: {en: A, zh: 甲}, rights: []}, {id: a, name: {en: A, zh: 甲}, rights: []}]", "utf-8"
    )
    with pytest.raises(YoursToMend, match="P101"):
        read_roles(path)
