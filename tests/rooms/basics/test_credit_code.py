"""Credit codes against 200 valid ones of the python-stdnum project and corner cases (GB 32100-2015)."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.basics.credit_code import (
    CHARACTERS,
    are_credit_codes,
    check_character,
    division_of,
    fault_of,
    is_credit_code,
    organisation_check,
    organisation_is_checked,
)

first_parts = some.builds(
    lambda head, division, tail: head + division + tail,
    some.sampled_from(["91", "12", "52", "92", "N2", "Y1", "A1"]),
    some.text("0123456789", min_size=6, max_size=6),
    some.text(CHARACTERS, min_size=9, max_size=9),
)


@pytest.fixture(scope="module")
def vectors(shared):
    path = shared / "data/codes_cn/uscc_vectors.csv"
    if not path.exists():
        pytest.skip("the codes are not in the shared folder")
    with path.open(encoding="utf-8") as file:
        return [(row["code"], row["expected"], row["why"]) for row in csv.DictReader(file)]


def test_every_listed_code_is_judged_as_listed(vectors):
    assert len(vectors) == 205
    wrong = [
        place for place, (code, expected, _) in enumerate(vectors) if is_credit_code(code) != (expected == "valid")
    ]
    assert wrong == []
    assert are_credit_codes([code for code, _, _ in vectors]).tolist() == [e == "valid" for _, e, _ in vectors]


def test_the_first_fault_is_told():
    assert fault_of("12345") == "length"
    assert fault_of("9111000060003IOZSV") == "characters"
    assert fault_of("91110000600037341l") == "characters"
    assert fault_of("B1110000600037341L") == "department"
    assert fault_of("91A10000600037341L") == "division"
    assert fault_of("91110000600037341N") == "check"
    assert fault_of("９1110000600037341L") == "characters"


@given(first_parts)
def test_every_first_part_has_exactly_one_check_character(first):
    good = [character for character in CHARACTERS if is_credit_code(first + character)]
    assert good == [check_character(first)]
    assert division_of(first + good[0]) == first[2:8]


@given(first_parts, some.integers(0, 16), some.sampled_from(CHARACTERS))
def test_one_wrong_character_is_always_seen(first, place, other):
    code = first + check_character(first)
    changed = code[:place] + other + code[place + 1 :]
    assert is_credit_code(changed) == (changed == code)


@given(some.lists(some.one_of(some.text(max_size=20), first_parts.map(lambda one: one + check_character(one)))))
def test_many_at_once_are_judged_as_one_by_one(codes):
    assert are_credit_codes(codes).tolist() == [is_credit_code(code) for code in codes]


def test_the_code_inside_has_its_own_check_character():
    assert organisation_check("60003734") == "1"
    assert organisation_is_checked("91110000600037341L")
    with pytest.raises(ValueError):
        organisation_check("6000373")
    with pytest.raises(ValueError):
        check_character("6000373")
    with pytest.raises(ValueError):
        division_of("91110000600037341N")
