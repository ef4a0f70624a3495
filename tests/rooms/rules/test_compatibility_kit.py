"""Every case of the public DMN compatibility kit's level 2 gives the value printed in the kit."""

from __future__ import annotations

import functools
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from milepost.rules.dmn import read_model
from milepost.rules.model import Model, decide_model
from milepost.rules.values import Value

sys.path.insert(0, str(Path(__file__).parent))
import kit

MODELS, CASES = 28, 116
# Six loan payments are printed with 15 digits, rounded in binary: the last printed digit of one is off by one.
TOLERANCE = Decimal("1e-13")
reason = "the compatibility kit (../shared/data/dmn_tck_level2) is not here"
here = pytest.mark.skipif(not kit.KIT.is_dir(), reason=reason)


@functools.cache
def model_of(path: Path) -> Model:
    return read_model(path)


def same(found: Value, expected: Value) -> bool:
    """Are the values the same, numbers within the tolerance?"""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= abs(expected) * TOLERANCE
    if isinstance(found, tuple) and isinstance(expected, tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[name], expected[name]) for name in found)
    return type(found) is type(expected) and found == expected


@here
def test_the_whole_kit_is_judged() -> None:
    assert len(kit.models()) == MODELS
    assert {case.model for case in kit.cases()} == set(kit.models())
    assert len(kit.cases()) == CASES
    assert all(case.expected for case in kit.cases())


@here
@pytest.mark.parametrize("case", kit.cases() if kit.KIT.is_dir() else [], ids=str)
def test_case_gives_the_values_printed_in_the_kit(case: kit.Case) -> None:
    for decision, expected in case.expected.items():
        found = decide_model(model_of(case.model), decision, case.given).value
        assert same(found, expected), f"{decision}: found {found}, expected {expected}"
