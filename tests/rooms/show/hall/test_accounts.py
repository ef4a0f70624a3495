"""Accounts: who signs in, what the command tells and never tells, and what the public sees without one."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakes.hall_visits import PASSWORD, Visitor, hall_app
from milepost.basics.errors import YoursToMend
from milepost.people.rights import Scope
from milepost.show.web.accounts import add_person, close_account, scope_asked

REPOSITORY = Path(__file__).resolve().parents[4]
SECRET = "a-password-nobody-prints"


def codes(error: pytest.ExceptionInfo[YoursToMend]) -> list[str]:
    return [trouble.code for trouble in error.value.troubles]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return hall_app(tmp_path_factory.mktemp("hall"))


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """E-Town as it ships, without its data."""
    folder = tmp_path_factory.mktemp("zones") / "etown"
    for path in (REPOSITORY / "zones/etown").rglob("*"):
        if path.is_file() and "data" not in path.relative_to(REPOSITORY / "zones/etown").parts:
            target = folder / path.relative_to(REPOSITORY / "zones/etown")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return folder


def milepost(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "milepost.show.command", *arguments],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
    )  # fmt: skip


def test_the_command_adds_a_person_and_tells_no_password(zone: Path, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\nsecond line\n", "utf-8")
    asked = ["person", str(zone), "赵丽", "--role", "authority", "--scope", "desk=health_commission"]
    told = milepost(*asked, "--password-file", str(file))
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == "赵丽 has an account and is authority (desk=health_commission)\n"
    assert milepost("person", str(zone), "赵丽", "--role", "inspector").stdout == "赵丽 now also is inspector (all)\n"
    kept = sqlite3.connect(zone / "data/ledger/accounts.sqlite")
    [(hashed,)] = kept.execute("SELECT password FROM auth_user").fetchall()
    kept.close()
    assert hashed.startswith("pbkdf2_sha256$")
    assert all(SECRET.encode() not in path.read_bytes() for path in (zone / "data/ledger").rglob("*") if path.is_file())
    assert stat.S_IMODE((zone / "data/ledger/secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--role", "authorty"], "S324: authorty is not a role of this zone. Did you mean authority"),
        (["--role", "authority", "--scope", "dsk=x"], "S323"),
        (["--role", "applicant"], "S323"),
        (["--role", "window"], "S325"),
    ],
)
def test_what_is_wrong_with_a_person_is_told_with_its_mend(zone: Path, arguments: list[str], code: str) -> None:
    told = milepost("person", str(zone), "nobody", *arguments)
    assert told.returncode == 1
    assert code in told.stderr


@pytest.mark.parametrize("password", ["abc12", "12345678", "password1"])
def test_a_password_that_is_easily_guessed_is_refused(app: Any, password: str) -> None:
    with pytest.raises(YoursToMend) as found:
        add_person(app.site.accounts, "easy", "window", "all", password)
    assert codes(found) == ["S322"]
    assert password not in str(found.value)


def test_a_scope_is_read_as_it_is_written() -> None:
    assert scope_asked("all") == Scope("*", "*", "*")
    assert scope_asked("desk=market, process=joint_licence") == Scope("*", "market", "joint_licence")
    with pytest.raises(YoursToMend):
        scope_asked("party=a|b")


def test_a_closed_account_is_out_at_once(app: Any) -> None:
    add_person(app.site.accounts, "gone", "window", "all", PASSWORD)
    gone = Visitor(app).sign_in("gone")
    assert gone.get("/en/desk/").status == 200
    assert close_account(app.site.accounts, "gone")
    assert gone.get("/en/desk/").status == 302
    assert Visitor(app).sign_in("gone").last.status == 403


def test_a_new_password_ends_the_old_sessions(app: Any) -> None:
    add_person(app.site.accounts, "old", "window", "all", PASSWORD)
    old = Visitor(app).sign_in("old")
    add_person(app.site.accounts, "old", "window", "all", "nine green kites")
    assert old.get("/en/desk/").status == 302


def test_signing_out_is_out(app: Any) -> None:
    wang = Visitor(app).sign_in("wang")
    page = wang.get("/en/desk/")
    mark = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert wang.post("/en/sign-out/", {"csrfmiddlewaretoken": mark}).status == 302
    assert wang.get("/en/desk/").status == 302


@pytest.mark.parametrize(
    "address",
    ["/", "/duties/", "/duty/T8/", "/apply/", "/apply/gym/?a.sport=none", "/verify/", "/method/", "/sign-in/"],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_public_needs_no_account(app: Any, language: str, address: str) -> None:
    visitor = Visitor(app)
    answer = visitor.get(f"/{language}{address}")
    assert answer.status == 200
    assert "milepost_session" not in visitor.cookies


@pytest.mark.parametrize("address", ["cases/", "desk/", "case/c1/", "case/c1/licence/", "case/c1/paper/0"])
def test_what_is_not_public_asks_to_sign_in_before_anything_is_looked_up(app: Any, address: str) -> None:
    answer = Visitor(app).get(f"/zh/{address}")
    assert answer.status == 302
    assert answer.headers["location"] == f"/zh/sign-in/?next=/zh/{address}"


def test_pages_of_people_are_kept_nowhere(app: Any) -> None:
    wang = Visitor(app).sign_in("wang")
    assert wang.get("/en/desk/").headers["cache-control"] == "no-store"


def test_an_applicant_has_no_desk(app: Any) -> None:
    assert Visitor(app).sign_in("ann").get("/en/desk/").status == 404


def test_two_zones_of_one_process_have_their_own_accounts(app: Any, tmp_path: Path) -> None:
    other = hall_app(tmp_path / "other", people=False)
    add_person(other.site.accounts, "only-here", "window", "all", PASSWORD)
    assert Visitor(other).sign_in("only-here").last.status == 302
    assert Visitor(app).sign_in("only-here").last.status == 403
    elsewhere = Visitor(other, dict(Visitor(app).sign_in("wang").cookies))
    assert elsewhere.get("/en/desk/").status == 302
