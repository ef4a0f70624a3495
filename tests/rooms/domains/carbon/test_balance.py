"""The meter tree and the workshops: gaps attributed, nothing filled in, every share marked with how it was found."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from milepost.basics.errors import YoursToMend
from milepost.domains.carbon.balance import Meter, allocate, check_tree, reconcile
from milepost.domains.carbon.factors import Factor, Factors
from milepost.domains.carbon.standard_coal import Energy, in_standard_coal


def meter(code: str, parent: str = "", **more: object) -> Meter:
    return Meter(code, parent, **{"carrier": "electricity", "unit": "kWh", "site": "works", **more})  # type: ignore[arg-type]


TREE = [meter("m"), meter("m1", "m", workshop="paint"), meter("m2", "m"), meter("m11", "m1")]


def test_a_gap_is_what_the_children_do_not_explain_and_has_an_owner():
    gaps = {gap.parent: gap for gap in reconcile(TREE, {"m": 1000.0, "m1": 600.0, "m2": 300.0, "m11": 598.0})}
    assert gaps["m"].gap == 100
    assert (gaps["m"].verdict, gaps["m"].attributed_to) == ("unmetered", "works")
    assert (gaps["m1"].gap, gaps["m1"].verdict, gaps["m1"].attributed_to) == (2, "closed", "paint")
    assert gaps["m"].allowed == pytest.approx((10**2 + 6**2 + 3**2) ** 0.5)


def test_children_that_exceed_their_parent_are_told():
    (gap,) = reconcile(TREE[:3], {"m": 1000.0, "m1": 800.0, "m2": 300.0})
    assert (gap.gap, gap.verdict) == (-100, "children_exceed")


def test_a_child_that_was_not_read_leaves_no_gap_but_a_bound():
    (gap,) = reconcile(TREE[:3], {"m": 1000.0, "m1": 600.0, "m2": None})
    assert gap.gap is None
    assert (gap.known_children, gap.not_read, gap.verdict) == (600, ("m2",), "not_read")


def test_every_trouble_of_a_tree_is_told_at_once():
    wrong = [meter("a", "b"), meter("b", "a"), meter("c", "nowhere"), meter("d"), meter("e", "d", unit="m3")]
    with pytest.raises(YoursToMend) as stopped:
        check_tree(wrong)
    assert sorted(trouble.code for trouble in stopped.value.troubles) == ["H301", "H302", "H303", "H303"]


def test_workshops_are_metered_then_estimated_then_by_area_each_marked():
    found = allocate(1000.0, ["a", "b", "c", "d"], {"a": 400.0}, {"b": 300.0}, {"c": 100.0, "d": 200.0, "b": 50.0})
    assert [(s.workshop, s.amount, s.method) for s in found.shares] == [
        ("a", 400.0, "metered"), ("b", 300.0, "engineering"), ("c", 100.0, "area"), ("d", 200.0, "area")
    ]  # fmt: skip
    assert found.unattributed == 0


def test_an_estimate_larger_than_what_is_left_is_scaled_and_says_so():
    found = allocate(1000.0, ["a", "b", "c"], {"a": 900.0}, {"b": 300.0, "c": 100.0}, {})
    assert [(s.amount, s.method) for s in found.shares[1:]] == [
        (75.0, "engineering_scaled"),
        (25.0, "engineering_scaled"),
    ]


def test_a_meter_that_was_not_read_makes_the_others_unknown():
    found = allocate(1000.0, ["a", "b"], {"a": None}, {}, {"b": 10.0})
    assert [(s.amount, s.method) for s in found.shares] == [(None, None), (None, None)]
    assert found.unattributed is None


def test_what_no_workshop_can_be_given_stays_without_an_owner():
    assert allocate(1000.0, ["a", "b"], {"a": 400.0}, {}, {}).unattributed == 600
    assert allocate(300.0, ["a", "b"], {"a": 400.0}, {}, {"b": 5.0}).unattributed == -100


@given(
    total=some.floats(0, 1e6),
    metered=some.dictionaries(some.sampled_from("abc"), some.floats(0, 1e5)),
    engineering=some.dictionaries(some.sampled_from("abcd"), some.floats(0, 1e6)),
    area=some.dictionaries(some.sampled_from("abcdef"), some.floats(0, 1e4)),
)
@example(total=1.5, metered={}, engineering={}, area={"a": 5e-324})
def test_shares_and_what_is_left_add_up_to_the_total(total, metered, engineering, area):
    found = allocate(total, list("abcdef"), metered, engineering, area)
    assert found.unattributed is not None
    assert sum(s.amount or 0 for s in found.shares) + found.unattributed == pytest.approx(total, rel=1e-9, abs=1e-6)


def test_standard_coal_is_told_by_both_coefficients_and_they_differ():
    def coefficient(kind: str, subject: str, value: float, unit: str) -> Factor:
        return Factor(f"{kind}.{subject}", "gbt2589", kind, subject, "china", 2020, value, unit)

    factors = Factors((
        coefficient("standard_coal_calorific", "electricity", 0.1229, "kgce_per_kWh"),
        coefficient("standard_coal_equivalent", "electricity", 0.3, "kgce_per_kWh"),
        coefficient("standard_coal_calorific", "natural_gas", 1.2143, "kgce_per_m3"),
    ))  # fmt: skip
    energies = [Energy("electricity", 1000.0, "MWh"), Energy("natural_gas", 10.0, "ten_thousand_m3")]
    found = {
        kind: in_standard_coal(energies, factors, kind, 2023, date(2026, 1, 1)) for kind in ("calorific", "equivalent")
    }
    assert found["calorific"].tce == pytest.approx(122.9 + 121.43)
    assert found["equivalent"].tce == pytest.approx(300 + 121.43)


def test_an_equivalent_value_nobody_declared_is_missing_and_not_the_calorific_one():
    factors = Factors(
        (Factor("e", "gbt2589", "standard_coal_calorific", "electricity", "china", 2020, 0.1229, "kgce_per_kWh"),)
    )
    found = in_standard_coal([Energy("electricity", 1.0, "MWh")], factors, "equivalent", 2023, date(2026, 1, 1))
    assert found.tce is None
    (told,) = found.missing
    assert "standard_coal_equivalent" in told.en and "standard_coal_equivalent" in told.zh
    assert (
        in_standard_coal([Energy("electricity", None, "MWh")], factors, "calorific", 2023, date(2026, 1, 1)).tce is None
    )
