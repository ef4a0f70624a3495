"""Registers on the site: files are sent by people with the right; a verdict tells rules and lines, never values."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fakes.browsing import Answer
from fakes.etown import TODAY, ZONE, source_row, walk_on
from fakes.hall_visits import PASSWORD, Clock, Visitor, forms, hall_app, place
from milepost.plan.folder import RECORD_COLUMNS
from milepost.show.hall.hall import open_hall
from milepost.show.intake import take_in
from milepost.show.walk import store_of
from milepost.show.web.accounts import add_person
from milepost.show.web.site import make_app
from small_registers import registers as small_registers
from small_registers import write_records

REGISTER = "/en/records/published_figures/"
HEAD = ",".join(RECORD_COLUMNS["published_figures"])
INDICATOR = next(one for one in ZONE.indicators.values() if one.unit == "CNY_100m" and one.scale == "log")
AREA = ZONE.declared.main_area


def row(value: str, note: str = "") -> str:
    return f"{INDICATOR.id},{AREA},2022,,{value},{INDICATOR.unit},actual,https://example.org/a,A page,2023-02-01,{note}"


def table(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("records")
    hall_app(folder, people=False)  # lets passwords be hashed quickly
    zone = replace(ZONE, folder=folder)

    def received(register: str, file: Path, who: str, told: object, _: tuple[str, ...]) -> Any:
        return take_in(zone, store_of(zone), file, register, date(2026, 11, 24), who)

    made = make_app(walk_on, source_row, today=lambda: TODAY, hall=open_hall(zone, Clock()), take_in=received)
    for name, role in (("stat", "statistician"), ("rep", "reporter"), ("rep2", "reporter"), ("lead", "leader")):
        add_person(made.site.accounts, name, role, "all", PASSWORD)
    return made


def send(app: Any, who: str, content: bytes, called: str = "figures.csv") -> tuple[Visitor, str]:
    visitor = Visitor(app).sign_in(who)
    form = next(f for f in forms(visitor.get(REGISTER)) if "token" in f["fields"])
    return visitor, place(visitor.post(REGISTER, form["fields"], {"file": (called, content)}))


def ended(visitor: Visitor, path: str) -> Answer:
    for _ in range(200):
        page = visitor.get(path)
        if 'http-equiv="refresh"' not in page.text:
            return page
        time.sleep(0.05)
    raise AssertionError("the delivery never ended")


def test_everybody_may_see_what_a_register_is(app: Any) -> None:
    stranger = Visitor(app)
    listed = stranger.get("/en/records/")
    assert "Published figures" in listed.words
    page = stranger.get(REGISTER)
    for words in (
        "Sign in to send a file",
        "indicator",
        "A code is one of its list",
        "No earlier row of the file is the",
    ):
        assert words in page.words
    assert "登记册" in stranger.get("/zh/records/").words


def test_a_sent_file_is_taken_in_and_its_refusals_are_told_by_line(app: Any) -> None:
    secret = "8765.4321x"
    visitor, path = send(app, "stat", table(row("5371.2"), row(secret, "a,b"), row(secret)))
    page = ended(visitor, path)
    assert "Taken in." in page.words
    assert "Accepted 1 Refused 2" in page.words
    assert "C022" in page.words and "C020" in page.words
    assert secret not in page.text, "no value of a row is shown"
    link = next(link for link in page.links() if link.endswith(".csv"))
    fetched = visitor.get(link)
    assert fetched.status == 200
    assert secret in fetched.text and fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["cache-control"] == "no-store"
    assert "5371.2" not in fetched.text, "only what was refused"
    chinese = visitor.get(link.replace("/en/", "/zh/"))
    assert "value: 单元格不是数" in chinese.text and secret in chinese.text and "refused_" not in chinese.text
    kept = Visitor(app).get(REGISTER)
    assert " 1 " in kept.words and "figures.csv" not in kept.words, "a stranger sees the version, not the file's name"


def test_the_same_file_again_is_known(app: Any) -> None:
    content = table(row("11.5", "twice"))
    ended(*send(app, "stat", content))
    assert "This file is known already" in ended(*send(app, "rep", content)).words


def test_who_sent_sees_the_verdict_and_nobody_else_without_the_right(app: Any) -> None:
    reporter, path = send(app, "rep", table(row("x")))
    page = ended(reporter, path)
    link = next(link for link in page.links() if link.endswith(".csv"))
    assert reporter.get(link).status == 200
    for other in ("rep2", "lead"):
        visitor = Visitor(app).sign_in(other)
        assert visitor.get(path).status == 404
        assert visitor.get(link).status == 404
    assert Visitor(app).sign_in("stat").get(path).status == 200
    assert Visitor(app).get(path).status in (302, 200), "a stranger is asked to sign in"
    assert "x" not in Visitor(app).get(link).text.split("<body>")[0]


def test_without_the_right_nothing_is_received(app: Any) -> None:
    leader = Visitor(app).sign_in("lead")
    page = leader.get(REGISTER)
    assert "Your roles do not let you send files" in page.words
    sender = Visitor(app).sign_in("stat")
    form = next(f for f in forms(sender.get(REGISTER)) if "token" in f["fields"])["fields"]
    own = next(f for f in forms(page))["fields"]
    taken = form | {"csrfmiddlewaretoken": own.get("csrfmiddlewaretoken", "")}
    assert leader.post(REGISTER, taken, {"file": ("a.csv", table(row("1")))}).status in (403, 404)


@pytest.mark.parametrize("called", ["../../etc/passwd.csv", "a/b\\c.csv", "年报 2025.csv", "x" * 300 + ".csv", ".csv"])
def test_a_name_is_never_a_place(app: Any, called: str, tmp_path: Path) -> None:
    page = ended(*send(app, "stat", table(row("7.25", called[:5].replace(",", ""))), called))
    assert "Taken in." in page.words
    arriving = app.site.hall.folder / "arriving"
    assert [*arriving.iterdir()] == [], "nothing is left where files arrive"


@pytest.mark.parametrize(
    ("content", "code"), [(b"\x00\x01\x02", "R002"), (b"a,b\n1,2\n", "R024"), (HEAD.encode(), "R001")]
)
def test_a_file_that_is_no_table_is_told_as_such(app: Any, content: bytes, code: str) -> None:
    page = ended(*send(app, "stat", content, "strange.csv"))
    assert code in page.words
    assert "Nothing of it was kept" in page.words


def test_an_empty_or_missing_file_is_told_on_the_form(app: Any) -> None:
    visitor = Visitor(app).sign_in("stat")
    fields = next(f for f in forms(visitor.get(REGISTER)) if "token" in f["fields"])["fields"]
    for files in ({"file": ("a.csv", b"")}, {}):
        page = visitor.post(REGISTER, fields, files)
        assert page.status == 400 and "S302" in page.words


def test_unknown_registers_and_deliveries_are_not_found(app: Any) -> None:
    visitor = Visitor(app).sign_in("stat")
    assert visitor.get("/en/records/nothing/").status == 404
    assert visitor.get(REGISTER + "nothing/").status == 404
    assert visitor.get(REGISTER + "refused/abcdef123456.csv").status == 404
    assert visitor.get(REGISTER + "refused/..%2f..%2fx.csv").status == 404


def test_everybody_may_read_the_manual_and_fetch_the_blank_form(app: Any) -> None:
    stranger = Visitor(app)
    for language, words in (("en", "Manual"), ("zh", "填报手册")):
        page = stranger.get(f"/{language}/records/published_figures/manual/")
        assert words in page.words and "published_on" in page.words and "C024" in page.words
        assert (
            f"/{language}/records/published_figures/manual/"
            in stranger.get(f"/{language}/records/published_figures/").links()
        )
    form = stranger.get("/en/records/published_figures/form.csv")
    assert form.status == 200 and "Area" in form.text
    assert stranger.get("/en/records/published_figures/form.xlsx").status == 200
    assert stranger.get("/en/records/published_figures/form.exe").status == 404
    assert stranger.get("/en/records/no_such_register/manual/").status == 404


def test_rows_leave_the_site_where_they_are_public_or_for_who_may_read_them(tmp_path: Path) -> None:
    hall_app(tmp_path, people=False)
    registers = small_registers(tmp_path)
    zone = replace(ZONE, folder=tmp_path, registers=registers)
    sent = write_records(tmp_path / "meters.csv", registers["small.control"], [{"month": "2025-01", "total_cny": "7"}])
    take_in(zone, store_of(zone), sent, "small.control", date(2026, 11, 24), "somebody")
    app = make_app(walk_on, source_row, today=lambda: TODAY, hall=open_hall(zone, Clock()))
    for name, role in (("stat", "statistician"), ("rep", "reporter")):
        add_person(app.site.accounts, name, role, "all", PASSWORD)
    address, page = "/en/records/small.control/copy.zip", "/en/records/small.control/"
    assert Visitor(app).get(address).status == 404
    assert Visitor(app).sign_in("rep").get(address).status == 404
    assert address not in Visitor(app).get(page).links()
    reader = Visitor(app).sign_in("stat")
    assert address in reader.get(page).links()
    with zipfile.ZipFile(io.BytesIO(reader.get(address).body)) as packed:
        assert b"2025-01,7,1" in packed.read("small.control.csv")
    assert reader.get("/en/records/small.note/copy.zip").status == 404, "nothing of it is kept"
    opened = replace(zone, registers={"small.control": replace(registers["small.control"], is_public=True)})
    public = make_app(walk_on, source_row, today=lambda: TODAY, hall=open_hall(opened, Clock()))
    assert Visitor(public).get(address).status == 200


def test_what_waits_for_a_decision_is_shown_to_who_may_read_the_register(tmp_path: Path) -> None:
    hall_app(tmp_path, people=False)
    registers = small_registers(tmp_path)
    zone, day = replace(ZONE, folder=tmp_path, registers=registers), date(2026, 11, 24)
    share = {"site_code": "S1", "month": "2025-01", "product": "a", "share": "1", "amount_cny": "97531.5"}
    for name, rows in (("control", [{"month": "2025-01", "total_cny": "7"}]), ("share", [share])):
        sent = write_records(tmp_path / f"{name}.csv", registers[f"small.{name}"], rows)
        assert take_in(zone, store_of(zone), sent, f"small.{name}", day, "somebody").accepted == 1
    app = make_app(walk_on, source_row, today=lambda: TODAY, hall=open_hall(zone, Clock()))
    add_person(app.site.accounts, "stat", "statistician", "all", PASSWORD)
    reader = Visitor(app).sign_in("stat")
    for language, words in (("en", "Rows that wait for a decision"), ("zh", "待核定的记录")):
        page = reader.get(f"/{language}/records/small.share/")
        assert words in page.words and "amounts_are_the_controls" in page.words and "97531" not in page.text
        assert words not in Visitor(app).get(f"/{language}/records/small.share/").words
    assert "Rows that wait" not in reader.get("/en/records/small.control/").words


def test_a_sender_cancels_a_delivery_before_anything_is_kept(tmp_path: Path) -> None:
    hall_app(tmp_path, people=False)
    zone = replace(ZONE, folder=tmp_path)

    def received(register: str, file: Path, who: str, told: Any, _: tuple[str, ...]) -> Any:
        for rows in range(2000):  # a long file; nobody cancels it in time to go on for ever
            told("receive", rows, 0)
            time.sleep(0.01)
        raise AssertionError("nobody cancelled it")

    made = make_app(walk_on, source_row, today=lambda: TODAY, hall=open_hall(zone, Clock()), take_in=received)
    for name in ("stat", "rep"):
        add_person(made.site.accounts, name, {"stat": "statistician", "rep": "reporter"}[name], "all", PASSWORD)
    visitor, path = send(made, "rep", table(row("5371.2")))
    other = Visitor(made).sign_in("stat")
    assert "Cancel this delivery" not in other.get(path).words, "only who sent it ends it"
    (form,) = (one for one in forms(visitor.get(path)) if not one.get("action"))
    assert visitor.post(path, form["fields"]).status in (302, 303)
    page = ended(visitor, path)
    assert "Nothing of it was kept" in page.words and "R041" in page.words and "Cancel" not in page.words
    assert store_of(zone).registers() == ()
    assert list((tmp_path / "data").rglob("*.d")) == []
