"""People at a site, each in a browser window of their own. Set MILEPOST_PICTURES to a folder to keep what was seen."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import make_server

import pytest

from fakes.contrast import CONTRAST
from fakes.hall_visits import PASSWORD
from fakes.quiet_server import Quiet, Server

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of an application that is served while it is wanted."""
    server = make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def in_browser(chromium: str, journey: Callable[[Any], Awaitable[None]]) -> None:
    """Let a journey happen in one browser with as many windows as it opens."""
    playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")

    async def run() -> None:
        async with playwright.async_playwright() as running:
            browser = await running.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
            )
            await journey(browser)
            await browser.close()

    asyncio.run(run())


class Somebody:
    """A person with a browser window of their own: nothing is shared with the others."""

    def __init__(self, page: Any, site: str) -> None:
        self.page, self.site, self.complaints = page, site, list[str]()
        page.on("console", lambda told: self._hear(told))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, told: Any) -> None:
        # A refusal is told with its status; the browser notes the status as an error of loading.
        if told.type == "error" and "status of 4" not in told.text:
            self.complaints.append(told.text)

    @classmethod
    async def come(
        cls, browser: Any, site: str, size: dict[str, int], name: str = "", language: str = "en"
    ) -> Somebody:
        context = await browser.new_context(viewport=size, locale="zh-CN" if language == "zh" else "en-GB")
        somebody = cls(await context.new_page(), site)
        if name:
            await somebody.page.goto(f"{site}/{language}/sign-in/")
            await somebody.page.locator("#name").fill(name)
            await somebody.page.locator("#password").fill(PASSWORD)
            await somebody.page.locator("main form button").click()
        return somebody

    async def look(self, name: str) -> None:
        """The page fits, is silent, its text stands out, and it is kept as a picture where a folder is named."""
        assert await self.page.evaluate(CONTRAST) == []
        wide = await self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide[0] <= wide[1], f"{self.page.url} scrolls sideways: {wide}"
        assert self.complaints == []
        if folder := os.environ.get("MILEPOST_PICTURES"):
            await self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    async def act(self, act: str, branch: str = "", **typed: str) -> str:
        """Do an act by its form and give what the page then says."""
        here = f"#{act}-{branch}" if branch else f"#{act}"
        await self.page.locator(here).wait_for()
        if await self.page.locator(f"details{here}").count() and not await self.page.locator(f"{here}[open]").count():
            await self.page.locator(f"{here} summary").click()
        for name, value in typed.items():
            field = self.page.locator(f'{here} [name="{name.replace("__", ".")}"]')
            if await field.first.get_attribute("type") == "radio":
                await self.page.locator(f'{here} [value="{value}"]').check()
            else:
                await field.fill(value)
        async with self.page.expect_navigation():
            await self.page.locator(f"{here} button").click()
        return str(await self.page.locator("main").inner_text())
