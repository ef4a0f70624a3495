"""Registers as declared: what is read, what is refused, and that every rule can be broken."""

import re
from datetime import date

import pytest

from milepost.basics.errors import YoursToMend
from milepost.check.figure_conditions import conditions
from milepost.registers.register import own_register, own_registers, read_register

FIGURES = own_register("published_figures")


def test_every_zone_has_the_register_of_published_figures():
    assert "published_figures" in own_registers()
    assert FIGURES.column_ids[:3] == ("indicator", "area", "period")


def test_an_unknown_register_names_the_nearest():
    with pytest.raises(YoursToMend, match=r"D022.*published_figures"):
        own_register("published_figure")


def test_every_rule_has_a_condition_and_every_condition_a_rule():
    judged = {fault.partition("/")[0] for fault in conditions(FIGURES, date(2026, 1, 1))}
    declared = {rule.code for rule in FIGURES.rules}
    assert len(declared) >= 20
    assert declared - judged == {"C036"}, "that a row is kept already is asked of the store, not of the row"
    assert judged - declared == set()


def test_every_rule_is_a_sentence_in_two_languages():
    for rule in FIGURES.rules:
        assert re.fullmatch(r"[a-z]+(_[a-z]+){2,}", rule.id)
        assert re.search(r"[\u4e00-\u9fff]", rule.says.zh)
        assert re.search(r"[\u4e00-\u9fff]", rule.mend.zh)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("id: b", "id: a", "D020"),
        ("type: text", "type: txt", "D013"),
        ("type: text", "type: code", "D021"),
        ("code: C501", "code: C502", "D020"),
        ("rules:", "rule:", "D011"),
    ],
)
def test_a_faulty_declaration_is_refused_with_its_line(tmp_path, before, after, code):
    text = """
id: things
name: {en: Things, zh: 物}
definition: {en: Things, zh: 物}
columns:
  - {id: a, name: {en: A, zh: 甲}, type: number}
  - {id: b, name: {en: B, zh: 乙}, type: text}
rules:
  - {id: a_is_a, code: C501, severity: warn, says: {en: So, zh: 是}, fault: {en: Bad, zh: 否}, mend: {en: Do, zh: 做}}
  - {id: b_is_b, code: C502, severity: block, says: {en: So, zh: 是}, fault: {en: Bad, zh: 否}, mend: {en: Do, zh: 做}}
"""
    file = tmp_path / "things.yaml"
    file.write_text(text, encoding="utf-8")
    assert read_register(file).id == "things"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(YoursToMend) as caught:
        read_register(file)
    assert code in {trouble.code for trouble in caught.value.troubles}
    assert all(trouble.place.line for trouble in caught.value.troubles)
