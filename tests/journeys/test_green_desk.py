"""A certification by those it takes, each in a browser of their own: from the factory's page to the zone's count.

Ann is the energy manager, Gu sits at the green desk, Vera verifies, Cert certifies; a passer-by sees what is public.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.browser_people import DESKTOP, PHONE, Somebody, in_browser, served
from fakes.green_works import certify, green_app

pytestmark = pytest.mark.browser
ALPHA = "wing/carbon/site/alpha/"
BASELINE = {"f__baseline_year": "2021", "f__baseline_t": "900"}
INVENTORY = {"f__inventory_year": "2023", "f__location_t": "685.6", "f__market_t": "752.6"}
CERTIFICATE = {"f__certificate_code": "ZC-1", "f__standard": "ISO 14068-1", "f__valid_until": "2099-11-24"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    app = green_app(tmp_path_factory.mktemp("green"))
    for code in ("beta", "gamma"):
        certify(app.site.hall, code)
    return app


@pytest.fixture(scope="module")
def site(app: Any) -> Iterator[str]:
    with served(app) as address:
        yield address


async def certified_factories(somebody: Somebody) -> str:
    """What the zone's page tells of factories with a valid certificate."""
    await somebody.page.goto(f"{somebody.site}/en/wing/carbon/")
    block = somebody.page.locator("section.block.numbers li", has_text="Certified zero-carbon factories").first
    return str(await block.inner_text())


def test_a_certification_from_the_factorys_page_to_the_zones_count(chromium: str, site: str) -> None:
    async def journey(browser: Any) -> None:
        ann = await Somebody.come(browser, site, PHONE, "ann", "zh")
        vera = await Somebody.come(browser, site, DESKTOP, "vera")
        cert = await Somebody.come(browser, site, DESKTOP, "cert")
        gu = await Somebody.come(browser, site, DESKTOP, "gu")
        stranger = await Somebody.come(browser, site, DESKTOP)
        assert "no figure" in await certified_factories(stranger)

        case = await opens(ann)
        await ann.act("begin", **BASELINE)
        await ann.act("take_inventory", **INVENTORY)
        await ann.act("plan")
        await ann.look("green_case_zh")
        await from_the_desk(vera, case)
        await vera.act("verify", f__finding="reduced", f__residual_t="100")
        await vera.act("find_residual")
        assert "no figure" in await certified_factories(stranger), "nothing is certified yet"
        await ann.page.reload()
        await ann.act("retire_offset", f__retirement="CCER-17", f__offset_t="100")
        await from_the_desk(cert, case)
        assert "Certified" in await cert.act("certify", **CERTIFICATE)

        assert "3" in (await certified_factories(stranger)).splitlines()
        await stranger.look("green_zone")
        await ann.page.goto(f"{site}/zh/{ALPHA}")
        assert "已获证" in await ann.page.locator("section.block.case").inner_text()
        await ann.look("green_factory_zh")

        await from_the_desk(gu, case)
        assert "Lapsed" in await gu.act("lapse")
        assert "no figure" in await certified_factories(stranger), "two are fewer than may be told"
        await gu.page.goto(f"{site}/en/{ALPHA}")
        assert "Lapsed" in await gu.page.locator("section.block.case").inner_text()
        assert await gu.page.locator("section.block.case button").count() == 1, "the next one may be opened"
        await gu.look("green_factory")

    in_browser(chromium, journey)


async def opens(ann: Somebody) -> str:
    """Ann opens the case on her factory's page, twice, and is led to one case."""
    await ann.page.goto(f"{ann.site}/zh/{ALPHA}")
    await ann.look("green_factory_before_zh")
    again = await ann.page.context.new_page()
    await again.goto(f"{ann.site}/zh/{ALPHA}")
    for page in (ann.page, again):
        async with page.expect_navigation():
            await page.locator("section.block.case button").click()
    assert "已有同类案件在办" in await again.locator("main").inner_text(), "from the second page it is told"
    await again.close()
    assert "/case/c" in ann.page.url
    return str(ann.page.url).rstrip("/").rpartition("/")[2]


async def from_the_desk(officer: Somebody, case: str) -> None:
    """An officer finds the case on the desk, not by an address."""
    await officer.page.goto(f"{officer.site}/en/desk/")
    await officer.page.locator(f'a.what[href*="{case}"]').click()
    await officer.page.wait_for_url(f"**/case/{case}/")


def test_a_stranger_and_another_firm_are_refused_calmly(chromium: str, site: str, tmp_path: Path) -> None:
    async def journey(browser: Any) -> None:
        stranger = await Somebody.come(browser, site, PHONE)
        await stranger.page.goto(f"{site}/zh/{ALPHA}")
        assert "仅对企业本身及主管窗口开放" in await stranger.page.locator("h1").inner_text()
        await stranger.look("green_closed_zh")
        await stranger.page.locator("main a.button").click()
        await stranger.page.locator("#name").fill("bob")
        await stranger.page.locator("#password").fill("seven blue kites")
        async with stranger.page.expect_navigation():
            await stranger.page.locator("main form button").click()
        assert "bob" in await stranger.page.locator("main").inner_text()
        assert "685" not in await stranger.page.locator("main").inner_text()
        await stranger.page.goto(f"{site}/zh/wing/carbon/")
        links = await stranger.page.locator("section.block.things a").all_inner_texts()
        assert links == ["Beta works"]

    in_browser(chromium, journey)
