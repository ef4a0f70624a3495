"""Bad input and hostile use of the hall: nothing is doubled, decided twice, lost, shown to others or executed."""

from __future__ import annotations

import json
import re
import statistics
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from fakes.hall_visits import (
    FILLED,
    GYM,
    OPINION,
    PDF,
    Visitor,
    case_of,
    forms,
    granted,
    hall_app,
    hand_in_form,
    issued,
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return hall_app(tmp_path_factory.mktemp("hall"))


@pytest.fixture(scope="module")
def ann(app: Any) -> Visitor:
    return Visitor(app).sign_in("ann")


def fresh(place: str) -> dict[str, str]:
    """The form filled in for a place nobody applied for yet."""
    return {**FILLED, "f.premises_address": place}


def csrf(visitor: Visitor, path: str) -> str:
    return str(forms(visitor.get(path))[0]["fields"]["csrfmiddlewaretoken"])


def events(app: Any, case: str) -> list[str]:
    history = app.site.hall.docket.history(case.split("/")[3])
    return [kept.event.act for kept in history.events]


def test_sending_the_application_twice_makes_one_case(app: Any, ann: Visitor) -> None:
    page = ann.get(GYM)
    sent = {**hand_in_form(page)["fields"], **fresh("2 Ronghua Road")}
    paper = {"d.pool_water_report": ("water.pdf", PDF)}
    first, second = ann.post(GYM, sent, paper), ann.post(GYM, sent, paper)
    assert case_of(first) == case_of(second)
    assert events(app, case_of(first)) == ["open", "submit"]


def test_sending_the_application_twice_at_the_same_moment_makes_one_case(app: Any, ann: Visitor) -> None:
    page = ann.get(GYM)
    sent = {**hand_in_form(page)["fields"], **fresh("3 Ronghua Road")}
    answers: list[Any] = []

    def send() -> None:
        visitor = Visitor(app, dict(ann.cookies))
        answers.append(visitor.post(GYM, sent, {"d.pool_water_report": ("water.pdf", PDF)}))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({case_of(answer) for answer in answers}) == 1
    assert events(app, case_of(answers[0])) == ["open", "submit"]


def test_applying_again_for_the_same_place_is_told_calmly(app: Any, ann: Visitor) -> None:
    assert ann.apply(typed=fresh("4 Ronghua Road")).status == 302
    again = ann.apply(typed=fresh("4  ronghua ROAD"))
    assert again.status == 400
    assert "H123" in again.words
    assert "already applied" in again.words


def test_sending_an_act_twice_is_one_act(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("5 Ronghua Road")))
    wang = Visitor(app).sign_in("wang")
    page = wang.get(case)
    assert [wang.send(page, case, "accept").status for _ in range(2)] == [302, 302]
    assert events(app, case) == ["open", "submit", "accept"]


def test_deciding_out_of_order_is_refused(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("6 Ronghua Road")))
    granted(app, case)
    chen = Visitor(app).sign_in("chen")
    other = case_of(ann.apply(typed=fresh("7 Ronghua Road")))
    assert not [f for f in forms(chen.get(other)) if f["fields"].get("act") == "grant"]
    # The token of an act is of one case and one act: it cannot be carried to another.
    page = Visitor(app).sign_in("wang").get(other)
    stolen = next(f["fields"] for f in forms(page) if f["fields"].get("act") == "accept")
    for forged in ({**stolen, "act": "grant"}, {**stolen, "act": "gather"}, {**stolen, "branch": "high_risk_sport"}):
        answer = chen.post(
            other, {**forged, "csrfmiddlewaretoken": forms(chen.get(other))[0]["fields"]["csrfmiddlewaretoken"]}
        )
        assert answer.status == 409
        assert "S326" in answer.words
    assert events(app, other) == ["open", "submit"]


