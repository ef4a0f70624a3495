"""The scoreboard page tells its counts, and says in words when a simpler rule did better."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from fakes.browsing import visit
from fakes.etown import TODAY, source_row, walk_on
from milepost.show.scoreboard_table import print_scoreboard
from milepost.show.web.site import make_app

SAYS = {
    "en": ("about 2 figures of 1 series", "Saying 93% every time would have scored better than the model", "counts as 99 %"),
    "zh": ("1个序列的2个数据共3次检验", "若每次都说93%，得分会优于本模型", "计为99%"),
}  # fmt: skip


def rule(name: str, brier: float, skill: float | None = 0.1) -> dict[str, Any]:
    return {
        "name": name, "brier": brier, "log_score": 0.4, "skill": skill, "skill_low": skill, "skill_high": skill,
    }  # fmt: skip


def document(base_rate: float = 0.067, **changed: Any) -> dict[str, Any]:
    scores = {
        "trials": 3, "series": 1, "share_came_true": 0.93, "calibration_error": 0.14, "crps": 0.09,
        "intervals": [{"level": 0.5, "covered": 0.4, "score": 0.4}],
        "bins": [{"low": 0.9, "high": 1.0, "count": 3, "mean_chance": 0.97, "share_came_true": 1.0}],
        "rules": [rule("model", 0.11), rule("growth ratio", 0.105), rule("base rate", base_rate, None)],
    }  # fmt: skip
    trials = [{"indicator": "output", "area": "BDA", "year": year} for year in (2020, 2020, 2021)]
    return {"content_hash": "", "scores": scores | changed, "trials": trials, "replay": []}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_counts_and_what_the_base_rate_means_are_said(language: str) -> None:
    app = make_app(walk_on, source_row, today=lambda: TODAY, scoreboard=document)
    words = visit(app, f"/{language}/scoreboard/").words
    assert [one for one in SAYS[language] if one not in words] == []
    assert "None" not in words and "nan" not in words


def test_a_base_rate_that_does_worse_is_not_praised() -> None:
    app = make_app(walk_on, source_row, today=lambda: TODAY, scoreboard=lambda: document(base_rate=0.2))
    assert "Saying 93" not in visit(app, "/en/scoreboard/").words


def test_a_rule_without_skill_is_printed_without_it() -> None:
    console = Console(record=True, width=160)
    print_scoreboard(document(), console)
    said = console.export_text()
    assert "3 trials about 2 figures of 1 series" in said
    assert "None" not in said and "nan" not in said
