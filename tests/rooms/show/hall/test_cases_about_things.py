"""Cases about a thing of a register: opened by page or command, one at a time, and counted once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.green_works import certify, green_app, write_zone
from fakes.hall_visits import Visitor, forms, place
from milepost.basics.errors import YoursToMend
from milepost.cases.case import Case, Refusal
from milepost.engines.engine import open_engine
from milepost.people.rights import Person
from milepost.show.asking import ask
from milepost.show.catalogue import find_wings
from milepost.show.command import main
from milepost.show.guard import let_out_to_anybody
from milepost.show.hall.about import open_about, open_by_command
from milepost.show.hall.decisions import Decisions
from milepost.show.hall.export import events
from milepost.show.things import Thing, find_thing, pages_of_process, thing_page
from milepost.show.walk import take_in_records

PROCESS = "zero_carbon_factory"


@pytest.fixture
def app(tmp_path: Path) -> Any:
    app = green_app(tmp_path / "green")
    take_in_records(app.site.hall.zone, app.site.hall.today())
    return app


def thing(app: Any, code: str) -> Thing:
    hall = app.site.hall
    ((wing, page),) = pages_of_process(PROCESS)
    found = find_thing(hall.zone, wing, page, code, hall.today(), None)
    assert found is not None
    return found


class Counting:
    """An engine that counts the rows it gives."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.count = engine, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        found = list(self.engine.rows(query))
        self.count += len(found)
        return found


def test_a_meter_is_found_by_its_own_rows_and_those_of_what_is_above_it(app: Any) -> None:
    hall, counting = app.site.hall, []

    @contextmanager
    def counted() -> Iterator[Any]:
        with open_engine() as engine:
            counting.append(Counting(engine))
            yield counting[0]

    page = thing_page(find_wings(), "carbon", "meter")
    assert page is not None
    found = find_thing(hall.zone, "carbon", page, "A-2", hall.today(), None, counted)
    assert found is not None
    assert found.above == (("site", "alpha-paint"), ("site", "alpha"))
    assert found.party == thing(app, "alpha").party
    assert counting[0].count == 3, "the meter, the paint shop and the works; not the other meters and sites"


def test_the_same_request_is_one_case_and_another_is_told(app: Any) -> None:
    hall, alpha = app.site.hall, thing(app, "alpha")
    first = open_about(hall, alpha, PROCESS, "ann", "applicant", "request-1")
    again = open_about(hall, alpha, PROCESS, "ann", "applicant", "request-1")
    assert isinstance(first, Case) and isinstance(again, Case)
    assert first.id == again.id
    other = open_about(hall, alpha, PROCESS, "gu", "window", "request-2")
    assert isinstance(other, Refusal)
    assert [one.code for one in other.reasons] == ["S328"]
    refused = open_about(hall, thing(app, "beta"), PROCESS, "vera", "verifier", "request-3")
    assert isinstance(refused, Refusal)
    assert [one.code for one in refused.reasons] == ["S205"]


def test_of_two_who_open_at_once_one_is_kept(app: Any) -> None:
    """Both saw no case: the second finds the first one's id taken."""
    hall, alpha = app.site.hall, thing(app, "alpha")
    case = open_about(hall, alpha, PROCESS, "ann", "applicant", "request-1")
    assert isinstance(case, Case)
    late = hall.docket.open(PROCESS, case.id, "gu", "window", hall.now(), alpha.party, {}, "request-2")
    assert isinstance(late, Refusal)
    assert len(hall.ledger.standings(process=PROCESS)) == 1


def test_when_a_case_has_ended_the_next_may_be_opened(app: Any) -> None:
    hall = app.site.hall
    case = certify(hall, "alpha")
    lapsed = hall.docket.act(case, "lapse", "gu", "window", hall.now())
    assert isinstance(lapsed, Case)
    assert isinstance(open_about(hall, thing(app, "alpha"), PROCESS, "ann", "applicant", "request-9"), Case)


