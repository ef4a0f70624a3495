"""Location quotients and shift-share against the printed results of the REAT package and Farhauer & Kröll (2014)."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.science.regional import (
    concentration_ratio,
    dynamic_shift_share,
    esteban_marquillas,
    herfindahl,
    location_quotient,
    location_quotient_interval,
    shift_share,
    with_undisclosed,
)

# Farhauer & Kröll (2014), regions A, B, C of four industries at two times.
REGIONS = {
    "A": ([90, 20, 10, 60], [100, 40, 10, 55]),
    "B": ([60, 30, 30, 40], [85, 55, 40, 35]),
    "C": ([250, 100, 110, 300], [255, 115, 85, 390]),
}
WIDE = ([400, 150, 150, 400], [440, 210, 135, 480])


def table(shared, name: str) -> list[dict[str, str]]:
    path = shared / "data/regional_methods" / f"REAT_{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not in the shared folder")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows])


def rounded(parts: dict[str, float], places: int) -> dict[str, float]:
    return {name: round(value, places) + 0.0 for name, value in parts.items()}


def test_location_quotient_of_farhauer_and_kroell():
    assert location_quotient([1714], 79006, [879213], 15593224)[0] == pytest.approx(0.384762342301, abs=5e-13)


def test_location_quotients_of_goettingen_as_printed(shared):
    rows = table(shared, "Goettingen")
    whole, cells = rows[0], rows[1:]
    found = location_quotient(
        column(cells, "Goettingen2017"),
        float(whole["Goettingen2017"]),
        column(cells, "BRD2017"),
        float(whole["BRD2017"]),
    )
    printed = (
        "0.0840765201501 0.4008566302272 0.5368736613768 0.3436692845379 0.7460354092661 0.6711731072468 "
        "0.9814191595087 0.9165427746251 0.8265017801627 1.5302764545085 0.9584342310203 1.0350902663577 "
        "2.7779085775989 1.6745996742304 0.3531701204326"
    )
    assert found == pytest.approx([float(word) for word in printed.split()], abs=5e-13)


@pytest.mark.parametrize(
    ("region", "printed"), [("A", (25, 27, 1, -3)), ("B", (55, 24, -1, 32)), ("C", (85, 114, 0, -29))]
)
def test_shift_share_as_printed(region, printed):
    found = shift_share(*REGIONS[region], *WIDE)
    assert rounded(found.totals, 9) == dict(
        zip(("growth", "national", "mix", "regional", "allocation"), (*printed, 0), strict=True)
    )
    assert found.residual == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("region", "regional", "allocation"),
    [
        ("A", -0.636363636364, -2.363636363636),
        ("B", 18.4242424242, 13.5757575758),
        ("C", -33.5719008264, 4.57190082645),
    ],
)
def test_esteban_marquillas_as_printed(region, regional, allocation):
    found = esteban_marquillas(*REGIONS[region], *WIDE)
    assert found.totals["regional"] == pytest.approx(regional, abs=5e-11)
    assert found.totals["allocation"] == pytest.approx(allocation, abs=5e-11)
    assert found.residual == pytest.approx(0, abs=1e-9)


def test_freiburg_as_printed(shared):
    rows = table(shared, "Freiburg")
    names = ("e_Freiburg2008", "e_Freiburg2014", "e_Germany2008", "e_Germany2014")
    found = shift_share(*(column(rows, name) for name in names)).totals
    printed = {"growth": 14373.0, "national": 9887.27839826, "mix": 2501.61187842, "regional": 1984.10972332}
    assert {name: found[name] for name in printed} == pytest.approx(printed, abs=5e-9)


def test_goettingen_keeps_the_jobs_that_are_not_disclosed(shared):
    rows = table(shared, "Goettingen")
    whole, cells = rows[0], rows[1:]
    names = ("Goettingen2008", "Goettingen2017", "BRD2008", "BRD2017")
    full = [with_undisclosed(column(cells, name), float(whole[name])) for name in names]
    assert full[0][-1] == 2253 and full[0].sum() == 59125
    found = shift_share(*full)
    assert found.totals["growth"] == 10278
    assert found.residual == pytest.approx(0, abs=1e-6)
    cells_alone = shift_share(*(column(cells, name) for name in names))
    assert cells_alone.totals["growth"] == 10411, "the cells alone lose 2,253 of 59,125 jobs"


def test_a_withheld_cell_is_refused_and_not_read_as_zero():
    with pytest.raises(ValueError, match="undisclosed"):
        shift_share([np.nan, 2], [1, 2], [4, 4], [5, 5])
    assert np.isnan(location_quotient([np.nan, 2.0], 10, [4, 4], 20)[0])
    with pytest.raises(ValueError, match="more than the total"):
        with_undisclosed([3, 4], 6)


def test_an_industry_new_to_the_wider_economy_has_no_mix_part():
    found = shift_share([10, 0], [11, 5], [100, 0], [120, 9])
    assert found.mix[1] == 0 and found.regional[1] == 5
    assert found.residual == pytest.approx(0, abs=1e-9)


sizes = some.lists(some.tuples(*[some.integers(0, 1000)] * 2, *[some.integers(1, 10**5)] * 2), min_size=1, max_size=9)


@given(sizes)
def test_parts_of_every_form_sum_to_the_change(rows):
    here, there, wide, later = (np.array(values, dtype=float) for values in zip(*rows, strict=True))
    for form in (shift_share, esteban_marquillas):
        found = form(here, there, wide, later)
        parts = found.national + found.mix + found.regional + found.allocation
        assert parts == pytest.approx(there - here, abs=1e-6)


def test_dynamic_form_over_one_period_is_the_classic_one():
    here, wide = np.array(REGIONS["A"]), np.array(WIDE)
    assert dynamic_shift_share(here, wide).totals == pytest.approx(shift_share(*here, *wide).totals)


def test_dynamic_form_adds_up_over_the_years(shared):
    rows = table(shared, "Goettingen")
    years = range(2008, 2018)
    local, wide = (
        np.array([with_undisclosed(column(rows[1:], f"{place}{y}"), float(rows[0][f"{place}{y}"])) for y in years])
        for place in ("Goettingen", "BRD")
    )
    found = dynamic_shift_share(local, wide)
    assert found.totals["growth"] == 10278
    assert found.residual == pytest.approx(0, abs=1e-6)
    assert found.totals["national"] != pytest.approx(
        shift_share(local[0], local[-1], wide[0], wide[-1]).totals["national"]
    )


def test_concentration_of_shares():
    assert herfindahl([30, 30, 20, 20]) == 2600
    assert herfindahl([7]) == 10_000
    assert np.isnan(herfindahl([])) and np.isnan(concentration_ratio([np.nan]))
    assert concentration_ratio([1, 1, 1]) == 1
    with pytest.raises(ValueError, match="negative"):
        herfindahl([3, -1])


def test_interval_is_wide_where_the_industry_rests_on_three_enterprises():
    random = np.random.default_rng(7)
    size = random.lognormal(4, 1, 2000)
    few, many = np.arange(2000) < 3, np.arange(2000) < 600
    narrow, wide = (
        location_quotient_interval(
            size, size * mask, wide=float(size[mask].sum()), wide_total=float(size.sum()), runs=400
        )
        for mask in (many, few)
    )
    assert narrow.value == pytest.approx(1) and wide.value == pytest.approx(1)
    assert (wide.high - wide.low) > 5 * (narrow.high - narrow.low)
    assert (narrow.count, wide.count) == (600, 3)


def test_interval_covers_the_quotient_as_often_as_it_says():
    """Regions drawn anew from a known economy: the 90 percent interval holds the truth about nine times in ten."""
    random = np.random.default_rng(11)
    held, trials = 0, 150
    for trial in range(trials):
        size, inside = random.lognormal(3, 0.7, 400), random.random(400) < 0.2
        found = location_quotient_interval(size, size * inside, wide=10.0, wide_total=100.0, runs=200, seed=trial)
        held += found.low <= 2.0 <= found.high
    assert 0.82 <= held / trials <= 0.96


def test_same_seed_gives_the_same_interval_and_the_order_of_firms_hardly_matters():
    size, inside = np.arange(1.0, 101.0), np.arange(100) % 3 == 0
    first, again = (location_quotient_interval(size, size * inside, 30, 100, runs=300, seed=3) for _ in range(2))
    assert first == again
    turned = location_quotient_interval(size[::-1], (size * inside)[::-1], 30, 100, runs=300, seed=3)
    assert turned.value == pytest.approx(first.value)
