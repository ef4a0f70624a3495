"""A certification from its baseline to its end in the service hall: the zone counts it on the days it is valid."""

import shutil
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from milepost.cases.case import Case
from milepost.people.rights import Person
from milepost.show.asking import ask
from milepost.show.catalogue import open_zone
from milepost.show.hall.hall import open_hall
from milepost.show.hall.handling import Application, begin
from milepost.show.today import today_in

CHINA = timezone(timedelta(hours=8))
PROCESS = "zero_carbon_factory"
BASELINE = {"fields": {"baseline_year": 2024, "baseline_t": 900.0}}
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
    asked = Application(PROCESS, "works", "applicant", {}, BASELINE, first_act="begin")
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


@pytest.mark.parametrize(("name", "day"), [("Asia/Shanghai", date(2026, 3, 8)), ("America/Lima", date(2026, 3, 7))])
def test_a_certificate_counts_from_the_day_it_is_in_the_zone(repository, tmp_path, name, day):
    """It is given at half past four in the afternoon of 7 March, UTC: after midnight in Beijing, forenoon in Lima."""
    ignored = shutil.ignore_patterns("data")
    folder = shutil.copytree(repository / "examples/two_scope2", tmp_path / "zone", ignore=ignored)
    (folder / "zone.yaml").write_text((folder / "zone.yaml").read_text("utf-8") + f"time_zone: {name}\n", "utf-8")
    zone = open_zone(folder)
    moment = datetime(2026, 3, 7, 16, 30, tzinfo=UTC)
    hall = open_hall(zone, now=lambda: moment)
    asked = Application(PROCESS, "works", "applicant", {}, BASELINE, first_act="begin")
    case = begin(hall, Person("manager"), asked, "request-1", "case-1")
    for number, (act, role, fields) in enumerate([*WAY, ("certify", "certifier", PAPER)]):
        data = {"fields": fields} if fields else {}
        case = hall.docket.act("case-1", act, role, role, moment, "", data, f"step-{number}", case.sequence)
    assert hall.today() == day
    assert [valid(zone, day + timedelta(n)) for n in (-1, 0, 364, 365)] == [None, 1, 1, 0]
    assert case.readings(hall.calendar, day)[0].due == day + timedelta(364)


def test_today_is_the_zones_day_and_not_the_machines(repository, tmp_path):
    """The two islands are 25 hours apart: at no moment is it the same day on both."""
    days = []
    for number, name in enumerate(("Pacific/Kiritimati", "Pacific/Pago_Pago")):
        folder = shutil.copytree(repository / "examples/two_scope2", tmp_path / str(number))
        (folder / "zone.yaml").write_text((folder / "zone.yaml").read_text("utf-8") + f"time_zone: {name}\n", "utf-8")
        zone = open_zone(folder)
        finding = ask(zone, "carbon.inventory", {"site": "works", "year": "2023"})
        days.append(finding.known_on)
        assert finding.known_on in (today_in(zone), today_in(zone) - timedelta(1))
        assert finding.versions, "what was received a moment ago is known today"
    assert days[0] > days[1]


def valid(zone, on):
    """How many factories hold a valid certificate on a day."""
    told = ask(zone, "carbon.certified", {}, on).answer.document["valid"]
    return told[PROCESS] if told is not None else None


def last_acts(zone, on):
    """How far the cases of certification are on a day."""
    return ask(zone, "carbon.certified", {}, on).answer.document["cases"]["by_last_act"]
