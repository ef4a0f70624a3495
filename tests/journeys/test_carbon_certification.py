"""A certification from its baseline to its end in the service hall: the zone counts it on the days it is valid."""

import shutil
from datetime import date, datetime, timedelta, timezone

import pytest

from milepost.cases.case import Case
from milepost.people.rights import Person
from milepost.show.asking import ask
from milepost.show.catalogue import open_zone
from milepost.show.hall.hall import open_hall
from milepost.show.hall.handling import Application, begin

CHINA = timezone(timedelta(hours=8))
PROCESS = "zero_carbon_factory"
WAY = [
    ("take_inventory", "applicant", {"inventory_year": 2025, "location_t": 500.0, "market_t": 400.0}),
    ("plan", "applicant", {}),
    ("verify", "verifier", {"finding": "reduced", "residual_t": 390.0}),
    ("find_residual", "verifier", {}),
    ("retire_offset", "applicant", {"retirement": "CCER-2025-17", "offset_t": 390.0}),
]


def certified_on_paper(repository, tmp_path, paper):
    """A zone with a case certified on 7 March 2026 by a paper; each step was taken on its own day."""
    ignored = shutil.ignore_patterns("data")
    zone = open_zone(shutil.copytree(repository / "examples/two_scope2", tmp_path / "zone", ignore=ignored))
    day = [datetime(2026, 3, 1, 10, tzinfo=CHINA)]
    hall = open_hall(zone, now=lambda: day[0])
    baseline = {"fields": {"baseline_year": 2024, "baseline_t": 900.0}}
    asked = Application(PROCESS, "works", "applicant", {}, baseline, first_act="begin")
    case = begin(hall, Person("manager"), asked, "request-1", "case-1")
    assert isinstance(case, Case), case
    for number, (act, role, fields) in enumerate([*WAY, ("certify", "certifier", paper)]):
        day[0] += timedelta(days=1)
        data = {"fields": fields} if fields else {}
        case = hall.docket.act("case-1", act, role, role, day[0], "", data, f"step-{number}", case.sequence)
        assert isinstance(case, Case), (act, case)
        assert valid(zone, day[0].date()) == (1 if act == "certify" else 0)
    assert case.marking == {"certified"}
    return zone, hall, case


PAPER = {"certificate_code": "ZC-1", "standard": "ISO 14068-1"}


@pytest.mark.parametrize("own_day", ["2026-09-01", "2028-02-29"])
def test_a_certificate_lapses_on_its_own_day_be_it_sooner_or_later_than_a_year(repository, tmp_path, own_day):
    zone, hall, case = certified_on_paper(repository, tmp_path, {**PAPER, "valid_until": own_day})
    until = date.fromisoformat(own_day)
    assert valid(zone, until - timedelta(1)) == 1
    assert valid(zone, until) == 0
    assert last_acts(zone, until - timedelta(1)) == {"certify": 1}
    assert last_acts(zone, until) == {"lapse": 1}  # though nobody said so
    (clock,) = case.readings(hall.calendar, until)
    assert (clock.due, clock.left_days, clock.is_late) == (until - timedelta(1), -1, True)
    assert not case.readings(hall.calendar, until - timedelta(1))[0].is_late


def test_a_certificate_that_names_no_day_is_valid_for_the_declared_year(repository, tmp_path):
    zone, hall, case = certified_on_paper(repository, tmp_path, PAPER)
    assert valid(zone, date(2027, 3, 6)) == 1
    assert valid(zone, date(2027, 3, 7)) == 0
    assert case.readings(hall.calendar, date(2027, 3, 6))[0].due == date(2027, 3, 6)


def test_a_certificate_that_is_let_lapse_counts_no_longer(repository, tmp_path):
    zone, hall, case = certified_on_paper(repository, tmp_path, {**PAPER, "valid_until": "2027-03-07"})
    moment = datetime(2026, 6, 1, 10, tzinfo=CHINA)
    lapsed = hall.docket.act("case-1", "lapse", "window", "window", moment, "", {}, "step-9", case.sequence)
    assert isinstance(lapsed, Case), lapsed
    assert (lapsed.outcome, valid(zone, date(2026, 6, 1))) == ("lapsed", 0)


def valid(zone, on):
    """How many factories hold a valid certificate on a day."""
    return ask(zone, "carbon.certified", {}, on).answer.document["valid"][PROCESS]


def last_acts(zone, on):
    """How far the cases of certification are on a day."""
    return ask(zone, "carbon.certified", {}, on).answer.document["cases"]["by_last_act"]
