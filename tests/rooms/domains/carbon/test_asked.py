"""The wing's questions, asked of the examples' records and of small made ones."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from milepost.basics.errors import YoursToMend
from milepost.domains.carbon.asked_assessment import assessment
from milepost.domains.carbon.asked_balance import balance
from milepost.domains.carbon.asked_certified import certified
from milepost.domains.carbon.asked_changes import why_changed
from milepost.domains.carbon.asked_inventory import inventory
from milepost.domains.carbon.asked_path import path, programme

sys.path.insert(0, str(Path(__file__).parent))
import zone_tables

ROOT = Path(__file__).parents[4]
TWO = ROOT / "examples/two_scope2"
ON = date(2026, 2, 1)


def table(columns: str, *rows: tuple) -> dict:
    """A table of an excerpt, `columns` as `name` for texts and `name:type` for others."""
    heads = [head.partition(":")[::2] for head in columns.split()]
    return {name: zone_tables.typed(kind or "text", ["" if row[n] is None else str(row[n]) for row in rows])
            for n, (name, kind) in enumerate(heads)}  # fmt: skip


SITE = (
    "site_code kind parent_code site_name holder_code region floor_area_m2:number estimated_kwh:number "
    "valid_from:date valid_until:date"
)
BILL = (
    "bill_code site_code kind period_from:date period_until:date energy_kwh:number heat_gj:number "
    "own_factor_t_per_gj:number own_factor_source uncertainty_percent:number"
)
METER = (
    "meter_code device_code site_code parent_code carrier unit role interval_minutes:whole error_percent:number "
    "valid_from:date valid_until:date"
)
PAPER = (
    "subject_code measure value:number numerator:number denominator:number document valid_from:date valid_until:date"
)
USE = "site end_use carrier first_year_mwh growth_percent t_per_mwh tce_per_mwh price_cny_per_mwh source"
MEASURE = (
    "site measure kind capex_cny life_years opex_cny end_use share_percent to_end_use mwh_per_mwh generation_mwh "
    "direct_t roof_m2 grid_kw is_scalable group needs first_year source"
)
YEAR = (
    "site year power_cny_per_mwh certificate_cny_per_mwh offset_cny_per_t residual_t_per_mwh feed_in_cny_per_mwh "
    "carbon_cny_per_t certificates_mwh budget_cny source"
)


def bill(name: str, site: str, kind: str, start: str, until: str, kwh: object) -> tuple:
    return (name, site, kind, start, until, kwh, None, None, None, None)


def asked(study: str, answer, changed: dict, on: date = ON, **given: object):
    found = {**zone_tables.tables(study, Path("nowhere")), **changed}
    return answer(found, zone_tables.parameters(study, **given), on)


def test_the_works_of_the_example_has_two_figures():
    found = inventory(zone_tables.tables("inventory", TWO), zone_tables.parameters("inventory"), ON).document
    assert found["year"] == 2023
    assert found["scope_2_location_t"] == pytest.approx(5306)
    assert found["scope_2_market_t"] == pytest.approx(3048)
    assert found["scope_1_t"] is None
    assert found["uncertainty"]["location"]["approach_1_percent"] == pytest.approx(1)
    assert {one["factor"] for one in found["factors"]} == {"grid_average.china.2023", "grid_residual.china.2023"}
    assert found["lines"][0]["records"] == ["2023-power"]


def test_before_the_factors_were_published_nothing_is_known():
    found = inventory(zone_tables.tables("inventory", TWO), zone_tables.parameters("inventory"), date(2025, 6, 1))
    assert found.document["scope_2_location_t"] is None
    assert found.document["lacking"]["scope_2_location"]["missing"] == 1
    assert any("not yet known" in text.en for text in found.missing)


def test_a_factory_sold_in_mid_year_is_each_holders_for_its_days():
    sites = table(SITE, ("a", "site", "", "A", "FIRM1", "china", None, None, "2020-01-01", "2023-07-01"),
                  ("a", "site", "", "A", "FIRM2", "china", None, None, "2023-07-01", None))  # fmt: skip
    bills = table(BILL, bill("first", "a", "purchased_electricity", "2023-01-01", "2023-07-01", 1e6),
                  bill("second", "a", "purchased_electricity", "2023-07-01", "2023-12-01", 2e6),
                  bill("across", "a", "purchased_electricity", "2023-06-01", "2023-08-01", 5e5))  # fmt: skip
    changed = {"sites": sites, "bought": bills}
    one, two = (asked("inventory", inventory, changed, holder=h) for h in ("FIRM1", "FIRM2"))
    assert one.document["scope_2_location_t"] == pytest.approx(530.6)
    assert two.document["scope_2_location_t"] == pytest.approx(1061.2)
    assert any("across lies across" in text.en for text in one.missing)
    whole = asked("inventory", inventory, changed)
    assert whole.document["scope_2_location_t"] == pytest.approx(1591.8)


def test_a_bill_over_the_end_of_a_year_is_asked_for_in_two():
    sites = table(SITE, ("a", "site", "", "A", "F", "china", None, None, "2020-01-01", None))
    bills = table(BILL, bill("b", "a", "purchased_electricity", "2022-12-01", "2023-02-01", 1e6))
    found = asked("inventory", inventory, {"sites": sites, "bought": bills}, year=2023)
    assert found.document["scope_2_location_t"] is None
    assert any("over the end of a year" in text.en for text in found.missing)


def readings(months: dict[tuple[str, int], tuple[float, int]], year: int = 2023) -> dict:
    rows = [(code, year, month, kwh, count) for (code, month), (kwh, count) in months.items()]
    return table("meter_code year:whole month:whole energy_kwh:number reading_count:whole", *rows)


def months_of(code: str, kwh: float, lacking: int = 0) -> dict[tuple[str, int], tuple[float, int]]:
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return {(code, m): (kwh, d * 24 - (1 if m == lacking else 0)) for m, d in enumerate(days, start=1)}


PLANT = table(SITE, ("a", "site", "", "A", "F", "beijing", None, None, "2020-01-01", None),
              ("paint", "workshop", "a", "P", "F", "beijing", 100, None, "2020-01-01", None),
              ("press", "workshop", "a", "Q", "F", "beijing", 300, None, "2020-01-01", None),
              ("body", "workshop", "a", "R", "F", "beijing", None, 1200, "2020-01-01", None))  # fmt: skip
METERS = table(METER, ("m", "d", "a", "", "electricity", "kWh", "purchase", 60, 0.5, "2020-01-01", None),
               ("m1", "d", "paint", "m", "electricity", "kWh", "part", 60, 1, "2020-01-01", None))  # fmt: skip


def test_a_site_without_a_bill_is_read_at_its_meters_and_never_both():
    given = {"sites": PLANT, "meters": METERS, "readings": readings(months_of("m", 1000.0))}
    found = asked("inventory", inventory, given)
    assert found.document["scope_2_location_t"] == pytest.approx(12 * 0.5554)
    assert found.document["lines"][0]["records"] == ["meter:m:2023-01"]
    bills = table(BILL, bill("b", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 5000))
    both = asked("inventory", inventory, {**given, "bought": bills})
    assert both.document["scope_2_location_t"] == pytest.approx(5 * 0.5554)


def test_a_month_that_lacks_one_reading_is_missing_and_never_filled():
    given = {"sites": PLANT, "meters": METERS, "readings": readings(months_of("m", 1000.0, lacking=3))}
    found = asked("inventory", inventory, given)
    assert found.document["scope_2_location_t"] is None
    assert found.document["lacking"]["scope_2_location"]["known_t"] == pytest.approx(11 * 0.5554)
    assert any("743 of 744 readings in 2023-03" in text.en for text in found.missing)


def test_the_balance_attributes_the_gap_and_shares_out_the_rest_marked():
    given = {"sites": PLANT, "meters": METERS,
             "readings": readings({**months_of("m", 1000.0), **months_of("m1", 400.0)})}  # fmt: skip
    found = asked("balance", balance, given).document
    (gap,) = found["gaps"]
    assert (gap["gap_kwh"], gap["verdict"], gap["attributed_to"]) == (pytest.approx(7200), "unmetered", "a")
    shares = {one["workshop"]: (one["kwh"], one["method"]) for one in found["workshops"]["a"]["shares"]}
    assert shares == {"paint": (pytest.approx(4800), "metered"), "press": (pytest.approx(6000), "area"),
                      "body": (pytest.approx(1200), "engineering")}  # fmt: skip
    assert found["standard_coal_tce"]["calorific"] == pytest.approx(12 * 0.1229)
    assert found["standard_coal_tce"]["equivalent"] is None


def test_why_emissions_changed_keeps_the_grid_apart_from_effort():
    sites = table(SITE, ("a", "site", "", "A", "F", "china", None, None, "2020-01-01", None))
    bills = table(BILL, bill("b2", "a", "purchased_electricity", "2022-01-01", "2023-01-01", 1e7),
                  bill("b3", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 1e7))  # fmt: skip
    outputs = table("site_code product period_from:date period_until:date quantity:number unit value_cny:number",
                    ("a", "cars", "2022-01-01", "2023-01-01", 100, "piece", None),
                    ("a", "cars", "2023-01-01", "2024-01-01", 100, "piece", None))  # fmt: skip
    found = asked("why_changed", why_changed, {"sites": sites, "bought": bills, "outputs": outputs}).document
    assert found["change_t"] == pytest.approx(5306 - 5366)
    assert found["parts_t"]["grid"] == pytest.approx(-60)
    assert found["effort_t"] == pytest.approx(0)
    assert abs(found["residual_t"]) < 1e-9
    without = asked("why_changed", why_changed, {"sites": sites, "bought": bills})
    assert without.document["parts_t"] is None
    assert any("Output is missing" in text.en for text in without.missing)


def test_a_workshop_is_held_against_the_measures_of_2025():
    sites = table(SITE, ("w", "site", "", "W", "F", "china", None, None, "2020-01-01", None))
    bills = table(BILL, bill("b", "w", "purchased_electricity", "2023-01-01", "2024-01-01", 5e6),
                  bill("o", "w", "own_generation_used", "2023-01-01", "2024-01-01", 4e5))  # fmt: skip
    paper = table(PAPER, ("w", "carbon_neutrality_certificate", 1, None, None, "certificate 7", "2025-01-01", None))
    given = {"sites": sites, "bought": bills, "evidence": paper}
    ask = {"standard": "etown_measures_2025", "subject": "w", "situation": "subject=workshop_of_key_emitter"}
    found = asked("assessment", assessment, given, **ask).document
    by_id = {clause["id"]: clause for clause in found["clauses"]}
    assert found["overall"] == "fail"
    assert by_id["own_generation_10_percent"]["value"] == pytest.approx(0.08)
    assert by_id["own_generation_10_percent"]["distance_amount"] == pytest.approx(
        1000 / 11
    )  # MWh, each a MWh less bought
    assert by_id["four_million_kwh"]["verdict"] == by_id["certificate"]["verdict"] == "pass"
    assert by_id["certificate"]["evidence"] == "certificate 7"
    unread = {**given, "bought": {**bills, "energy_kwh": np.array([5e6, None], dtype=object)}}
    found = asked("assessment", assessment, unread, **ask).document
    unknown = {"own_generation_10_percent", "four_million_kwh"}
    told = {c["id"] for c in found["clauses"] if c["verdict"] == "missing_evidence"}
    assert told == unknown, "what was not written is never counted as nought"
    with pytest.raises(YoursToMend, match="H304"):
        asked("assessment", assessment, given, standard="zero_carbon_plant")
    with pytest.raises(YoursToMend, match="H305"):
        asked("assessment", assessment, given, **{**ask, "situation": "workshop"})


def test_the_park_index_uses_the_declared_coefficient_and_says_so():
    sites = table(SITE, ("w", "site", "", "W", "F", "china", None, None, "2020-01-01", None))
    bills = table(BILL, bill("b", "w", "purchased_electricity", "2023-01-01", "2024-01-01", 5e9))
    found = asked("assessment", assessment, {"sites": sites, "bought": bills}).document
    core = found["clauses"][0]
    assert core["limit"] == 0.2
    assert core["value"] == pytest.approx(0.6096 / 0.1229)
    assert "calorific" in core["evidence"]
    other = asked("assessment", assessment, {"sites": sites, "bought": bills}, standard_coal="equivalent").document
    assert other["clauses"][0]["verdict"] == "not_public"  # without a coefficient the size of the park is not known


NO_MORE = [""] * 4
USES = [("a", "motors", "electricity", 6000, 0, *NO_MORE), ("b", "motors", "electricity", 3000, 0, *NO_MORE)]
YEARS = [("*", year, 700, 30, 90, 0.6, *NO_MORE, "") for year in (2026, 2027)]
BUDGETS = [("zone", year, *NO_MORE, "", "", "", 900000, "") for year in (2026, 2027)]
PATH = {
    "end_uses": table(USE, *USES),
    "measures": table(MEASURE, ("*", "drives", "efficiency", 900000, 10, 0, "motors", 12, *[""] * 11)),
    "years": table(YEAR, *YEARS, *BUDGETS),
    "limits": table("site roof_m2 grid_kw offset_share_percent discount_percent source", ("*", "", "", 10, 6, "")),
}


RELEASE = (
    "release_code site_code kind subject released_on:date amount:number unit factor_t_per_unit:number factor_source "
    "uncertainty_percent:number"
)


def test_the_index_of_a_park_counts_carbon_dioxide_of_energy_and_processes_only():
    sites = table(SITE, ("w", "site", "", "W", "F", "china", None, None, "2020-01-01", None))
    bills = table(BILL, bill("b", "w", "purchased_electricity", "2023-01-01", "2024-01-01", 5e9))
    gone = [("p", "w", "process", "lime", "2023-05-01", 1000, "tonne", 0.4, "laboratory", None),
            ("r", "w", "refrigerant", "ch4", "2023-05-01", 9000, "kg", None, "", None),
            ("g", "w", "waste", "burnt", "2023-05-01", 1000, "tonne", 0.5, "laboratory", None)]  # fmt: skip

    def core(*released: tuple) -> float:
        given = {"sites": sites, "bought": bills, "releases": table(RELEASE, *released)}
        return asked("assessment", assessment, given).document["clauses"][0]["value"]

    tce = 5e9 * 0.1229 / 1000
    assert core() == pytest.approx(5e6 * 0.6096 / tce)
    assert core(*gone) == pytest.approx((5e6 * 0.6096 + 400) / tce)


def test_a_clause_without_evidence_says_which_record_would_settle_it():
    clauses = asked("assessment", assessment, {}, subject="w", standard="etown_measures_2025",
                    situation="subject=workshop_of_key_emitter").document["clauses"]  # fmt: skip
    assert {clause["verdict"] for clause in clauses} == {"missing_evidence"}
    settled = {clause["id"]: clause["settled_by"]["en"] for clause in clauses}
    assert "carbon_neutrality_certificate" in settled["certificate"]
    assert "carbon.bought_energy" in settled["four_million_kwh"]


def test_a_path_is_found_with_its_proof_and_its_marginal_costs():
    found = asked("path", path, PATH, by_year=2027, site="a")
    document = found.document
    assert found.proof.kind == "optimal"
    assert found.proof.gap is not None
    assert found.proof.gap <= 1e-3
    assert [step["measure"] for step in document["steps"]] == ["drives"]
    assert document["years"][-1]["net_t"] == pytest.approx(0, abs=1e-6)
    assert document["abatement"]["together_t"] == pytest.approx(6000 * 0.12 * 0.6)
    assert len(document["marginal_costs"]) == 11


def test_a_path_that_cannot_be_says_what_stands_in_the_way():
    years = {**PATH["years"], "certificates_mwh": np.array(["100"] * 2 + [None] * 2, dtype=object)}
    found = asked("path", path, {**PATH, "years": years}, by_year=2027, site="a", curve="no")
    assert found.proof.kind == "infeasible"
    families = {one["limit"] for one in found.document["blocked_by"] if one["is_enough_alone"]}
    assert families == {"target", "offset cap", "certificates"}


def test_sites_share_the_budget_of_the_zone():
    found = asked("programme", programme, PATH, by_year=2027)
    document = found.document
    assert document["sites"] == 2
    assert document["gap"] <= 0.01
    years = [step["year"] for one in document["paths"] for step in one["steps"]]
    assert len(years) == len(set(years))  # 900,000 yuan a year: one drive each year at most


def test_the_path_of_the_zone_is_the_programme_of_its_sites():
    zone = asked("path", path, PATH, by_year=2027, site="zone")
    assert zone.document == asked("programme", programme, PATH, by_year=2027).document
    assert zone.proof.kind == "optimal"
    assert zone.proof.bound == zone.document["bound_cny"] <= zone.document["cost_cny"]
    years = next(table for table in zone.tables if table.id == "years").rows
    assert [row["investment_cny"] for row in years] == pytest.approx([900_000, 900_000])
    assert years[-1]["net_t"] == pytest.approx(0, abs=1e-6)
    sites = next(table for table in zone.tables if table.id == "sites").rows
    assert sum(row["cost"] for row in sites) == pytest.approx(zone.document["cost_cny"])


def test_a_programme_nobody_can_pay_says_by_how_much_the_budget_is_short():
    asks = table("site requirement quantity sense limit from_year of source",
                 ("*", "reduce", "emissions_t", "at_most", 3400, 2027, "", ""))  # fmt: skip
    years = {**PATH["years"], "budget_cny": np.array([None, None, "100000", "100000"], dtype=object)}
    years["certificates_mwh"] = np.array(["0", "0", None, None], dtype=object)
    found = asked("path", path, {**PATH, "years": years, "requirements": asks}, site="zone")
    assert found.proof.kind == "infeasible"
    over = next(table for table in found.tables if table.id == "overstepped").rows
    assert sum(row["amount"] for row in over) == pytest.approx(800_000)  # one drive of 900,000, once
    assert found.document["paths"] == []


def test_what_a_path_lacks_is_told_at_once_and_is_never_zero():
    measures = {
        **PATH["measures"],
        "capex_cny": np.array([None], dtype=object),
        "end_use": np.array(["ovens"], dtype=object),
    }
    with pytest.raises(YoursToMend) as stopped:
        asked("path", path, {**PATH, "measures": measures}, site="a")
    assert sorted(trouble.code for trouble in stopped.value.troubles) == ["H307", "H308"]


EVENTS = "case process number act at"


def test_a_certificate_counts_on_the_days_it_is_valid_and_a_case_once_certified():
    papers = table("certificate_code site_code kind standard issuer valid_from:date valid_until:date",
                   ("1", "a", "zero_carbon_factory", "s", "i", "2025-01-01", "2026-01-01"),
                   ("2", "a", "zero_carbon_factory", "s", "i", "2025-06-01", "2026-06-01"),
                   ("3", "b", "zero_carbon_workshop", "s", "i", "2025-01-01", "2026-01-01"))  # fmt: skip
    acts = ("open", "begin", "take_inventory", "plan", "verify", "find_residual", "retire_offset", "certify")
    done = [("c1", "zero_carbon_factory", n, act, f"2025-03-{n + 1:02d}T09:00:00+08:00") for n, act in enumerate(acts)]
    begun = [("c2", "zero_carbon_factory", n, act, "2025-04-01") for n, act in enumerate(("open", "retire_offset"))]
    events = table(EVENTS, *done, *begun)
    given = {"certificates": papers, "events": events}

    def count(on: date) -> dict:
        return asked("certified", certified, given, on).document["valid"]

    assert count(date(2025, 2, 1)) == {"zero_carbon_factory": 1, "zero_carbon_workshop": 1}
    assert count(date(2025, 7, 1)) == {"zero_carbon_factory": 2, "zero_carbon_workshop": 1}
    assert count(date(2026, 1, 1)) == {"zero_carbon_factory": 2, "zero_carbon_workshop": 0}
    assert count(date(2026, 3, 8)) == {"zero_carbon_factory": 1, "zero_carbon_workshop": 0}
    nothing = asked("certified", certified, {})
    assert nothing.document["indicators"] == {
        "carbon.zero_carbon_factories": None,
        "carbon.zero_carbon_workshops": None,
    }
