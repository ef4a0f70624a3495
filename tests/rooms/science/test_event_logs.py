"""Statistics of event logs on logs small enough to count by hand, and on real plans."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.receive.moments import read_moments
from milepost.science.event_logs import (
    Variant,
    by_month,
    case_bounds,
    cases_out_of_order,
    lateness,
    spans_days,
    spread,
    variants,
    waits_days,
)

DAY = 86_400.0
#             case: 0  1  0  2  1  0
CASES = np.array([0, 1, 0, 2, 1, 0])
ACTS = np.array([0, 0, 1, 0, 1, 2])
TIMES = np.array([0.0, 1, 2, 3, 4, 1]) * DAY


def test_variants_follow_time_not_the_file():
    assert variants(CASES, ACTS, TIMES) == (Variant((0,), 1), Variant((0, 1), 1), Variant((0, 2, 1), 1))
    assert cases_out_of_order(CASES, TIMES) == 1


def test_the_most_frequent_variant_comes_first():
    found = variants(np.array([0, 0, 1, 2, 2]), np.array([5, 6, 5, 5, 6]), np.arange(5) * DAY)
    assert found == (Variant((5, 6), 2), Variant((5,), 1))


def test_events_of_the_same_moment_keep_the_order_of_the_file():
    assert variants(np.zeros(3, int), np.array([2, 0, 1]), np.zeros(3)) == (Variant((2, 0, 1), 1),)


def test_spans_and_waits_are_in_days():
    assert spans_days(CASES, TIMES).tolist() == [2.0, 3.0, 0.0]
    assert sorted(waits_days(CASES, TIMES).tolist()) == [1.0, 1.0, 3.0]


def test_a_missing_time_is_no_zero():
    times = np.array([0.0, np.nan, 2 * DAY])
    assert spans_days(np.zeros(3, int), times).tolist() == [2.0]
    assert variants(np.zeros(3, int), np.array([0, 1, 2]), times)[0].activities == (0, 1, 2)
    assert np.isnan(case_bounds(np.array([0]), np.array([np.nan]))[1]).all()
    assert spread(np.array([np.nan])).count == 0


def test_lateness_counts_days_of_the_calendar_apart_from_hours():
    actual = np.array([10.0, 10.5, 11.2, np.nan, 5.0]) * DAY
    planned = np.array([10.2, 10.2, 10.2, 10.2, np.nan]) * DAY
    found = lateness(actual, planned, actual, planned)
    assert (found.judged, found.late, found.late_by_a_day, found.without_plan, found.without_end) == (3, 2, 1, 1, 1)
    assert found.days_when_late.mean == pytest.approx((0.3 + 1.0) / 2)


def test_months_are_counted():
    assert by_month(np.array([0.0, 20 * DAY, 40 * DAY, np.nan])) == {"1970-01": 2, "1970-02": 1}


@given(
    some.lists(some.tuples(some.integers(0, 5), some.integers(0, 3), some.integers(0, 50)), min_size=1), some.randoms()
)
def test_order_of_rows_does_not_matter_where_moments_differ(rows, chance):
    rows = [(case, act, time * 1000.0 + number) for number, (case, act, time) in enumerate(rows)]
    mixed = rows[:]
    chance.shuffle(mixed)
    one, two = (tuple(np.array(column) for column in zip(*held, strict=True)) for held in (rows, mixed))
    assert variants(*one) == variants(*two)
    assert sum(variant.count for variant in variants(*one)) == len(set(one[0].tolist()))
    assert np.array_equal(spans_days(one[0], one[2]), spans_days(two[0], two[2]))


def test_public_works_close_later_than_planned_as_is_known(shared):
    path = shared / "data/works_portugal/contracts.csv.gz"
    if not path.is_file():
        pytest.skip("the public works contracts are not there")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    signed, closed = (read_moments([row[name] for row in rows]) for name in ("Data de celebração", "Data de fecho"))
    planned_days = np.array([float(row["Prazo de execução (dias)"] or "nan") for row in rows])
    planned = signed.utc + planned_days * DAY
    found = lateness(closed.utc, planned, closed.clock, planned)
    assert (found.judged, round(100 * found.share_late_0_1, 1)) == (5214, 96.2)
