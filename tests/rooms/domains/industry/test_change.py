"""A change divided by panel, node, industry, enterprise, factor and against a wider region: each way sums to it."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from milepost.domains.industry.change import explain_change

ON = datetime.date(2025, 6, 1)
YEARS = (2022, 2023, 2024)
# enterprise: industry, node, share; output, value added, person-months, in the panel, reason, by year
FIRMS = {
    "A": ("3612", "auto.vehicle", 1.0, ((100, 20, 120, 1, ""), (120, 30, 120, 1, ""), (150, 40, 120, 1, ""))),
    "B": ("3612", "auto.parts", 0.5, ((80, 20, 100, 1, ""), (70, 20, 100, 1, ""), (60, 10, 90, 1, ""))),
    "C": ("3973", "it.chip", 0.8, ((0, 0, 0, 0, ""), (50, 10, 40, 1, "new"), (55, 15, 40, 1, ""))),
    "D": ("3973", "it.chip", 1.0, ((40, 10, 50, 1, ""), (0, 0, 0, 0, "closed"), (0, 0, 0, 0, ""))),
    "E": ("1411", "", 0.0, ((30, 5, 60, 1, ""), (30, 6, 60, 1, ""), (0, 0, 0, 0, "reclassified"))),
    "F": ("1411", "", 0.0, ((10, 2, 20, 1, ""), (11, 2, 20, 1, ""), (12, 2, 20, 1, ""))),
}  # fmt: skip


def columns(names, rows) -> dict[str, np.ndarray]:
    return {name: np.array([row[place] for row in rows], dtype=object) for place, name in enumerate(names)}


def days(count: int) -> dict[str, np.ndarray]:
    return {
        "valid_from": np.array(["2020-01-01"] * count, dtype="datetime64[D]"),
        "valid_until": np.array(["NaT"] * count, dtype="datetime64[D]"),
    }


def tables():
    rows = []
    for code, (_, _, _, years) in FIRMS.items():
        for year, (output, added, months, inside, reason) in zip(YEARS, years, strict=True):
            rows.append((code, year, 12, output * 1e8, output * 0.99e8, output * 1e8, added * 1e8, added * 1e7, months,
                         added * 1e8, months, output * 4e6, output * 1e8, inside, reason or None, 12, 12))  # fmt: skip
    names = (
        "enterprise_code", "year", "months", "gross_output_cny", "comparable_cny", "revenue_cny", "value_added_cny",
        "profit_cny", "employee_months", "productive_cny", "productive_months", "rd_cny", "rd_revenue_cny", "is_in",
        "moved", "comparable_months", "panel_months",
    )  # fmt: skip
    members = [(code, node, share) for code, (_, node, share, _) in FIRMS.items() if node]
    codes = [(code, industry, 1.0) for code, (industry, _, _, _) in FIRMS.items()]
    nodes = [(node, node.split(".")[0], "环节") for node in ("auto.vehicle", "auto.parts", "it.chip")]
    cells = []
    for year, times in zip(YEARS, (1.0, 1.1, 1.25), strict=True):
        for industry, value in (("36", 900 * times), ("39", 400 * times**2), ("total", 2000 * times)):
            cells.append(("city", industry, np.datetime64(f"{year}-01-01"), "gross_output", value * 1e8))
        cells.append(("city", "14", np.datetime64(f"{year}-01-01"), "gross_output", float("nan")))
    return {
        "returns": columns(names, rows),
        "memberships": columns(("enterprise_code", "node", "share_0_1"), members) | days(len(members)),
        "codes": columns(("enterprise_code", "industry", "share_0_1"), codes) | days(len(codes)),
        "nodes": columns(("node", "cluster", "name_zh"), nodes),
        "enterprises": columns(("enterprise_code", "name"), [(code, f"{code}公司") for code in FIRMS]),
        "cells": columns(("ring", "industry", "year_begins", "measure", "value"), cells),
        "gbt4754_2017": {"code": ["36", "39", "14"], "name_zh": ["汽车制造业", "电子", "食品"]},
    }


def asked(measure: str = "gross_output", **more):
    return {"measure": measure, "start_year": 0, "end_year": 0, "against": "city"} | more


def table(answer, name: str):
    return next(one for one in answer.tables if one.id == name)


def total(answer, name: str, column: str = "part") -> float:
    rows = table(answer, name).rows
    return sum(row[column] for row in rows if getattr(row[table(answer, name).columns[0].id], "en", "") != "Change")


@pytest.mark.parametrize("measure", ["gross_output", "value_added", "profit", "revenue", "employees"])
@pytest.mark.parametrize("start", [0, 2022])
def test_every_division_of_an_amount_sums_to_its_change(measure, start):
    answer = explain_change(tables(), asked(measure, start_year=start), ON)
    change = answer.document["change"]
    assert total(answer, "panel", "amount") == pytest.approx(change, abs=1e-3)
    for name in ("clusters", "nodes", "industries"):
        assert total(answer, name) == pytest.approx(change, abs=1e-3)
    if measure != "employees":
        assert total(answer, "factors") == pytest.approx(change, abs=1e-3)


@pytest.mark.parametrize("measure", ["labour_productivity", "rd_intensity"])
@pytest.mark.parametrize("start", [0, 2022])
def test_every_division_of_a_ratio_sums_to_its_change(measure, start):
    answer = explain_change(tables(), asked(measure, start_year=start), ON)
    change = answer.document["change"]
    assert total(answer, "panel", "amount") == pytest.approx(change, abs=1e-3)
    for name in ("clusters", "nodes", "industries"):
        assert total(answer, name) == pytest.approx(change, abs=1e-3)


def test_panel_effects_say_what_happened():
    answer = explain_change(tables(), asked(start_year=2022), ON)
    found = {row["part"].en.split(":")[0].split(",")[0]: row["amount"] for row in table(answer, "panel").rows}
    assert found["Entered"] == 50 and found["Left"] == -40 and found["Reclassified"] == -30
    assert answer.document["panel"]["unexplained"] == found["Unexplained"] == 0
    assert "entry" not in answer.document["panel"], "one enterprise entered: the document does not tell what it made"
    # Of the continuing firms one hundredth of each year's output is a change of prices.
    assert table(answer, "panel").rows[1]["amount"] == pytest.approx(0.01 * (120 + 70 + 30 + 11 + 150 + 60 + 55 + 12))


def test_nodes_of_a_cluster_that_is_withheld_do_not_add_up_to_it():
    answer = explain_change(tables(), asked(start_year=2022), ON)
    counts = {row["cluster"].en: row["enterprises"] for row in table(answer, "clusters").rows}
    assert counts == {"New-energy and connected vehicles": 2, "it": 2, "in no cluster": 4}
    assert [(row["cluster"].en, row["enterprises"]) for row in table(answer, "nodes").rows] == [
        ("in no cluster", 4),
        ("too small to be told apart", 4),
    ]


def test_a_year_with_a_month_without_comparable_prices_has_no_price_part():
    given = tables()
    given["returns"]["comparable_months"][:] = 11
    panel = table(explain_change(given, asked(start_year=2022), ON), "panel")
    assert [row["amount"] for row in panel.rows if "prices" in row["part"].en and "earlier" not in row["part"].en] == []


def test_what_no_cluster_has_stands_in_a_row_of_its_own():
    rows = table(explain_change(tables(), asked(start_year=2022), ON), "clusters").rows
    assert [row["cluster"].en for row in rows] == ["New-energy and connected vehicles", "it", "in no cluster"]
    assert rows[-1]["part"] == pytest.approx((30 + 0.2 * 55 + 12) - (40 + 30 + 10))


def test_three_forms_of_shift_share_sum_and_keep_what_is_not_disclosed():
    answer = explain_change(tables(), asked(start_year=2022), ON)
    found = {row["part"].en: row for row in table(answer, "shift_share").rows}
    for form in ("classic", "esteban_marquillas", "dynamic"):
        effects = [row[form] for name, row in found.items() if name != "Change"]
        assert sum(effects) == pytest.approx(answer.document["change"], abs=1e-3)
    rows = table(answer, "shift_share_industries").rows
    assert rows[-1]["industry"].en == "other or not disclosed" and rows[-1]["growth"] == 12 - 40
    assert found["As the wider region grew"]["classic"] == pytest.approx(260 * 0.25)


def test_a_withheld_total_gives_no_shift_share_and_says_why():
    given = tables()
    keep = given["cells"]["industry"] != "total"
    given["cells"] = {name: values[keep] for name, values in given["cells"].items()}
    answer = explain_change(given, asked(), ON)
    assert all(one.id != "shift_share" for one in answer.tables)
    assert any("Shift-share needs" in text.en for text in answer.missing)


def test_a_loss_is_not_divided_into_factors_and_says_why():
    given = tables()
    given["returns"]["profit_cny"][0] = -5e9
    answer = explain_change(given, asked("profit", start_year=2022), ON)
    assert all(one.id != "factors" for one in answer.tables)
    assert any("logarithm" in text.en for text in answer.missing)


def test_movers_are_single_firms_and_the_first_five_stand_together():
    found = table(explain_change(tables(), asked(start_year=2022), ON), "movers")
    assert found.contributors == "enterprises"
    assert [(row["enterprise"], row["change"]) for row in found.rows[:2]] == [("C", 55), ("A", 50)]
    assert found.rows[-1]["enterprises"] == 5
    without_a = (277 - 150) / (260 - 100) - 1
    assert found.rows[1]["without"] == pytest.approx(100 * without_a, abs=0.01)


def test_years_without_returns_are_not_explained():
    answer = explain_change(tables(), asked(start_year=2019, end_year=2021), ON)
    assert answer.proof.kind == "none" and not answer.tables
