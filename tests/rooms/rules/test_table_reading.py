"""Tables in YAML: a whole one is read; a broken one is told with every trouble, as in tests/golden/rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from milepost.basics.errors import YoursToMend
from milepost.rules.reading import load_table, read_table, read_tables

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "rules"
BROKEN = sorted(path for path in GOLDEN.glob("*.yaml") if path.stem != "whole")


def test_there_are_broken_tables_to_judge() -> None:
    assert len(BROKEN) == 7


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_table_is_told_as_written(path: Path) -> None:
    with pytest.raises(YoursToMend) as caught:
        read_table(path, path.name)
    assert str(caught.value) + "\n" == path.with_suffix(".txt").read_text("utf-8")


def test_a_whole_table_is_read_with_citations_dates_and_units() -> None:
    table = read_table(GOLDEN / "whole.yaml")
    assert table.name == "whole"
    assert table.title is not None
    assert table.title.zh.startswith("开业前")
    assert [column.unit for column in table.inputs] == ["yuan", "square metre", "", "", ""]
    assert [cell.text for cell in table.lines[0].cells] == ["-", "-", '"cinema"', "-", 'date("2023-01-01")']
    assert (table.lines[0].from_date, table.lines[0].until_date) == (date(2022, 1, 1), date(2023, 12, 31))
    assert table.lines[1].source == "https://example.org/law"
    assert table.otherwise_citation.endswith("the other way")


def test_lines_know_where_they_stand() -> None:
    table = load_table(GOLDEN / "whole.yaml", "whole.yaml")
    assert [str(line.place) for line in table.lines] == ["whole.yaml:14:5", "whole.yaml:19:5", "whole.yaml:24:5"]
    assert str(table.lines[1].cells[0].place) == "whole.yaml:19:29"


def test_a_folder_of_tables_tells_the_troubles_of_all(tmp_path: Path) -> None:
    for name in ("whole", "gap", "overlap"):
        (tmp_path / f"{name}.yaml").write_text((GOLDEN / f"{name}.yaml").read_text("utf-8"), "utf-8")
    with pytest.raises(YoursToMend) as caught:
        read_tables(tmp_path)
    assert {Path(trouble.place.file).name for trouble in caught.value.troubles} == {"gap.yaml", "overlap.yaml"}
    for name in ("gap", "overlap"):
        (tmp_path / f"{name}.yaml").unlink()
    assert list(read_tables(tmp_path)) == ["whole"]


def test_bare_words_are_texts_only_where_they_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text(
        "policy: unique\ninputs: [{name: city, type: string}]\noutputs: [{name: n, type: number}]\n"
        "lines:\n  - {when: {city: Beijing}, then: {n: 1}, citation: a}\n",
        "utf-8",
    )
    with pytest.raises(YoursToMend) as caught:
        load_table(path)
    assert [trouble.code for trouble in caught.value.troubles] == ["L016"]


def test_numbers_of_yaml_are_decimals_to_the_last_digit(tmp_path: Path) -> None:
    path = tmp_path / "n.yaml"
    path.write_text(
        "policy: unique\ninputs: [{name: x, type: number}]\noutputs: [{name: n, type: number}]\n"
        "lines:\n  - {when: {x: 0.1}, then: {n: 0.30}, citation: a}\n",
        "utf-8",
    )
    from milepost.rules.ruling import decide

    assert decide(load_table(path), {"x": Decimal("0.1")}).value == Decimal("0.3")
