"""The scoreboard: past chances beside what came true, simpler rules beside the model, and the replay by quarter."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from milepost.show.number import chance_words
from milepost.show.web.visit import Visit


def scoreboard_page(visit: Visit, document: dict[str, Any] | None) -> dict[str, Any]:
    """Give what the template shows; without a document the page says how to make one."""
    page: dict[str, Any] = {"title": visit.words.say("scoreboard.title"), "scores": None}
    if document is None:
        return page
    scores = document["scores"]
    newest = visit.walk.versions[-1].content_hash if visit.walk.versions else None
    return page | {
        "is_older": document["content_hash"] != newest,
        "scores": scores,
        "summary": visit.words.say(
            "scoreboard.summary",
            trials=scores["trials"],
            figures=len({(one["indicator"], one["area"], one["year"]) for one in document.get("trials", ())}),
            series=scores["series"],
            share=_share(scores["share_came_true"]),
            error=_share(scores["calibration_error"]),
        ),
        "intervals": [
            (_share(one["level"]), _share(one["covered"]), f"{one['score']:.2f}") for one in scores["intervals"]
        ],
        "rules": [_rule(visit, one) for one in scores["rules"]],
        "base_rate_wins": _base_rate_wins(visit, scores),
        "bins": [
            (f"{_share(one['low'])}–{_share(one['high'])}", one["count"], _share(one["mean_chance"]),
             _share(one["share_came_true"]))
            for one in scores["bins"]
        ],
        "diagram": _diagram(scores["bins"]),
        **_replay(visit, document["replay"]),
    }  # fmt: skip


def _share(value: float) -> str:
    return f"{value:.0%}"


def _rule(visit: Visit, rule: dict[str, Any]) -> tuple[str, str, str, str]:
    name = visit.words.word("scoreboard", "rule_" + rule["name"].replace(" ", "_"))
    if rule["name"] == "model" or rule["skill"] is None:
        return name, f"{rule['brier']:.3f}", f"{rule['log_score']:.3f}", ""
    doubt = f"{rule['skill']:+.2f} ({rule['skill_low']:+.2f} … {rule['skill_high']:+.2f})"
    return name, f"{rule['brier']:.3f}", f"{rule['log_score']:.3f}", doubt


def _base_rate_wins(visit: Visit, scores: dict[str, Any]) -> str:
    """What it means where one number said every time scored better than the model; empty where it did not."""
    brier = {rule["name"]: rule["brier"] for rule in scores["rules"]}
    if brier["base rate"] >= brier["model"]:
        return ""
    return visit.words.say("scoreboard.base_rate_wins", share=_share(scores["share_came_true"]))


def _diagram(bins: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The reliability diagram's marks on a square of 100: across the chance said, up the share that came true."""
    most = max(one["count"] for one in bins)
    return [
        {
            "x": f"{one['mean_chance'] * 100:.1f}",
            "y": f"{100 - one['share_came_true'] * 100:.1f}",
            "r": f"{1.2 + 3.0 * (one['count'] / most) ** 0.5:.1f}",
        }
        for one in bins
    ]


def _replay(visit: Visit, standings: list[dict[str, Any]]) -> dict[str, Any]:
    """The table of chances by quarter; targets that never had one are left out, a verdict by fact is a lamp."""
    names = {target.id: target.name[visit.language] for target in visit.walk.zone.plan.targets()}
    shown = [id for id in names if any(one["target_id"] == id and one["chance"] is not None for one in standings)]
    rows = []
    for day, group in groupby(standings, key=lambda one: str(one["known_on"])):
        found = {one["target_id"]: one for one in group}
        rows.append((day, [_cell(visit, found.get(id)) for id in shown]))
    return {
        "replay_heads": [(names[id], visit.link("target", id)) for id in shown],
        "replay": rows,
        "now": [visit.walk.outlooks[id].verdict for id in shown],
    }


def _cell(visit: Visit, standing: dict[str, Any] | None) -> dict[str, str]:
    if standing is None or standing["chance"] is None:
        return {"verdict": "no evidence", "chance": ""}
    return {"verdict": standing["verdict"], "chance": chance_words(standing["chance"], visit.language)}
