"""The words: both languages say the same things, and nothing asks for a message that is not there."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import get_args

from milepost.basics.text import LANGUAGES
from milepost.forecast.outlook import Verdict
from milepost.measure.reading import FigureKind
from milepost.plan.plan import Comparison
from milepost.show.wording import Wording, messages

SOURCE = Path(__file__).resolve().parents[3] / "src/milepost"
TEMPLATES = sorted((SOURCE / "show/web/templates").glob("*.html"))
SAID = re.compile(r"""say ['"]([a-z_.]+)['"]|say\(\s*"([a-z_.]+)\"""")


OF_THE_HALL = (
    "door.", "trouble.", "clock_status.", "ground.", "duty_status.", "owner.", "reminder.", "choice.", "unit.", "part.",
    "sign_in.", "verify.",
)  # fmt: skip


def _said() -> set[str]:
    files = [*TEMPLATES, *sorted((SOURCE / "show").rglob("*.py"))]
    return {first or second for file in files for first, second in SAID.findall(file.read_text("utf-8"))}


def _names(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}


def test_both_languages_have_the_same_keys() -> None:
    english, chinese = (messages(language) for language in LANGUAGES)
    assert len(english) > 150
    assert sorted(english.keys() ^ chinese.keys()) == []


def test_both_languages_fill_in_the_same_names() -> None:
    english, chinese = (messages(language) for language in LANGUAGES)
    differing = [key for key in english if not _names(chinese[key]) <= _names(english[key])]
    assert differing == []


def test_every_message_asked_for_is_there() -> None:
    said = _said()
    assert len(said) > 90
    assert sorted(said - messages("en").keys()) == []


def test_no_message_is_left_that_nobody_asks_for() -> None:
    chosen_elsewhere = (
        "verdict.", "scheme.", "promise.", "figure.", "kind.", "kind_means.", "because.", "how.", "note.",
        "missing.", "unused.", "legend.", "chart.", "known_on.", "error.",
        "beside.goal_", "beside.needs_", "beside.growth_", "beside.base_", "beside.pace",
        "why.moved_by_", "explain.part_", "explain.column_", "scoreboard.rule_",
        "records.state_", "records.step_", "records.severity_", "records.type_", "records.accepted", "records.warned",
        "records.already_kept", "records.held", "records.no_file", "records.old_form",
        "study.proof_", "study.yes", "study.no", "wing.block_", "wing.basis_", "wing.outcome_",
        "blank.", "verdict_told.", "how_read.", "written_as.",
    )  # fmt: skip
    unasked = [key for key in messages("en").keys() - _said() if not key.startswith((*chosen_elsewhere, *OF_THE_HALL))]
    assert sorted(unasked) == []


def test_every_verdict_kind_and_comparison_has_its_words() -> None:
    for language in LANGUAGES:
        known = messages(language)
        for verdict in get_args(Verdict):
            assert f"verdict.{verdict.replace(' ', '_')}" in known
            assert f"scheme.{verdict.replace(' ', '_')}" in known
        for kind in get_args(FigureKind):
            assert f"kind.{kind}" in known
            assert f"kind_means.{kind}" in known
        for comparison in get_args(Comparison):
            assert f"promise.{comparison}" in known


def _keys_of_forecast() -> dict[str, set[str]]:
    """The message keys that forecast hands on, by the group of words that tells them."""
    found: dict[str, set[str]] = {"note": set(), "missing": set(), "unused": set(), "method": set(), "because": set()}
    for file in sorted((SOURCE / "forecast").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                key = re.fullmatch(r"(note|missing|unused|method)_([a-z_]+):?,?", text)
                if key:
                    found[key[1]].add(key[2])
                if re.fullmatch(
                    r"(met|missed|by_chance)_[a-z_]+|by_chance|no_number|no_evidence|evidence_too_old", text
                ):
                    found["because"].add(text)
    return found


def test_every_reason_note_and_lack_that_forecast_tells_has_its_words() -> None:
    keys = _keys_of_forecast()
    assert all(len(found) >= 3 for found in keys.values()), keys
    for language in LANGUAGES:
        for group, found in keys.items():
            place = "how" if group == "method" else group
            lacking = [key for key in found if f"{place}.{key}" not in messages(language)]
            assert lacking == [], (language, place)


def test_a_key_that_nobody_put_into_words_is_shown_rather_than_hidden() -> None:
    assert Wording("zh").told("note", "note_something_new:BDA", str) == "something new"


def test_parts_of_a_key_are_named_for_the_reader() -> None:
    names = {"BDA": "the core", "NEW_AREA": "the whole"}
    told = Wording("en").told("note", "note_other_area:BDA,NEW_AREA", lambda part: names[part])
    assert told == "Figures of the core stand for the whole, through the relation the zone declares between the two."
