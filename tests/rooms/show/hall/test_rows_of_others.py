"""Whoever may send for one enterprise sends rows of its own things only, and learns nothing of any other's."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import Any

import pytest

from fakes.green_works import ALPHA, READING_COLUMNS, green_app
from fakes.hall_visits import PASSWORD, Visitor, forms, place
from milepost.engines.engine import open_engine, quoted
from milepost.people.rights import Grant, Person, Scope
from milepost.show.hall.sending import EVERYBODY, may_send_for, own_rows
from milepost.show.intake import take_in
from milepost.show.walk import store_of, take_in_records
from milepost.show.web.accounts import add_person

REGISTER = "carbon.meter_reading"
PAGE = f"/en/records/{REGISTER}/"
OWN = "A-1,A-1-1,2024-01-01 00:00:00,1800,700001"
OWN_AND_WRONG = "A-2,A-2-1,2024-01-01 00:00:00,-5,"
BETAS_AS_KEPT = "B-0,B-0-1,2023-06-01 00:00:00,17777.0,2701104.0"
BETAS_OTHERWISE = "B-0,B-0-1,2023-06-01 00:00:00,16,"
BETAS_UNREAD = "B-0,B-0-1,soon,-1,"
NOBODYS = "X-9,X-9-1,2023-06-01 00:00:00,16,"
NO_METER = ",,2023-06-01 00:00:00,16,"
OTHERS = (BETAS_AS_KEPT, BETAS_OTHERWISE, BETAS_UNREAD, NOBODYS, NO_METER)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    app = green_app(tmp_path_factory.mktemp("green"))
    add_person(app.site.accounts, "grid", "reporter", f"process={REGISTER}", PASSWORD)
    take_in_records(app.site.hall.zone, app.site.hall.today())
    return app


def table(*rows: str) -> bytes:
    return "\n".join([READING_COLUMNS, *rows, ""]).encode()


def sent(app: Any, who: str, content: bytes) -> tuple[Visitor, Any]:
    """Send a file by the form; give the visitor and the delivery's page when it is over."""
    visitor = Visitor(app).sign_in(who)
    form = next(one for one in forms(visitor.get(PAGE)) if "token" in one["fields"])
    path = place(visitor.post(PAGE, form["fields"], {"file": ("readings.csv", content)}))
    for _ in range(600):
        page = visitor.get(path)
        if 'http-equiv="refresh"' not in page.text:
            return visitor, page
        time.sleep(0.05)
    raise AssertionError("the delivery did not end")


def kept(app: Any, meter: str, year: int) -> list[float]:
    """The readings of a meter's year that are kept."""
    hall = app.site.hall
    with open_engine() as engine:
        view = quoted(store_of(hall.zone).view(engine, hall.zone.registers[REGISTER]))
        rows = engine.rows(
            f"select cast(energy_kwh as double) from {view} where meter_code = '{meter}' and year(begins_at) = {year}"
        )
        return [value for (value,) in rows]


def test_rows_of_others_wait_with_one_reason_that_tells_nothing_of_them(app: Any) -> None:
    before = sorted(kept(app, "B-0", 2023))
    ann, page = sent(app, "ann", table(OWN, OWN_AND_WRONG, *OTHERS))
    assert "the row is not of a thing of yours" in page.words
    (link,) = (one for one in page.links() if "/refused/" in one)
    rows = list(csv.DictReader(io.StringIO(ann.get(link).text.removeprefix("\ufeff"))))
    told = {
        int(row["refused_line"]): (row["refused_rules"], row["refused_reasons"], row["refused_mends"]) for row in rows
    }
    assert sorted(told) == [3, 4, 5, 6, 7, 8]
    assert told[3][0] == "C050", "an own row is judged by the register's rules"
    assert len({told[line] for line in range(4, 9)}) == 1, "kept, different, unreadable, unknown, empty: all alike"
    assert told[4][0] == "C071"
    assert [",".join(row[name] for name in READING_COLUMNS.split(",")) for row in rows[1:]] == list(OTHERS)
    assert kept(app, "A-1", 2024) == [1800.0]
    assert sorted(kept(app, "B-0", 2023)) == before


def test_what_somebody_else_sent_before_is_not_told_to_whoever_sends_it_again(app: Any) -> None:
    """The grid company may send for all; the same file from Ann is as if nobody had sent it."""
    content = table("B-0,B-0-1,2024-02-01 00:00:00,17000,")
    _, page = sent(app, "grid", content)
    assert "the row is not of a thing of yours" not in page.words
    assert kept(app, "B-0", 2024) == [17000.0]
    _, again = sent(app, "ann", content)
    _, fresh = sent(app, "ann", table("B-0,B-0-1,2024-02-02 00:00:00,17000,"))
    assert again.words == fresh.words
    assert "C071" in again.words
    assert kept(app, "B-0", 2024) == [17000.0]


def test_a_workshops_meter_is_its_sites_and_a_meter_belongs_to_whoever_holds_the_site_now(app: Any) -> None:
    hall = app.site.hall
    own = own_rows(hall.zone, REGISTER, (ALPHA,), hall.today())
    assert own is not None
    assert (own.column, own.codes) == ("meter_code", {"A-0", "A-1", "A-2"})
    assert own_rows(hall.zone, REGISTER, EVERYBODY, hall.today()) is None


@pytest.mark.parametrize(
    ("scope", "register", "parties"),
    [
        (Scope("*", "*", REGISTER), REGISTER, EVERYBODY),
        (Scope(ALPHA, "*", REGISTER), REGISTER, (ALPHA,)),
        (Scope(ALPHA, "*", "*"), REGISTER, (ALPHA,)),
        (Scope(ALPHA, "*", "carbon.output"), REGISTER, None),
        (Scope(ALPHA, "*", "*"), "carbon.site", None),  # of a site nobody says whose its rows are
        (Scope("", "*", "*"), REGISTER, None),
    ],
)
def test_for_whom_somebody_may_send(app: Any, scope: Scope, register: str, parties: tuple[str, ...] | None) -> None:
    assert may_send_for(app.site.hall.rights, Person("x", (Grant("reporter", scope),)), register) == parties


def test_a_sender_without_any_thing_has_no_row_kept(app: Any, tmp_path: Path) -> None:
    hall, file = app.site.hall, tmp_path / "a.csv"
    file.write_bytes(table("A-0,A-0-1,2024-03-01 00:00:00,3000,"))
    own = own_rows(hall.zone, REGISTER, ("91110302MA0000009X",), hall.today())
    intake = take_in(hall.zone, store_of(hall.zone), file, REGISTER, hall.today(), "x", own=own)
    assert (intake.accepted, intake.refused, intake.already_kept, intake.version) == (0, 1, 0, None)
    assert kept(app, "A-0", 2024) == []
