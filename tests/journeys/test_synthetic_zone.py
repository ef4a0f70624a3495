"""The synthetic zone from its files to its pages: marked on every one, its changes divided, and guarded where it is not
public.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fakes.browsing import visit
from milepost.domains.industry.made_zone import Wanted
from milepost.show.catalogue import open_zone
from milepost.show.command import main
from milepost.show.hall.hall import open_hall
from milepost.show.rooms import Rooms, _ask, _explain, _walk
from milepost.show.today import today_in
from milepost.show.web.site import make_app

MARK = {"en": "SYNTHETIC: every enterprise", "zh": "合成数据：此处所有企业"}
PAGES = (
    "", "wings/", "wing/industry/", "ask/industry.ledger/", "ask/industry.growth/", "ask/industry.change/",
    "ask/industry.concentration/", "ask/industry.chain_gaps/", "ask/industry.tracker/", "ask/industry.classify/",
    "ask/industry.review/", "target/G1.gross_output/", "target/G1.productivity/", "scoreboard/", "method/", "records/",
    "records/industry.return/",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(repository: Path, tmp_path_factory: Any) -> Path:
    loader = importlib.machinery.SourceFileLoader("synthetic_zone", str(repository / "scripts/synthetic-zone"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("synthetic_zone", loader))
    loader.exec_module(module)
    where = tmp_path_factory.mktemp("synthetic") / "zone"
    module.write(where, Wanted(enterprises=400, above_scale=120, seed=3))
    return where


def private(folder: Path) -> Path:
    """The same zone where nothing is public, as one with real records would be."""
    text = (folder / "zone.yaml").read_text("utf-8")
    start, end = text.index("# Nobody stands behind"), text.index("\nareas:")
    (folder / "zone.yaml").write_text(text[:start] + text[end:], "utf-8")
    return folder


def app_of(folder: Path) -> Any:
    zone = open_zone(folder)
    return make_app(
        lambda day: _walk(zone, day, None), lambda _: {}, lambda: today_in(zone), hall=open_hall(zone),
        ask=lambda study, given, day: _ask(zone, study, given, day), explain=lambda a, b: _explain(zone, a, b),
    )  # fmt: skip


@pytest.fixture(scope="module")
def app(folder: Path) -> Any:
    return app_of(folder)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_it_is_synthetic(app: Any, page: str, language: str) -> None:
    found = visit(app, f"/{language}/{page}")
    assert found.status == 200 and MARK[language] in found.words


def test_an_address_that_leads_nowhere_says_so_too(app: Any) -> None:
    found = visit(app, "/zh/nowhere/")
    assert found.status == 404 and MARK["zh"] in found.words


def test_the_statement_is_printed_to_the_fen_and_reconciles(app: Any) -> None:
    words = visit(app, "/en/ask/industry.ledger/").words
    assert "total of the returns 724,730,000,000.00" in words and "difference 0.00 0.00" in words


def test_a_threshold_is_typed_in_the_unit_that_stands_beside_it(app: Any) -> None:
    assert "× 0.1 billion yuan" in visit(app, "/en/ask/industry.tracker/").words
    assert "亿元" in visit(app, "/zh/ask/industry.tracker/").words


def test_documents_of_the_site_say_that_they_are_synthetic(app: Any) -> None:
    for address in ("/api/plan.json", "/api/ask/industry.ledger.json"):
        assert json.loads(visit(app, address).body)["notice"]["en"].startswith("SYNTHETIC")


def test_a_target_of_computed_figures_is_divided_in_every_way(app: Any) -> None:
    page = visit(app, "/en/target/G1.gross_output/").words
    heads = ("By enterprise", "By what happened to the panel", "By cluster", "By industry", "By factor", "shift-share")
    assert [head for head in heads if head not in page] == []
    assert "9199" in page, "the synthetic zone is public: its firms are named with what they moved"
    assert "By numerator and denominator" in visit(app, "/en/target/G1.productivity/").words


def test_every_figure_of_a_wing_leads_to_where_it_comes_from(app: Any) -> None:
    links = {link for link in visit(app, "/en/wing/industry/").links() if "/row/" in link}
    assert any("measured:" in link for link in links)
    for link in links:
        assert visit(app, link).status == 200, link


def run(capsys: Any, *arguments: str) -> str:
    assert main(list(arguments), Rooms()) == 0
    return str(capsys.readouterr().out)


def test_the_command_line_explains_and_marks(folder: Path, capsys: Any) -> None:
    told = json.loads(run(capsys, "explain", str(folder), "industry.gross_output", "--from", "2022", "--json"))
    assert told["notice"]["zh"].startswith("合成数据")
    assert (told["from"]["value"], told["to"]["value"]) == (5371.2, 7247.3)
    for one in told["divisions"]:
        assert sum(part["value"] for part in one["parts"]) == pytest.approx(told["change"])
    assert told["asked_further"] == {"study": "industry.change", "set": {"measure": "gross_output"}}
    text = run(capsys, "explain", str(folder), "industry.industrial_rd_intensity", "--language", "zh")
    assert text.startswith("[合成数据") and "按分子与分母" in text
    for verb in (("walk",), ("ask", "industry.ledger")):
        out = run(capsys, verb[0], str(folder), *verb[1:])
        assert out.startswith("[SYNTHETIC")


def test_published_figures_of_one_area_are_explained_where_nothing_is_computed(
    repository: Path, tmp_path: Path, capsys: Any
) -> None:
    where = tmp_path / "etown"
    shutil.copytree(repository / "zones/etown", where, ignore=shutil.ignore_patterns("data"))
    told = json.loads(run(capsys, "explain", str(where), "industry.gross_output", "--to", "2022", "--json"))
    assert (told["basis"], told["from"]["period"], told["to"]["period"]) == ("published", "2021", "2022")
    parts = {one["part"]: one["value"] for one in told["account"]}
    # Up 5.7 percent as published, down 10.5 percent as totals: the panel, the prices and the vaccines are the rest.
    assert parts["published_growth"] > 0 > parts["unexplained"] and told["divisions"] == []
    assert sum(parts.values()) == pytest.approx(told["change"]) and told["asked_further"] is None


def test_an_indicator_without_two_figures_says_which_there_are(folder: Path, capsys: Any) -> None:
    assert main(["explain", str(folder), "industry.gross_output", "--from", "2001"], Rooms()) == 1
    assert "M007" in (told := capsys.readouterr().err) and "2019" in told
    assert main(["explain", str(folder), "industry.gross_outputs"], Rooms()) == 1
    assert "M003" in capsys.readouterr().err


def test_a_zone_that_is_not_public_tells_of_no_single_firm(repository: Path, tmp_path: Path, folder: Path) -> None:
    where = tmp_path / "zone"
    shutil.copytree(folder, where)
    app = app_of(private(where))
    for page in ("target/G1.gross_output/", "ask/industry.change/", "ask/industry.growth/", "ask/industry.tracker/"):
        found = visit(app, f"/en/{page}")
        assert found.status == 200
        assert "the largest together" in found.words or "withheld" in found.words
    words = visit(app, "/en/target/G1.gross_output/").words
    assert "Parts of fewer than 3 are put together" in words
    document = json.loads(visit(app, "/api/ask/industry.change.json").body)
    movers = next(table for table in document["tables"] if table["id"] == "movers")
    assert all(row["change"] is None for row in movers["rows"] if row["enterprises"] is None)
    assert [row["change"] for row in movers["rows"]][-1] is not None, "five together may be told"
    tracked = json.loads(visit(app, "/api/ask/industry.tracker.json").body)
    dependence = next(table for table in tracked["tables"] if table["id"] == "dependence")
    assert all(row[f"without_{n}"] is None for row in dependence["rows"] for n in range(1, 6))


def test_what_was_known_on_a_day_is_explained_as_of_that_day(folder: Path, capsys: Any) -> None:
    before = date(2020, 1, 1).isoformat()
    assert main(["explain", str(folder), "industry.gross_output", "--known-on", before], Rooms()) == 1
    assert "M007" in capsys.readouterr().err


def test_every_file_that_leaves_is_marked(folder: Path, tmp_path: Path, capsys: Any) -> None:
    for name in ("out.csv", "out.json"):
        form = ["--as", "sdmx-json"] if name.endswith("json") else []
        run(capsys, "export", str(folder), str(tmp_path / name), *form)
    lines = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) > 1 and all("SYNTHETIC" in line for line in lines[1:])
    assert "SYNTHETIC" in (tmp_path / "out.structure.json").read_text("utf-8")
    run(capsys, "export", str(folder), str(tmp_path / "rows"), "--register", "industry.node")
    assert (tmp_path / "rows/register.yaml").read_text("utf-8").startswith("# SYNTHETIC")
