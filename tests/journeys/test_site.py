"""A visitor walks from the plan to a target and to the row of the file, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from fakes.browser_people import served
from fakes.contrast import CONTRAST
from fakes.etown import TODAY, source_row, walk_on

SIZES = {"desktop": (1280, 900), "phone": (390, 844), "small phone": (360, 640)}
WORDS = {
    "en": {"target": "Over a quarter of the city's industrial output", "row": "see the row", "day": "22 Nov 2023"},
    "zh": {"target": "工业总产值占全市四分之一以上", "row": "查看原始行", "day": "2023年11月22日"},
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    from milepost.show.web.site import make_app

    app = make_app(walk_on, source_row, today=lambda: TODAY)
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        opened = running.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    width, height = SIZES[request.param]
    opened = browser.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("requestfailed", lambda asked: complaints.append(asked.url) if _is_fault(asked) else None)
    yield opened
    opened.close()
    assert complaints == []


def _is_fault(asked: Any) -> bool:
    """A request that the browser drops because the visitor has already gone on is no fault of the site."""
    return "ERR_ABORTED" not in (asked.failure or "")


def _fits(page: Any) -> None:
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1], f"{page.url} scrolls sideways: {wide}"


@pytest.mark.parametrize("language", WORDS)
def test_from_the_plan_to_a_target_to_the_row_of_the_file(page: Any, site: str, language: str) -> None:
    words = WORDS[language]
    page.goto(f"{site}/{language}/")
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if language == "zh" else "en")
    _fits(page)
    page.get_by_role("link", name=words["target"]).click()
    assert page.get_by_role("heading", level=1).inner_text() == words["target"]
    assert page.locator("svg.chart:visible[role=group]").count() == 1
    _fits(page)
    page.get_by_role("link", name=words["row"]).first.click()
    received = page.locator("table.received").inner_text()
    assert "gio_above_scale" in received
    assert "http://big5.news.cn" in received
    assert "published_figures.csv" in page.locator("main").inner_text()
    _fits(page)
    page.get_by_role("link", name=words["target"]).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == words["target"]


def test_a_mark_of_the_chart_leads_to_its_row(page: Any, site: str) -> None:
    page.goto(f"{site}/en/target/G2.gross_output_share/")
    page.locator("svg.chart:visible a.mark").last.click()
    assert "22.2" in page.locator("table.received").inner_text()


@pytest.mark.parametrize("language", WORDS)
def test_another_day_is_picked_and_kept_from_page_to_page(page: Any, site: str, language: str) -> None:
    page.goto(f"{site}/{language}/")
    page.locator("#known-on").fill("2023-11-22")
    page.locator("form.day button").click()
    assert "known_on=2023-11-22" in page.url
    assert WORDS[language]["day"] in page.locator("footer").inner_text()
    page.get_by_role("link", name=WORDS[language]["target"]).click()
    assert "known_on=2023-11-22" in page.url
    page.locator("header nav a[hreflang]").click()
    assert "known_on=2023-11-22" in page.url
    other = "zh" if language == "en" else "en"
    assert f"/{other}/target/" in page.url
    assert WORDS[other]["day"] in page.locator("footer").inner_text()


def test_the_first_tab_leads_past_the_head_and_focus_is_seen(page: Any, site: str) -> None:
    page.goto(f"{site}/en/")
    page.keyboard.press("Tab")
    focused = page.evaluate("[document.activeElement.className, getComputedStyle(document.activeElement).outlineStyle]")
    assert focused == ["skip", "solid"]
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


@pytest.mark.parametrize(
    "address", ["/en/", "/zh/target/G2.gross_output_share/", "/en/row/figures-811/", "/zh/method/"]
)
def test_every_text_stands_out_from_its_ground(page: Any, site: str, address: str) -> None:
    page.goto(site + address)
    assert page.evaluate(CONTRAST) == []


def test_a_page_that_is_not_there_leads_home(browser: Any, site: str) -> None:
    opened = browser.new_page()
    answer = opened.goto(f"{site}/zh/target/nothing/")
    assert answer.status == 404
    opened.get_by_role("link").first.click()
    assert re.search(r"/zh/$", opened.url)
    opened.close()
