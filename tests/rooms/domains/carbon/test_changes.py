"""Why emissions changed: the parts add up, and a cleaner grid is never the factory's effort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.domains.carbon.changes import Used, explain

POWER = "purchased_electricity"
amounts = some.floats(0.1, 1e5)


def test_a_cleaner_grid_alone_is_its_own_part():
    before, after = [Used("a", POWER, 100, 60)], [Used("a", POWER, 100, 50)]
    found = explain(before, after, {"a": 10}, {"a": 10})
    assert found.parts_t["grid"] == pytest.approx(-10)
    assert found.effort_t == 0
    assert abs(found.residual_t) < 1e-9


def test_output_that_falls_is_not_effort_and_certificates_are():
    found = explain([Used("a", POWER, 100, 60)], [Used("a", POWER, 50, 30)], {"a": 10}, {"a": 5})
    assert found.parts_t["activity"] == pytest.approx(-30)
    assert found.effort_t == pytest.approx(0)
    covered = explain([Used("a", POWER, 100, 60)], [Used("a", POWER, 100, 30, 0.5)], {"a": 10}, {"a": 10})
    assert covered.parts_t["cover"] == pytest.approx(-30)
    full = explain([Used("a", POWER, 100, 60)], [Used("a", POWER, 100, 0, 1.0)], {"a": 10}, {"a": 10})
    assert full.parts_t["cover"] == pytest.approx(-60)
    assert full.ratios is None


def test_a_workshop_that_opens_comes_from_zero_and_nothing_is_left_over():
    before = [Used("a", POWER, 100, 60)]
    after = [Used("a", POWER, 100, 60), Used("b", POWER, 20, 12), Used("b", "natural_gas", 5, 8)]
    found = explain(before, after, {"a": 10}, {"a": 10, "b": 2})
    assert sum(found.parts_t.values()) == pytest.approx(20)
    assert found.by_unit_t["b"]["structure"] > 0
    assert abs(found.residual_t) < 1e-9


def test_energy_without_output_makes_the_parts_missing():
    for output in ({"a": 0.0, "b": 1.0}, {"b": 1.0}):
        found = explain(
            [Used("a", POWER, 1, 1), Used("b", POWER, 1, 1)],
            [Used("a", POWER, 2, 2), Used("b", POWER, 1, 1)],
            output,
            output,
        )
        assert np.isnan(found.residual_t)


covers = some.floats(0, 0.99)
rows_of_use = some.lists(some.tuples(amounts, amounts, covers, amounts, amounts, covers), min_size=1, max_size=4)


@given(rows_of_use, some.floats(0.1, 100), some.floats(0.1, 100))
def test_parts_add_up_and_ratios_multiply(rows, output0, output1):
    names = [("a", POWER), ("a", "natural_gas"), ("b", POWER), ("b", "coal")]
    before = [Used(*name, e0, t0, c0) for name, (e0, t0, c0, *_) in zip(names, rows, strict=False)]
    after = [Used(*name, e1, t1, c1) for name, (*_, e1, t1, c1) in zip(names, rows, strict=False)]
    found = explain(before, after, {"a": output0, "b": 2}, {"a": output1, "b": 3})
    size = found.before_t + found.after_t
    assert abs(found.residual_t) <= 1e-9 * size
    assert found.ratios is not None
    assert np.prod(list(found.ratios.values())) == pytest.approx(found.after_t / found.before_t, rel=1e-9)
