"""A whole case by several people at once, each in a browser of their own: from the wizard to a revoked permit.

The applicant works in Chinese on a phone, two authorities in English at the same time, the lead department beside
them; a passer-by without an account verifies. Set MILEPOST_PICTURES to a folder to keep what was seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.browser_people import DESKTOP, PHONE, Somebody, in_browser, served
from fakes.hall_visits import PASSWORD, PDF, hall_app
from milepost.show.web.accounts import add_person

WHOLE = """() => {
  const svg = document.querySelector('.qr svg'), box = svg.getBoundingClientRect();
  const drawn = svg.querySelector('path:last-of-type').getBoundingClientRect();
  return box.width > 150 && drawn.width > 0.8 * box.width && drawn.right <= box.right && drawn.bottom <= box.bottom;
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = hall_app(tmp_path_factory.mktemp("hall"))
    add_person(app.site.accounts, "sun", "window", "all", PASSWORD)
    add_person(app.site.accounts, "sun", "decider", "desk=service_hall", PASSWORD)
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("papers") / "水质报告.pdf"
    path.write_bytes(PDF)
    return path


async def applies(ann: Somebody, paper: Path, place: str) -> str:
    """The applicant goes through the wizard in Chinese, by what the pages say alone."""
    page = ann.page
    await page.goto(f"{ann.site}/zh/apply/")
    await ann.look(f"1-wizard-{place}")
    await page.get_by_role("link", name="健身房").click()
    assert "经营的体育项目" in await page.locator("main").inner_text()
    await page.get_by_label("游泳").check()
    await ann.look(f"2-question-{place}")
    await page.get_by_role("button", name="下一步").click()
    await page.get_by_label("是", exact=True).check()
    await page.get_by_role("button", name="下一步").click()
    told = await page.locator("main").inner_text()
    assert "许可事项：2项" in told
    assert "经营高危险性体育项目许可" in told
    assert "泳池水质检测报告" in told
    await page.get_by_label("申请人名称").fill("蓝筝健身 <b>亦庄</b>")
    await page.get_by_label("经营场所地址").fill(f"荣华中路{place}号")
    await page.get_by_label("联系电话").fill("010-12345678")
    await page.get_by_label("泳池水质检测报告").set_input_files(str(paper))
    await ann.look(f"3-notice-{place}")
    await page.get_by_role("button", name="提交").click()
    assert "已完成：提交。" in await page.locator("main").inner_text()
    await ann.look(f"4-case-applicant-{place}")
    return page.url.split("?")[0].replace("/zh/", "/en/")


OPINION = {"f__result": "meets", "f__valid_until": "2030-06-30"}


def test_a_whole_case_by_three_people_and_the_lead_department_at_once(chromium: str, site: str, paper: Path) -> None:
    async def journey(browser: Any) -> None:
        ann, li, zhao, sun, cui, passer_by = await asyncio.gather(
            Somebody.come(browser, site, PHONE, "ann", "zh"),
            Somebody.come(browser, site, DESKTOP, "li"),
            Somebody.come(browser, site, PHONE, "zhao"),
            Somebody.come(browser, site, DESKTOP, "sun"),
            Somebody.come(browser, site, DESKTOP, "cui"),
            Somebody.come(browser, site, PHONE),
        )
        case = await applies(ann, paper, "8")
        await sun.page.goto(f"{site}/en/desk/")
        await sun.look("5-desk")
        await sun.page.locator(f'a.what[href$="{case.split("/en")[1]}"]').click()
        assert "Done: Accept" in await sun.act("accept")

        await asyncio.gather(*(one.page.goto(case) for one in (li, zhao)))
        await li.look("6-case-authority")
        said = await li.act("begin_testing", "high_risk_sport", told_days="7")
        assert "The applicant was told 7 days." in said
        assert "suspended" in said
        await li.look("7-suspended")
        told = await asyncio.gather(
            li.act("end_testing", "high_risk_sport"),
            zhao.act("give_opinion", "public_place_hygiene", f__permit_number="WS-2026-7", **OPINION),
        )
        assert all("Done:" in one for one in told)
        await zhao.look("8-case-authority-phone")
        await li.act("give_opinion", "high_risk_sport", f__permit_number="TY-2026-3", **OPINION)

        await sun.page.goto(case)
        for act in ("visit", "gather"):
            await sun.act(act)
        await cui.page.goto(case)
        decided = await asyncio.gather(sun.act("grant"), cui.act("grant"))
        told = ("Somebody acted on this case a moment before you", "the case has moved on")
        assert sum(any(words in one for words in told) for one in decided) == 1
        assert all("Granted" in one for one in decided)
        await cui.look("9-two-deciders")
        await sun.page.goto(case)
        assert "Issued" in await sun.act("issue")
        await sun.look("10-issued")

        await ann.page.goto(case.replace("/en/", "/zh/"))
        await ann.page.get_by_role("link", name="综合许可凭证").first.click()
        assert "TY-2026-3" in await ann.page.locator("article").inner_text()
        drawn = await ann.page.evaluate(WHOLE)
        assert drawn, "the code is drawn whole: its last module lies within the picture"
        await ann.look("11-licence-phone")
        await ann.page.locator("details.why summary").click()
        code = await ann.page.locator("#text").input_value()

        await passer_by.page.goto(f"{site}/zh/verify/")
        await passer_by.page.locator("#code").fill(code)
        await passer_by.page.locator("main form button").click()
        assert await passer_by.page.locator(".verdict-line").inner_text() == "有效"
        await passer_by.look("12-verified")

        await li.page.goto(f"{case}licence/")
        await li.act("revoke_part", "high_risk_sport", reason="The pool is no longer guarded.")
        await li.look("13-part-revoked")
        await passer_by.page.locator("main form button").click()
        assert await passer_by.page.locator(".verdict-line").inner_text() == "无效"
        parts = await passer_by.page.locator("table.parts tbody tr").all_inner_texts()
        assert ["已撤销" in part for part in parts] == [True, False]
        await passer_by.look("14-verified-revoked")

        bob = await Somebody.come(browser, site, DESKTOP, "bob")
        answers = []
        for address in (case, f"{site}/en/case/c{'0' * 20}/"):
            answer = await bob.page.goto(address)
            answers.append((answer.status, await answer.body()))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404

    in_browser(chromium, journey)


def test_an_officer_whose_session_ended_finds_the_words_again(chromium: str, site: str, paper: Path) -> None:
    async def journey(browser: Any) -> None:
        ann = await Somebody.come(browser, site, PHONE, "ann", "zh")
        sun = await Somebody.come(browser, site, DESKTOP, "sun")
        case = await applies(ann, paper, "9")
        await sun.page.goto(case)
        await sun.page.locator("#ask_completion summary").click()
        await sun.page.locator("#ask_completion textarea").fill("The plan of the pool is missing.")
        await sun.page.context.clear_cookies(name="milepost_session")
        await sun.page.locator("#ask_completion button").click()
        assert "what you typed comes back" in await sun.page.locator("main").inner_text()
        await sun.look("15-session-ended")
        await sun.page.locator("#password").fill(PASSWORD)
        await sun.page.locator("main form button").click()
        assert await sun.page.locator("#ask_completion textarea").input_value() == "The plan of the pool is missing."
        await sun.page.locator("#ask_completion button").click()
        assert "To be completed" in await sun.page.locator(".stand").inner_text()

    in_browser(chromium, journey)


def test_duties_are_assigned_taken_on_and_reported(chromium: str, site: str) -> None:
    async def journey(browser: Any) -> None:
        passer_by = await Somebody.come(browser, site, PHONE)
        await passer_by.page.goto(f"{site}/zh/duties/")
        assert "尚无人填报任何进展" in await passer_by.page.locator("main").inner_text()
        await passer_by.look("16-duties-phone")
        await passer_by.page.set_viewport_size(DESKTOP)
        await passer_by.page.goto(f"{site}/en/duties/")
        await passer_by.look("17-duties")
        await passer_by.page.locator(".duty-line a").first.click()
        await passer_by.look("18-duty")

    in_browser(chromium, journey)


def test_a_case_is_handled_with_the_keyboard_alone(chromium: str, site: str, paper: Path) -> None:
    async def journey(browser: Any) -> None:
        ann = await Somebody.come(browser, site, PHONE, "ann", "zh")
        case = await applies(ann, paper, "10")
        sun = await Somebody.come(browser, site, DESKTOP, "sun")
        await sun.page.goto(case)
        for _ in range(30):
            await sun.page.keyboard.press("Tab")
            if await sun.page.evaluate("document.activeElement.closest('#accept') !== null"):
                break
        shown = await sun.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert shown == "solid"
        async with sun.page.expect_navigation():
            await sun.page.keyboard.press("Enter")
        assert "Done: Accept" in await sun.page.locator("main").inner_text()

    in_browser(chromium, journey)
