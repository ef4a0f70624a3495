"""The catalogue: what is shipped holds, a zone adds its own, and every fault is told at once."""

import shutil
from pathlib import Path

import pytest
from made_catalogue import made, rules_in, table_of, tables_with

from milepost.basics.errors import YoursToMend
from milepost.basics.table import read_table
from milepost.domains.licensing import reading

WING = Path(reading.__file__).parent
CHINESE = range(0x4E00, 0x9FFF)


@pytest.fixture(scope="module")
def catalogue():
    return reading.shipped()


def codes(caught):
    return [trouble.code for trouble in caught.value.troubles]


def test_the_shipped_catalogue_holds_the_published_guides(catalogue):
    assert len(catalogue.guides) == 21
    assert sum(map(len, catalogue.requirements.values())) == 86
    assert len(catalogue.industries) == 16


def test_every_row_of_the_facts_is_in_the_catalogue(catalogue, shared):
    """The facts have 87 rows; the gym's two sources on hygiene are the lines of one table."""
    facts = read_table(shared / "facts/one_licence_catalogue.csv")
    sources = {row.source for held in catalogue.requirements.values() for row in held}
    sources |= {line.source for table in catalogue.rules.values() for line in table.lines}
    missing = {url for url in facts["source_url"] if url.startswith("http")} - sources
    assert len(facts["permit"]) == 87
    assert missing == set()


def test_every_guide_names_its_source_and_every_requirement_its_citation(catalogue):
    assert all(guide.source and guide.area.en and guide.area.zh for guide in catalogue.guides.values())
    for held in catalogue.requirements.values():
        assert all(row.citation and row.source and row.authority.zh for row in held)
    for table in catalogue.rules.values():
        assert all(line.citation for line in table.lines)


def test_every_industry_has_one_guide_of_its_own_choice(catalogue):
    for name in catalogue.industries:
        defaults = [one for one in catalogue.guides.values() if one.industry == name and one.is_default]
        assert len(defaults) == 1, name


def test_names_stand_in_both_languages(catalogue):
    fields = [field for versions in catalogue.fields.values() for field in versions]
    for one in (*catalogue.industries.values(), *catalogue.permits.values(), *fields, *catalogue.documents.values()):
        assert any(ord(letter) in CHINESE for letter in one.name.zh), one.id
        assert not any(ord(letter) in CHINESE for letter in one.name.en), one.id


def test_what_the_sources_do_not_give_is_empty(catalogue):
    codes_known = {permit.id: permit.base_code for permit in catalogue.permits.values() if permit.base_code}
    assert codes_known == {"food_operation": "000131024000", "fire_inspection": "000125049000"}
    days = [(r.guide, r.statutory_days) for held in catalogue.requirements.values() for r in held if r.statutory_days]
    assert days == [("entertainment_venue_taiqian", 20)]
    assert catalogue.complete == frozenset()


def test_an_uncertain_legal_basis_says_so(catalogue):
    for permit in catalogue.permits.values():
        assert bool(permit.legal_basis.en) == bool(permit.basis_standing) == bool(permit.legal_basis.zh)


def test_a_zone_adds_its_own_guide_and_conditions_and_they_come_first(tmp_path):
    own = tmp_path / "licensing"
    (own / "catalogue").mkdir(parents=True)
    (own / "rules").mkdir()
    shutil.copy(WING / "rules/fire_inspection_over_300_m2.yaml", own / "rules/fire_of_the_zone.yaml")
    heads = "guide,industry,area_en,area_zh,is_default,is_own,eligibility,days_after,days_after_standing,source,note"
    (own / "catalogue/guides.csv").write_text(f"{heads}\nours,cinema,Zone,本区,yes,yes,,5,promised,made,\n", "utf-8")
    lines = ["guide,permit,need,rule,citation,source", "ours,fire_inspection,,fire_of_the_zone,ours,made"]
    (own / "catalogue/requirements.csv").write_text("\n".join(lines) + "\n", "utf-8")
    catalogue = reading.catalogue_of((WING, own))
    assert catalogue.guide_of("cinema").id == "ours"
    assert catalogue.guide_of("cinema", "cinema_suzhou").id == "cinema_suzhou"
    assert catalogue.requirements["ours"][0].rule == "fire_of_the_zone"
    assert len(catalogue.guides) == 22


