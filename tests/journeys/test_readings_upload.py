"""Readings sent in a browser: progress is seen, refused rows are listed, fetched, mended and sent again.

Ann is the energy manager; her file holds 20,000 readings of a minute each, five of them wrong.
"""

from __future__ import annotations

import contextlib
import csv
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.browser_people import DESKTOP, Somebody, in_browser, served
from fakes.green_works import READING_COLUMNS, green_app
from milepost.plan.zone import Zone
from milepost.show.hall.reception import Reception, TakeIn
from milepost.show.hall.sending import own_rows
from milepost.show.intake import Intake, take_in
from milepost.show.today import today_in
from milepost.show.walk import store_of

pytestmark = pytest.mark.browser
LOOK = "[document.querySelector('main').innerText, !document.querySelector('meta[http-equiv=refresh]')]"
COUNT = 20_000
PAUSE_SECONDS = 3.0  # the page looks again every two
REGISTER = "carbon.meter_reading"
WRONG = {
    11: ("energy_kwh", "-1800"),
    21: ("meter_code", "A-9"),
    31: ("begins_at", "2024-02-30"),
    41: ("energy_kwh", "a lot"),
}
"""The line of the file, the column that is spoilt in it, and what stands there; line 51 is line 50 again."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = green_app(tmp_path_factory.mktemp("green"))
    app.site.reception = Reception(app.site.hall.folder / "arriving", unhurried(app.site.hall.zone))
    with served(app) as address:
        yield address


def unhurried(zone: Zone) -> TakeIn:
    """Take a file in as the site does, with a pause when a step has come to its first rows, so that it can be seen."""

    def take(
        register: str, file: Path, who: str, told: Callable[[str, int, int], None], parties: tuple[str, ...]
    ) -> Intake:
        paused: set[str] = set()

        def tell(step: str, done: int, of: int) -> None:
            told(step, done, of)
            if done and step not in paused:
                paused.add(step)
                time.sleep(PAUSE_SECONDS)

        own = own_rows(zone, register, parties, today_in(zone))
        return take_in(zone, store_of(zone), file, register, today_in(zone), who, told=tell, own=own)

    return take


def reading(minute: int) -> dict[str, str]:
    """What the press shop's meter read in a minute of 2024."""
    at = datetime(2024, 1, 1) + timedelta(minutes=minute)
    cells = ("A-1", "A-1-1", f"{at:%Y-%m-%d %H:%M:%S}", str(1800 + minute % 3), str(2_000_000 + 1802 * minute))
    return dict(zip(READING_COLUMNS.split(","), cells, strict=True))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def spoilt(path: Path) -> Path:
    """Readings of a minute each, with faults; the one in line 51 is missing, for line 50 stands there again."""
    rows = [reading(minute) for minute in range(COUNT)]
    for line, (column, cell) in WRONG.items():
        rows[line - 2][column] = cell
    rows[51 - 2] = rows[50 - 2]
    return write(path, rows)


def mended(fetched: Path, path: Path) -> Path:
    """The refused rows as a person would mend them in a table: the doubled one deleted, the others put right."""
    with fetched.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["退回行号"]) for row in rows] == [*WRONG, 51]
    assert "时段电量为负" in "".join(row["退回原因"] for row in rows)
    for row in rows:
        column = WRONG.get(int(row["退回行号"]), ("",))[0]
        row |= {column: reading(int(row["退回行号"]) - 2)[column]} if column else {}
    return write(path, rows[:-1])


async def sends(ann: Somebody, file: Path) -> list[str]:
    """Send a file by the form and watch its page until it is over; give what it told on the way."""
    await ann.page.locator("#file").set_input_files(file)
    async with ann.page.expect_navigation(timeout=60_000):
        await ann.page.locator("main form.form button").click()
    from playwright.async_api import Error

    told: list[str] = []
    for _ in range(600):
        with contextlib.suppress(Error):  # the page was just going to look again
            words, is_over = await ann.page.evaluate(LOOK)
            told += [words] if not told or words != told[-1] else []
            if is_over:
                return told
        await ann.page.wait_for_timeout(250)
    raise AssertionError(f"the delivery did not end: {told[-1]}")


async def counts(ann: Somebody) -> dict[str, str]:
    """The counts of a verdict, by their words."""
    found = await ann.page.locator("main ul.numbers li").all_inner_texts()
    return dict((*one.split("\n"), "")[:2] for one in found)


def test_readings_are_sent_refused_mended_and_sent_again(chromium: str, site: str, tmp_path: Path) -> None:
    async def journey(browser: Any) -> None:
        ann = await Somebody.come(browser, site, DESKTOP, "ann", "zh")
        await ann.page.goto(f"{site}/zh/wing/carbon/meter/A-1/")
        await ann.page.locator("section.block.records a").click()
        await ann.page.wait_for_url(f"**/records/{REGISTER}/")

        told = await sends(ann, spoilt(tmp_path / "press.csv"))
        on_the_way = "\n".join(told[:-1])
        for words in ("正在接收", "读取", "检查", "保存", f"{COUNT:,}"):
            assert words in on_the_way
        assert any(f"{COUNT - 5:,}" in words for words in told[:-1]), "while it is kept"
        assert await counts(ann) == {
            "接受": f"{COUNT - 5:,}",
            "退回": "5",
            **dict.fromkeys(("有提示", "暂不公布", "已保存过"), "0"),
        }
        lines = await ann.page.locator("section:has(h2:text('退回的行')) tbody th").all_inner_texts()
        assert lines == ["11", "21", "31", "41", "51"]
        listed = await ann.page.locator("section:has(h2:text('退回的行'))").inner_text()
        for words in ("时段电量为负", "该行不属于您可报送的对象"):
            assert words in listed
        assert "a lot" not in await ann.page.content(), "no value of a row is shown"
        await ann.look("readings_refused_zh")

        async with ann.page.expect_download() as coming:
            await ann.page.locator("section:has(h2:text('退回的行')) a[href$='.csv']").click()
        fetched = tmp_path / "refused.csv"
        await (await coming.value).save_as(fetched)
        await ann.page.locator("a.button", has_text="报送更正后的行").click()
        await sends(ann, mended(fetched, tmp_path / "mended.csv"))
        again = await counts(ann)
        assert (again["接受"], again["退回"]) == ("4", "0")
        await ann.look("readings_mended_zh")

        await ann.page.goto(f"{site}/en/wing/carbon/meter/A-1/")
        read = sum(int(reading(minute)["energy_kwh"]) for minute in range(COUNT) if minute != 51 - 2)
        assert f"{read:,}" in await ann.page.locator("main").inner_text(), "every minute but the one of line 51"

    in_browser(chromium, journey)
