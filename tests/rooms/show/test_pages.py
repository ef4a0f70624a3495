"""The pages of the site, asked for as a server asks, on a small E-Town."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fakes.browsing import Answer, visit
from fakes.etown import PLAN, READINGS, TODAY, source_row, walk_on
from milepost.basics.errors import Trouble, TryAgain
from milepost.show.document import plan_document
from milepost.show.walk import Walk
from milepost.show.web.site import make_app

SHARE = "/{}/target/G2.gross_output_share/"


def site(walk: Callable[[date | None], Walk] = walk_on, **more: Any) -> Any:
    return make_app(walk, source_row, today=lambda: TODAY, **more)


@pytest.fixture(scope="module")
def app() -> Any:
    return site()


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def get(app: Any, address: str, **environ: str) -> Answer:
    return visit(app, address, **environ)


def test_the_plan_names_every_goal_action_item_and_target(app: Any, language: str) -> None:
    words = get(app, f"/{language}/").words
    names = [part.name[language] for part in (*PLAN.goals, *PLAN.actions, *PLAN.items())]
    names += [target.name[language] for goal in PLAN.goals for target in goal.targets]
    missing = [name for name in names if name.replace("'", "&#x27;") not in words]
    assert len(names) >= 26
    assert missing == []


def test_the_plan_says_openly_how_many_tasks_are_not_named(app: Any) -> None:
    assert "22 tasks were announced, 14 are named. The names of the other 8 are not public" in get(app, "/en/").words
    assert "公告称共22项任务，其中14项有名称。其余8项名称未公开" in get(app, "/zh/").words


def test_every_verdict_has_a_shape_of_its_own_and_its_word(app: Any) -> None:
    text = get(app, "/en/").text
    shapes = {part.split("</symbol>")[0].split(">", 1)[1] for part in text.split("<symbol ")[1:]}
    assert len(shapes) == 8
    for verdict in ("met", "on course", "at risk", "missed", "no evidence", "no number promised"):
        assert f'href="#lamp-{verdict.replace(" ", "-")}"/></svg><span>{verdict}</span>' in text


def test_the_scheme_names_the_bounds_of_the_zone() -> None:
    def strict(day: date | None) -> Walk:
        walk = walk_on(day)
        declared = replace(walk.zone.declared, settings=replace(walk.zone.declared.settings, on_course=0.85))
        return replace(walk, zone=replace(walk.zone, declared=declared))

    assert "the chance is 85 % or more" in get(site(strict), "/en/").words
    assert "the chance is 80 % or more" in get(site(), "/en/").words


def test_a_chance_is_whole_percent_and_stands_only_where_no_figure_has_decided(app: Any) -> None:
    text = get(app, "/en/").text
    assert "<strong>58\u202f%</strong>" in text
    assert "<strong>86\u202f%</strong>" in text
    assert "&gt;99" not in text, "a target that is met shows no chance"


def test_a_target_tells_what_was_promised_how_it_is_read_and_that_it_is_an_assumption(app: Any) -> None:
    words = get(app, "/en/target/G2.labour_productivity/").words
    assert "Overall labour productivity of about 650,000 yuan a person" in words
    assert "645,000 yuan or more" in words
    assert "This reading is an assumption" in words
    assert "about 650,000 yuan a person by 31 Dec 2025" in words


def test_a_target_without_evidence_shows_the_last_figure_and_its_age(app: Any) -> None:
    words = get(app, "/en/target/G2.labour_productivity/").words
    assert "no evidence" in words
    assert "over 3 years old, too old to judge by" in words
    assert "420,000 yuan a person (preliminary)" in words
    assert "8.1 years old" in words


def test_evidence_is_listed_newest_first_with_source_kind_area_and_row(app: Any) -> None:
    text = get(app, SHARE.format("en")).text
    table = text.split('<table class="evidence">')[1].split("</table>")[0]
    periods = [cell.split("</th>")[0] for cell in table.split('<th scope="row">')[1:]]
    assert periods[:3] == ["2025", "Jan–Jun 2025", "Jan–Mar 2024"]
    assert len(periods) == 14
    assert table.count("see the row</a>") == 14
    assert 'href="https://beijing.qianlong.com/2025/0728/8528755.shtml"' in table
    assert "Beijing Economic-Technological Development Area" in table


def test_a_promise_is_never_among_the_evidence_and_its_reason_is_told(app: Any) -> None:
    unused = get(app, SHARE.format("en")).text.split("Figures set aside")[1]
    assert "25\u202f% (a promise)" in unused
    assert "a promise is never evidence" in unused


def test_money_is_in_billion_yuan_in_english_and_yi_yuan_in_chinese(app: Any) -> None:
    assert "537.12 billion yuan" in get(app, SHARE.format("en")).words
    assert "5,371.2 亿元" in get(app, SHARE.format("zh")).words


def test_from_every_figure_on_the_plan_one_can_walk_to_its_row(app: Any, language: str) -> None:
    rows = {link for link in get(app, f"/{language}/").links() if "/row/" in link}
    assert len(rows) >= 6
    for link in rows:
        answer = get(app, link)
        assert answer.status == 200
        assert "published_figures.csv" in answer.words


def test_a_row_shows_every_column_as_received(app: Any) -> None:
    answer = get(app, "/en/row/figures-255/")
    for name, value in source_row("figures-255").items():
        assert f"<code>{name}</code>" in answer.text
        assert value in answer.text
    assert "Line 255" in answer.words


def test_a_row_without_a_date_of_publication_says_so(app: Any) -> None:
    assert "The source gives no full date of publication" in get(app, "/en/row/figures-811/").words
    assert "The source gives no full date of publication" not in get(app, "/en/row/figures-255/").words


def test_every_link_keeps_the_day_and_leads_to_a_page(app: Any, language: str) -> None:
    day = "known_on=2024-12-31"
    for address in (f"/{language}/", SHARE.format(language), f"/{language}/row/figures-255/", f"/{language}/method/"):
        # The links of the date picker lead to other days; today's has no day at all.
        body = get(app, f"{address}?{day}").text
        others = body.split('class="days"')[1].split("</span>")[0] if 'class="days"' in body else ""
        for link in get(app, f"{address}?{day}").links():
            assert get(app, link).status == 200, link
            if link not in others and not link.startswith("/static/"):
                assert day in link, link


def test_nothing_published_later_is_known_on_an_earlier_day(app: Any) -> None:
    assert "at least 2,300" in get(app, "/en/").words
    earlier = get(app, "/en/?known_on=2023-11-22")
    assert earlier.status == 200
    assert "at least 2,300" not in earlier.words
    assert get(app, "/en/row/figures-406/?known_on=2023-11-22").status == 404
    assert get(app, "/en/row/figures-406/").status == 200


def test_before_any_figure_there_is_no_evidence_and_the_page_stands(app: Any, language: str) -> None:
    for address in (f"/{language}/", SHARE.format(language), "/en/target/T3.av_stage/"):
        assert get(app, f"{address}?known_on=1999-12-31").status == 200
    words = get(app, "/en/?known_on=1999-12-31").words
    assert "7 no evidence" in words
    assert "There is no figure to draw" in get(app, SHARE.format("en") + "?known_on=1999-12-31").words


@pytest.mark.parametrize(
    "day", ["2023-13-01", "2023-02-30", "tomorrow", "20231122", "２０２３-11-22", "2023-W47-3", "0000-01-01", "<b>"]
)
def test_a_wrong_day_is_told_and_today_is_shown(app: Any, day: str) -> None:
    answer = get(app, f"/en/?known_on={day}")
    assert answer.status == 400
    assert "The day asked for is not a date" in answer.words
    assert "As known on 28 Jan 2026" in answer.words
    assert "<b>" not in answer.text.split('role="alert"')[1].split("</p>")[0]


def test_a_day_to_come_is_told_and_today_is_shown(app: Any) -> None:
    answer = get(app, "/zh/?known_on=2026-01-29")
    assert answer.status == 400
    assert "所填日期尚未到来" in answer.words
    assert get(app, "/zh/?known_on=2026-01-28").status == 200


@pytest.mark.parametrize(
    "address",
    [
        "/fr/",
        "/en/target/G9.nothing/",
        "/zh/row/nothing/",
        "/en/nothing/",
        "/en/row/../../etc/passwd/",
        "/static/x.css",
    ],
)
def test_an_unknown_address_is_calmly_not_found(app: Any, address: str) -> None:
    answer = get(app, address)
    assert answer.status == 404
    assert "There is no such page" in answer.words or "没有这个页面" in answer.words
    assert "Traceback" not in answer.text


def test_the_door_leads_to_the_language_the_browser_asks_for(app: Any) -> None:
    assert get(app, "/").headers["location"] == "/en/"
    assert get(app, "/", HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9,en;q=0.8").headers["location"] == "/zh/"
    assert get(app, "/?known_on=2024-12-31").headers["location"] == "/en/?known_on=2024-12-31"


def test_a_failure_names_codes_and_nothing_else(app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def failing(day: date | None) -> Walk:
        raise TryAgain(Trouble("K001", "a secret place", "wait"))

    def broken(day: date | None) -> Walk:
        raise ValueError("a secret value 4711")

    answer = get(site(failing), "/en/")
    assert answer.status == 503
    assert "K001" in answer.words
    assert "secret" not in answer.text
    answer = get(site(broken), "/zh/")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "4711" not in capsys.readouterr().err
    document = json.loads(get(site(failing), "/api/plan.json").body)
    assert [trouble["code"] for trouble in document["troubles"]] == ["K001"]


def test_a_walk_that_failed_is_tried_again() -> None:
    calls: list[date | None] = []

    def once_failing(day: date | None) -> Walk:
        calls.append(day)
        if len(calls) == 1:
            raise TryAgain(Trouble("K001", "busy", "wait"))
        return walk_on(day)

    app = site(once_failing)
    assert get(app, "/en/").status == 503
    assert get(app, "/en/").status == 200


def test_a_day_is_walked_once_however_many_ask_at_once() -> None:
    calls: list[date | None] = []
    gate = threading.Event()

    def slow(day: date | None) -> Walk:
        calls.append(day)
        gate.wait(10)
        return walk_on(day)

    app = site(slow)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(get(app, "/en/").status)) for _ in range(6)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(20)
    assert answers == [200] * 6
    assert calls == [TODAY]


def test_new_rows_make_the_walk_anew_and_taking_them_in_does_not_make_it_twice() -> None:
    kept = [0]
    calls: list[date | None] = []

    def taking_in(day: date | None) -> Walk:
        calls.append(day)
        kept[0] = max(kept[0], 1)
        return walk_on(day)

    app = site(taking_in, state=lambda: kept[0])
    get(app, "/en/"), get(app, "/zh/")
    assert len(calls) == 1
    kept[0] = 2
    get(app, "/en/")
    assert len(calls) == 2


def test_answers_allow_no_script_no_frame_and_no_guessing(app: Any) -> None:
    for address in ("/en/", "/en/nothing/", "/api/plan.json", "/health"):
        headers = get(app, address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"


def test_pages_hold_no_script_and_no_inline_style(app: Any, language: str) -> None:
    for address in (f"/{language}/", SHARE.format(language), f"/{language}/row/figures-255/", f"/{language}/method/"):
        text = get(app, address).text
        assert "<script" not in text
        assert "style=" not in text
        assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}">' in text


def test_only_reading_is_allowed_and_only_this_machine_is_served(app: Any) -> None:
    assert visit(app, "/en/", method="POST").status == 405
    assert get(app, "/en/", HTTP_HOST="evil.example").status == 400


def test_hostile_words_of_a_record_stay_words() -> None:
    bad = replace(
        READINGS[8], source_title='<script>alert("x")</script>', source_url="javascript:alert(1)", note="<img src=x>"
    )

    def hostile(day: date | None) -> Walk:
        walk = walk_on(day)
        outlook = walk.outlooks["G2.gross_output_share"]
        outlook = replace(outlook, evidence=(bad, *outlook.evidence))
        return replace(walk, outlooks={**walk.outlooks, "G2.gross_output_share": outlook})

    app = make_app(hostile, lambda _: {"note": "<img src=x>", "source_url": "javascript:alert(1)"}, lambda: TODAY)
    for address in (SHARE.format("en"), "/en/row/figures-255/"):
        text = get(app, address).text
        assert "<script" not in text
        assert "<img" not in text
        assert 'href="javascript' not in text


def test_the_document_is_the_same_as_the_command_lines(app: Any) -> None:
    given = json.loads(get(app, "/api/plan.json?known_on=2024-12-31").body)
    assert given == json.loads(json.dumps(plan_document(walk_on(date(2024, 12, 31)))))
    wrong = get(app, "/api/plan.json?known_on=2999-01-01")
    assert wrong.status == 400
    assert json.loads(wrong.body)["troubles"][0]["code"] == "S103"
    assert json.loads(get(app, "/api/nothing").body)["troubles"][0]["code"] == "S105"


def test_health_walks_nothing() -> None:
    def never(day: date | None) -> Walk:
        raise AssertionError

    assert json.loads(get(site(never), "/health").body) == {"status": "ok"}


def test_a_page_that_has_not_changed_is_not_sent_again(app: Any) -> None:
    first = get(app, "/en/")
    again = get(app, "/en/", HTTP_IF_NONE_MATCH=first.headers["etag"])
    assert again.status == 304
    assert again.body == b""