def test_of_two_officers_who_decide_at_the_same_moment_one_wins_and_the_other_is_told(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("8 Ronghua Road")))
    for name, act, branch, typed in (
        ("wang", "accept", "", {}),
        ("li", "give_opinion", "high_risk_sport", OPINION),
        ("zhao", "give_opinion", "public_place_hygiene", OPINION),
        ("wang", "visit", "", {}),
        ("wang", "gather", "", {}),
    ):
        assert Visitor(app).sign_in(name).act(case, act, branch, **typed).status == 302
    chen, cui = Visitor(app).sign_in("chen"), Visitor(app).sign_in("cui")
    pages = chen.get(case), cui.get(case)
    answers: dict[str, Any] = {}
    start = threading.Barrier(2)

    def decide(visitor: Visitor, page: Any, act: str, **typed: str) -> None:
        start.wait()
        answers[act] = visitor.send(page, case, act, **typed)

    threads = [
        threading.Thread(target=decide, args=(chen, pages[0], "grant")),
        threading.Thread(target=decide, args=(cui, pages[1], "refuse"), kwargs={"reason": "the pool is too deep"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers.values()) == [302, 409]
    loser = next(answer for answer in answers.values() if answer.status == 409)
    assert "Somebody acted on this case a moment before you" in loser.words or "the case has moved on" in loser.words
    assert len([act for act in events(app, case) if act in ("grant", "refuse")]) == 1


def test_authorities_of_different_permits_do_not_stand_in_each_others_way(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("9 Ronghua Road")))
    assert Visitor(app).sign_in("wang").act(case, "accept").status == 302
    li, zhao = Visitor(app).sign_in("li"), Visitor(app).sign_in("zhao")
    pages = {"li": li.get(case), "zhao": zhao.get(case)}
    assert li.send(pages["li"], case, "give_opinion", "high_risk_sport", **OPINION).status == 302
    assert zhao.send(pages["zhao"], case, "give_opinion", "public_place_hygiene", **OPINION).status == 302


def test_an_authority_acts_on_its_own_permit_alone(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("10 Ronghua Road")))
    assert Visitor(app).sign_in("wang").act(case, "accept").status == 302
    offered = {(f["fields"].get("act"), f["fields"].get("branch")) for f in forms(Visitor(app).sign_in("li").get(case))}
    assert ("give_opinion", "high_risk_sport") in offered
    assert ("give_opinion", "public_place_hygiene") not in offered
    assert not {act for act, _ in offered} & {"grant", "gather", "accept", "withdraw"}


def test_what_was_typed_when_the_session_ended_comes_back(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("11 Ronghua Road")))
    wang = Visitor(app).sign_in("wang")
    page = wang.get(case)
    del wang.cookies["milepost_session"]
    ended = wang.send(page, case, "ask_completion", reason="The plan of the <b>pool</b> is missing.")
    assert ended.status == 403
    assert "what you typed comes back" in ended.words
    assert "<b>pool</b>" not in ended.text
    assert events(app, case) == ["open", "submit"]
    sent = next(f for f in forms(ended) if f["action"] == "/en/sign-in/")["fields"]
    back = wang.post("/en/sign-in/", {**sent, "name": "wang", "password": "seven blue kites"})
    assert (back.status, back.headers["location"]) == (302, case)
    again = wang.get(case)
    held = next(f for f in forms(again) if f["fields"].get("act") == "ask_completion")["fields"]
    assert held["reason"] == "The plan of the <b>pool</b> is missing."
    assert wang.post(case, held).status == 302
    assert events(app, case)[-1] == "ask_completion"


def test_what_one_person_typed_is_not_given_to_another(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("12 Ronghua Road")))
    wang = Visitor(app).sign_in("wang")
    page = wang.get(case)
    del wang.cookies["milepost_session"]
    ended = wang.send(page, case, "ask_completion", reason="a secret of Wang's")
    sent = next(f for f in forms(ended) if f["action"] == "/en/sign-in/")["fields"]
    wang.post("/en/sign-in/", {**sent, "name": "wen", "password": "seven blue kites"})
    assert "a secret of Wang" not in wang.get(case).text


def test_an_application_survives_the_end_of_a_session_too(app: Any) -> None:
    ann = Visitor(app).sign_in("ann")
    page = ann.get(GYM)
    sent = {**hand_in_form(page)["fields"], **fresh("13 Ronghua Road")}
    del ann.cookies["milepost_session"]
    ended = ann.post(GYM, sent, {"d.pool_water_report": ("water.pdf", PDF)})
    assert ended.status == 403
    assert "files must be chosen once more" in ended.words
    kept = next(f for f in forms(ended) if f["action"] == "/en/sign-in/")["fields"]
    back = ann.post("/en/sign-in/", {**kept, "name": "ann", "password": "seven blue kites"})
    assert back.headers["location"] == GYM
    again = ann.get(GYM)
    assert hand_in_form(again)["fields"]["f.premises_address"] == "13 Ronghua Road"


def test_a_session_ends_after_being_idle(app: Any) -> None:
    ann = Visitor(app).sign_in("ann")
    cookie = next(one for one in ann.get("/en/cases/").cookies if one.startswith("milepost_session"))
    assert "Max-Age=1800" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("page", ["", "licence/", "paper/" + "0" * 64])
