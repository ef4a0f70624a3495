"""A small zone walked by command line: what may change the answer, and what may not."""

import csv
import json
import random
import shutil

import pytest

from milepost.show.command import main

DAY = "2025-03-01"
FIGURES = "records/published_figures.csv"


def walked(capsys, zone, *more):
    assert main(["walk", str(zone), "--known-on", DAY, "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def zone(repository, tmp_path):
    return shutil.copytree(
        repository / "examples/harbour_city", tmp_path / "zone", ignore=shutil.ignore_patterns("data")
    )


@pytest.fixture
def known(zone, capsys):
    """What the walk of the zone as it ships says of each target."""
    return walked(capsys, zone)["targets"]


def rewritten(zone, change):
    """The zone's figures rewritten, and nothing kept of before."""
    shutil.rmtree(zone / "data")
    with (zone / FIGURES).open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    with (zone / FIGURES).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *change(rows, head.index("published_on"))])


def test_the_same_question_has_the_same_answer(zone, known, capsys):
    assert [target["id"] for target in known] == ["G1.output_share", "T1.high_tech_enterprises"]
    assert walked(capsys, zone)["targets"] == known


def test_order_of_records_does_not_matter(zone, known, capsys):
    rewritten(zone, lambda rows, _: random.Random(2).sample(rows, len(rows)))
    assert walked(capsys, zone)["targets"] == known


def test_figures_published_later_may_as_well_not_exist(zone, known, capsys):
    kept = []

    def change(rows, published_on):
        kept.extend(row for row in rows if row[published_on] <= DAY)
        assert 0 < len(kept) < len(rows)
        return kept

    rewritten(zone, change)
    document = walked(capsys, zone)
    assert document["targets"] == known
    assert document["reading_count"] == len(kept)


def test_a_planted_figure_of_later_changes_nothing(zone, known, capsys, tmp_path):
    lines = (zone / FIGURES).read_text("utf-8").splitlines()
    planted = lines[1].replace("9.6", "80").replace("2022-02-20", "2025-03-02")
    (tmp_path / "later.csv").write_text(f"{lines[0]}\n{planted}\n", "utf-8")
    assert main(["receive", str(zone), "published_figures", str(tmp_path / "later.csv")]) == 0
    capsys.readouterr()
    assert walked(capsys, zone)["targets"] == known
    earlier = planted.replace("2025-03-02", "2025-02-28")
    (tmp_path / "earlier.csv").write_text(f"{lines[0]}\n{earlier}\n", "utf-8")
    assert main(["receive", str(zone), "published_figures", str(tmp_path / "earlier.csv")]) == 0
    capsys.readouterr()
    assert walked(capsys, zone)["targets"] != known, "the same figure, known in time, does change the answer"


def test_a_zone_that_breaks_half_way_leaves_what_was_kept(zone, known, capsys):
    before = {path: path.read_bytes() for path in (zone / "data").rglob("*") if path.is_file()}
    written = (zone / "zone.yaml").read_text("utf-8")
    (zone / "zone.yaml").write_text(written.replace("main_area: HARBOUR", "main_area: HARBUOR"), "utf-8")
    assert main(["walk", str(zone), "--known-on", DAY]) == 1
    assert "Did you mean HARBOUR" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in (zone / "data").rglob("*") if path.is_file()} == before
    (zone / "zone.yaml").write_text(written, "utf-8")
    assert walked(capsys, zone)["targets"] == known


def test_every_latest_figure_leads_back_to_its_row(zone, known, capsys):
    named = [target["latest"]["reading"] for target in known if target["latest"]]
    assert named
    for reading in named:
        assert main(["lineage", str(zone), reading, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        line = (zone / FIGURES).read_text("utf-8").splitlines()[told["row"]["line"] - 1]
        assert line.startswith(told["row"]["cells"]["indicator"])
