"""The wings' pages and the pages of questions, asked for as a server asks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fakes.browsing import visit
from fakes.etown import TODAY, source_row, walk_on
from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Picture, Proof
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.period import Period
from milepost.basics.text import Text
from milepost.measure.reading import Made
from milepost.registers.study import read_parameters
from milepost.show.asking import studies
from milepost.show.catalogue import find_wings
from milepost.show.guard import let_out_finding
from milepost.show.web.site import make_app
from milepost.study.finding import Finding

STUDY = "licensing.reduction"
NAMES = [
    Column("firm", Text("Firm", "企业")),
    Column("n", Text("Firms", "企业数")),
    Column("x", Text("Output", "产出")),
]
FIRMS = ({"firm": "A", "n": 9, "x": 5.0}, {"firm": "B", "n": 2, "x": 71.25}, {"firm": "C", "n": 4, "x": 33.5})


def table(picture: Picture | None = None, contributors: str = "") -> AnswerTable:
    return AnswerTable("t", Text("By firm", "按企业"), tuple(NAMES), FIRMS, contributors, picture)


def ask(study: str, given: dict[str, str], known_on: date | None) -> Finding:
    if study not in studies():
        raise YoursToMend(Trouble("Q001", "no wing answers this", "Ask another"))
    asked = studies()[study][1]
    parameters = read_parameters(asked, given)
    headline = Headline(Text("Permits saved", "减少许可"), 4, "count")
    proof = Proof("optimal", Text("Proven by a bound.", "已由界证明。"), 12.5, 0.01)
    tables = (table(Picture("bars", "firm", ("x",)), "n"),)
    answer = Answer((headline,), tables, proof, {"x": 1}, (Text("No list of fields", "缺少要素清单"),))
    return let_out_finding(Finding(asked, parameters, known_on or TODAY, answer, {"a.csv": "f" * 64}, ()))


@pytest.fixture(scope="module")
def app() -> Any:
    return make_app(walk_on, source_row, today=lambda: TODAY, ask=ask)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_wing_is_listed_and_has_a_page(app: Any, language: str) -> None:
    listed = visit(app, f"/{language}/wings/")
    assert listed.status == 200
    wings = find_wings()
    assert len(wings) >= 7
    for wing in wings:
        assert wing.label[language] in listed.words
        page = visit(app, f"/{language}/wing/{wing.id}/?known_on=2024-12-31")
        assert page.status == 200
        assert wing.label[language] in page.words
        for key in wing.studies():
            assert f"/{language}/ask/{key}/?known_on=2024-12-31" in page.links(), "the day stays on every link"


def test_a_question_is_answered_with_its_proof_and_what_is_missing(app: Any) -> None:
    page = visit(app, f"/en/ask/{STUDY}/")
    assert page.status == 200
    for words in ("Permits saved 4", "Proven best.", "Bound: 12.5.", "Gap: 1 %.", "No list of fields", "a.csv"):
        assert words in page.words
    assert "已证明最优" in visit(app, f"/zh/ask/{STUDY}/").words


def test_a_wrong_parameter_is_told_and_nothing_is_lost_of_the_form(app: Any) -> None:
    page = visit(app, f"/en/ask/{STUDY}/?asked=yes&baseline=guess&industry=bakery")
    assert page.status == 400
    assert "Q004" in page.words
    assert 'value="bakery"' in page.text


def test_what_is_typed_never_becomes_a_part_of_the_page(app: Any) -> None:
    page = visit(app, f"/en/ask/{STUDY}/?asked=yes&industry=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in page.text


def test_the_document_is_that_of_the_command_line(app: Any) -> None:
    page = visit(app, f"/api/ask/{STUDY}.json?industry=bakery&known_on=2024-12-31")
    found = json.loads(page.body)
    assert (found["study"], found["known_on"]) == (STUDY, "2024-12-31")
    assert found["parameters"]["industry"] == "bakery"
    assert visit(app, "/api/ask/nobody.knows.json").status == 404
    assert visit(app, f"/api/ask/{STUDY}.json?colour=red").status == 400


def test_unknown_wings_and_questions_are_not_found(app: Any) -> None:
    assert visit(app, "/en/wing/nothing/").status == 404
    assert visit(app, "/en/ask/nothing.at_all/").status == 404


def test_a_row_that_tells_of_few_is_withheld_and_one_more_with_it(app: Any) -> None:
    """B has two firms; C, with the fewest of the others, goes too: a known total would tell B."""
    text = visit(app, f"/en/ask/{STUDY}/").text
    assert "71.25" not in text and "33.5" not in text
    assert re.search(r"<td[^>]*>5</td>", text)


def test_a_table_without_small_rows_is_let_out_whole() -> None:
    asked = studies()[STUDY][1]
    answer = Answer((), (table(contributors=""),), Proof("counted", Text("Counted", "计数")))
    finding = Finding(asked, {}, TODAY, answer, {}, ())
    assert let_out_finding(finding).answer.tables[0].rows == FIRMS


def test_an_answer_of_public_registers_leaves_whole_and_so_does_a_public_question(app: Any) -> None:
    from dataclasses import replace
    from types import SimpleNamespace

    from milepost.show.catalogue import wing_registers

    asked, zone = studies()[STUDY][1], walk_on(TODAY).zone
    answer = Answer((), (table(contributors="n"),), Proof("counted", Text("Counted", "计数")))
    register = next(iter(wing_registers().values()))
    version: Any = SimpleNamespace(register=register.id)
    finding = Finding(asked, {}, TODAY, answer, {}, (version,))

    def held(public: bool, questions: tuple[str, ...] = ()) -> Any:
        registers = {**zone.registers, register.id: replace(register, is_public=public)}
        declared = replace(zone.declared, public_studies=questions)
        return replace(zone, registers=registers, declared=declared)

    assert let_out_finding(finding, held(True)).answer.tables[0].rows == FIRMS
    assert let_out_finding(finding, held(False)).answer.tables[0].rows != FIRMS
    assert let_out_finding(replace(finding, versions=()), held(True)).answer.tables[0].rows != FIRMS
    assert let_out_finding(replace(finding, versions=()), held(False, (asked.id,))).answer.tables[0].rows == FIRMS


@pytest.mark.parametrize(("language", "words"), [("en", "held back: 4 rows wait"), ("zh", "暂缓发布：4 行记录待核定")])
def test_a_figure_that_is_held_back_says_so_in_its_place(language: str, words: str) -> None:
    walked = walk_on(None)
    wing, indicator = next(
        (one, name) for one in find_wings() for block in one.page().blocks if block.kind == "numbers"
        for name in block.indicators
    )  # fmt: skip
    known = next(one for one in walked.readings if one.period.is_year)
    period = Period("2026", "span", date(2026, 1, 1), date(2026, 12, 31))
    made = Made("f", 1, (("made.register", 1),), held_count=4)
    area = walked.zone.declared.main_area
    held = replace(known, indicator=indicator, area=area, period=period, value=float("nan"), made=made)
    zone = replace(walked.zone, indicators={**walked.zone.indicators, indicator: wing.indicators()[indicator]})
    waits = replace(walked, zone=zone, held_back=(held,))
    app = make_app(lambda day: waits, source_row, today=lambda: TODAY, ask=ask)
    page = visit(app, f"/{language}/wing/{wing.id}/")
    assert page.status == 200 and words in page.words and "nan" not in page.words
