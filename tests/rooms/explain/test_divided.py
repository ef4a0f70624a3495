"""A computed change is divided among those who made it, and what leaves tells of no single one."""

from __future__ import annotations

import pytest

from milepost.engines.embedded import Engine
from milepost.explain.amounts import split
from milepost.explain.divided import divided, together
from milepost.measure.figures import measured_readings
from milepost.show.catalogue import open_zone
from milepost.show.today import today_in
from milepost.show.walk import store_of, take_in_records

ZONE = """
id: small
name: {en: Small zone, zh: 小园区}
main_area: ZONE
areas: [{id: ZONE, name: {en: Zone, zh: 园区}, kind: zone}]
"""
REGISTERS = """
sale:
  name: {en: Sale, zh: 销售}
  definition: {en: What a firm sold in a month, zh: 企业某月销售}
  key: [firm, month]
  happened: month
  columns:
    - {id: firm, type: text, name: {en: Firm, zh: 企业}}
    - {id: month, type: month, name: {en: Month, zh: 月份}}
    - {id: branch, type: text, may_be_empty: true, name: {en: Branch, zh: 行业}}
    - {id: amount_cny, type: number, places: 2, unit: yuan, name: {en: Amount, zh: 金额}}
    - {id: people, type: whole, unit: person, name: {en: People, zh: 人数}}
seat:
  name: {en: Seat, zh: 席位}
  definition: {en: A firm in the zone, zh: 在园企业}
  key: [firm]
  valid: {start: since, until: until}
  columns:
    - {id: firm, type: text, name: {en: Firm, zh: 企业}}
    - {id: since, type: date, name: {en: Since, zh: 起始}}
    - {id: until, type: date, may_be_empty: true, name: {en: Until, zh: 终止}}
"""
INDICATORS = """
sales:
  name: {en: Sales, zh: 销售额}
  definition: {en: What all firms sold, zh: 全部企业销售额}
  kind: flow
  unit: CNY_10k
  register: small.sale
  formula: sum(amount_cny)
  by: [branch]
  contributor: firm
sales_each:
  name: {en: Sales a person, zh: 人均销售额}
  definition: {en: Sales over person-months, zh: 销售额除以人月数}
  kind: ratio
  unit: CNY_per_person
  register: small.sale
  formula: sum(amount_cny) / sum(people)
  contributor: firm
middle_sale:
  name: {en: Middle sale, zh: 销售中位数}
  definition: {en: The middle of monthly sales, zh: 月销售额中位数}
  kind: level
  unit: yuan
  register: small.sale
  formula: median(amount_cny)
  contributor: firm
firms:
  name: {en: Firms, zh: 企业数}
  definition: {en: Firms in the zone, zh: 在园企业数}
  kind: stock
  unit: count
  register: small.seat
  formula: count(*)
  contributor: firm
people_months:
  name: {en: Person-months, zh: 人月数}
  definition: {en: Person-months of all firms, zh: 全部企业人月数}
  kind: flow
  unit: person
  register: small.sale
  formula: sum(people)
  contributor: firm
sales_of_both:
  name: {en: Sales a person by way of two figures, zh: 人均销售额（由两项指标计算）}
  definition: {en: Sales over person-months, zh: 销售额除以人月数}
  kind: ratio
  unit: CNY_per_person
  formula: small.sales / small.people_months
"""
# firm: branch, sales of 2023 and of 2024, people of both
FIRMS = {
    "a": ("food", 100, 150, 10, 10), "b": ("food", 80, 70, 8, 9), "c": ("food", 60, 66, 6, 6),
    "d": ("steel", 40, 90, 4, 4), "e": ("steel", 30, 30, 3, 3), "f": ("steel", 20, 0, 2, 0),
    "g": ("glass", 10, 12, 1, 1), "h": ("food", 5, 5, 1, 1), "i": ("food", 4, 7, 1, 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def zone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("divided")
    for name, text in (("zone", ZONE), ("registers", REGISTERS), ("indicators", INDICATORS)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    sales, seats = ["firm,month,branch,amount_cny,people"], ["firm,since,until"]
    for firm, (branch, first, last, people, later) in FIRMS.items():
        sales.append(f"{firm},2023-06,{branch},{first * 10000},{people}")
        if last:
            sales.append(f"{firm},2024-12,{branch},{last * 10000},{later}")
        seats.append(f"{firm},2023-01-01,{'2024-06-01' if firm == 'f' else ''}")
    seats.append("z,2024-05-01,")
    (folder / "records").mkdir()
    (folder / "records/sale.csv").write_text("\n".join(sales) + "\n", "utf-8")
    (folder / "records/seat.csv").write_text("\n".join(seats) + "\n", "utf-8")
    found = open_zone(folder)
    take_in_records(found, today_in(found))
    return found


def divisions(zone, indicator: str):
    with Engine() as engine:
        store = store_of(zone)
        readings = measured_readings(engine, zone, store, today_in(zone), ("year",), names=(f"small.{indicator}",))
        by_year = {one.period.text: one for one in readings if not one.made.dimensions}
        return divided(engine, zone, store, by_year["2023"], by_year["2024"])


def parts(found) -> dict[str, float]:
    return {part.name: round(part.value, 6) for part in found.account.parts}


def test_a_flow_is_divided_by_contributor_and_by_its_dimensions(zone):
    by_firm, by_branch = divisions(zone, "sales")
    assert (by_firm.by, by_branch.by) == ("firm", "branch")
    assert parts(by_firm) == {"a": 50, "d": 50, "f": -20, "b": -10, "c": 6, "others": 5}
    assert parts(by_branch) == {"food": 49, "steel": 30, "glass": 2}
    assert by_branch.counts == {"food": 5, "steel": 3, "glass": 1}
    assert by_firm.counts["others"] == 4
    assert by_firm.without["a"] == pytest.approx(280 / 249 - 1)


def test_a_quotient_is_divided_into_numerator_and_denominator_and_by_contributor(zone):
    in_two, by_firm = divisions(zone, "sales_each")
    change = (430 / 35 - 349 / 36) * 1e4
    assert in_two.account.end - in_two.account.start == pytest.approx(change)
    assert parts(in_two)["numerator"] == pytest.approx(81 * (1 / 36 + 1 / 35) / 2 * 1e4, abs=1e-5)
    assert sum(parts(by_firm).values()) == pytest.approx(change)
    assert {"numerator_of_others", "denominator_of_others"} <= set(parts(by_firm))


def test_a_quotient_of_two_figures_is_divided_as_one_over_rows_is(zone):
    one, other = divisions(zone, "sales_each"), divisions(zone, "sales_of_both")
    assert [parts(each) for each in one] == [pytest.approx(parts(each), abs=1e-3) for each in other]


def test_a_count_is_divided_into_who_came_and_who_went(zone):
    (found,) = divisions(zone, "firms")
    assert parts(found) == {"arrived": 1, "gone": -1}


def test_what_does_not_add_up_from_its_rows_is_not_divided(zone):
    assert divisions(zone, "middle_sale") == ()
    assert split(__import__("sqlglot").parse_one('"a0" + 5', read="duckdb")) is None


def test_single_firms_leave_only_together(zone):
    by_firm, by_branch = divisions(zone, "sales")
    told = together(by_firm, 3)
    assert parts(told) == {"others": 5, "largest_together": 76}
    assert told.counts == {"others": 4, "largest_together": 5} and told.without == {}
    # Glass has one firm: the branch with the fewest beside it goes with it, or a subtraction would tell it.
    assert parts(together(by_branch, 3)) == {"food": 49, "others": 32}


def test_nothing_leaves_where_too_few_stand_behind_everything(zone):
    by_firm, by_branch = divisions(zone, "sales")
    assert together(by_firm, 10) is None and together(by_branch, 6) is None


def test_readings_of_different_figures_are_refused(zone):
    with Engine() as engine:
        found = measured_readings(engine, zone, store_of(zone), today_in(zone), ("year",), is_divided=False)
        with pytest.raises(ValueError, match="one indicator"):
            divided(engine, zone, store_of(zone), found[0], found[-1])
