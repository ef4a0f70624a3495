"""The tonnes of workshops: each by how its energy was found; with the rest they sum to the site's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.domains.carbon.asked_inventory import inventory
from milepost.domains.carbon.asked_workshops import workshops
from milepost.domains.carbon.balance import allocate
from milepost.domains.carbon.workshops import SiteTonnes, shared_out

sys.path.insert(0, str(Path(__file__).parent))
from test_asked import BILL, METER, METERS, PLANT, asked, bill, months_of, readings, table

INSTRUMENT = (
    "instrument_code kind site_code amount_mwh:number made_from:date made_until:date technology region "
    "retirement_code retired_on:date is_also_credit:yes_no"
)
GREEN = table(INSTRUMENT, ("g", "green_certificate", "a", 3, "2023-01-01", "2024-01-01", "wind", "china", "R-1",
                           "2024-01-10", "no"))  # fmt: skip
READ = readings({**months_of("m", 1000.0), **months_of("m1", 400.0)})


def heat(name: str, site: str, gj: float | None) -> tuple:
    return (name, site, "purchased_heat", "2023-01-01", "2024-01-01", None, gj, None, None, None)


def plant(*bills: tuple, **more: dict) -> dict:
    """The plant of `test_asked` in 2023: the paint shop is metered, the body shop estimated, the press shop neither."""
    return {"sites": PLANT, "meters": METERS, "readings": READ, "bought": table(BILL, *bills), **more}


def of(found: dict, name: str, carrier: str) -> tuple:
    one = found["workshops"][name][carrier]
    return one["amount"], one["method"], one["location_t"], one["market_t"]


def test_a_plant_worked_by_hand():
    """12 MWh are bought, 3 of them green: 12 x 0.5554 = 6.6648 t by place; by market 9 x 0.6096 = 5.4864 t.

    The paint shop's meter read 4.8 MWh, the body shop is estimated at 1.2, the press shop has the rest by area: 6.
    A tenth of the 100 GJ of heat is on a bill of the press shop, the rest goes by area: to the paint shop alone, for
    the body shop's area is not known. Heat is 0.11 t a GJ.
    """
    bills = (bill("b", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 12_000),
             heat("h", "a", 90), heat("hp", "press", 10))  # fmt: skip
    answer = asked("workshops", workshops, plant(*bills, instruments=GREEN))
    found = answer.document["sites"]["a"]
    near = pytest.approx
    assert of(found, "paint", "electricity") == (near(4800), "metered", near(2.66592), near(2.19456))
    assert of(found, "body", "electricity") == (near(1200), "engineering", near(0.66648), near(0.54864))
    assert of(found, "press", "electricity") == (near(6000), "area", near(3.3324), near(2.7432))
    assert of(found, "press", "heat") == (10, "metered", near(1.1), near(1.1))
    assert of(found, "paint", "heat") == (near(90), "area", near(9.9), near(9.9))
    assert of(found, "body", "heat") == (None, None, None, None)
    by_name = {name: (one["location_t"], one["market_t"]) for name, one in found["workshops"].items()}
    assert by_name == {"paint": (near(12.56592), near(12.09456)), "press": (near(4.4324), near(3.8432)),
                       "body": (None, None)}  # fmt: skip
    assert (found["site"]["location_t"], found["site"]["market_t"]) == (near(17.6648), near(16.4864))
    assert any("body has no share of heat" in text.en for text in answer.missing)
    assert not any("body has no share of electricity" in text.en for text in answer.missing)


def test_a_site_without_a_workshop_is_named():
    alone = {name: cells[:1] for name, cells in PLANT.items()}
    answer = asked("workshops", workshops, plant(bill("b", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 9))
                   | {"sites": alone})  # fmt: skip
    assert answer.document["sites"] == {}
    assert any(text.en.startswith("No workshop when 2023 begins: a.") for text in answer.missing)


def test_the_site_is_the_inventorys_site():
    bills = (bill("b", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 12_000), heat("h", "a", 90))
    found = asked("workshops", workshops, plant(*bills, instruments=GREEN)).document["sites"]["a"]["site"]
    whole = asked("inventory", inventory, plant(*bills, instruments=GREEN)).document
    assert found["location_t"] == pytest.approx(whole["scope_2_location_t"])
    assert found["market_t"] == pytest.approx(whole["scope_2_market_t"])


def test_what_the_bill_has_and_the_meters_do_not_is_nobodys_and_the_sum_is_still_the_sites():
    """The bill says 13 MWh, the meters 12: a metered kWh is a kWh, and the thirteenth MWh stays with the site."""
    bills = (bill("b", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 13_000),)
    found = asked("workshops", workshops, plant(*bills)).document["sites"]["a"]
    assert found["workshops"]["paint"]["location_t"] == pytest.approx(4.8 * 0.5554)
    assert found["unattributed"]["electricity"]["amount"] == pytest.approx(1000)
    assert found["unattributed"]["location_t"] == pytest.approx(0.5554)
    parts = [one["location_t"] for one in found["workshops"].values()]
    assert sum(parts) + found["unattributed"]["location_t"] == pytest.approx(13 * 0.5554)


def test_own_power_that_emits_nothing_is_in_every_workshops_factor():
    """12 MWh bought and 4 made and used: 6.6648 t over 16 MWh, 0.41655 t a MWh."""
    bills = (bill("b", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 12_000),
             bill("p", "a", "own_generation_used", "2023-01-01", "2024-01-01", 4000))  # fmt: skip
    found = asked("workshops", workshops, plant(*bills)).document["sites"]["a"]
    assert found["workshops"]["paint"]["location_t"] == pytest.approx(4.8 * 0.41655)
    metered = table(METER, ("m", "d", "a", "", "electricity", "kWh", "purchase", 60, 0.5, "2020-01-01", None),
                    ("pv", "d", "a", "", "electricity", "kWh", "own_generation", 60, 0.5, "2020-01-01", None),
                    ("m1", "d", "paint", "m", "electricity", "kWh", "part", 60, 1, "2020-01-01", None))  # fmt: skip
    read = readings({**months_of("m", 1000.0), **months_of("m1", 400.0), **months_of("pv", 4000 / 12)})
    again = asked("workshops", workshops, plant(bills[0], meters=metered, readings=read)).document["sites"]["a"]
    assert again["workshops"]["paint"]["location_t"] == pytest.approx(4.8 * 0.41655)
    lacking = readings({**months_of("m", 1000.0), **months_of("m1", 400.0), **months_of("pv", 300.0, lacking=2)})
    unknown = asked("workshops", workshops, plant(bills[0], meters=metered, readings=lacking)).document["sites"]["a"]
    assert unknown["workshops"]["paint"]["location_t"] is None, "what was made is not known, and is not nought"


@pytest.mark.parametrize("lacking", ["m", "m1"])
def test_a_month_that_lacks_a_reading_leaves_tonnes_missing_and_says_so(lacking):
    read = readings({**months_of("m", 1000.0, lacking=3 if lacking == "m" else 0),
                     **months_of("m1", 400.0, lacking=3 if lacking == "m1" else 0)})  # fmt: skip
    answer = asked("workshops", workshops, plant(readings=read))
    found = answer.document["sites"]["a"]
    tonnes = {name: one["location_t"] for name, one in found["workshops"].items()}
    assert tonnes == {"paint": None, "press": None, "body": None}
    assert found["unattributed"]["location_t"] is None
    assert (found["site"]["location_t"] is None) is (lacking == "m")
    assert answer.missing


def test_a_factor_nobody_knows_yet_leaves_the_tonnes_missing_and_the_energy_told():
    from datetime import date

    bills = (bill("b", "a", "purchased_electricity", "2023-01-01", "2024-01-01", 12_000),)
    found = asked("workshops", workshops, plant(*bills), on=date(2023, 6, 1)).document["sites"]["a"]
    assert of(found, "paint", "electricity") == (pytest.approx(4800), "metered", None, None)


@given(
    bill_kwh=some.floats(1, 1e6),
    at_meters=some.floats(0, 1e6),
    metered=some.dictionaries(some.sampled_from("abc"), some.floats(0, 1e5)),
    engineering=some.dictionaries(some.sampled_from("abcd"), some.floats(0, 1e6)),
    area=some.dictionaries(some.sampled_from("abcdef"), some.floats(0, 1e4)),
    tonnes=some.floats(0, 1e6),
)
def test_workshops_and_the_rest_sum_to_the_site(bill_kwh, at_meters, metered, engineering, area, tonnes):
    energy = allocate(at_meters, list("abcdef"), metered, engineering, area)
    one = shared_out("electricity", "kWh", bill_kwh, {"location": tonnes, "market": 0.0}, energy)
    site = SiteTonnes("s", tuple("abcdef"), (one,))
    for basis in ("location", "market"):
        parts = [part.tonnes[basis] or 0.0 for part in one.parts]
        whole = max(abs(tonnes), *(abs(part) for part in parts))
        assert sum(parts) + site.rest[basis] == pytest.approx(site.whole[basis], rel=1e-9, abs=1e-9 * whole + 1e-12)
    assert sum(part.amount or 0.0 for part in one.parts) + one.rest.amount == pytest.approx(bill_kwh, abs=1e-3)
