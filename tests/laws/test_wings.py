"""What must be true of every wing that is found."""

import re
from pathlib import Path

import pytest

import milepost.domains
from milepost.basics.unit import is_unit
from milepost.show.catalogue import find_wings, wing_faults, wing_indicators, wing_registers

CHINESE = re.compile(r"[一-鿿]")
FOLDERS = sorted(path.parent for path in Path(milepost.domains.__path__[0]).glob("*/__init__.py"))
WINGS = {wing.id: wing for wing in find_wings()}
INDICATORS = wing_indicators()


def test_there_are_wings_and_indicators_to_judge():
    assert len(WINGS) >= 7
    assert len(INDICATORS) >= 150


def test_every_folder_of_the_wings_is_found():
    assert [wing.folder for wing in find_wings()] == FOLDERS


@pytest.mark.parametrize("name", sorted(WINGS))
def test_readme_says_what_is_measured_for_whom_from_where_and_its_limits(name):
    readme = (WINGS[name].folder / "README.md").read_text("utf-8")
    for head in ("**Measures**", "**For**", "**Sources**", "**Limits**"):
        assert head in readme


@pytest.mark.parametrize("name", sorted(WINGS))
def test_words_stand_in_both_languages(name):
    wing = WINGS[name]
    for text in (wing.label, wing.help):
        assert CHINESE.search(text.zh) and not CHINESE.search(text.en)


@pytest.mark.parametrize("name", sorted(WINGS))
def test_a_wing_declares_indicators_of_its_own(name):
    assert any(key.startswith(f"{name}.") for key in INDICATORS)


@pytest.mark.parametrize("name", sorted(WINGS))
def test_a_wing_names_no_place(name):
    """A wing speaks of the city or an area's role; ids of areas belong to a zone."""
    for indicator in WINGS[name].indicators().values():
        assert indicator.ratio is None or indicator.ratio.of_area in (None, "city")


@pytest.mark.parametrize("key", sorted(INDICATORS))
def test_indicator_has_a_unit_and_both_languages(key):
    indicator = INDICATORS[key]
    assert is_unit(indicator.unit)
    for text in (indicator.name, indicator.definition):
        assert text.en.strip() and text.zh.strip()
        assert CHINESE.search(text.zh) and not CHINESE.search(re.sub(r"\([^)]*\)", "", text.en))


@pytest.mark.parametrize("key", sorted(INDICATORS))
def test_kind_scale_and_unit_go_together(key):
    indicator = INDICATORS[key]
    if indicator.scale == "logit":
        assert indicator.unit in ("percent", "fraction")
    if "stage" in (indicator.kind, indicator.scale, indicator.unit):
        assert indicator.kind == indicator.scale == indicator.unit == "stage"
    if indicator.ratio is not None:
        assert indicator.kind == "ratio"


def test_no_two_indicators_have_the_same_name():
    for language in ("en", "zh"):
        names = [indicator.name[language] for indicator in INDICATORS.values()]
        assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_formula_and_reference_of_the_wings_can_be_read():
    assert wing_faults() == ()
    assert wing_registers() and any(one.formula for one in INDICATORS.values())
