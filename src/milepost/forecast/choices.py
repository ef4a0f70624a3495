"""The choices that a few figures cannot settle: every combination is a model, and all are mixed in the open."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from milepost.forecast.outlook import Hang
from milepost.forecast.priors import Priors

Question = Literal["drift", "look_back", "area"]


@dataclass(frozen=True)
class Assumed:
    """One combination of answers and its weight; `answers` pairs each open question with its option."""

    damping: float
    look_back_years: int
    is_same_area: bool
    weight: float = 1.0
    answers: tuple[tuple[Question, str], ...] = ()


def combinations(priors: Priors, are_open: Sequence[Question] = get_args(Question)) -> tuple[Assumed, ...]:
    """Give every combination of answers to the open questions; a closed one keeps its first option.

    The weights sum to one.
    """
    found = []
    options = [
        list(priors.choices[name].options.items())[: None if name in are_open else 1] for name in get_args(Question)
    ]
    for picked in itertools.product(*options):
        (drift, look_back, area), weight = (option for _, option in picked), 1.0
        for _, option in picked:
            weight *= option.weight
        answers = tuple(
            (name, key) for name, (key, _) in zip(get_args(Question), picked, strict=True) if name in are_open
        )
        found.append(Assumed(drift.value, int(look_back.value), bool(area.value), weight, answers))
    total = sum(assumed.weight for assumed in found)
    return tuple(Assumed(a.damping, a.look_back_years, a.is_same_area, a.weight / total, a.answers) for a in found)


def widest(priors: Priors) -> Assumed:
    """Give the combination under which most figures speak: the longest look back, areas kept apart."""
    return max(combinations(priors), key=lambda assumed: (assumed.look_back_years, not assumed.is_same_area))


def hangs(priors: Priors, chances: Sequence[tuple[Assumed, float]]) -> tuple[Hang, ...]:
    """Give, for each open question, the chance under each of its answers, the most telling question first."""
    found = []
    for name in dict.fromkeys(name for assumed, _ in chances for name, _ in assumed.answers):
        choice, by_option = priors.choices[name], []
        for key, option in choice.options.items():
            mine = [(a.weight, chance) for a, chance in chances if (name, key) in a.answers]
            total = sum(weight for weight, _ in mine)
            if total:
                by_option.append((option.name, sum(weight * chance for weight, chance in mine) / total))
        if len(by_option) > 1:
            found.append(Hang(name, choice.question, tuple(by_option)))
    return tuple(sorted(found, key=lambda hang: -hang.spread))