def test_every_fault_of_the_tables_is_told_at_once(tmp_path):
    tables = tables_with(
        guides=[{"guide": "tea_house_town", "industry": "tea_hous", "is_default": "perhaps"}],
        requirements=[
            {"guide": "tea_house_town", "permit": "fodo", "need": "requird", "statutory_days": "twenty"},
            {"guide": "tea_house_town", "permit": "food", "need": "required", "rule": "fire_over_100"},
            {"guide": "tea_house_town", "permit": "food", "rule": "no_such_table"},
        ],
        permits=[{"permit": "x", "base_code": "123"}],
        fields=[{"field": "f", "type": "words", "from": "1 June"}],
    )
    with pytest.raises(YoursToMend) as caught:
        reading.read_catalogue(tables, rules_in(tmp_path))
    assert sorted(codes(caught)) == ["H101"] * 3 + ["H102"] * 7 + ["H103"]
    said = str(caught.value)
    assert "Did you mean food" in said and "Did you mean tea_house" in said
    assert "catalogue/requirements.csv:8" in said
    assert "twenty" not in said and "perhaps" not in said


def test_a_missing_column_is_told(tmp_path):
    tables = tables_with()
    del tables["permits"]["kind"]
    with pytest.raises(YoursToMend) as caught:
        reading.read_catalogue(tables, rules_in(tmp_path))
    assert "the table permits has no column kind" in str(caught.value)


def test_a_condition_with_a_gap_is_refused_with_an_example(tmp_path):
    from made_catalogue import RULES

    with pytest.raises(YoursToMend) as caught:
        rules_in(tmp_path, fire_over_100=RULES["fire_over_100"].replace("<= 100", "< 100"))
    assert codes(caught) == ["L030"]
    assert "100" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("name: need, type", "name: needed, type"), "does not answer need"),
        (("policy: unique", "policy: collect"), "does not answer need"),
        (("unit: m2", "unit: km"), "type, unit or words differ"),
        (("floor_area_m2", "floor_aera_m2"), "not a declared field"),
    ],
)
def test_a_condition_that_does_not_fit_the_catalogue_is_refused(tmp_path, change, says):
    from made_catalogue import RULES

    text = RULES["fire_over_100"].replace(*change)
    text = text.replace("{need:", "{needed:") if change[0] == "name: need, type" else text
    with pytest.raises(YoursToMend) as caught:
        made(tmp_path, {"fire_over_100": text})
    assert says in str(caught.value)


def test_an_unknown_industry_or_guide_names_the_nearest(catalogue):
    with pytest.raises(YoursToMend, match="Did you mean convenience_store"):
        catalogue.guide_of("convenience_stor")
    with pytest.raises(YoursToMend, match="Did you mean cinema_suzhou"):
        catalogue.guide_of("cinema", "cinema_suzho")


def test_a_field_is_read_as_defined_on_the_day(tmp_path):
    from datetime import date

    first = {"field": "seats", "name_en": "Seats", "name_zh": "座位", "definition": "premises:seats_2020",
             "type": "integer", "until": "2024-12-31"}  # fmt: skip
    later = {**first, "definition": "premises:seats_2025", "until": "", "from": "2025-01-01"}
    catalogue = made(tmp_path, fields=[first, later])
    assert catalogue.field_on("seats", date(2024, 12, 31)).definition == "premises:seats_2020"
    assert catalogue.field_on("seats", date(2025, 1, 1)).definition == "premises:seats_2025"
    assert table_of("fields", [first])["until"] == ["2024-12-31"]
