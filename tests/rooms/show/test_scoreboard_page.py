"""The page of the scoreboard: what was tried, which rules stand beside the model, and what it says against itself."""

import copy

import pytest
from rich.console import Console

from fakes.browsing import visit
from fakes.etown import HASH, TODAY, walk_on
from milepost.show.scoreboard_table import print_scoreboard
from milepost.show.web.site import make_app


def rule(name, brier):
    return {
        "name": name, "brier": brier, "log_score": 0.5, "skill": 0.1, "skill_low": -0.1, "skill_high": 0.2,
    }  # fmt: skip


DOCUMENT = {
    "content_hash": HASH,
    "scores": {
        "trials": 45, "series": 6, "share_came_true": 0.62, "calibration_error": 0.11,
        "intervals": [{"level": 0.9, "covered": 0.87, "score": 0.42}],
        "rules": [rule("model", 0.2), rule("straight line", 0.3), rule("base rate", 0.24)],
        "bins": [{"low": 0.4, "high": 0.5, "count": 9, "mean_chance": 0.44, "share_came_true": 0.56}],
    },
    "replay": [
        {"known_on": "2023-12-31", "target_id": "G2.gross_output_share", "chance": 0.32, "verdict": "behind"},
    ],
}  # fmt: skip


def page(document, language="en"):
    app = make_app(walk_on=walk_on, source_row=lambda _: {}, today=lambda: TODAY, scoreboard=lambda: document)
    return visit(app, f"/{language}/scoreboard/")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_trials_rules_and_past_chances_are_shown(language):
    answer = page(DOCUMENT, language)
    assert answer.status == 200
    for part in ("45", "62%", "87%", "0.300", "2023-12-31", "32"):
        assert part in answer.words, part


def test_without_a_back_test_the_page_says_how_to_make_one():
    answer = page(None)
    assert answer.status == 200
    assert "milepost backtest" in answer.words


def test_newer_figures_since_the_back_test_are_told():
    assert "Newer figures have come" in page({**DOCUMENT, "content_hash": "0" * 64}).words
    assert "Newer figures have come" not in page(DOCUMENT).words


def test_one_number_that_did_better_than_the_model_is_told():
    beaten = copy.deepcopy(DOCUMENT)
    beaten["scores"]["rules"][2]["brier"] = 0.19
    assert "would have scored better than the model" in page(beaten).words
    assert "would have scored better than the model" not in page(DOCUMENT).words


@pytest.mark.parametrize(
    ("language", "says"), [("en", "45 trials about 2 figures of 6 series"), ("zh", "6个序列的2个数据共45次检验")]
)
def test_repeated_questions_about_one_figure_are_counted_as_one_figure(language, says):
    trials = [{"indicator": "output", "area": "BDA", "year": year} for year in (2020, 2020, 2021)]
    assert says in page({**DOCUMENT, "trials": trials}, language).words


def test_a_rule_that_was_never_wrong_is_shown_without_a_skill():
    perfect = copy.deepcopy({**DOCUMENT, "trials": [], "replay": []})
    perfect["scores"]["crps"] = 0.1
    perfect["scores"]["rules"][2] |= {"brier": 0.0, "skill": None, "skill_low": None, "skill_high": None}
    assert "None" not in page(perfect).words
    console = Console(record=True, width=160)
    print_scoreboard(perfect, console)
    said = console.export_text()
    assert "base rate" in said
    assert "None" not in said
