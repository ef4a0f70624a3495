"""Pages of single things: a firm sees its own, the desk in charge sees all, and everybody else the same calm page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from fakes.browsing import visit
from fakes.green_works import green_app
from fakes.hall_visits import Visitor, forms
from milepost.show.catalogue import open_zone
from milepost.show.hall.about import open_by_command
from milepost.show.rooms import site_of

ALPHA, PRESS, METER = (f"/en/wing/carbon/{one}/" for one in ("site/alpha", "site/alpha-press", "meter/A-2"))
OF_ALPHA = ("1,234.5", "685.6413")
"""What only those may read whose factory it is: the power it bought [MWh], and what that emitted [t]."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return green_app(tmp_path_factory.mktemp("green"))


@pytest.fixture(scope="module")
def ann(app: Any) -> Visitor:
    return Visitor(app).sign_in("ann")


def main(text: str) -> str:
    """The page's own part, without addresses and what a form carries."""
    found = re.search(r"<main.*?</main>", text, re.DOTALL)
    assert found
    return re.sub(r'href="[^"]*"', "", found[0])


def test_a_firm_sees_its_factory_with_both_figures_its_balance_and_its_parts(ann: Visitor) -> None:
    page = ann.get(ALPHA)
    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    for told in (
        *OF_ALPHA,
        "752.5512",
        "Energy balance",
        "Renewable electricity",
        "The cheapest path",
        "No case is kept",
    ):
        assert told in page.words
    for link in (PRESS, "/en/wing/carbon/site/alpha-paint/", "/en/wing/carbon/meter/A-0/"):
        assert link in page.links()


def test_a_workshop_tells_its_share_and_a_meter_what_is_wrong_with_it(ann: Visitor) -> None:
    page = ann.get(PRESS)
    assert "657,000" in page.words, "1,800 kWh on 365 days"
    assert "364.8978" in page.words and "400.5072" in page.words, "at 0.5554 and 0.6096 t a MWh"
    assert ALPHA in page.links()
    page = ann.get(METER)
    for told in ("Readings lack", "2023-01-31 00:00", "The index fell", "1 rows of carbon.meter_reading"):
        assert told in page.words
    for link in (ALPHA, "/en/wing/carbon/site/alpha-paint/", "/en/wing/carbon/meter/A-0/"):
        assert link in page.links(), "its place in the tree"
    assessed = ann.get(ALPHA.replace("/en/", "/zh/"))
    assert "T/CECA-G 0171-2022《零碳工厂评价规范》，Ⅰ型六星" in assessed.words
    assert "six stars" not in assessed.words
    chinese = ann.get(METER.replace("/en/", "/zh/"))
    assert "示数下降" in chinese.words and "缺少读数" in chinese.words


@pytest.mark.parametrize("name", ["", "bob", "hall", "every"])
def test_to_everybody_else_it_is_the_same_page_as_for_a_code_that_nobody_has(app: Any, name: str) -> None:
    visitor = Visitor(app).sign_in(name) if name else Visitor(app)
    told, nobodys = visitor.get(ALPHA), visitor.get("/en/wing/carbon/site/omega/")
    assert (told.status, nobodys.status) == (403, 403)
    assert main(told.text) == main(nobodys.text)
    assert "For the firm itself and for those in charge" in told.words
    assert not [figure for figure in OF_ALPHA if figure in told.text]
    assert ("Sign in" in main(told.text)) is not bool(name)


def test_the_desk_in_charge_sees_every_factory_and_the_other_firm_only_its_own(app: Any) -> None:
    listed = {name: Visitor(app).sign_in(name).get("/en/wing/carbon/").links() for name in ("gu", "ann")}
    of_both = [f"/en/wing/carbon/site/{code}/" for code in ("alpha", "beta")]
    assert [link in listed["gu"] for link in of_both] == [True, True]
    assert [link in listed["ann"] for link in of_both] == [True, False]
    stranger = visit(app, "/en/wing/carbon/")
    assert not [link for link in of_both if link in stranger.links()]
    assert "Not shown to you: 3" in stranger.words
    assert "Not shown to you: fewer than 3" in Visitor(app).sign_in("ann").get("/en/wing/carbon/").words
    found = Visitor(app).sign_in("gu").get("/en/wing/carbon/?find=BETA")
    assert [link in found.links() for link in of_both] == [False, True]


def test_somebody_at_every_window_has_the_cases_of_each_and_no_firms_figures(app: Any) -> None:
    hall = app.site.hall
    case = open_by_command(hall, "zero_carbon_factory", "alpha", "gu", "window", hall.today())
    every, green, other = (Visitor(app).sign_in(name) for name in ("every", "gu", "hall"))
    for visitor, sees_case, sees_page in ((every, True, False), (green, True, True), (other, False, False)):
        assert (visitor.get(f"/en/case/{case.id}/").status == 200) is sees_case
        assert any(f"/case/{case.id}/" in link for link in visitor.get("/en/desk/").links()) is sees_case
        assert (visitor.get(ALPHA).status == 200) is sees_page
        assert (ALPHA in visitor.get("/en/wing/carbon/").links()) is sees_page
    assert Visitor(app).sign_in("stat").get(ALPHA).status == 200, "a figure of the zone is defended by its rows"


def test_what_one_sees_on_the_page_does_not_leave_by_another_door(app: Any, ann: Visitor) -> None:
    ann.get(ALPHA)
    for visitor in (ann, Visitor(app)):
        answer = visitor.get("/api/ask/carbon.inventory.json?site=alpha")
        assert json.loads(answer.body)["study"] == "carbon.inventory"
        assert not [figure.replace(",", "") for figure in OF_ALPHA if figure.replace(",", "") in answer.text]
    assert OF_ALPHA[1] not in Visitor(app).get("/en/ask/carbon.inventory/?site=alpha&asked=yes").text


def test_pages_are_only_of_what_a_wing_declares(app: Any) -> None:
    assert visit(app, "/en/wing/carbon/nothing/alpha/").status == 404
    assert visit(app, "/en/wing/nothing/site/alpha/").status == 404
    assert visit(app, ALPHA, "POST").status == 405


def test_a_public_register_opens_its_pages_to_all_and_no_case_to_anybody(repository: Path, tmp_path: Path) -> None:
    zone = shutil.copytree(repository / "examples/two_scope2", tmp_path / "z", ignore=shutil.ignore_patterns("data"))
    page = visit(site_of(open_zone(zone)), "/en/wing/carbon/site/works/")
    assert page.status == 200
    assert "5,306" in page.words and "3,048" in page.words
    assert "Certification" not in page.words
    assert not [form for form in forms(page) if form["method"] == "post"]
