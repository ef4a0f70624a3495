"""A certification from its baseline to its end in the service hall: the zone counts it on the days it is valid."""

import shutil
from datetime import date, datetime, timedelta, timezone

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
    ("certify", "certifier", {"certificate_code": "ZC-1", "standard": "ISO 14068-1", "valid_until": "2027-03-08"}),
]


def test_a_certification_walks_from_baseline_to_certified_and_counts_while_it_is_valid(repository, tmp_path):
    ignored = shutil.ignore_patterns("data")
    zone = open_zone(shutil.copytree(repository / "examples/two_scope2", tmp_path / "zone", ignore=ignored))
    day = [datetime(2026, 3, 1, 10, tzinfo=CHINA)]
    hall = open_hall(zone, now=lambda: day[0])
    baseline = {"fields": {"baseline_year": 2024, "baseline_t": 900.0}}
    asked = Application(PROCESS, "works", "applicant", {}, baseline, first_act="begin")
    case = begin(hall, Person("manager"), asked, "request-1", "case-1")
    assert isinstance(case, Case), case
    for number, (act, role, fields) in enumerate(WAY):
        day[0] += timedelta(days=1)
        data = {"fields": fields} if fields else {}
        case = hall.docket.act("case-1", act, role, role, day[0], "", data, f"step-{number}", case.sequence)
        assert isinstance(case, Case), (act, case)
        assert valid(zone, day[0].date()) == (1 if act == "certify" else 0)
    assert case.marking == {"certified"}
    assert valid(zone, date(2027, 3, 6)) == 1
    assert valid(zone, date(2027, 3, 7)) == 0  # a year after it was certified
    day[0] = datetime(2026, 6, 1, 10, tzinfo=CHINA)
    lapsed = hall.docket.act("case-1", "lapse", "window", "window", day[0], "", {}, "step-9", case.sequence)
    assert isinstance(lapsed, Case), lapsed
    assert (lapsed.outcome, valid(zone, date(2026, 6, 1))) == ("lapsed", 0)


def valid(zone, on):
    """How many factories hold a valid certificate on a day."""
    return ask(zone, "carbon.certified", {}, on).answer.document["valid"][PROCESS]
