"""What is wrong in a register is found without being told, and each row says by which rule."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from milepost.domains.industry.made_zone import credit_code
from milepost.show.asking import ask
from milepost.show.catalogue import open_zone
from milepost.show.intake import take_in
from milepost.show.walk import store_of

ZONE = "id: bad\nname: {en: B, zh: 坏}\nmain_area: Z\nareas:\n  - {id: Z, name: {en: Z, zh: 区}, kind: zone}\n"
CODES = [credit_code(number) for number in range(10)]


def firm(number: int, **changed: str) -> dict[str, str]:
    row = {"enterprise_code": CODES[number], "name": f"合成企业{number}有限公司", "valid_from": "2020-03-01"}
    return row | {"status": "in_business", "set_up_on": "2020-03-15"} | changed


def returned(number: int, month: str, **changed: str) -> dict[str, str]:
    row = {"enterprise_code": CODES[number], "month": month, "is_in_panel": "yes", "gross_output_cny": "1"}
    return row | changed


def coded(number: int, **changed: str) -> dict[str, str]:
    row = {"enterprise_code": CODES[number], "edition": "2017", "industry": "3612", "valid_from": "2020-03-01"}
    return row | {"share_0_1": "1", "decided_by": "bureau"} | changed


def member(number: int, **changed: str) -> dict[str, str]:
    row = {"enterprise_code": CODES[number], "cluster": "auto", "node": "n", "share_0_1": "1"}
    return row | {"evidence": "审计产品清单2021", "decided_by": "x", "valid_from": "2021-01-01"} | changed


@pytest.fixture
def zone(tmp_path):
    (tmp_path / "zone.yaml").write_text(ZONE, "utf-8")
    (tmp_path / "registers.yaml").write_text("{}\n", "utf-8")
    return open_zone(tmp_path)


def faults(zone, register: str, *rows: dict[str, str]) -> set[str]:
    declared = zone.registers[f"industry.{register}"]
    path = zone.folder / f"{register}_{len(list(zone.folder.glob('*.csv')))}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(declared.column_ids)
        writer.writerows([row.get(column, "") for column in declared.column_ids] for row in rows)
    found = take_in(zone, store_of(zone), path, declared.id, date.today(), "")
    return {name.rpartition("/")[2] for name in found.rule_counts}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (firm(2, enterprise_code=CODES[2][:17] + ("0" if CODES[2][17] != "0" else "1")), "enterprise_code"),
        (firm(2, name="2020-03-01"), "name_is_a_name"),
        (firm(2, valid_until="2020-01-01"), "row_ends_after_it_begins"),
        (firm(2, set_up_on="1900-01-01"), "set_up_in_a_possible_year"),
        (firm(2, set_up_on="2021-05-01"), "enterprise_is_set_up_before_it_is_valid"),
        (firm(2, parent_code=CODES[2]), "parent_is_another"),
        (firm(2, registered_capital="壹仟万元整"), "capital_is_an_amount"),
        (firm(2, division_code="亦庄"), "division_has_six_digits_or_more"),
        (firm(2, status="closed"), "closed_row_has_an_end"),
    ],
)
def test_enterprise_that_is_wrong(zone, row, fault):
    assert fault in faults(zone, "enterprise", row)


def test_good_enterprise_has_no_fault(zone):
    assert faults(zone, "enterprise", firm(0), firm(1, registered_capital="1000万元人民币")) == set()


def test_one_enterprise_with_two_codes(zone):
    assert "enterprise_has_one_code" in faults(zone, "enterprise", firm(0), firm(1, name=firm(0)["name"]))


def test_one_enterprise_with_two_codes_in_two_deliveries_from_different_days(zone):
    assert faults(zone, "enterprise", firm(0)) == set()
    later = firm(1, name=firm(0)["name"], valid_from="2021-05-01", set_up_on="2021-05-02")
    assert faults(zone, "enterprise", later) == {"enterprise_has_one_code"}


def test_a_name_may_go_to_another_enterprise_when_the_first_is_gone(zone):
    gone = firm(0, valid_until="2021-01-01", status="closed")
    assert faults(zone, "enterprise", gone, firm(1, name=gone["name"], valid_from="2021-01-01", set_up_on="")) == set()
    assert faults(zone, "enterprise", firm(2), firm(2, valid_from="2022-01-01", address="新址")) == set()


def sited(number: int, site: str, **changed: str) -> dict[str, str]:
    row = {"enterprise_code": CODES[number], "site_code": site, "valid_from": "2020-03-01", "is_in_area": "yes"}
    return row | {"output_share_0_1": "0.5"} | changed


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([sited(0, "a"), sited(0, "b", output_share_0_1="0.4")], "shares_of_sites_add_to_one"),
        ([sited(0, "a", output_share_0_1="1.5")], "share_lies_between_nothing_and_all"),
        ([sited(0, "a"), sited(0, "b", latitude_deg="116.5", longitude_deg="39.8")], "site_lies_in_china"),
        ([sited(9, "a", output_share_0_1="1")], "site_is_of_a_known_enterprise"),
    ],
)
def test_site_that_is_wrong(zone, rows, fault):
    faults(zone, "enterprise", firm(0))
    assert fault in faults(zone, "site", *rows)


def test_shares_of_sites_that_add_to_one_are_good(zone):
    faults(zone, "enterprise", firm(0))
    assert faults(zone, "site", sited(0, "a"), sited(0, "b")) == set()


def test_a_return_sent_again_with_another_value_is_refused_unless_it_is_a_correction(zone):
    faults(zone, "enterprise", firm(0))
    assert faults(zone, "return", returned(0, "2020-04")) == set()
    assert faults(zone, "return", returned(0, "2020-04", gross_output_cny="2")) == {"C043"}


def test_parent_that_was_closed_before(zone):
    closed = firm(0, valid_from="2019-01-01", set_up_on="2019-01-01", valid_until="2020-01-01", status="closed")
    child = firm(1, parent_code=CODES[0], parent_is_in_register="yes")
    assert faults(zone, "enterprise", closed, child) == {"parent_is_open"}
    assert faults(zone, "enterprise", firm(2, parent_code=CODES[9], parent_is_in_register="no")) == set()


def test_parent_that_closed_later_is_found_by_the_review(zone):
    closed = firm(0, valid_from="2019-01-01", set_up_on="2019-01-01", valid_until="2021-01-01", status="closed")
    faults(zone, "enterprise", closed, firm(1, parent_code=CODES[0], parent_is_in_register="yes"), firm(2))
    answer = ask(zone, "industry.review", {}).answer
    assert [row["enterprise"] for row in answer.tables[-1].rows] == [CODES[1]]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([returned(0, "2020-02")], "return_is_of_a_living_enterprise"),
        ([returned(9, "2020-04")], "return_is_of_a_known_enterprise"),
        ([returned(0, "2020-04"), returned(0, "2020-04", gross_output_cny="2")], "C042"),
        ([returned(0, "2020-04", gross_output_cny="-1")], "amounts_are_not_negative"),
        ([returned(0, "2020-04", value_added_cny="5")], "value_added_is_below_output"),
        ([returned(0, "2020-04", is_in_panel="no", moved="new")], "reason_fits_the_panel"),
        ([returned(0, "2020-04", gross_output_comparable_cny="10000")], "comparable_output_is_near_the_current"),
    ],
)
def test_return_that_is_wrong(zone, rows, fault):
    faults(zone, "enterprise", firm(0))
    assert fault in faults(zone, "return", *rows)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([coded(0, edition="2011")], "edition_is_the_one_in_force"),
        ([coded(0, industry="3610")], "industry"),
        ([coded(0, industry="36")], "industry_is_a_class"),
        ([coded(0, share_0_1="0.5"), coded(0, industry="3670", share_0_1="0.4")], "shares_of_industries_add_to_one"),
        ([coded(0, decided_by="model")], "model_says_how_sure_it_is"),
        ([coded(9)], "coded_enterprise_is_known"),
    ],
)
def test_industry_code_that_is_wrong(zone, rows, fault):
    faults(zone, "enterprise", firm(0))
    assert fault in faults(zone, "industry_code", *rows)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([member(0, evidence="")], "evidence"),
        ([member(0, evidence="见")], "evidence_says_something"),
        ([member(0, cluster="new_it")], "node_of_a_membership_is_known"),
        ([member(0, share_0_1="1.2")], "share_of_a_membership_is_a_share"),
        (
            [member(0, node="n", share_0_1="0.7"), member(0, node="m", share_0_1="0.7")],
            "shares_in_a_cluster_are_at_most_one",
        ),
        ([member(0, valid_from="2019-01-01")], "member_is_known"),
    ],
)
def test_membership_that_is_wrong(zone, rows, fault):
    faults(zone, "enterprise", firm(0))
    node = {
        "cluster": "auto",
        "name_zh": "环节",
        "stage": "upstream",
        "criticality_0_1": "0.5",
        "valid_from": "2019-01-01",
    }
    faults(zone, "node", {"node": "n"} | node, {"node": "m"} | node)
    assert fault in faults(zone, "membership", *rows)


def test_withheld_cell_is_not_a_zero(zone):
    cell = {
        "region": "市",
        "ring": "city",
        "industry": "36",
        "year_begins": "2024-01-01",
        "measure": "employees",
        "source": "年鉴",
    }
    assert faults(zone, "region_cell", cell | {"value": "0", "standing": "published"}) == set()
    for wrong in ({"value": "0", "standing": "suppressed"}, {"value": "", "standing": "published"}):
        assert "withheld_is_not_a_number" in faults(zone, "region_cell", cell | wrong | {"industry": "37"})
