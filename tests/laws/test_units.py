"""The unit list agrees with the units library, pair by pair, and survives a round trip."""

import itertools

import pytest

from milepost.basics import unit as units

NAMES = sorted({unit.name for unit in units.units().values()})
PAIRS = list(itertools.permutations(NAMES, 2))


def test_there_are_units_to_judge():
    assert len(NAMES) >= 50


def test_every_pair_of_named_units_agrees_with_pint():
    """Looked up in the list or worked out by pint from the same list: one answer."""
    convertible = 0
    for source, target in PAIRS:
        first, second = units._parsed(source), units._parsed(target)
        fits = first.dimensionality == second.dimensionality
        found = units.factor(source, target)
        assert (found is not None) == fits, (source, target)
        if found is not None:
            convertible += 1
            assert found == pytest.approx((first / second).to_base_units().magnitude, rel=1e-9), (source, target)
    assert convertible > 100


def test_a_unit_survives_a_round_trip():
    for source, target in PAIRS:
        there = units.factor(source, target)
        if there is not None:
            assert there * units.factor(target, source) == pytest.approx(1.0, rel=1e-12)


def test_no_name_means_two_units():
    rows = [name for unit in {u.name: u for u in units.units().values()}.values() for name in (unit.name, *unit.also)]
    assert len(rows) == len(set(rows)) == len(units.units())
