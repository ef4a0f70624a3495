"""How well the coding does on texts it has not seen: accuracy by digit, accuracy against coverage, calibration.

Three kinds of texts are judged apart, and no one of them is called an accuracy for real records: other wordings of
titles, scopes made from titles, and past decisions of officers where there are enough. Decisions are mostly those of
scopes that were hard to code, so they rather understate it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from milepost.basics.table import Table
from milepost.domains.industry.coding import (
    DIGITS,
    Apart,
    Coder,
    Decision,
    Fit,
    FloatArray,
    Wordings,
    apart,
    build_coder,
    calibrated,
    fitted,
)
from milepost.domains.industry.made_scopes import made_scopes
from milepost.science.text_codes import calibration_error, coverage_curve, reliable

THRESHOLDS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
ENOUGH_DECISIONS = 100
_MADE, _PARTS, _LEAST, _ENOUGH_TO_FIT = 600, 5, 20, 200


@dataclass(frozen=True)
class CodingReport:
    """How texts of one kind were coded: shares [0 to 1]; `curve` rows are threshold, coverage, accuracy of classes,
    `reliability` rows the bounds of a confidence, how many texts it was given to, what was said and what came true.
    """

    kind: str
    count: int
    right_by_digit: dict[int, float]
    right_in_three: float
    calibration_error: float
    curve: tuple[tuple[float, float, float], ...]
    reliability: tuple[tuple[float, float, int, float, float], ...] = ()


def trained(
    titles: Table, aliases: Sequence[Decision], decisions: Sequence[Decision], wordings: Wordings, seed: int = 0
) -> tuple[Coder, list[CodingReport]]:
    """Give the coder that knows everything, calibrated, and reports of how the method does on texts kept apart.

    Cross-fitted: texts fall by their hash into five parts; each is judged by a coder that knows the other four, with a
    calibration fitted on these. The coder given back knows all of them and is calibrated on all five parts.
    """
    parts: dict[str, list[list[Apart]]] = {"wordings": [], "made": [], "decisions": []}
    for place in range(_PARTS):
        known = [pair for pairs in (aliases, decisions) for pair in pairs if _part(pair) != place]
        own = {"wordings": aliases, "decisions": decisions}
        bare = build_coder(titles, known, wordings)
        held = {kind: [pair for pair in pairs if _part(pair) == place] for kind, pairs in own.items()}
        held["made"] = _made(bare, held["wordings"], seed + place)
        for kind, pairs in held.items():
            parts[kind].append(apart(bare, pairs))
    basis = "decisions" if sum(map(len, parts["decisions"])) >= ENOUGH_DECISIONS else "made"
    on = ("decisions", "decisions") if basis == "decisions" else ("wordings", "made")
    fits = [_fit(parts, on, place) for place in range(_PARTS)]
    reports = [report(kind, held, fits) for kind, held in parts.items() if sum(map(len, held)) >= _LEAST]
    whole = build_coder(titles, [*aliases, *decisions], wordings)
    return calibrated(whole, _fit(parts, on, -1), basis), reports


def _fit(parts: Mapping[str, Sequence[Sequence[Apart]]], on: tuple[str, str], place: int) -> Fit:
    first, second = on
    return fitted(_others(parts[first], place), _others(parts[second], place))


def _others(parts: Sequence[Sequence[Apart]], place: int) -> list[Apart]:
    """The texts of all parts but one; of many no more than are needed to fit."""
    found = [one for number, part in enumerate(parts) if number != place for one in part]
    return found[:: max(1, len(found) // _ENOUGH_TO_FIT)]


def report(kind: str, parts: Sequence[Sequence[Apart]], fits: Sequence[Fit]) -> CodingReport:
    """Give how texts kept apart are coded, each part under its own fit. Raises ValueError without a text."""
    held = [(one, fit) for part, fit in zip(parts, fits, strict=True) for one in part]
    if not held:
        raise ValueError("a report needs texts that were kept apart")
    chance = np.array([one.chances(fit.sharpness, fit.later) for one, fit in held])
    truth = np.array([one.code for one, _ in held], dtype=np.int64)
    order = np.argsort(-chance, axis=1, kind="stable")[:, :3]
    levels = held[0][0].near.coder.levels
    right = {digit: float((levels[digit][order[:, 0]] == levels[digit][truth]).mean()) for digit in DIGITS}
    tops = zip(chance.max(axis=1), held, strict=True)
    confidence = np.array([float(reliable(np.array(top), *fit.reliability)) for top, (_, fit) in tops])
    is_right = order[:, 0] == truth
    curve = tuple(coverage_curve(confidence, is_right, THRESHOLDS))
    in_three = float((order == truth[:, None]).any(axis=1).mean())
    error = calibration_error(confidence, is_right)
    return CodingReport(kind, len(held), right, in_three, error, curve, _bins(confidence, is_right))


def _bins(confidence: FloatArray, is_right: NDArray[np.bool_]) -> tuple[tuple[float, float, int, float, float], ...]:
    """Reliability: of texts whose confidence lies in a fifth, how many there are, what was said and what came true."""
    rows = []
    for number in range(5):
        low, high = number / 5, (number + 1) / 5
        inside = (confidence >= low) & ((confidence < high) | (number == 4))
        if inside.any():
            said, true = float(confidence[inside].mean()), float(is_right[inside].mean())
            rows.append((low, high, int(inside.sum()), said, true))
    return tuple(rows)


def _part(pair: Decision) -> int:
    """One of the parts, by the hash of the text, so that a text is always in the same one."""
    return sha256(pair[0].encode()).digest()[0] % _PARTS


def _made(coder: Coder, others: Sequence[Decision], seed: int) -> list[Decision]:
    titles = [coder.titles[code] for code in coder.classes]
    return made_scopes(titles, coder.classes, _MADE // _PARTS, seed, others)
