"""The pages of single things as they are declared: what they may name, and what is told where they do not fit."""

import pytest

from milepost.basics.errors import YoursToMend
from milepost.registers.page import filled, own_columns, read_page, thing_troubles
from milepost.registers.register import read_registers

REGISTERS = """
meter:
  name: {en: Meter, zh: 表}
  definition: {en: a meter, zh: 表}
  key: [code]
  columns:
    - {id: code, type: text, name: {en: Code, zh: 编码}}
    - {id: above, type: text, may_be_empty: true, name: {en: Above, zh: 上级}}
pair:
  name: {en: Pair, zh: 对}
  definition: {en: a pair, zh: 对}
  key: [one, two]
  columns:
    - {id: one, type: text, name: {en: One, zh: 一}}
    - {id: two, type: text, name: {en: Two, zh: 二}}
"""
PAGE = """
blocks: [{kind: records}]
things:
  - id: meter
    register: made.meter
    name: {en: Meter, zh: 表}
    part_of: {above: meter}
    blocks:
      - {kind: facts}
      - {kind: study, study: made.read, set: {code: ":code", month: "0"}}
      - {kind: things, thing: meter, where: {above: ":code"}}
"""


@pytest.fixture
def registers(tmp_path):
    path = tmp_path / "registers.yaml"
    path.write_text(REGISTERS, "utf-8")
    troubles = []
    found = read_registers("made", {path: "registers.yaml"}, troubles)
    assert troubles == []
    return found


def page_of(tmp_path, text):
    path = tmp_path / "page.yaml"
    path.write_text(text, "utf-8")
    return read_page(path, "made/page.yaml")


def refused(tmp_path, text):
    with pytest.raises(YoursToMend) as told:
        page_of(tmp_path, text)
    return [(trouble.code, trouble.what, trouble.mend) for trouble in told.value.troubles]


def test_a_page_of_things_that_fits_its_register_is_read(tmp_path, registers):
    page = page_of(tmp_path, PAGE)
    (thing,) = page.things
    assert thing.columns == {"above", "code"}
    assert list(thing_troubles(page, registers)) == []


@pytest.mark.parametrize(
    ("was", "is_", "what"),
    [
        ("made.meter", "made.metre", "made.metre is no register with a key of one column"),
        ("made.meter", "made.pair", "made.pair is no register with a key of one column"),
        ('{code: ":code"', '{code: ":cod"', "made.meter has no column cod"),
        ("where: {above:", "where: {abov:", "made.meter has no column abov"),
        ("part_of: {above: meter}", "part_of: {abov: meter}", "made.meter has no column abov"),
    ],
)
def test_a_page_names_only_what_its_register_has(tmp_path, registers, was, is_, what):
    found = list(thing_troubles(page_of(tmp_path, PAGE.replace(was, is_)), registers))
    assert [(one.code, one.what) for one in found] == [("D029", what)]


def test_a_question_on_the_page_of_one_thing_is_asked_of_it(tmp_path):
    ((code, what, mend),) = refused(tmp_path, PAGE.replace('code: ":code", ', ""))
    assert (code, what) == ("D028", "a question on the page of one thing is not asked of it")
    assert "':site_code'" in mend


def test_a_thing_that_nobody_declares_is_told_with_the_nearest(tmp_path):
    assert refused(tmp_path, PAGE.replace("thing: meter", "thing: metre")) == [
        ("D029", "metre is no thing of this page", "Did you mean meter")
    ]


def test_what_stands_for_the_things_own_columns_is_filled_in():
    named = {"site": ":code", "month": "0", "holder": ":who"}
    assert own_columns(named) == {"code", "who"}
    assert filled(named, {"code": "A-1"}) == {"site": "A-1", "month": "0", "holder": ""}
