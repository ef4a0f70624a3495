"""LMDI: the printed case of LMDIR, Ang's example, zeros by their limits, and what any division must obey."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from milepost.science.lmdi import additive, chained, log_mean, multiplicative

ANG = (
    [[50, 0.2, 3], [50, 0.8, 0.5]],
    [[80, 0.5, 2], [80, 0.5, 0.4]],
)  # energy 30, 20 -> 80, 16; output 10, 40 -> 40, 40

factors = arrays(np.float64, (4, 3), elements=some.floats(1e-3, 1e3))
with_zeros = arrays(np.float64, (4, 3), elements=some.one_of(some.just(0.0), some.floats(1e-3, 1e3)))


@pytest.mark.parametrize(("form", "printed"), [("additive", "additive_dV"), ("multiplicative", "multiplicative_D")])
def test_the_chain_of_lmdir_is_as_printed(form, printed, shared):
    case = json.loads((shared / "data/regional_methods/lmdi_simple_case.json").read_text("utf-8"))
    years = sorted(case["X"])
    steps, whole = chained([case["X"][year] for year in years], form)
    assert len(steps) == 3
    for year, step in zip(years[1:], steps, strict=True):
        assert step.by_factor == pytest.approx(case[printed][year], abs=5e-9)
        assert abs(step.residual) < 1e-9
    change = case["V"]["1974"] - case["V"]["1971"] if form == "additive" else case["V"]["1974"] / case["V"]["1971"]
    assert whole.change == pytest.approx(change)
    assert abs(whole.residual) < 1e-9


def test_angs_two_sectors_are_as_computed_by_hand():
    assert additive(*ANG).by_factor == pytest.approx([32.3846, 38.2849, -24.6695], abs=5e-5)
    assert multiplicative(*ANG).by_factor == pytest.approx([1.5829, 1.7210, 0.7048], abs=5e-5)
    assert multiplicative(*ANG, "LMDI-II").by_factor == pytest.approx([1.6000, 1.7126, 0.7007], abs=5e-5)


@pytest.mark.parametrize("method", ["LMDI-I", "LMDI-II"])
@given(before=factors, after=factors)
def test_nothing_is_left_over(before, after, method):
    parts, ratios = additive(before, after, method), multiplicative(before, after, method)
    size = max(before.prod(axis=1).sum(), after.prod(axis=1).sum())
    assert abs(parts.residual) <= 1e-9 * size
    assert abs(ratios.residual) <= 1e-9 * ratios.change


@given(before=with_zeros, after=with_zeros)
def test_nothing_is_left_over_where_factors_are_zero(before, after):
    parts = additive(before, after)
    assert abs(parts.residual) <= 1e-9 * max(before.prod(axis=1).sum(), after.prod(axis=1).sum(), 1e-300)


@given(before=with_zeros, after=with_zeros)
def test_the_way_back_is_the_way_there_with_the_other_sign(before, after):
    there, back = additive(before, after).by_factor, additive(after, before).by_factor
    assert there == pytest.approx(-back, rel=1e-9, abs=1e-9)


@given(before=with_zeros, after=with_zeros, order=some.permutations(range(4)), turned=some.permutations(range(3)))
def test_order_of_sectors_and_factors_does_not_matter(before, after, order, turned):
    found = additive(before, after).by_factor[list(turned)]
    other = additive(before[order][:, turned], after[order][:, turned]).by_factor
    assert other == pytest.approx(found, rel=1e-9, abs=1e-9)


@given(before=factors, after=factors)
def test_a_sector_split_in_equal_halves_changes_no_part(before, after):
    halves = [np.concatenate([x * [0.5, 1, 1], x * [0.5, 1, 1]]) for x in (before, after)]
    assert additive(*halves).by_factor == pytest.approx(additive(before, after).by_factor, rel=1e-9, abs=1e-9)


def test_a_factor_that_does_not_change_has_no_part():
    assert additive([[2, 3], [4, 5]], [[2, 6], [4, 1]]).by_factor[0] == 0.0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([5, 0, 2], [10, 3, 4], [0, 120, 0]),  # one factor comes from zero: all is its part
        ([10, 3, 4], [5, 0, 2], [0, -120, 0]),  # and goes to zero
        ([5, 0, 0], [10, 3, 4], [0, 60, 60]),  # two come together: equal shares
        ([0, 2, 3], [4, 0, 5], [0, 0, 0]),  # the total is zero before and after
        ([5, 0, 2], [10, 0, 4], [0, 0, 0]),
    ],
)
def test_zeros_are_the_limit_of_ever_smaller_numbers(before, after, expected):
    found = additive([before], [after]).by_factor
    assert found == pytest.approx(expected)
    near = [additive([np.maximum(before, e)], [np.maximum(after, e)]).by_factor for e in (1e-60, 1e-120)]
    errors = [np.abs(one - found).max() for one in near]
    assert errors[1] <= errors[0] / 1.9 + 1e-12  # closes in like 1 / ln(1 / e): too slow to stand in for a zero


def test_an_intensity_that_has_no_value_without_activity_may_be_missing():
    before = [[100, 0.0, np.nan], [100, 1.0, 2.0]]
    after = [[100, 0.4, 5.0], [100, 0.6, 2.0]]
    assert additive(before, after).by_factor == pytest.approx(additive([[100, 0, 7], before[1]], after).by_factor)


def test_a_missing_factor_gives_missing_parts_never_zero():
    assert np.isnan(additive([[1, np.nan], [1, 2]], [[2, 3], [2, 3]]).by_factor).any()
    assert np.isnan(additive([[1, np.nan], [1, 2]], [[2, 3], [2, 3]]).change)


def test_what_cannot_be_divided_is_refused():
    with pytest.raises(ValueError, match="negative"):
        additive([[1, -2]], [[1, 2]])
    with pytest.raises(ValueError, match="no ratio"):
        multiplicative([[0, 2]], [[1, 2]])
    with pytest.raises(ValueError, match="same sectors"):
        additive([[1, 2]], [[1, 2], [1, 2]])
    with pytest.raises(ValueError, match="two periods"):
        chained([[[1, 2]]])
    with pytest.raises(ValueError, match="LMDI-II"):
        additive([[1, 0], [1, 1]], [[1, 2], [1, 1]], "LMDI-II")


@settings(max_examples=50)
@given(a=some.floats(1e-6, 1e6), b=some.floats(1e-6, 1e6))
def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic(a, b):
    mean = float(log_mean(a, b))
    assert np.sqrt(a * b) * (1 - 1e-12) <= mean <= (a + b) / 2 * (1 + 1e-12)