def test_a_form_of_another_or_for_another_kind_opens_nothing(app: Any) -> None:
    ann, page = Visitor(app).sign_in("ann"), "/en/wing/carbon/site/alpha/"
    form = next(one for one in forms(ann.get(page)) if "/open/" in (one["action"] or ""))
    bob = Visitor(app).sign_in("bob")
    assert bob.post(form["action"], form["fields"]).status == 403
    gu = Visitor(app).sign_in("gu")
    own = next(one for one in forms(gu.get(page)) if "/open/" in (one["action"] or ""))
    answer = gu.post(own["action"], {**own["fields"], "token": form["fields"]["token"]})
    assert answer.status == 409, "Ann's form is Ann's"
    assert "S326" in answer.words
    wrong = f"{page}open/zero_carbon_workshop/"
    assert ann.post(wrong, form["fields"]).status == 403, "a factory is no workshop"
    assert app.site.hall.ledger.head().position == 0
    assert place(ann.post(form["action"], form["fields"])).startswith("/en/case/c")


def test_the_command_opens_a_case_and_tells_what_keeps_it_from_it(tmp_path: Path, capsys: Any) -> None:
    zone = str(write_zone(tmp_path / "green"))
    assert main(["open-case", zone, PROCESS, "alpha", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["process"], told["about"], told["states"]) == (PROCESS, "alpha", ["begun"])
    for given, code in (
        ([PROCESS, "alpha"], "S328"),
        ([PROCESS, "alpha-press"], "S329"),
        ([PROCESS, "omega"], "S329"),
        (["zero_carbon_factry", "beta"], "S219"),
        ([PROCESS, "beta", "--role", "verifier"], "S205"),
    ):
        assert main(["open-case", zone, *given]) == 1
        assert code in capsys.readouterr().err


def test_a_factory_with_a_certificate_and_a_case_counts_once(app: Any) -> None:
    hall = app.site.hall
    folder, today = hall.zone.folder, hall.today()
    head = "certificate_code,site_code,kind,standard,issuer,valid_from,valid_until\n"
    row = f"c1,alpha,{PROCESS},ISO 14068-1:2023,a body,{today},2100-01-01\n"
    (folder / "records/carbon.certificate.csv").write_text(head + row, "utf-8")
    certify(hall, "alpha")
    certify(hall, "beta")
    found = ask(hall.zone, "carbon.certified", {}, hall.zone.day(datetime.now(UTC)))
    assert found.answer.document["valid"] == {PROCESS: 2, "zero_carbon_workshop": 0}


def test_a_certificate_whose_day_has_come_reads_so_before_anybody_let_it_lapse(app: Any) -> None:
    hall = app.site.hall
    case = certify(hall, "alpha")
    for day, is_over in (("2099-03-07", False), ("2099-03-08", True)):
        hall.now.set(f"{day}T02:00:00+00:00")
        gu = Visitor(app).sign_in("gu")
        for page in (f"/en/case/{case}/", "/en/wing/carbon/site/alpha/"):
            words = gu.get(page).words
            assert "Certified" in words
            assert ("Validity of the certificate: over" in words) is is_over


def test_rows_of_the_ledger_name_the_thing_and_no_party(app: Any) -> None:
    hall = app.site.hall
    certify(hall, "alpha")
    table = events(hall)
    assert table["about"] == ["alpha", *[""] * 7]
    assert thing(app, "alpha").party not in repr(table)


def test_what_few_cases_count_is_not_told_to_anybody(app: Any) -> None:
    hall = app.site.hall
    for number, code in enumerate(("alpha", "beta", "gamma"), 1):
        certify(hall, code)
        told = let_out_to_anybody(ask(hall.zone, "carbon.certified", {}, hall.zone.day(datetime.now(UTC))), hall.zone)
        assert bool(told.answer.headlines) is (number == 3)


def test_only_decisions_make_walks_anew(app: Any) -> None:
    hall, seen = app.site.hall, []
    decisions = Decisions(hall)
    case = open_by_command(hall, PROCESS, "alpha", "gu", "window", hall.today())
    for act, role, fields in (
        ("begin", "applicant", {"baseline_year": 2021, "baseline_t": 1.0}),
        ("withdraw", "applicant", {}),
    ):
        seen.append(decisions.count())
        assert isinstance(hall.docket.act(case.id, act, role, role, hall.now(), "", {"fields": fields}), Case)
    assert [*seen, decisions.count()] == [0, 0, 1]
    certify(hall, "beta")
    assert decisions.count() == 2
    assert Decisions(hall).count() == 2


def test_a_process_that_nobody_declares_is_told(app: Any) -> None:
    with pytest.raises(YoursToMend) as told:
        open_by_command(app.site.hall, "nothing", "alpha", Person("x").id, "window", app.site.hall.today())
    assert told.value.troubles[0].code == "S219"
