"""The glossary holds the nouns of the walk and every word a figure, an indicator or a verdict may carry."""

import re
from typing import get_args

import pytest

from milepost.forecast.outlook import Verdict
from milepost.measure.reading import FigureKind
from milepost.registers.indicator import Kind
from milepost.show.wording import Wording

NOUNS = ("Batch", "Verdict", "Version", "Reading", "Outlook", "Account", "Finding", "Page")
WORDS = [*NOUNS, *get_args(Kind), *get_args(FigureKind), *get_args(Verdict)]


@pytest.fixture(scope="module")
def glossary(repository):
    text = (repository / "docs/glossary.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip() not in ("English", "---")]


def test_there_are_words_to_judge(glossary):
    assert len(WORDS) == 8 + 7 + 7 + 8
    assert len(glossary) > 60


@pytest.mark.parametrize("word", WORDS)
def test_glossary_holds_the_word(word, glossary):
    assert word in {row[0] for row in glossary}


def test_every_entry_has_chinese_a_meaning_and_a_source(glossary):
    for row in glossary:
        assert len(row) == 4, row
        assert re.search(r"[一-鿿]", row[1]), row
        assert row[2], row
        assert row[3], row


def test_glossary_and_pages_say_the_same_chinese_word(glossary):
    chinese, words = {row[0]: row[1] for row in glossary}, Wording("zh")
    shown = {verdict: words.word("verdict", verdict) for verdict in get_args(Verdict)}
    shown |= {kind: words.say(f"kind.{kind}") for kind in get_args(FigureKind)}
    assert len(shown) == 8 + 7
    assert {word: chinese[word] for word in shown} == shown


def test_one_thing_has_one_word(glossary):
    words = [row[0] for row in glossary]
    assert sorted({word for word in words if words.count(word) > 1}) == []
