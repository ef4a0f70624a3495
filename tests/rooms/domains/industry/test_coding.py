"""Scopes are coded by what they say first and plainly; what is unclear is left to an officer and learned from."""

from __future__ import annotations

from pathlib import Path

import pytest

import milepost.domains.industry as industry
from milepost.basics.table import read_table
from milepost.domains.industry.coding import Fit, Wordings, activities, apart, build_coder, code_scopes, fitted
from milepost.domains.industry.coding_report import report, trained
from milepost.domains.industry.made_scopes import made_scopes

FOLDER = Path(industry.__file__).parent
TITLES = read_table(FOLDER / "codes/gbt4754_2017.csv")
ALIASES = read_table(FOLDER / "scopes/aliases.csv")
KNOWN = list(zip(ALIASES["text"], ALIASES["code"], strict=True))
WORDINGS = Wordings.from_tables(read_table(FOLDER / "scopes/weights.csv"), read_table(FOLDER / "scopes/wordings.csv"))
END = "（依法须经批准的项目，经相关部门批准后方可开展经营活动）"


@pytest.fixture(scope="module")
def coder():
    return build_coder(TITLES, KNOWN, WORDINGS)


@pytest.fixture(scope="module")
def judged():
    return trained(TITLES, KNOWN, [], WORDINGS)


def test_shipped_edition_is_the_standard(shared):
    path = shared / "data/codes_cn/gbt4754_2017.csv"
    if not path.exists():
        pytest.skip("the codes are not in the shared folder")
    there = read_table(path)
    counts = {level: TITLES["level"].count(level) for level in ("section", "division", "group", "class")}
    assert counts == {"section": 20, "division": 97, "group": 473, "class": 1381}
    bare = [code if len(code) == 1 else code[1:] for code in there["code"]]
    assert TITLES["code"] == bare and TITLES["name_zh"] == [name.strip() for name in there["name"]]
    assert TITLES["section"] == [code[0] for code in there["code"]]


def test_every_code_has_its_parent_and_every_division_an_english_name():
    known = set(TITLES["code"])
    for code, parent, level, name in zip(*(TITLES[k] for k in ("code", "parent", "level", "name_en")), strict=True):
        assert (parent in known) == (level != "section")
        assert parent == "" or level == "division" or code.startswith(parent)
        assert bool(name) == (level in ("section", "division"))


def test_other_wordings_name_classes_that_exist():
    classes = {code for code, level in zip(TITLES["code"], TITLES["level"], strict=True) if level == "class"}
    assert set(ALIASES["code"]) <= classes and len(set(ALIASES["text"])) == len(ALIASES["text"])


def test_a_title_among_set_phrases_is_its_class(coder):
    for code in ("3612", "3973", "6513", "2762", "3491"):
        scope = f"一般项目：{coder.titles[code]}；技术开发；货物进出口。{END}"
        assert code_scopes(coder, [scope])[0].best[0][0] == code


def test_activities_leave_out_brackets_and_set_phrases():
    scope = f"许可项目：药品生产（限原料药（含中间体））；一般项目：软件开发；软件开发。{END}"
    assert activities(scope, WORDINGS.quiet) == ["药品生产", "软件开发"]


def test_the_first_activity_counts_most(coder):
    first, second = (code_scopes(coder, [text])[0] for text in ("软件外包；餐馆", "集成电路设计；房地产开发经营"))
    assert second.best[0][0] == "6520" and second.best[1][0] == "7010"
    assert len(first.best) == 3


def test_a_scope_of_set_phrases_alone_is_left_to_the_officer(judged):
    for scope in ("", END, "技术开发、技术咨询、技术服务", "。；"):
        found = code_scopes(judged[0], [scope], confidence=0.6)[0]
        assert found.is_left_to_officer and found.confidence < 0.6


def test_a_vague_scope_has_a_division_before_it_has_a_class(judged):
    found = code_scopes(judged[0], ["餐饮"], confidence=0.65)[0]
    assert found.is_left_to_officer and found.code.startswith("62")


def test_what_an_officer_decides_is_learned(coder):
    scope = f"飞秒级超快光源研制；技术开发。{END}"
    before = code_scopes(coder, [scope])[0]
    assert before.code != "4040"
    learned = build_coder(TITLES, [*KNOWN, (scope, "4040")], WORDINGS)
    after = code_scopes(learned, [scope, "超快光源的研制"])
    assert [one.best[0][0] for one in after] == ["4040", "4040"]
    assert after[0].code == "4040"


