"""How well the coding does on texts it has not seen: accuracy by digit, accuracy against coverage, calibration.

Three kinds of texts are judged apart, and no one of them is called an accuracy for real records: other wordings of
titles, scopes made from titles, and past decisions of officers where there are enough. Decisions are mostly those of
scopes that were hard to code, so they rather understate it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from milepost.basics.table import Table
from milepost.domains.industry.coding import DIGITS, Coder, Decision, Wordings, build_coder, calibrated, class_chances
from milepost.domains.industry.made_scopes import made_scopes
from milepost.science.text_codes import calibration_error, coverage_curve, reliable

THRESHOLDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
ENOUGH_DECISIONS = 100
_MADE = 600


@dataclass(frozen=True)
class CodingReport:
    """How texts of one kind were coded: shares [0 to 1]; `curve` rows are threshold, coverage, accuracy of classes."""

    kind: str
    count: int
    right_by_digit: dict[int, float]
    right_in_three: float
    calibration_error: float
    curve: tuple[tuple[float, float, float], ...]


def trained(
    titles: Table, aliases: Sequence[Decision], decisions: Sequence[Decision], wordings: Wordings, seed: int = 0
) -> tuple[Coder, list[CodingReport]]:
    """Give the coder that knows everything, calibrated, and reports of how the method does on texts kept apart.

    Texts fall by their hash into three parts: one is known, one calibrates, one is judged. The coder given back
    knows all of them and has the calibration of the three parts.
    """
    known, kept, judged = (_part(aliases, place) for place in range(3))
    mine = [_part(decisions, place) for place in range(3)]
    bare = build_coder(titles, [*known, *mine[0]], wordings)
    if len(mine[1]) >= ENOUGH_DECISIONS // 3:
        ready = calibrated(bare, mine[1], mine[1], "decisions")
    else:
        ready = calibrated(bare, kept, _made(bare, kept, seed), "made")
    sets = {"wordings": judged, "made": _made(bare, judged, seed + 1), "decisions": mine[2]}
    reports = [report(ready, kind, pairs) for kind, pairs in sets.items() if len(pairs) >= 20]
    whole = build_coder(titles, [*aliases, *decisions], wordings)
    fitted = {name: getattr(ready, name) for name in ("sharpness", "later", "reliability", "calibrated_on")}
    return replace(whole, **fitted), reports


def report(coder: Coder, kind: str, pairs: Sequence[Decision]) -> CodingReport:
    """Give how the coder does on texts whose class is known; those of no class of the edition are passed over."""
    number = {code: place for place, code in enumerate(coder.classes)}
    held = [(text, number[code]) for text, code in pairs if code in number]
    truth = np.array([code for _, code in held], dtype=np.int64)
    chance = class_chances(coder, [text for text, _ in held])
    order = np.argsort(-chance, axis=1, kind="stable")[:, :3]
    right = {digit: float((coder.levels[digit][order[:, 0]] == coder.levels[digit][truth]).mean()) for digit in DIGITS}
    is_right, confidence = order[:, 0] == truth, reliable(chance.max(axis=1), *coder.reliability)
    curve = tuple(coverage_curve(confidence, is_right, THRESHOLDS))
    in_three = float((order == truth[:, None]).any(axis=1).mean())
    return CodingReport(kind, len(held), right, in_three, calibration_error(confidence, is_right), curve)


def _part(pairs: Sequence[Decision], place: int) -> list[Decision]:
    """One of three parts, by the hash of the text, so that a text is always in the same one."""
    return [pair for pair in pairs if sha256(pair[0].encode()).digest()[0] % 3 == place]


def _made(coder: Coder, others: Sequence[Decision], seed: int) -> list[Decision]:
    titles = [coder.titles[code] for code in coder.classes]
    return made_scopes(titles, coder.classes, _MADE, seed, others)
