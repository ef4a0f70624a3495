"""The site gives readings to other programs in the forms of the command line, as known on the day asked for."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from fakes.browsing import visit
from fakes.etown import TODAY, source_row, walk_on
from milepost.show.exchange.cube import cube_of
from milepost.show.exchange.leaving import leaving_of
from milepost.show.guard import let_out
from milepost.show.web.site import make_app


@pytest.fixture(scope="module")
def app() -> Any:
    return make_app(walk_on, source_row, today=lambda: TODAY)


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def test_all_that_may_leave_is_given_and_said_to_be_as_of_the_day(app: Any) -> None:
    expected = leaving_of(let_out(walk_on(date(2024, 12, 31))))
    found = rows(visit(app, "/api/readings.csv?known_on=2024-12-31"))
    assert [row["reading"] for row in found] == [one.id for one in expected.readings]
    told = visit(app, "/api/readings.sdmx.csv?asOf=2024-12-31")
    assert told.headers["content-type"].startswith("application/vnd.sdmx.data+csv")
    assert {row["AS_OF"] for row in rows(told)} == {"2024-12-31"}
    assert len(rows(told)) == len(cube_of(expected).observations)


def test_data_and_structure_name_each_other(app: Any) -> None:
    data = json.loads(visit(app, "/api/readings.sdmx.json").body)
    structure = json.loads(visit(app, "/api/readings.structure.json").body)
    (flow,) = structure["data"]["dataflows"]
    links = {link["urn"] for link in data["data"]["structures"][0]["links"]}
    assert flow["structure"] in links


def test_one_indicator_may_be_asked_for(app: Any) -> None:
    name = rows(visit(app, "/api/readings.csv"))[0]["indicator"]
    assert {row["indicator"] for row in rows(visit(app, f"/api/readings.csv?indicator={name}"))} == {name}


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/readings.csv?asOf=2999-01-01", 400, "S103"),
        ("/api/readings.csv?asOf=yesterday", 400, "S102"),
        ("/api/readings.csv?indicator=no.such", 404, "S106"),
        ("/api/readings.exe", 404, "S105"),
    ],
)
def test_what_cannot_be_given_is_told_with_its_code(app: Any, address: str, status: int, code: str) -> None:
    answer = visit(app, address)
    assert answer.status == status
    assert json.loads(answer.body)["troubles"][0]["code"] == code


def test_what_the_guard_holds_back_is_in_no_form(app: Any) -> None:
    """Every reading of an answer is one that the guarded walk has."""
    guarded = {one.id for one in let_out(walk_on(None)).readings}
    assert {row["reading"] for row in rows(visit(app, "/api/readings.csv"))} <= guarded