def test_a_case_of_others_is_answered_as_one_that_does_not_exist(app: Any, ann: Visitor, page: str) -> None:
    case = case_of(ann.apply(typed=fresh(f"14 Ronghua Road {page}")))
    bob = Visitor(app).sign_in("bob")
    theirs, nobodys = bob.get(case + page), bob.get(f"/en/case/c{'0' * 20}/{page}")
    assert theirs.status == nobodys.status == 404
    assert theirs.body == nobodys.body
    assert {**theirs.headers, "set-cookie": ""} == {**nobodys.headers, "set-cookie": ""}
    assert case not in bob.get("/en/cases/").text
    stranger = Visitor(app)
    asked = stranger.get(case + page), stranger.get(f"/en/case/c{'0' * 20}/{page}")
    assert [answer.status for answer in asked] == [302, 302]


def test_an_act_on_a_case_of_others_is_answered_as_one_on_no_case(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("15 Ronghua Road")))
    bob = Visitor(app).sign_in("bob")
    sent = {"csrfmiddlewaretoken": forms(bob.get("/en/cases/"))[0]["fields"]["csrfmiddlewaretoken"], "act": "withdraw"}
    theirs, nobodys = bob.post(case, sent), bob.post(f"/en/case/c{'0' * 20}/", sent)
    assert (theirs.status, theirs.body) == (nobodys.status, nobodys.body)
    assert theirs.status == 404


def test_whether_a_case_exists_cannot_be_told_by_the_time_it_takes(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("16 Ronghua Road")))
    bob = Visitor(app).sign_in("bob")

    def median(path: str) -> float:
        spent = []
        for _ in range(9):
            began = time.perf_counter()
            bob.get(path)
            spent.append(time.perf_counter() - began)
        return statistics.median(spent)

    assert abs(median(case) - median(f"/en/case/c{'0' * 20}/")) < 0.015


def test_a_form_of_another_site_does_nothing(app: Any, ann: Visitor) -> None:
    case = case_of(ann.apply(typed=fresh("17 Ronghua Road")))
    page = ann.get(case)
    held = next(f["fields"] for f in forms(page) if f["fields"].get("act") == "withdraw")
    for forged in (
        {name: value for name, value in held.items() if name != "csrfmiddlewaretoken"},
        {**held, "csrfmiddlewaretoken": "x" * 64},
    ):
        answer = ann.post(case, forged)
        assert answer.status == 403
        assert "not sent from a page of this site" in answer.words
    assert ann.get("/en/sign-out/").status == 405
    assert events(app, case) == ["open", "submit"]


def test_another_site_is_not_a_place_to_go_on_to(app: Any) -> None:
    for place in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        visitor = Visitor(app)
        page = visitor.get(f"/en/sign-in/?next={place}")
        sent = next(f for f in forms(page) if f["action"] == "/en/sign-in/")["fields"]
        answer = visitor.post("/en/sign-in/", {**sent, "next": place, "name": "ann", "password": "seven blue kites"})
        assert answer.headers["location"] == "/en/cases/"


@pytest.mark.parametrize(
    ("called", "content", "code"),
    [
        ("water.exe", PDF, "S311"),
        ("water", PDF, "S311"),
        ("water.pdf", b"MZ\x90\x00 not a paper", "S312"),
        ("water.pdf", b"<html><script>alert(1)</script>", "S312"),
        ("water.png", PDF, "S312"),
        ("water.pdf", PDF[:20], "S312"),
        ("water.ofd", b"PK\x03\x04 not a zip", "S312"),
        ("water.pdf", b"", "S314"),
        ("water.pdf", b"%PDF-1.4\n" + b"0" * 10_000_001 + b"%%EOF", "S313"),
    ],
)
def test_a_paper_that_is_not_what_it_says_is_refused_with_its_code(
    app: Any, called: str, content: bytes, code: str
) -> None:
    ann = Visitor(app).sign_in("ann")
    sent = {**hand_in_form(ann.get(GYM))["fields"], **fresh(f"18 Ronghua Road {code} {called}")}
    answer = ann.post(GYM, sent, {"d.pool_water_report": (called, content)})
    assert answer.status == 400
    assert code in answer.words
    assert hand_in_form(answer)["fields"]["f.applicant_name"] == "Blue Kite Gym", "what was typed stays"


def test_the_name_of_a_paper_is_never_a_path(app: Any) -> None:
    ann = Visitor(app).sign_in("ann")
    folder: Path = app.site.hall.folder
    for number, called in enumerate(("../../../evil.pdf", "..\\..\\evil.pdf", "/etc/evil.pdf", "%2e%2e%2fevil.pdf")):
        sent = {**hand_in_form(ann.get(GYM))["fields"], **fresh(f"19 Ronghua Road {number}")}
        refused = ann.post(GYM, {**sent, "f.contact_phone": ""}, {"d.pool_water_report": (called, PDF)})
        assert "evil.pdf has been received" in refused.words
        case_of(ann.post(GYM, sent, {"d.pool_water_report": (called, PDF)}))
    assert not list(folder.parent.parent.rglob("*evil*"))
    kept = [path for path in (folder / "papers").rglob("*") if path.is_file()]
    assert all(re.fullmatch(r"[0-9a-f]{64}", path.name) for path in kept)
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_a_paper_is_given_back_to_be_saved_and_never_shown_in_the_sites_name(app: Any) -> None:
    ann = Visitor(app).sign_in("ann")
    case = case_of(ann.apply(typed=fresh("20 Ronghua Road")))
    link = next(link for link in ann.get(case).links() if "/paper/" in link)
    answer = ann.get(link)
    assert answer.body == PDF
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert Visitor(app).sign_in("bob").get(link).status == 404
    other = case_of(ann.apply(typed=fresh("21 Ronghua Road"), pool_water_report=PDF + b" "))
    elsewhere = link.replace(case.split("/")[3], other.split("/")[3])
    assert ann.get(elsewhere).status == 404, "a paper is shown with its own case only"


