"""Growth told three ways, from returns and from published totals."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from milepost.domains.industry.growth import grow
from milepost.domains.industry.implied import published_growths
from milepost.registers.register import own_register

ON = datetime.date(2026, 1, 1)
ASKED = {"measure": "gross_output", "start_year": 0, "end_year": 0, "through_month": 12, "published": ""}
HEADS = own_register("published_figures").column_ids


def returns(rows):
    """Rows of code, year, amount, comparable, in the panel, reason."""
    code, year, amount, real, inside, moved = zip(*rows, strict=True)
    return {
        "enterprise_code": np.array(code, dtype=object),
        "year": np.array(year),
        "months": np.full(len(rows), 12),
        "gross_output_cny": np.array(amount, dtype=float),
        "profit_cny": np.array(amount, dtype=float) / 10,
        "comparable_cny": np.array(real, dtype=float),
        "is_in": np.array(inside),
        "moved": np.array(moved, dtype=object),
    }


FIRMS = returns(
    [
        ("A", 2023, 100e8, np.nan, 1, None),
        ("A", 2024, 120e8, 115e8, 1, None),
        ("B", 2023, 10e8, np.nan, 0, None),
        ("B", 2024, 30e8, 30e8, 1, "grown_in"),
        ("C", 2023, 50e8, np.nan, 1, None),
        ("C", 2024, 20e8, np.nan, 0, "shrunk_out"),
        ("D", 2023, 5e8, np.nan, 1, None),
    ]
)


def figures(*rows):
    return {head: [row.get(head, "") for row in rows] for head in HEADS}


def figure(period, value, kind, published_on="2018-06", unit="CNY_100m", area="CHINA"):
    return {
        "indicator": "profit", "area": area, "period": period, "value": value, "unit": unit, "kind": kind,
        "published_on": published_on, "source_title": "NBS",
    }  # fmt: skip


NBS = (
    figure("2017-01..05", "29047.6", "ytd", "2017-06"),
    figure("2018-01..05", "27298.3", "ytd"),
    figure("2018-01..05", "16.5", "growth_yoy_pct", unit="percent"),
)


def test_three_growths_and_their_parts():
    answer = grow({"returns": FIRMS, "published_figures": figures()}, ASKED, ON)
    panel = answer.document["panel"]
    assert panel["start_cny"] == 155e8 and panel["end_cny"] == 150e8
    assert panel["nominal_percent"] == pytest.approx(-3.23)
    assert panel["comparable_percent"] == pytest.approx(36.36)
    assert panel["fixed_percent"] == 20
    amounts = {row["part"].zh: row["amount"] for row in answer.tables[1].rows}
    assert list(amounts.values()) == [15, 5, 30, -50, 0, 0, -5, -5]
    # Behind each part stand one or two enterprises: the document tells them together.
    assert panel["parts_cny"] == {"reclassified": 0, "duplicates": 0, "together": -5e8}
    assert sum(panel["parts_cny"].values()) == panel["end_cny"] - panel["start_cny"]


def test_the_last_part_of_the_waterfall_is_the_total():
    answer = grow({"returns": FIRMS, "published_figures": figures()}, ASKED, ON)
    parts = next(table for table in answer.tables if table.id == "change")
    amounts = [row["amount"] for row in parts.rows]
    assert amounts[-1] == pytest.approx(sum(amounts[:-1]))


def test_growth_at_comparable_prices_is_that_of_the_panel_over_its_own_past():
    panel = grow({"returns": FIRMS, "published_figures": figures()}, ASKED, ON).document["panel"]
    assert panel["comparable_real_percent"] == pytest.approx(100 * ((115 + 30) / (100 + 10) - 1), abs=0.01)


def test_a_month_without_comparable_output_leaves_the_real_growth_open():
    firms = {**FIRMS, "comparable_months": np.full(len(FIRMS["months"]), 11.0)}
    panel = grow({"returns": firms, "published_figures": figures()}, ASKED, ON).document["panel"]
    assert panel["comparable_real_percent"] is None


def test_profit_has_no_comparable_prices():
    answer = grow({"returns": FIRMS, "published_figures": figures()}, {**ASKED, "measure": "profit"}, ON)
    assert answer.document["panel"]["parts_cny"]["price"] == 0


def test_bureau_profits_of_2018():
    answer = grow({"returns": {}, "published_figures": figures(*NBS)}, ASKED, ON)
    (found,) = answer.document["published"]
    assert round(found["nominal_percent"], 2) == -6.02
    assert round(found["comparable_base"], 1) == 23432.0
    assert round(found["left_panel"], 1) == 5615.6 and round(found["left_panel_percent"], 1) == 19.3
    assert "panel" not in answer.document and len(answer.missing) == 1


def test_what_was_published_later_is_not_known():
    assert published_growths(figures(*NBS), datetime.date(2018, 1, 1)) == []
    assert len(published_growths(figures(*NBS), datetime.date(2018, 6, 30))) == 1


def test_the_first_vintage_of_the_earlier_total_is_taken():
    revised = figure("2017-01..05", "23500", "ytd", "2018-05")
    (found,) = published_growths(figures(revised, *NBS), ON)
    assert found.start == 29047.6
    (after,) = published_growths(figures(figure("2017-01..05", "1", "ytd", "2019-01"), *NBS), ON)
    assert after.start == 29047.6


def test_roundings_bounds_and_other_areas_say_nothing_exact():
    for wrong in (
        (figure("2017-01..05", "29000", "approx"), *NBS[1:]),
        (figure("2017-01..05", "29000", "at_least"), *NBS[1:]),
        (figure("2017-01..05", "29000", "ytd", area="BEIJING"), *NBS[1:]),
        (figure("2017-01..04", "29000", "ytd"), *NBS[1:]),
        (figure("2017-01..05", "29000", "ytd", unit="USD"), *NBS[1:]),
        (figure("2017-01..05", "nothing", "ytd"), *NBS[1:]),
    ):
        assert published_growths(figures(*wrong), ON) == []


def test_zone_without_anything_says_what_is_missing():
    answer = grow({"returns": {}, "published_figures": figures()}, ASKED, ON)
    assert answer.headlines == [] and len(answer.missing) == 2
