"""One meter's readings by month, and the gaps, falls and leaps in them."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from milepost.domains.carbon.asked_meter import meter
from milepost.domains.carbon.boundary import read_boundary
from milepost.domains.carbon.metering import falls, lacking, leaps

METERS = {
    "meter_code": ["M"], "device_code": ["d1"], "site_code": ["s"], "parent_code": [None], "carrier": ["electricity"],
    "unit": ["kWh"], "role": ["purchase"], "interval_minutes": [1440.0], "error_percent": [1.0],
    "valid_from": np.array(["2023-01-01"], dtype="datetime64[D]"),
    "valid_until": np.array(["NaT"], dtype="datetime64[D]"),
}  # fmt: skip


def readings(days, energy, index=None, devices=None):
    return {
        "begins_at": np.array(days, dtype="datetime64[s]"),
        "energy_kwh": np.array(energy, dtype=np.float64),
        "index_kwh": np.array(index or [np.nan] * len(days), dtype=np.float64),
        "device_code": np.array(devices or ["d1"] * len(days), dtype=object),
    }


def year_of(lacks=(), **changed):
    days = [datetime(2023, 1, 1) + timedelta(n) for n in range(365) if n not in lacks]
    energy = [changed.get(f"day_{n}", 10.0) for n in range(365) if n not in lacks]
    return readings(days, energy)


def asked(rows, year=0, on=date(2024, 6, 1)):
    return meter({"meters": METERS, "rows": rows}, {"meter": "M", "year": year}, on)


def test_a_whole_year_is_summed_and_has_no_fault():
    answer = asked(year_of())
    assert [one.value for one in answer.headlines] == [3650.0]
    assert [month["kwh"] for month in answer.document["months"][:2]] == [310.0, 280.0]
    assert answer.document["faults"] == []


def test_a_month_that_lacks_a_day_has_no_sum_and_the_gap_is_named():
    answer = asked(year_of(lacks=(30, 31, 32)))
    assert not answer.headlines
    months = answer.document["months"]
    assert [month["kwh"] for month in months[:3]] == [None, None, 310.0]
    assert (months[0]["read"], months[0]["due"], months[0]["known_kwh"]) == (30, 31, 300.0)
    (fault,) = answer.document["faults"]
    assert (fault["kind"], fault["from"], fault["until"], fault["count"]) == (
        "lack", "2023-01-31 00:00", "2023-02-03 00:00", 3,
    )  # fmt: skip


def test_what_is_not_over_yet_does_not_lack():
    days = [datetime(2023, 1, 1) + timedelta(n) for n in range(10)]
    answer = asked(readings(days, [10.0] * 10), on=date(2023, 1, 11))
    assert answer.document["faults"] == []
    assert [month["month"] for month in answer.document["months"]] == ["2023-01"]


def test_an_empty_reading_lacks_like_one_that_never_came():
    answer = asked(year_of(day_40=np.nan))
    (fault,) = answer.document["faults"]
    assert (fault["kind"], fault["count"]) == ("lack", 1)


def test_a_reading_in_watt_hours_leaps():
    (fault,) = asked(year_of(day_100=10_000.0)).document["faults"]
    assert (fault["kind"], fault["value"], fault["expected"]) == ("leap", 10_000.0, 10.0)


def test_an_index_falls_only_within_one_device():
    moments = np.array([f"2023-01-0{n}" for n in range(1, 6)], dtype="datetime64[s]")
    index = np.array([5.0, 9.0, 3.0, np.nan, 4.0])
    (fault,) = falls(moments, index, ["a"] * 5)
    assert (fault.moment.day, fault.value, fault.expected) == (3, 3.0, 9.0)
    assert falls(moments, index, ["a", "a", "b", "b", "b"]) == []


def test_gaps_are_found_at_both_ends_and_off_the_grid():
    moments = np.array(["2023-01-01T01:07", "2023-01-01T02:00"], dtype="datetime64[s]")
    found = lacking(moments, datetime(2023, 1, 1), datetime(2023, 1, 1, 5), 60)
    assert [(one.start.hour, one.until.hour, one.count) for one in found] == [(0, 1, 1), (3, 5, 2)]
    assert lacking(moments[:0], datetime(2023, 1, 1), datetime(2023, 1, 1), 60) == []


def test_without_a_reading_above_zero_nothing_leaps():
    assert leaps(np.array(["2023-01-01"], dtype="datetime64[s]"), np.array([0.0]), ["a"]) == []


@pytest.mark.parametrize(
    ("holder", "site", "inside"),
    [
        ("", "", ["s", "w", "t"]),
        ("A", "", ["s", "w"]),
        ("B", "", ["t"]),
        ("", "w", ["w"]),
        ("A", "w", ["w"]),
        ("B", "w", []),
        ("A", "s", ["s", "w"]),
    ],
)
def test_a_workshop_that_names_no_holder_is_its_sites_and_may_be_asked_about_alone(holder, site, inside):
    rows = [
        {"site_code": code, "kind": kind, "parent_code": above, "holder_code": who, "valid_from": date(2020, 1, 1)}
        for code, kind, above, who in (("s", "site", "", "A"), ("w", "workshop", "s", ""), ("t", "site", "", "B"))
    ]
    boundary = read_boundary(rows, holder, site)
    assert [code for code in ("s", "w", "t") if boundary.on(code, date(2023, 1, 1))] == inside
