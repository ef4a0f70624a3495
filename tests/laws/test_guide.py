"""The guide to a zone's folder names every field there is, and says rightly which are needed."""

import dataclasses
import re

import pytest

from milepost.basics.area import Area
from milepost.basics.text import Text
from milepost.plan.duties import Duty, DutyFile, Milestone
from milepost.plan.folder import RECORD_COLUMNS
from milepost.plan.plan import Action, Goal, Item, Plan, Target
from milepost.plan.zone import Figure, Range, Relation, Settings, ZoneFile
from milepost.registers.indicator import Indicator, Ratio

DECLARED = [
    ZoneFile, Area, Settings, Relation, Range, Plan, Goal, Action, Item, Target, DutyFile, Duty, Milestone, Indicator,
    Ratio, Figure, Text,
]  # fmt: skip
NOT_WRITTEN = {"place"}
GIVEN = {Indicator: {"id"}}


def tables(guide: str) -> dict[str, dict[str, str]]:
    """Each heading of the guide with the names of its table and whether they are needed."""
    found = {}
    for section in re.split(r"^#{2,3} ", guide, flags=re.MULTILINE)[1:]:
        rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", section, flags=re.MULTILINE)
        found[section.splitlines()[0].strip()] = dict(rows)
    return found


@pytest.fixture(scope="module")
def guide(repository):
    return tables((repository / "docs/guide/zone-folder.md").read_text("utf-8"))


def test_there_are_declarations_to_judge(guide):
    assert len(DECLARED) == 17
    assert {cls.__name__ for cls in DECLARED} <= set(guide)


@pytest.mark.parametrize("cls", DECLARED, ids=lambda cls: cls.__name__)
def test_guide_names_every_field_and_says_which_are_needed(cls, guide):
    missing = dataclasses.MISSING
    fields = [field for field in dataclasses.fields(cls) if field.name not in NOT_WRITTEN | GIVEN.get(cls, set())]
    needed = {f.name: "yes" if f.default is missing and f.default_factory is missing else "no" for f in fields}
    assert guide[cls.__name__] == needed


def test_guide_names_every_column_of_published_figures(guide):
    assert list(guide["records/published_figures.csv"]) == list(RECORD_COLUMNS["published_figures"])
