"""Disclosure control, on the table every textbook of the field uses, and against a brute search."""

import itertools

import numpy as np
import pytest

from milepost.science.disclosure import attacked, is_close, is_dominated, is_few, protected, sums_of_table

# Investment by activity and region (Fischetti & Salazar 2000, table 1), with its margins; 22 must not be told.
TABLE = np.array([[20, 50, 10, 80], [8, 19, 22, 49], [17, 32, 12, 61], [45, 101, 44, 190]], dtype=float)
CELLS, SUMS = TABLE.ravel(), sums_of_table(3, 3)
SECRET = 6


def withheld(*places):
    marks = np.zeros(16, dtype=bool)
    marks[list(places)] = True
    return marks


def test_the_sums_of_the_table_hold():
    assert SUMS.shape == (8, 16)
    assert not (SUMS @ CELLS).any()


@pytest.mark.parametrize("places", [(SECRET,), (SECRET, 4)])
def test_one_or_two_withheld_cells_hide_nothing(places):
    assert attacked(CELLS, SUMS, withheld(*places), SECRET) == pytest.approx((22, 22))


def test_the_cheapest_protection_is_the_published_one():
    found = protected(CELLS, SUMS, withheld(SECRET), share_0_1=0.25)
    assert found.cost == found.bound == pytest.approx(37)
    assert np.flatnonzero(found.withheld).tolist() == [4, 6, 8, 10]
    assert attacked(CELLS, SUMS, found.withheld, SECRET) == pytest.approx((5, 30))


def test_no_cheaper_choice_protects():
    """Every set of inner cells that weighs less than the one found leaves an interval that is too narrow."""
    inner = [place for place in range(12) if place % 4 < 3 and place != SECRET]
    cheaper = [
        chosen for size in range(5) for chosen in itertools.combinations(inner, size) if CELLS[list(chosen)].sum() < 37
    ]
    assert len(cheaper) > 20
    for chosen in cheaper:
        low, high = attacked(CELLS, SUMS, withheld(SECRET, *chosen), SECRET)
        assert low > 22 * 0.75 + 1e-6 or high < 22 * 1.25 - 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_protected_keeps_its_interval(seed):
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(2, 6), rng.integers(2, 6)
    inner = rng.integers(1, 60, (rows, columns)).astype(float)
    table = np.block([[inner, inner.sum(1, keepdims=True)], [inner.sum(0, keepdims=True), np.array([[inner.sum()]])]])
    cells, sums = table.ravel(), sums_of_table(int(rows), int(columns))
    primary = np.zeros(cells.size, dtype=bool)
    primary[rng.choice(int(rows) * int(columns), 2, replace=False) // int(columns) * (int(columns) + 1)] = True
    found = protected(cells, sums, primary, share_0_1=0.2)
    assert found.withheld[primary].all()
    for cell in np.flatnonzero(primary):
        low, high = attacked(cells, sums, found.withheld, int(cell))
        assert low <= cells[cell] * 0.8 + 1e-6
        assert high >= cells[cell] * 1.2 - 1e-6


def test_what_must_be_shown_is_shown_and_an_impossible_wish_is_told():
    margins = np.array([place % 4 == 3 or place >= 12 for place in range(16)])
    assert not (protected(CELLS, SUMS, withheld(SECRET), keep=margins).withheld & margins).any()
    with pytest.raises(ValueError, match="no choice"):
        protected(CELLS, SUMS, withheld(SECRET), keep=~withheld(SECRET))


def test_the_primary_rules():
    assert is_few(np.array([0, 1, 2, 3])).tolist() == [False, True, True, False]
    assert is_dominated(np.array([86.0, 0.0, 14.0])) and not is_dominated(np.array([40.0, 30.0, 30.0]))
    assert is_close(np.array([5.0])) and is_close(np.array([5.0, 5.0]))
    with pytest.raises(ValueError, match="negative"):
        is_close(np.array([-1.0]))
