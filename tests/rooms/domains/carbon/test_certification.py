"""The certification case: reduce before offset, certified by another than the verifier, lapsed counts no longer."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from milepost.basics.calendar import china
from milepost.cases.case import Case, Refusal
from milepost.cases.declaration import read_processes
from milepost.cases.event import Event
from milepost.cases.moving import apply
from milepost.cases.opening import open_case
from milepost.domains.carbon import DOMAIN
from milepost.domains.carbon.asked_certified import standings_of

PROCESSES = read_processes(Path(DOMAIN.folder) / "cases.yaml")
CHINA = timezone(timedelta(hours=8))
BEGIN = {"baseline_year": 2024, "baseline_t": 900.0}
YEAR = {"inventory_year": 2025, "location_t": 500.0, "market_t": 400.0}
VERIFIED = {"finding": "reduced", "residual_t": 390.0}
OFFSET = {"retirement": "CCER-2025-17", "offset_t": 390.0}
PAPER = {"certificate_code": "ZC-1", "standard": "T/CECA-G 0171-2022", "valid_until": "2026-06-07"}
WAY = [("begin", "applicant", BEGIN), ("take_inventory", "applicant", YEAR), ("plan", "applicant", {}),
       ("verify", "verifier", VERIFIED), ("find_residual", "verifier", {}), ("retire_offset", "applicant", OFFSET),
       ("certify", "certifier", PAPER)]  # fmt: skip


def at(day: int) -> datetime:
    return datetime(2025, 6, day, 10, tzinfo=CHINA)


FACTORY = "zero_carbon_factory"


def event(number: int, act: str, role: str, fields: dict[str, Any], process: str, person: str = "") -> Event:
    data = {"fields": fields} if fields else {}
    return Event(f"e{number}", "c", number, act, person or role, role, at(number), process, 1, "", data)


def opened(process: str) -> Case:
    case = open_case(PROCESSES[process, 1], event(1, "open", "applicant", {}, process))
    assert isinstance(case, Case), case
    return case


def walked(case: Case, way: list, process: str = FACTORY) -> Case | Refusal:
    for number, (act, role, fields) in enumerate(way, start=case.sequence + 1):
        moved = apply(case, event(number, act, role, fields, process))
        if isinstance(moved, Refusal):
            return moved
        case = moved
    return case


@pytest.mark.parametrize("process", ["zero_carbon_factory", "zero_carbon_workshop"])
def test_a_case_goes_from_baseline_to_certified_and_lapses(process):
    case = walked(opened(process), WAY, process)
    assert isinstance(case, Case), case
    assert case.marking == {"certified"}
    lapsed = walked(case, [("lapse", "window", {})], process)
    assert isinstance(lapsed, Case), lapsed
    assert lapsed.outcome == "lapsed"


def test_nothing_is_offset_before_the_reduction_is_verified():
    assert isinstance(walked(opened("zero_carbon_factory"), [*WAY[:3], WAY[5]]), Refusal)


def test_what_was_not_reduced_goes_back_to_the_plan_and_not_on():
    way = [*WAY[:3], ("verify", "verifier", {"finding": "not_reduced", "residual_t": 800.0})]
    case = walked(opened("zero_carbon_factory"), way)
    assert isinstance(case, Case), case
    assert isinstance(walked(case, [WAY[4]]), Refusal)


def test_who_verified_does_not_certify():
    case = walked(opened("zero_carbon_factory"), WAY[:6])
    assert isinstance(case, Case), case
    refused = apply(case, event(case.sequence + 1, "certify", "certifier", PAPER, FACTORY, "verifier"))
    assert isinstance(refused, Refusal)


def test_the_count_follows_the_case_day_by_day():
    acts = ["open", *[act for act, _, _ in WAY], "lapse"]
    events = [{"case": "c", "process": "zero_carbon_factory", "number": str(n), "act": act,
               "at": at(n + 1).isoformat()} for n, act in enumerate(acts)]  # fmt: skip

    def valid(day: date) -> list[bool]:
        return [one.is_valid for one in standings_of(events, day, 365)]

    assert valid(date(2025, 6, 7)) == [False]
    assert valid(date(2025, 6, 8)) == [True]
    assert valid(date(2025, 6, 9)) == [False]
    assert [one.is_valid for one in standings_of(events[:-1], date(2026, 6, 7), 365)] == [True]
    assert [one.is_valid for one in standings_of(events[:-1], date(2026, 6, 8), 365)] == [False]


def test_a_day_that_is_not_after_the_certificate_is_given_is_refused_at_the_door_and_not_in_a_replay():
    case = walked(opened(FACTORY), WAY[:6])
    assert isinstance(case, Case), case
    number = case.sequence + 1
    for told, is_taken in ((at(number).date(), False), (at(number + 1).date(), True)):
        given = event(number, "certify", "certifier", {**PAPER, "valid_until": told.isoformat()}, FACTORY)
        answer = apply(case, given, china())
        assert isinstance(answer, Case) == is_taken
        assert isinstance(apply(case, given), Case)
        if isinstance(answer, Refusal):
            assert [one.code for one in answer.reasons] == ["S210"]
            assert told.isoformat() not in str(answer.reasons[0])


def test_what_a_study_takes_where_a_row_names_no_day_is_the_term_the_process_declares():
    terms = {clock.days for process in PROCESSES.values() for clock in process.clocks if clock.ends_before}
    assert {str(days) for days in terms} == {DOMAIN.studies()["carbon.certified"].parameters["days_valid"].default}
