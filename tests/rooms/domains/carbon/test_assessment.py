"""Standards held against evidence: every clause with its citation, nothing invented, the distance to pass."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from milepost.domains.carbon import assessment
from milepost.domains.carbon.assessment import Evidence, assess, is_standard
from milepost.rules.reading import read_tables

TABLES = read_tables(Path(assessment.__file__).parent / "rules")
ON = date(2026, 2, 1)
PARK = {
    "emissions_per_energy": Evidence(1.6, 1.6e6, 1e6), "clean_energy_share": Evidence(0.93),
    "solid_waste_use_share": Evidence(0.79), "waste_heat_use_share": Evidence(0.5),
}  # fmt: skip


def test_every_standard_has_a_citation_and_a_source_for_every_clause():
    standards = [table for table in TABLES.values() if is_standard(table)]
    assert len(standards) == 3
    assert all(line.citation and line.source and line.id for table in standards for line in table.lines)


def test_every_citation_stands_in_chinese_too_and_names_the_same_standard():
    for table in TABLES.values():
        if not is_standard(table):
            continue
        for line in table.lines:
            assert line.cited.en == line.citation
            assert line.cited.zh == line.citation_zh != line.citation
            for number in ("T/CECA-G 0171-2022", "17 May 2025"):
                named = number.replace("17 May 2025", "2025年5月17日")
                assert (number in line.cited.en) is (named in line.cited.zh), line.id


def test_a_park_fails_its_core_index_and_hears_by_how_much():
    found = assess(TABLES["national_zero_carbon_park"], {"energy_tce": 600_000}, PARK, ON)
    by_id = {clause.id: clause for clause in found.clauses}
    assert found.overall == "fail"
    core = by_id["core_below_1_million_tce"]
    assert (core.limit, core.verdict) == (0.2, "fail")
    assert core.distance == pytest.approx(1.4)
    assert core.distance_amount == pytest.approx(1.4e6)
    assert {c.id: c.verdict for c in found.clauses if c.weight == "guiding"} == {
        "clean_energy": "pass", "product_energy": "missing_evidence", "solid_waste": "fail", "waste_heat": "pass",
        "water_reuse": "missing_evidence",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("energy", "limit"), [(1_000_000, 0.3), (999_999, 0.2), (200_000, 0.2), (199_999, None), (None, None)]
)
def test_the_core_limit_depends_on_the_size_and_is_not_invented_for_small_parks(energy, limit):
    found = assess(
        TABLES["national_zero_carbon_park"], {"energy_tce": energy}, {"emissions_per_energy": Evidence(0.1)}, ON
    )
    (core,) = [clause for clause in found.clauses if clause.weight == "core"]
    assert core.limit == limit
    assert found.overall == ("pass" if limit else "cannot_be_told")


def test_a_workshop_passes_the_measures_of_2025_and_not_before_they_were_in_force():
    evidence = {
        "carbon_neutrality_certificate": Evidence(1.0), "own_share_of_purchase": Evidence(0.12, 0.6, 5.0),
        "electricity_kwh": Evidence(5.6e6),
    }  # fmt: skip
    table, workshop = TABLES["etown_measures_2025"], {"subject": "workshop_of_key_emitter"}
    assert assess(table, workshop, evidence, ON).overall == "pass"
    assert assess(table, workshop, evidence, date(2025, 5, 16)).overall == "not_in_force"
    del evidence["electricity_kwh"]
    assert assess(table, workshop, evidence, ON).overall == "cannot_be_told"
    evidence["own_share_of_purchase"] = Evidence(0.07, 0.35, 5.0)
    failed = assess(table, workshop, evidence, ON)
    assert failed.overall == "fail"
    (own,) = [clause for clause in failed.clauses if clause.measure == "own_share_of_purchase"]
    assert own.distance_amount == pytest.approx(0.15)
    assert assess(table, {"subject": "urban_renewal_park"}, evidence, ON).overall == "pass"


def test_what_is_not_public_of_the_group_standard_is_said_and_never_passed():
    everything = {name: Evidence(1.0) for name in ("basic_requirements", "renewable_electricity_share", "offset_share")}
    six = assess(TABLES["t_ceca_g_0171_2022"], {"factory_type": "I", "stars": 6}, everything, ON)
    assert {c.id: c.verdict for c in six.clauses} == {
        "basic_requirements": "not_public", "six_stars_renewable_power": "pass", "six_stars_offset": "pass"
    }  # fmt: skip
    assert six.overall == "cannot_be_told"
    four = assess(TABLES["t_ceca_g_0171_2022"], {"factory_type": "I", "stars": 4}, everything, ON)
    assert {c.verdict for c in four.clauses} == {"not_public"}


def test_a_situation_the_standard_cannot_read_is_a_trouble():
    found = assess(TABLES["etown_measures_2025"], {}, {}, ON)
    assert found.overall == "cannot_be_told"
    assert [trouble.code for trouble in found.troubles] == ["L040"]


@pytest.mark.parametrize("follows", [0.0, -1.0, 0.5])
@pytest.mark.parametrize(("measure", "numerator"), [("own_share_of_purchase", 0.35), ("emissions_per_energy", 8.0)])
def test_what_a_clause_lacks_is_exactly_what_passes_it(measure, numerator, follows):
    table, situation = {
        "own_share_of_purchase": (TABLES["etown_measures_2025"], {"subject": "industrial_firm_above_scale"}),
        "emissions_per_energy": (TABLES["national_zero_carbon_park"], {"energy_tce": 600_000}),
    }[measure]

    def clause(over: float, under: float) -> assessment.Clause:
        found = assess(table, situation, {measure: Evidence(over / under, over, under, follows=follows)}, ON)
        return next(one for one in found.clauses if one.measure == measure)

    failed = clause(numerator, 5.0)
    assert failed.verdict == "fail"
    lacks = failed.distance_amount * (1 if failed.sense == "at_least" else -1)
    assert clause(numerator + 1.000001 * lacks, 5.0 + follows * 1.000001 * lacks).verdict == "pass"
    assert clause(numerator + 0.9999 * lacks, 5.0 + follows * 0.9999 * lacks).verdict == "fail"


def test_every_clause_has_a_name_in_both_languages():
    situations = [
        ("etown_measures_2025", {"subject": "workshop_of_key_emitter"}, 3),
        ("etown_measures_2025", {"subject": "urban_renewal_park"}, 2),
        ("national_zero_carbon_park", {"energy_tce": 2e6}, 6),
        ("t_ceca_g_0171_2022", {"factory_type": "I", "stars": 6}, 3),
        ("t_ceca_g_0171_2022", {"factory_type": "II", "stars": 4}, 2),
    ]
    for name, situation, count in situations:
        clauses = assess(TABLES[name], situation, {}, ON).clauses
        assert len(clauses) == count
        assert all(one.name and one.name_zh and one.name != one.name_zh for one in clauses)
