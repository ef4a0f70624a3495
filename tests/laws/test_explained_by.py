"""An indicator that names a question for its changes names one that is there and can be asked so."""

import pytest

from milepost.registers.study import read_parameters
from milepost.show.asking import studies
from milepost.show.catalogue import wing_indicators

EXPLAINED = {key: one.explained_by for key, one in wing_indicators().items() if one.explained_by is not None}


def test_there_are_explained_indicators_to_judge():
    assert len(EXPLAINED) >= 6


@pytest.mark.parametrize("key", sorted(EXPLAINED))
def test_the_question_is_there_and_takes_the_two_years(key):
    why = EXPLAINED[key]
    study = studies()[why.study][1]
    asked = read_parameters(study, {**why.set, "start_year": "2022", "end_year": "2024"})
    assert asked["start_year"] == 2022 and asked["end_year"] == 2024
    assert wing_indicators()[key].formula is not None, "only a computed figure is divided so"