def test_a_decision_for_another_edition_is_passed_over():
    assert code_scopes(build_coder(TITLES, [("魔法制造", "9999")], WORDINGS), ["魔法制造"])[0].best[0][0] != "9999"


def test_made_scopes_are_reproducible_and_hold_every_part():
    first, again = (made_scopes(TITLES["name_zh"], TITLES["code"], 30, seed=4) for _ in range(2))
    assert first == again and len({text for text, _ in first}) == 30
    assert any(text.endswith(END) for text, _ in first)


def test_report_of_texts_kept_apart(judged):
    """The figures the wing's README prints. They are of made-up and rewritten texts: no accuracy for real records."""
    found = {one.kind: one for one in judged[1]}
    assert set(found) == {"wordings", "made"}
    wordings, made = found["wordings"], found["made"]
    assert (wordings.count, made.count) == (288, 600)
    assert wordings.right_by_digit == pytest.approx({1: 0.90, 2: 0.85, 3: 0.76, 4: 0.67}, abs=0.02)
    assert wordings.right_in_three == pytest.approx(0.81, abs=0.02)
    assert made.right_by_digit == pytest.approx({1: 0.93, 2: 0.90, 3: 0.81, 4: 0.79}, abs=0.02)
    assert wordings.calibration_error < 0.08 and made.calibration_error < 0.08


def test_what_is_said_comes_true_in_each_fifth_of_confidence(judged):
    for one in judged[1]:
        assert sum(row[2] for row in one.reliability) == one.count
        for low, high, count, said, true in one.reliability:
            assert low <= said <= high
            # Three standard errors of a share of so many texts.
            assert abs(said - true) < 3 * (said * (1 - said) / count) ** 0.5 + 0.02


def test_more_confidence_means_fewer_texts_and_better_ones(judged):
    for one in judged[1]:
        coverage = [row[1] for row in one.curve]
        assert coverage == sorted(coverage, reverse=True) and coverage[0] == 1
    wordings = judged[1][0].curve
    assert wordings[4][2] > wordings[0][2] + 0.15
    assert wordings[4][1] > 0.5, "at the declared threshold of 70 percent more than half need no officer"


def test_decisions_are_learned_for_other_scopes_with_the_same_activity(coder):
    """Wordings the coder does not know, decided once each in one scope, and met again in another scope."""
    asked = [(f"一般项目：{text}；货物进出口。", code) for text, code in KNOWN]
    decided = [(f"{text}；技术开发。{END}", code) for text, code in KNOWN]
    right = []
    for known in ([], decided):
        found = code_scopes(build_coder(TITLES, known, WORDINGS), [text for text, _ in asked])
        right.append(sum(one.best[0][0] == code for one, (_, code) in zip(found, asked, strict=True)) / len(asked))
    assert right[0] < 0.75 and right[1] > 0.97


def test_a_text_is_never_judged_by_a_coder_that_knows_it(judged):
    one = next(text for text, _ in KNOWN)
    bare = build_coder(TITLES, [pair for pair in KNOWN if pair[0] != one], WORDINGS)
    (held,) = apart(bare, [(one, dict(KNOWN)[one])])
    whole = build_coder(TITLES, KNOWN, WORDINGS)
    assert held.chances(18, 0.2)[held.code] < apart(whole, [(one, dict(KNOWN)[one])])[0].chances(18, 0.2)[held.code]


@pytest.mark.slow
def test_decisions_calibrate_once_there_are_enough(coder):
    decided = made_scopes([coder.titles[c] for c in coder.classes], coder.classes, 400, seed=9)
    found, reports = trained(TITLES, KNOWN, decided, WORDINGS)
    assert found.calibrated_on == "decisions"
    assert {one.kind for one in reports} == {"wordings", "made", "decisions"}


def test_calibration_without_texts_is_refused(coder):
    held = apart(coder, KNOWN[:3])
    assert apart(coder, [("x", "9999")]) == []
    for pairs in ((held, []), ([], held)):
        with pytest.raises(ValueError, match="kept apart"):
            fitted(*pairs)
    with pytest.raises(ValueError, match="kept apart"):
        report("none", [[]], [Fit(18, 0.2, (1, 0))])
