"""Working days are the official ones, and what is not published yet says so."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from milepost.basics.calendar import Due, china, weekends_only

days_of_any_year = some.dates(date(2013, 1, 1), date(2029, 12, 31))


def test_twenty_working_days_from_9_february_2026_end_on_13_march():
    assert china().after(date(2026, 2, 9), 20) == Due(date(2026, 3, 13), False)


def test_counting_monday_to_friday_would_have_said_9_march():
    assert weekends_only().after(date(2026, 2, 9), 20).day == date(2026, 3, 9)


def test_an_unpublished_year_is_provisional_and_never_a_crash():
    due = china().after(date(2027, 2, 1), 20)
    assert due == Due(date(2027, 3, 1), True)
    assert china().after(date(2012, 2, 1), 3).is_provisional


def test_a_count_that_crosses_into_an_unpublished_year_is_provisional():
    assert china().after(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), False)
    assert china().after(date(2026, 12, 31), 1) == Due(date(2027, 1, 1), True)
    assert china().between(date(2026, 12, 1), date(2027, 1, 4)).is_provisional


def test_a_notice_may_reach_back_into_december():
    assert china().is_working(date(2018, 12, 29))
    assert not china().is_working(date(2018, 12, 31))


def test_the_extended_spring_festival_of_2020_is_not_worked():
    assert not china().is_working(date(2020, 1, 31))
    assert china().is_working(date(2020, 2, 3))


def test_every_day_agrees_with_a_strangers_calendar():
    other = pytest.importorskip("chinese_calendar", reason="chinesecalendar is not installed")
    day = date(2015, 1, 1)
    differing = []
    while day.year < 2027:
        if china().is_working(day) != other.is_workday(day):
            differing.append(day)
        day += timedelta(1)
    assert differing == []


def test_every_published_year_names_its_notice():
    years = {notice.year for notice in china().notices}
    assert years == set(range(2015, 2027))
    assert all(notice.source.startswith("http") for notice in china().notices)


@given(days_of_any_year, some.integers(0, 400))
def test_the_nth_working_day_is_worked_and_n_days_away(start, days):
    due = china().after(start, days)
    assert china().between(start, due.day).days == days
    assert days == 0 or china().is_working(due.day)


@given(days_of_any_year, days_of_any_year, days_of_any_year)
def test_counts_add_up(one, two, three):
    first, middle, last = sorted((one, two, three))
    parts = china().between(first, middle).days + china().between(middle, last).days
    assert china().between(first, last).days == parts


@given(some.lists(some.tuples(days_of_any_year, some.integers(0, 120)), min_size=1, max_size=20))
def test_arrays_agree_with_single_questions(asked):
    starts = np.array([start for start, _ in asked], dtype="datetime64[D]")
    due, provisional = china().after_many(starts, [days for _, days in asked])
    single = [china().after(start, days) for start, days in asked]
    assert due.tolist() == [answer.day for answer in single]
    assert provisional.tolist() == [answer.is_provisional for answer in single]
    assert china().between_many(starts, due).tolist() == [days for _, days in asked]


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(ValueError, match="negative"):
        china().after(date(2026, 1, 1), -1)


def test_the_last_day_there_is_does_not_crash_the_count():
    with pytest.raises(ValueError, match="9999"):
        china().after(date(9999, 12, 30), 10)
