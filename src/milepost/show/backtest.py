"""The back-test of a zone: past chances against what came true, computed once and kept as a document.

The document lies in the zone's data (05_forecast/scoreboard.json); pages show it with the version of the
figures it was made from, and say when newer figures have come since.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend
from milepost.forecast.replay import Standing, quarter_ends, replay
from milepost.forecast.scoreboard import Scoreboard, scoreboard
from milepost.forecast.trials import Trial, run_trials
from milepost.plan.zone import Zone
from milepost.show.today import today_in
from milepost.show.walk import Progress, data_folder, read_figures, take_in_records

# The replay begins this many years before the plan was announced, or with the first figure.
_YEARS_BEFORE = 3


def backtest(zone: Zone, progress: Progress | None = None, today: date | None = None) -> dict[str, Any]:
    """Run the back-test, keep its document in the zone's data, and give it.

    Raises YoursToMend (W002) where no figure was ever published after a date on which it could be asked for.
    """
    today = today or today_in(zone)
    take_in_records(zone, today, progress)
    versions, readings = read_figures(zone, [])
    tell = _teller(progress)
    trials = run_trials(readings, zone, progress=tell("trials"))
    scores = scoreboard(trials)
    if scores is None:
        mend = "Add figures with their dates of publication: a year's figure and one of an earlier year"
        raise YoursToMend(Trouble("W002", "no past chance can be tried against what came true", mend))
    announced = zone.plan.announced_on
    first = date(announced.year - _YEARS_BEFORE + 1, 1, 1)
    dates = quarter_ends(first, min(today, date(zone.plan.deadline.year + 1, 9, 30)))
    document = {
        "zone": zone.declared.id,
        "version": versions[-1].number if versions else None,
        "content_hash": versions[-1].content_hash if versions else None,
        "scores": _scores(scores),
        "trials": [_trial(trial) for trial in trials],
        "replay": [_standing(standing) for standing in replay(zone, readings, dates, tell("replay"))],
    }
    _write(scoreboard_file(zone), document)
    return document


def scoreboard_file(zone: Zone) -> Path:
    """Give the place of the kept document."""
    return data_folder(zone) / "05_forecast" / "scoreboard.json"


def kept_scoreboard(zone: Zone) -> dict[str, Any] | None:
    """Give the kept document, or None where no back-test was run."""
    try:
        found: dict[str, Any] = json.loads(scoreboard_file(zone).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _teller(progress: Progress | None) -> Any:
    return lambda step: (lambda done, total: progress(step, done, total)) if progress else None


def _scores(scores: Scoreboard) -> dict[str, Any]:
    return {key: _rounded(value) for key, value in asdict(scores).items()}


def _trial(trial: Trial) -> dict[str, Any]:
    question = trial.question
    return {
        "indicator": question.indicator,
        "area": question.area,
        "year": question.year,
        "known_on": question.known_on.isoformat(),
        "median": _rounded(trial.quantile(0.5)),
        "p05": _rounded(trial.quantile(0.05)),
        "p95": _rounded(trial.quantile(0.95)),
        "truth": _rounded(question.truth.value),
        "truth_reading": question.truth.id,
        "promise": _rounded(trial.threshold),
        "chance": _rounded(trial.chance),
        "came_true": trial.came_true,
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {**asdict(standing), "known_on": standing.known_on.isoformat()}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}") if value == value else None
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


def _write(path: Path, document: dict[str, Any]) -> None:
    """Put the document in its place whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.draft")
    draft.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)
