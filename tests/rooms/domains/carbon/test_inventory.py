"""The inventory: both bases of scope 2, families that are never mixed, instruments used once, and what is missing."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.basics.table import read_table
from milepost.domains.carbon import factors as f
from milepost.domains.carbon.factors import Factor, Factors, Wanted, read_factors
from milepost.domains.carbon.fuels import FuelUse, Release, fuel_co2_t
from milepost.domains.carbon.indirect import Indirect, by_category
from milepost.domains.carbon.instruments import Instrument, Load, Terms, match
from milepost.domains.carbon.inventory import Method, Records, take_inventory, uncertainty
from milepost.domains.carbon.purchased import Bought, Choice

FOLDER = Path(f.__file__).parent / "factors"
ON = date(2026, 2, 1)


def shipped() -> Factors:
    tables = [
        read_table(FOLDER / f"{name}.csv")
        for name in ("electricity", "heat", "fuels", "standard_coal", "warming_potential")
    ]
    rows = [dict(zip(table, row, strict=True)) for table in tables for row in zip(*table.values(), strict=True)]
    return read_factors(rows)


def bought(amount: float | None, year: int = 2023, kind: str = "purchased_electricity", **more: object) -> Bought:
    return Bought("r1", "works", kind, "china", date(year, 1, 1), date(year, 12, 31), amount, **more)  # type: ignore[arg-type]


def certificate(name: str = "c1", mwh: float | None = 5000.0, year: int = 2023, **more: object) -> Instrument:
    given = {"technology": "wind", "region": "china", "retirement_id": f"ret-{name}", "retired_on": date(2024, 1, 10)}
    return Instrument(
        name, "works", "green_certificate", mwh, date(year, 1, 1), date(year, 12, 31), **{**given, **more}
    )  # type: ignore[arg-type]


def inventory(records: Records, on: date = ON, **method: object):
    return take_inventory(records, shipped(), Method(2023, **method), on)  # type: ignore[arg-type]


def test_ten_gigawatt_hours_half_under_certificates_give_two_figures():
    found = inventory(Records([bought(10_000)], [certificate()]))
    assert found.scope("2", "location").tonnes == pytest.approx(5306)
    assert found.scope("2", "market").tonnes == pytest.approx(3048)
    naive = 5000 * 0.5306
    assert naive == pytest.approx(2653)
    assert naive / found.scope("2", "market").known_t == pytest.approx(1 - 0.13, abs=2e-3)


def test_every_tonne_walks_back_to_readings_and_a_sourced_factor():
    known = {one.id: one for one in shipped().all}
    found = inventory(Records([bought(10_000)], [certificate()]))
    for line in found.lines:
        assert line.rows
        assert all(known[name].source and known[name].year == 2023 for name in line.factors)
        assert line.tonnes == pytest.approx((line.amount or 0) * sum(known[name].value for name in line.factors))


def test_the_residual_of_a_year_that_has_none_is_missing_and_never_the_average():
    found = inventory(Records([bought(10, 2021)]), choice=Choice())
    assert found.scope("2", "location").tonnes == pytest.approx(5.568)
    assert found.scope("2", "market").tonnes is None
    assert found.scope("2", "market").missing_count == 1
    assert "grid_residual" in found.missing[0].en
    assert "2022, 2023" in found.missing[0].en


def test_the_families_of_electricity_factors_are_never_mixed():
    values = {}
    for family, region, year in (
        ("grid_average", "beijing", 2022),
        ("enterprise_reporting", "china", 2022),
        ("beijing_market", "beijing", 2020),
    ):
        found = shipped().pick(Wanted(family, "electricity", "purchased_electricity", (region,), year), ON)
        assert found.factor is not None
        assert found.factor.family == family
        values[family] = found.value
    assert values == {"grid_average": 0.558, "enterprise_reporting": 0.5703, "beijing_market": 0.604}
    assert (
        shipped()
        .pick(Wanted("enterprise_reporting", "electricity", "purchased_electricity", ("china",), 2023), ON)
        .value
        is None
    )


def test_a_region_falls_back_to_the_area_that_contains_it_in_its_own_family_only():
    ladder = ("beijing", "north_china", "china")

    def pick(family, regions):
        return shipped().pick(Wanted(family, "electricity", "purchased_electricity", regions, 2023), ON)

    assert pick("grid_average", ladder).value == 0.5554
    assert pick("grid_average", ("tianjin", *ladder[1:])).value == 0.6361
    assert pick("grid_residual", ladder).value == 0.6096


def test_a_factor_that_was_not_published_yet_is_not_known():
    wanted = Wanted("grid_average", "electricity", "purchased_electricity", ("china",), 2023)
    found = shipped().pick(wanted, date(2025, 6, 1))
    assert found.value is None
    assert found.missing is not None
    assert "not yet known" in found.missing.en
    latest = Wanted("grid_average", "electricity", "purchased_electricity", ("china",), 2023, "latest_known")
    assert shipped().pick(latest, date(2025, 6, 1)).value == 0.5366


def test_fuel_is_computed_from_its_three_primitives():
    assert fuel_co2_t(0.1, 389.31, 15.3, 0.99) == pytest.approx(2.162, abs=5e-4)
    gas = FuelUse("f1", "works", "natural_gas", 100.0, None, "thousand_m3")
    measured = FuelUse("f2", "works", "bituminous_coal", 12.0, -2.0, "tonne", 20.0, 25.0, 0.98)
    found = inventory(Records(fuels=[gas, measured]))
    assert [line.tonnes for line in found.lines] == pytest.approx(
        [216.2, 10 * 20 * 25 / 1000 * 0.98 * 44 / 12], rel=1e-4
    )
    assert found.lines[0].method == "defaults for heating_value, carbon_content, oxidation"
    assert found.lines[1].method == "measured"


@pytest.mark.parametrize("family", ["fuels_provincial_2025"])
def test_printed_factors_differ_from_their_primitives_so_they_are_not_used(family):
    by = {(x.subject, x.kind): x.value for x in shipped().families()[family]}
    fuels = [fuel for fuel, kind in by if kind == "printed_per_heat"]
    product = {fuel: by[fuel, "carbon_content"] * by[fuel, "oxidation"] * 44 / 12 / 1000 for fuel in fuels}
    off = {fuel: by[fuel, "printed_per_heat"] / product[fuel] - 1 for fuel in fuels}
    assert len(off) == 14
    assert -0.03 < min(off.values()) < -0.02
    assert 0.01 < max(off.values()) < 0.015


def test_fuel_in_another_unit_or_without_a_factor_is_missing_never_zero():
    wrong = FuelUse("f1", "works", "natural_gas", 5.0, None, "tonne")
    unknown = FuelUse("f2", "works", "peat", 5.0, None, "tonne")
    unread = FuelUse("f3", "works", "diesel", None, 1.0, "tonne")
    found = inventory(Records(fuels=[wrong, unknown, unread]))
    assert [line.tonnes for line in found.lines] == [None, None, None]
    assert found.scope("1").tonnes is None
    assert len(found.missing) == 3


def test_biomass_stands_apart_and_sold_power_is_in_no_scope():
    wood = FuelUse("f1", "works", "wood", 10.0, None, "tonne", 15.0, 30.0, 1.0, is_biomass=True)
    sold = bought(100, kind="exported_electricity")
    found = inventory(Records([bought(1000), sold], fuels=[wood]))
    assert found.scope("1").count == 0
    assert found.scope("biogenic").tonnes == pytest.approx(10 * 15 * 30 / 1000 * 44 / 12)
    assert found.own("location").tonnes == pytest.approx(530.6)
    assert found.gbt_32150().tonnes == pytest.approx(530.6 - 53.06)


def test_own_power_whose_certificates_were_sold_counts_at_the_residual_factor():
    found = inventory(Records([bought(100, kind="own_generation_sold")]))
    assert found.scope("2", "location").count == 0
    assert found.scope("2", "market").tonnes == pytest.approx(60.96)


def test_heat_and_gases_and_the_iso_categories():
    steam = bought(1000, kind="purchased_heat")
    methane = Release("p1", "works", "refrigerant", "ch4", 10.0, "kg")
    lime = Release("p2", "works", "process", "limestone", 5.0, "tonne", 0.44, "own analysis")
    freon = Release("p3", "works", "refrigerant", "r22", 1.0, "kg")
    trip = Indirect("s1", "works", 6, "flights", 2000.0, "km", 0.0001, "supplier", 2)
    goods = Indirect("s2", "works", 1, "steel", 10.0, "tonne", None, "", 4)
    found = inventory(
        Records([steam], releases=[methane, lime, freon], indirect=[trip, goods]), iso_of_scope3={6: 3, 1: 4}
    )
    assert found.scope("2", "market").tonnes == found.scope("2", "location").tonnes == pytest.approx(110)
    assert [line.tonnes for line in found.lines if line.scope == "1"] == [
        pytest.approx(0.279),
        pytest.approx(2.2),
        None,
    ]
    iso = found.iso_categories("market")
    assert {n: total.tonnes for n, total in iso.items()} == {
        1: None,
        2: pytest.approx(110),
        3: pytest.approx(0.2),
        4: None,
        5: None,
        6: None,
    }
    sums = by_category([trip, goods], [line for line in found.lines if line.scope == "3"])
    assert len(sums) == 15
    assert sums[5].known_t == pytest.approx(0.2)
    assert sums[5].quality == 2
    assert sums[1].known_t is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"retirement_id": ""}, "not_retired"),
        ({"retired_on": date(2026, 3, 1)}, "not_retired"),
        ({"technology": "nuclear"}, "technology"),
        ({"region": "mars"}, "region"),
        ({"is_also_credit": True}, "also_credit"),
        ({"year": 2022}, "period"),
        ({"mwh": None}, "amount"),
        ({"mwh": -3.0}, "amount"),
    ],
)
def test_an_instrument_that_cannot_count_is_set_aside_with_its_reason(changed, reason):
    loads = [Load("works", "china", date(2023, 1, 1), date(2023, 12, 31), 100.0)]
    found = match(loads, [certificate(**changed)], Terms(market=frozenset({"china"})), ON)
    assert found.set_aside == {"c1": reason}
    assert found.matches == ()


def test_an_instrument_retired_twice_counts_for_nobody():
    loads = [Load("works", "china", date(2023, 1, 1), date(2023, 12, 31), 100.0)]
    twice = [
        certificate("a", 60.0, retirement_id="x"),
        certificate("b", 60.0, retirement_id="x"),
        certificate("c", 10.0),
    ]
    found = match(loads, twice, Terms(), ON)
    assert found.set_aside == {"a": "retired_twice", "b": "retired_twice"}
    assert found.green_mwh(0) == 10


@given(some.data())
def test_matching_serves_the_most_and_uses_no_megawatt_hour_twice(data):
    months = [(date(2023, m, 1), date(2023, m, 28)) for m in range(1, 5)]
    loads = [Load("works", "china", *month, float(data.draw(some.integers(0, 9)))) for month in months]
    spans = data.draw(
        some.lists(some.tuples(some.integers(0, 3), some.integers(0, 3), some.integers(1, 9)), max_size=5)
    )
    certs = [certificate(str(n), float(mwh)) for n, (_, _, mwh) in enumerate(spans)]
    certs = [Instrument(**{**c.__dict__, "made_from": months[min(a, b)][0], "made_until": months[max(a, b)][1]})
             for c, (a, b, _) in zip(certs, spans, strict=True)]  # fmt: skip
    found = match(loads, certs, Terms(within="month"), ON)
    for n, load in enumerate(loads):
        assert found.green_mwh(n) <= load.amount_mwh
    used = [sum(m.amount_mwh for m in found.matches if m.instrument == n) for n in range(len(certs))]
    assert all(u <= (c.amount_mwh or 0) for u, c in zip(used, certs, strict=True))
    assert sum(used) == pytest.approx(most_served(loads, spans))


def most_served(loads, spans) -> float:
    """Hall's condition: the least over sets of months of what the set's loads and the certificates can serve."""
    whole = []
    for size in range(5):
        for chosen in itertools.combinations(range(4), size):
            outside = sum(loads[n].amount_mwh for n in range(4) if n not in chosen)
            reach = sum(mwh for a, b, mwh in spans if any(min(a, b) <= n <= max(a, b) for n in chosen))
            whole.append(outside + reach)
    return min(whole)


def test_one_grid_factor_over_many_sites_does_not_average_out_in_the_inventory():
    grid = Factor(
        "g",
        "grid_average",
        "electricity",
        "purchased_electricity",
        "china",
        2023,
        0.5,
        "tCO2_per_MWh",
        uncertainty_percent=10.0,
    )
    rows = [
        Bought(str(n), f"s{n}", "purchased_electricity", "china", date(2023, 1, 1), date(2023, 12, 31), 100.0)
        for n in range(200)
    ]
    found = take_inventory(Records(rows), Factors((grid,)), Method(2023, Choice(power_percent=2.0)), ON)
    location = [line for line in found.lines if line.basis == "location"]
    propagated, simulated, left_out = uncertainty(location, draws=4000)
    assert propagated.percent == pytest.approx((10**2 + 2**2 / 200) ** 0.5)
    assert propagated.percent_if_independent < 1
    assert simulated is not None
    assert simulated.percent == pytest.approx(10, rel=0.05)
    assert left_out == 0


def test_a_line_whose_uncertainty_nobody_states_is_left_out_and_counted():
    found = inventory(Records([bought(100)]))
    _, simulated, left_out = uncertainty([line for line in found.lines if line.basis == "location"])
    assert (simulated, left_out) == (None, 1)
