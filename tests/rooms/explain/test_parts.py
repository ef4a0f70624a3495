"""Whatever differs is divided into parts that sum to the difference; what they do not say is a part of its own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.explain.account import Part
from milepost.explain.parts import (
    account_of,
    factor_account,
    flow_account,
    panel_account,
    ratio_account,
    shift_share_account,
)
from milepost.science.panel import panel_change
from milepost.science.regional import esteban_marquillas, shift_share

amounts = some.dictionaries(some.sampled_from("abcdefgh"), some.floats(0, 1e6), max_size=8)


def parts(account) -> dict[str, float]:
    return {part.name: round(part.value, 6) for part in account.parts}


def test_what_no_part_says_is_unexplained():
    assert parts(account_of("q", "u", 10, 25, [Part("a", 12.0)])) == {"a": 12, "unexplained": 3}
    assert parts(account_of("q", "u", 10, 25, [])) == {"unexplained": 15}
    assert parts(account_of("q", "u", 10, 10, [])) == {}


def test_rounding_is_no_part():
    account = account_of("q", "u", 0.1, 0.4, [Part("a", 0.1), Part("b", 0.2)])
    assert set(parts(account)) == {"a", "b"}
    assert math.fsum(part.value for part in account.parts) == account.end - account.start


def test_flow_by_those_who_moved_it_most():
    account = flow_account("q", "yuan", 100, 130, {"A": 60, "B": 30, "C": 10}, {"A": 95, "B": 20, "D": 12}, most=2)
    assert parts(account) == {"A": 35, "D": 12, "others": -20, "unexplained": 3}


@given(amounts, amounts, some.integers(0, 5), some.floats(-1e6, 1e6))
def test_flow_always_sums(before, after, most, gap):
    start, end = math.fsum(before.values()), math.fsum(after.values()) + gap
    account = flow_account("q", "yuan", start, end, before, after, most)
    assert math.fsum(part.value for part in account.parts) == pytest.approx(end - start, rel=1e-9, abs=1e-6)


def test_productivity_by_value_added_and_people_and_top_movers():
    before, after = ({"A": 60.0, "B": 40.0}, {"A": 90.0, "B": 40.0})
    people = ({"A": 1.0, "B": 1.0}, {"A": 1.0, "B": 2.0})
    whole = ratio_account("q", "yuan", 50, 130 / 3, (before, after), people)
    assert parts(whole) == {"numerator": 12.5, "denominator": round(130 / 3 - 50 - 12.5, 6)}
    by_firm = ratio_account("q", "yuan", 50, 130 / 3, (before, after), people, most=1)
    assert set(parts(by_firm)) == {"B", "numerator", "denominator"}
    assert parts(by_firm)["numerator"] == 12.5 and parts(by_firm)["denominator"] == 0


def test_published_ratio_that_is_not_the_quotient_leaves_something_unexplained():
    account = ratio_account("q", "percent", 22.0, 26.0, ({"": 22}, {"": 25}), ({"": 100}, {"": 100}), scale=100)
    assert parts(account)["unexplained"] == 1


def test_panel_effects_are_parts():
    change = panel_change(
        [10.0, 5, 0], [12.0, 0, 4], np.array([1, 1, 0], bool), np.array([1, 0, 1], bool), [None, "closed", None]
    )
    account = panel_account("q", "u", 15, 16, change)
    assert parts(account) == {"volume": 2, "exit": -5, "unexplained": 4}


def test_shift_share_has_an_allocation_part_only_in_the_form_that_has_one():
    data = ([90, 20, 10, 60], [100, 40, 10, 55], [400, 150, 150, 400], [440, 210, 135, 480])
    classic = shift_share_account("q", "jobs", 180, 205, shift_share(*data))
    assert parts(classic) == {"national": 27, "mix": 1, "regional": -3}
    other = shift_share_account("q", "jobs", 180, 205, esteban_marquillas(*data))
    assert parts(other)["allocation"] == pytest.approx(-2.363636)


def test_factors_of_a_product():
    assert parts(factor_account("q", "t", 80, 180, {"a": 69.79006598, "b": -9.455125793, "c": 39.66505981})) == {
        "a": 69.790066, "b": -9.455126, "c": 39.66506,
    }  # fmt: skip
