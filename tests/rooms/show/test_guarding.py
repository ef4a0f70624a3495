"""The guard of answers: single ones, groups that sum to a total told elsewhere, and registers that are public."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Proof
from milepost.basics.text import Text
from milepost.show.asking import finding_document, studies
from milepost.show.guard import WITHHELD, let_out_finding, let_out_to_anybody
from milepost.study.finding import Finding

SAY = Text("words", "词")
COLUMNS = tuple(Column(name, SAY) for name in ("group", "name", "firms", "x", "largest"))
ROWS = (
    {"group": "a", "name": "1", "firms": 9, "x": 50.0, "largest": 20.0},
    {"group": "a", "name": "2", "firms": 5, "x": 40.0, "largest": 30.0},
    {"group": "b", "name": "3", "firms": 1, "x": 7.0, "largest": 7.0},
    {"group": "b", "name": "4", "firms": 8, "x": 30.0, "largest": 9.0},
    {"group": "c", "name": "5", "firms": 4, "x": 11.0, "largest": None},
)


def guarded(zone: Any = None, versions: tuple[Any, ...] = (), **more: Any) -> list[dict[str, Any]]:
    table = AnswerTable("t", SAY, COLUMNS, ROWS, "firms", **more)
    asked = next(iter(studies().values()))[1]
    answer = Answer((), (table,), Proof("none", SAY))
    finding = Finding(asked, {}, date(2026, 1, 1), answer, {}, versions)
    return list(let_out_finding(finding, zone).answer.tables[0].rows)


def hidden(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows if row["x"] is None]


def test_one_withheld_row_takes_the_smallest_of_all_with_it() -> None:
    assert hidden(guarded()) == ["3", "5"]


def test_one_withheld_row_takes_the_smallest_of_its_group_with_it() -> None:
    assert hidden(guarded(within="group")) == ["3", "4"], "the others of the group would tell it"


def test_rows_behind_which_too_few_stand_together_take_another_with_them() -> None:
    rows = [{"name": str(n), "firms": count, "x": 1.0} for n, count in enumerate((1, 1, 6, 4, 9))]
    table = AnswerTable("t", SAY, COLUMNS, tuple(rows), "firms")
    finding = Finding(next(iter(studies().values()))[1], {}, date(2026, 1, 1), Answer((), (table,), Proof("none", SAY)),
                      {}, ())  # fmt: skip
    assert hidden(list(let_out_finding(finding).answer.tables[0].rows)) == ["0", "1", "3"]


def test_columns_of_single_firms_lose_every_number() -> None:
    rows = guarded(within="group", singles=("largest",))
    assert all(row["largest"] is None for row in rows)
    assert rows[0]["x"] == 50.0 and rows[0][WITHHELD] and WITHHELD not in rows[4]


@pytest.mark.parametrize(("public", "expected"), [(True, []), (False, ["3", "5"])])
def test_what_is_counted_from_public_registers_leaves(public: bool, expected: list[str]) -> None:
    registers = {"w.r": SimpleNamespace(is_public=public), "w.s": SimpleNamespace(is_public=True)}
    zone = SimpleNamespace(registers=registers, declared=SimpleNamespace(public_studies=()))
    versions = (SimpleNamespace(register="w.r"), SimpleNamespace(register="w.s"))
    assert hidden(guarded(zone, versions)) == expected


def test_published_figures_beside_nothing_else_do_not_make_records_public() -> None:
    zone = SimpleNamespace(registers={}, declared=SimpleNamespace(public_studies=()))
    assert hidden(guarded(zone, (SimpleNamespace(register="published_figures"),))) == ["3", "5"]


def test_the_document_holds_the_guarded_tables_and_texts_in_both_languages() -> None:
    asked = next(iter(studies().values()))[1]
    table = AnswerTable("t", SAY, COLUMNS, (*ROWS, {"name": SAY, "firms": 7, "x": float("nan")}), "firms")
    finding = Finding(asked, {}, date(2026, 1, 1), Answer((), (table,), Proof("none", SAY)), {}, ())
    (told,) = finding_document(let_out_finding(finding))["tables"]
    assert [row["x"] for row in told["rows"]] == [50.0, 40.0, None, 30.0, None, None]
    assert told["rows"][-1]["name"] == {"en": "words", "zh": "词"}


def outside(rows: tuple[dict[str, Any], ...], public: bool = False) -> Answer:
    """What a stranger gets of an answer with a headline, a document, a table that counts and one that does not."""
    counted = AnswerTable("t", SAY, COLUMNS, rows, "firms")
    uncounted = AnswerTable("u", SAY, COLUMNS, ({"name": "all", "x": 138.0},))
    answer = Answer((Headline(SAY, 138.0, "count"),), (counted, uncounted), Proof("none", SAY), {"x": [50.0, 7.0]})
    asked = next(iter(studies().values()))[1]
    registers = {"w.r": SimpleNamespace(is_public=public)}
    zone: Any = SimpleNamespace(registers=registers, declared=SimpleNamespace(public_studies=()))
    versions: Any = (SimpleNamespace(register="w.r"),)
    return let_out_to_anybody(Finding(asked, {}, date(2026, 1, 1), answer, {}, versions), zone).answer


def test_a_stranger_gets_no_document_where_rows_are_withheld() -> None:
    told = outside(ROWS)
    assert (told.document, len(told.headlines), [table.id for table in told.tables]) == ({}, 1, ["t", "u"])
    assert told.missing[-1].zh


def test_a_stranger_gets_nothing_of_an_answer_that_is_of_too_few() -> None:
    told = outside(({"name": "1", "firms": 1, "x": 138.0},))
    assert (told.document, told.headlines, [table.id for table in told.tables]) == ({}, (), ["t"])
    assert told.tables[0].rows[0]["x"] is None


def test_a_stranger_gets_everything_of_many_and_of_what_is_public() -> None:
    many = ({"name": "1", "firms": 9, "x": 138.0},)
    assert outside(many).document == outside(ROWS, public=True).document == {"x": [50.0, 7.0]}
    assert outside(ROWS, public=True).tables[0].rows == ROWS
