"""A case on pages: clocks as the law counts them, commitments, corrections, licences, lists, and rows of the ledger."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fakes.hall_visits import FILLED, GYM, OPINION, Clock, Visitor, case_of, forms, granted, hall_app, issued
from fakes.postgres import private_postgres, why_not
from milepost.domains.licensing.coverage import COLUMNS
from milepost.domains.licensing.verifying import verify_file
from milepost.people.rights import Person
from milepost.show.hall.export import EVENT_COLUMNS, applications, event_rows
from milepost.show.hall.issuer import Issuer
from milepost.show.hall.licences import in_force_id, licence_in, licences_of


@pytest.fixture()
def app(tmp_path: Path) -> Any:
    return hall_app(tmp_path, Clock("2026-02-04T02:00:00+00:00"))


def at(app: Any, day: str) -> None:
    app.site.hall.now.set(f"{day}T02:00:00+00:00")


def accepted(app: Any) -> str:
    case = case_of(Visitor(app).sign_in("ann").apply())
    at(app, "2026-02-09")
    assert Visitor(app).sign_in("wang").act(case, "accept").status == 302
    return case


def test_an_opinion_is_due_after_twenty_working_days_of_the_official_calendar(app: Any) -> None:
    case = accepted(app)
    words = Visitor(app).sign_in("li").get(case).words
    assert "13 Mar 2026" in words, "20 working days from 2026-02-09; counting Monday to Friday would say 9 March"
    at(app, "2026-03-16")
    desk = Visitor(app).sign_in("li").get("/en/desk/").words
    assert "1 days late" in desk
    assert "1 overdue" in desk
    assert "overdue" in Visitor(app).sign_in("li").get(case).words


def test_a_clock_that_is_suspended_says_so_and_where_it_would_end(app: Any) -> None:
    case = accepted(app)
    li = Visitor(app).sign_in("li")
    answer = li.act(case, "begin_testing", "high_risk_sport", told_days="")
    assert (answer.status, "S215" in answer.words) == (409, True)
    assert li.act(case, "begin_testing", "high_risk_sport", told_days="10").status == 302
    words = Visitor(app).sign_in("ann").get(case).words
    assert "suspended testing" in words
    assert "The applicant was told 10 days." in words


def test_a_day_in_a_year_without_a_published_calendar_is_provisional(app: Any) -> None:
    at(app, "2026-12-15")
    case = case_of(Visitor(app).sign_in("ann").apply())
    wang = Visitor(app).sign_in("wang")
    assert wang.act(case, "accept").status == 302
    assert "provisional" in wang.get(case).words
    assert "provisional" in Visitor(app).sign_in("li").get("/en/desk/").words


def test_the_period_is_extended_by_the_head_alone_with_a_reason(app: Any) -> None:
    case = accepted(app)
    ma = Visitor(app).sign_in("ma")
    assert ma.act(case, "extend", reason=" ").status == 409
    assert ma.act(case, "extend", reason="A second expert is heard.").status == 302
    assert "0 of 60 days" in ma.get(case).words
    assert "extend" not in {f["fields"].get("act") for f in forms(ma.get(case))}


def test_the_applicant_completes_what_was_asked_for_once(app: Any) -> None:
    case = case_of(Visitor(app).sign_in("ann").apply())
    assert Visitor(app).sign_in("wang").act(case, "ask_completion", reason="The lease is missing.").status == 302
    ann = Visitor(app).sign_in("ann")
    assert "The lease is missing." in ann.get(case).words
    assert ann.act(case, "complete").status == 302
    assert applications(app.site.hall)["completions_asked"] == ["1"]


def test_a_desk_shows_what_waits_for_it_ordered_by_the_clock(app: Any) -> None:
    ann = Visitor(app).sign_in("ann")
    wang = Visitor(app).sign_in("wang")
    cases = []
    for number, day in enumerate(("2026-02-09", "2026-02-04", "2026-02-06")):
        at(app, "2026-02-04")
        cases.append(case_of(ann.apply(typed={**FILLED, "f.premises_address": f"{number} Ronghua Road"})))
        at(app, day)
        assert wang.act(cases[-1], "accept").status == 302
    shown = re.findall(r'href="(/en/case/[^"]*)"', Visitor(app).sign_in("zhao").get("/en/desk/").text)
    assert shown == [cases[1], cases[2], cases[0]]
    assert "Nothing waits for you" in Visitor(app).sign_in("chen").get("/en/desk/").words


def test_a_chance_of_breach_stands_only_where_the_past_says_something(app: Any) -> None:
    slow = accepted(app)
    assert "chance of missing" not in Visitor(app).sign_in("li").get("/en/desk/").words
    ann = Visitor(app).sign_in("ann")
    for number in range(5):
        at(app, "2026-02-10")
        typed = {**FILLED, "f.premises_address": f"{number + 20} Ronghua Road"}
        granted(app, case_of(ann.apply(typed=typed)))
    words = Visitor(app).sign_in("li").get("/en/desk/").words
    assert "chance of missing the period within 20 working days: &lt;1" in words
    at(app, "2026-04-30")
    late = Visitor(app).sign_in("li").get("/en/desk/").words
    assert "chance of missing the period within 20 working days: &gt;99" in late
    assert "chance of missing" not in ann.get("/en/cases/").words, slow


def test_an_answer_that_does_not_fit_is_told_and_what_was_typed_stays(app: Any) -> None:
    visitor = Visitor(app)
    page = visitor.get("/en/apply/supermarket/?a.near_heritage_site=no&a.floor_area_m2=-5")
    assert page.status == 200
    assert "S210" in page.words
    ann = Visitor(app).sign_in("ann")
    answer = ann.apply(typed={**FILLED, "f.contact_phone": ""})
    assert answer.status == 400
    assert "S209" in answer.words
    kept = next(f for f in forms(answer) if "shown_at" in f["fields"])["fields"]
    assert kept["f.applicant_name"] == "Blue Kite Gym"
    again = ann.post(GYM, {**kept, "f.contact_phone": "010-1"}, {})
    assert again.status == 302, "the paper was kept and need not be chosen again"


def test_an_answer_that_no_longer_matters_is_left_out(app: Any) -> None:
    words = Visitor(app).get("/en/apply/gym/?a.sport=none&a.floor_area_m2=7&a.nonsense=1").words
    assert "Sport offered none of these" in words
    assert "Floor area" not in words


def test_an_industry_that_is_not_there_is_not_found(app: Any) -> None:
    assert Visitor(app).get("/en/apply/spaceport/").status == 404


def test_no_licence_is_issued_while_an_authority_gave_no_number(app: Any) -> None:
    case = case_of(Visitor(app).sign_in("ann").apply())
    for name, act, branch, typed in (
        ("wang", "accept", "", {}),
        ("li", "give_opinion", "high_risk_sport", {"f__result": "meets"}),
        ("zhao", "give_opinion", "public_place_hygiene", OPINION),
        ("wang", "waive_visit", "", {"reason": "seen last month"}),
        ("wang", "gather", "", {}),
        ("chen", "grant", "", {}),
    ):
        assert Visitor(app).sign_in(name).act(case, act, branch, **typed).status == 302
    answer = Visitor(app).sign_in("wang").act(case, "issue")
    assert answer.status == 409
    assert "H121" in answer.words
    assert Visitor(app).sign_in("ann").get(f"{case}licence/").status == 404


def test_whoever_gave_an_opinion_does_not_decide(app: Any) -> None:
    from milepost.show.web.accounts import add_person

    add_person(app.site.accounts, "li", "decider", "desk=service_hall", "seven blue kites")
    case = accepted(app)
    for name, act, branch, typed in (
        ("li", "give_opinion", "high_risk_sport", OPINION),
        ("zhao", "give_opinion", "public_place_hygiene", OPINION),
        ("wang", "visit", "", {}),
        ("wang", "gather", "", {}),
    ):
        assert Visitor(app).sign_in(name).act(case, act, branch, **typed).status == 302
    assert "grant" not in {f["fields"].get("act") for f in forms(Visitor(app).sign_in("li").get(case))}
    assert "grant" in {f["fields"].get("act") for f in forms(Visitor(app).sign_in("cui").get(case))}


def test_a_licence_whose_issue_was_cut_off_comes_into_force_when_it_is_asked_for(app: Any) -> None:
    case = case_of(Visitor(app).sign_in("ann").apply())
    granted(app, case)
    hall, case_id = app.site.hall, case.split("/")[3]
    hall.docket.act(case_id, "issue", "wang", "window", hall.now())
    assert hall.docket.history(in_force_id(case_id)) is None
    ann = Visitor(app).sign_in("ann")
    assert ann.get(f"{case}licence/").status == 200
    first = licence_in(hall.docket.history(in_force_id(case_id)))
    assert ann.get(f"{case}licence/").status == 200
    assert licence_in(hall.docket.history(in_force_id(case_id))) == first


def test_a_revoked_part_shows_at_once_to_everybody_who_asks_the_public_list(app: Any) -> None:
    case = issued(app)
    hall = app.site.hall
    licence = licence_in(hall.docket.history(in_force_id(case.split("/")[3])))
    content = json.dumps(licence).encode()

    def judged() -> tuple[str, list[str]]:
        passer_by = Visitor(app)
        answer = passer_by.get("/licences/status/1")
        assert answer.headers["content-type"] == "application/vc+json"
        keys = passer_by.get("/licences/keys")
        from milepost.domains.licensing.keys import read_keys

        found = verify_file(content, read_keys(json.loads(keys.body)), hall.now(), [json.loads(answer.body)])
        return found.verdict, [part.standing for part in found.parts]

    assert judged() == ("valid", ["valid", "valid"])
    zhao = Visitor(app).sign_in("zhao")
    assert zhao.act(f"{case}licence/", "revoke_part", "public_place_hygiene", reason="The water.").status == 302
    assert judged() == ("not_valid", ["valid", "revoked"])
    assert (
        licences_of(hall).status_list(hall.now())["credentialSubject"]
        == app.site.licences.status_list(hall.now())["credentialSubject"]
    ), "a house that starts again reads the same from the ledger"
    offered = {f["fields"].get("act") for f in forms(Visitor(app).sign_in("zhao").get(f"{case}licence/"))}
    assert "revoke_part" not in offered
    assert Visitor(app).get("/licences/status/2").status == 404


def test_a_key_is_changed_and_what_the_old_one_signed_stays_good_unless_it_was_stolen(app: Any) -> None:
    case = issued(app)
    hall, licences = app.site.hall, app.site.licences
    content = json.dumps(licence_in(hall.docket.history(in_force_id(case.split("/")[3])))).encode()
    assert licences.issuer.rotate(hall.now()).endswith("#key-2")
    assert licences.verified(content, hall.now()).verdict == "valid"
    at(app, "2026-08-01")
    assert licences.verified(content, hall.now()).verdict == "valid"
    assert (hall.folder / "issuer.json").stat().st_mode & 0o077 == 0
    assert "private" not in json.dumps(licences.issuer.document())


def test_what_a_stolen_key_signed_is_not_believed(tmp_path: Path) -> None:
    app = hall_app(tmp_path, Clock())
    case = issued(app)
    hall, licences = app.site.hall, app.site.licences
    content = json.dumps(licence_in(hall.docket.history(in_force_id(case.split("/")[3])))).encode()
    Issuer(licences.issuer.id, licences.issuer.path).rotate(hall.now(), is_stolen=True)
    assert licences.verified(content, hall.now()).verdict == "not_valid"


def test_rows_of_the_ledger_name_nobody_and_count_right(app: Any) -> None:
    case = issued(app)
    rows = list(event_rows(app.site.hall))
    assert tuple(rows[0]) == EVENT_COLUMNS
    assert [row["act"] for row in rows][:3] == ["open", "submit", "accept"]
    written = json.dumps(rows) + json.dumps(applications(app.site.hall))
    for word in ("ann", "wang", "91110302MA01", "Blue Kite", case.split("/")[3]):
        assert f'"{word}' not in written
    table = applications(app.site.hall)
    assert (table["industry"], table["outcome"], table["used_one_licence"]) == (["gym"], ["issued"], ["yes"])
    assert len({row["case"] for row in rows}) == 2, "the application and the licence that follows it"


def test_the_ledger_answers_the_question_of_coverage(app: Any) -> None:
    from milepost.show.asking import ask

    issued(app)
    zone = app.site.hall.zone

    def measures() -> dict[str, tuple[int | None, int | None]]:
        finding = ask(zone, "licensing.coverage", {})
        assert finding.read["ledger"] == app.site.hall.ledger.head().hash
        return {name: (one["counted"], one["of"]) for name, one in finding.answer.document["coverage"].items()}

    alone = measures()
    assert alone["first_time_right"] == (1, 1)
    assert alone["eligible_coverage"] == (None, 0), (
        "those who did not use it are not in the ledger: no share is made up"
    )
    own = zone.folder / "licensing" / "applications.csv"
    own.parent.mkdir()
    row = ["a1", "gym", "2026-01-05", "yes", "no", "2026-01-06", "", "", "", "", ""]
    own.write_text(f"{','.join(COLUMNS)}\n{','.join(row)}\n", "utf-8")
    assert measures()["eligible_coverage"] == (1, 2)


def test_a_person_of_no_enterprise_has_no_cases(app: Any) -> None:
    from milepost.show.hall.agenda import own

    assert own(app.site.hall, Person("nobody")) == []


@pytest.mark.slow
@pytest.mark.skipif(bool(why_not()), reason=why_not() or "PostgreSQL is here")
def test_a_whole_case_on_postgresql_with_accounts_beside_the_ledger(tmp_path: Path) -> None:
    with private_postgres() as url:
        app = hall_app(tmp_path, Clock(), url=url)
        case = issued(app)
        assert "Valid" in Visitor(app).sign_in("ann").get(f"{case}licence/").words
        assert not (tmp_path / "data/ledger/accounts.sqlite").exists()
        app.site.hall.ledger.close()