def test_too_much_at_once_is_turned_away_unread(app: Any, ann: Visitor) -> None:
    answer = ann._ask(GYM, "POST", b"", "application/x-www-form-urlencoded", {"CONTENT_LENGTH": "50000000"})
    assert answer.status == 413
    assert "too much at once" in answer.words
    many = ann.post("/en/sign-in/", {f"kept.{n}": "x" for n in range(700)})
    assert many.status in (400, 403)


def test_signs_of_html_in_names_and_reasons_are_shown_as_signs(app: Any) -> None:
    ann = Visitor(app).sign_in("ann")
    nasty = '<script>alert("1")</script><img src=x onerror=alert(1)>'
    sent = {**hand_in_form(ann.get(GYM))["fields"], **fresh(nasty), "f.applicant_name": nasty}
    case = case_of(ann.post(GYM, sent, {"d.pool_water_report": (f"{nasty[:8]}.pdf", PDF)}))
    wang = Visitor(app).sign_in("wang")
    assert wang.act(case, "ask_completion", reason=nasty).status == 302
    for visitor in (ann, wang):
        for path in (case, "/en/cases/", "/en/desk/"):
            text = visitor.get(path).text
            assert "<script" not in text
            assert "<img" not in text
    assert "&lt;script&gt;" in wang.get(case).text


def verdict(app: Any, code: str, **more: str) -> str:
    visitor = Visitor(app)
    sent = next(f for f in forms(visitor.get("/en/verify/")) if "code" in f["fields"])["fields"]
    answer = visitor.post("/en/verify/", {**sent, "code": code, **more})
    assert answer.status == 200
    return answer.words.split("Verify a licence")[-1]


def test_a_forged_altered_or_replayed_licence_is_not_believed(app: Any, tmp_path: Path) -> None:
    case = issued(app)
    page = Visitor(app).sign_in("ann").get(f"{case}licence/")
    code = re.search(r"<textarea id=\"text\"[^>]*>([^<]*)<", page.text)[1].replace("&amp;", "&").replace("&#x27;", "'")  # type: ignore[index]
    assert " Valid " in verdict(app, code)
    from milepost.domains.licensing.qr_code import from_qr_text, qr_text

    signed = from_qr_text(code)
    altered = json.loads(json.dumps(signed))
    altered["credentialSubject"]["premises"] = "2 Wanyuan Street"
    longer = json.loads(json.dumps(signed))
    longer["validUntil"] = "2099-12-31T23:59:59+08:00"
    for forged in (
        qr_text(altered),
        json.dumps(longer),
        code[:-7],
        "MP1:",
        "{}",
        "null",
        "[" * 50_000,
        "\x00",
        code * 3,
    ):
        assert "Not valid" in verdict(app, forged)
    elsewhere = hall_app(tmp_path / "other", people=True)
    theirs = Visitor(elsewhere).sign_in("ann").get(f"{issued(elsewhere)}licence/")
    forged = re.search(r"<textarea id=\"text\"[^>]*>([^<]*)<", theirs.text)[1].replace("&amp;", "&")  # type: ignore[index]
    assert "Not valid" in verdict(app, forged), "another issuer's key is not ours, whatever name it signs in"
    assert "Not valid" in verdict(app, code, uscc="91110302MA02"), "a copy shown by another enterprise"
    assert " Valid " in verdict(app, code, uscc="91110302MA01")


def test_guessing_passwords_is_slowed_down_and_tells_nothing_of_names(app: Any) -> None:
    said = []
    for name in ("ma", "nobody-here"):
        visitor = Visitor(app)
        visitor.sign_in(name, "wrong wrong wrong")
        said.append((visitor.last.status, visitor.last.words.replace(name, "?")))
    assert said[0] == said[1]
    assert said[0][0] == 403
    for _ in range(8):
        visitor.sign_in("nobody-here", "wrong wrong wrong")
    assert visitor.last.status == 429
