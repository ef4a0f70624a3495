"""A business scope becomes a class of GB/T 4754: what it names first and most plainly, with a chance, or nothing.

A scope is a list of activities, the main one first, between set phrases of the registering office. Each activity is
compared with the standard's titles, with other wordings of them, and with what officers decided before; where these
are few, with all that is known of the class's division and section too. The chance
of a class is added up to groups, divisions and sections, so that a text too vague for four digits may still have
two. Below the asked confidence nothing is coded: the officer decides, and the decision is one more known text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from milepost.basics.table import Table
from milepost.science.text_codes import (
    TextIndex,
    chances,
    fitted_reliability,
    gathered,
    index_texts,
    nearness,
    reliable,
)

FloatArray = NDArray[np.float64]
Numbers = NDArray[np.int64]
Decision = tuple[str, str]
"""A text and the class an officer gave it."""

DIGITS = (1, 2, 3, 4)
_BRACKETS = re.compile(r"[(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕]")
_BREAKS = re.compile(r"[;；,，。\n\r:：]+")
_SHARPNESS = tuple(float(value) for value in np.geomspace(6, 60, 12))
_LATER = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7)
_NOTHING = 0.1  # the weight of saying nothing: a scope of set phrases alone stays uncertain
_BLOCK = 256
_WIDER, _WIDER_LENGTH = {1: 0.3, 2: 0.3}, 0.75
"""How much the nearness to all texts of a class's section and division counts beside that to its own."""


@dataclass(frozen=True)
class Wordings:
    """How scopes speak: `quiet` activities say little (weights, 0 to 1), `read_as` puts the standard's words."""

    quiet: Mapping[str, float]
    read_as: tuple[tuple[str, str], ...]

    @classmethod
    def from_tables(cls, quiet: Table, read_as: Table) -> Wordings:
        """Give the wordings of two tables: text, weight_0_1 and written, read_as (in the order they are replaced)."""
        weights = {text: float(weight) for text, weight in zip(quiet["text"], quiet["weight_0_1"], strict=True)}
        return cls(weights, tuple(zip(read_as["written"], read_as["read_as"], strict=True)))

    def weight(self, item: str) -> float:
        """Give how much an activity says, 0 to 1: as much as the most telling of its parts."""
        return max(self.quiet.get(part.strip(), 1.0) for part in (item.split("、") if "、" in item else [item]) if part)

    def standard(self, text: str) -> str:
        """Give a text in the standard's words; where nothing would be left, the text itself."""
        said = text
        for written, read_as in self.read_as:
            said = said.replace(written, read_as)
        return said or text


@dataclass(frozen=True)
class Coder:
    """What is known of texts and classes.

    `levels[d]` numbers, for each class, its section (1) to itself (4) among `names[d]`. The chance that the next
    activity of a scope is the main one is `later` times that of the one before; `sharpness` turns
    nearness into chances, `reliability` these into how often they come true (science.text_codes); `calibrated_on`
    says on what the three were fitted. `wider` holds the texts of sections and divisions, one for each.
    """

    names: Mapping[int, tuple[str, ...]]
    levels: Mapping[int, Numbers]
    index: TextIndex
    wider: Mapping[int, TextIndex]
    wordings: Wordings
    titles: Mapping[str, str]
    sharpness: float = 18.0
    later: float = 0.2
    reliability: tuple[float, float] = (1.0, 0.0)
    calibrated_on: str = "nothing"

    @property
    def classes(self) -> tuple[str, ...]:
        """The four-digit classes, in the order of the chances."""
        return self.names[4]


@dataclass(frozen=True)
class Coded:
    """What a text is: the first three classes with their chances, and the deepest code that is sure enough.

    `code` is empty where not even the section is sure enough: the officer decides; `confidence` belongs to `code`.
    """

    best: tuple[tuple[str, float], ...]
    code: str
    confidence: float

    @property
    def is_left_to_officer(self) -> bool:
        """Is the class, all four digits, left to an officer?"""
        return len(self.code) < 4


def build_coder(titles: Table, known: Sequence[Decision], wordings: Wordings) -> Coder:
    """Give a coder of the classes in `titles` (code, name_zh, level, section).

    `known` are texts whose class is known besides the titles: other wordings, and scopes that officers decided, of
    which the first two activities are taken. One for a code that is no class of the edition is passed over.
    """
    rows = [row for row in range(len(titles["code"])) if titles["level"][row] == "class"]
    classes = tuple(titles["code"][row] for row in rows)
    number = {code: place for place, code in enumerate(classes)}
    members = {1: [titles["section"][row] for row in rows], 4: list(classes)}
    members |= {2: [code[:2] for code in classes], 3: [code[:3] for code in classes]}
    names = {digit: tuple(dict.fromkeys(members[digit])) for digit in DIGITS}
    levels = {digit: np.array([names[digit].index(code) for code in members[digit]]) for digit in DIGITS}
    pairs = [(titles["name_zh"][row], titles["code"][row]) for row in rows]
    pairs += [(item, code) for scope, code in known for item in activities(scope, wordings.quiet)[:2] if code in number]
    texts = [wordings.standard(text) for text, _ in pairs]
    of_classes = [number[code] for _, code in pairs]
    index = index_texts(texts, of_classes, len(classes))
    named = dict(zip(titles["code"], titles["name_zh"], strict=True))
    wider = {}
    for digit in _WIDER:
        held = [[wordings.standard(named.get(name, ""))] for name in names[digit]]
        for text, place in zip(texts, of_classes, strict=True):
            held[levels[digit][place]].append(text)
        wider[digit] = index_texts(["|".join(one) for one in held], range(len(held)), len(held), _WIDER_LENGTH)
    return Coder(names, levels, index, wider, wordings, named)


def activities(scope: str, quiet: Mapping[str, float]) -> list[str]:
    """Give the activities a scope lists, in order, each once; brackets and what has weight 0 are left out.

    >>> activities("一般项目：软件开发；集成电路设计。（依法须经批准的项目除外）", {"一般项目": 0.0})
    ['软件开发', '集成电路设计']
    """
    bare = scope
    while (shorter := _BRACKETS.sub("", bare)) != bare:
        bare = shorter
    parts = (part.strip(" \u3000、.．") for part in _BREAKS.split(bare))
    return list(dict.fromkeys(part for part in parts if len(part) > 1 and quiet.get(part, 1.0) > 0))


def class_chances(coder: Coder, scopes: Sequence[str]) -> FloatArray:
    """Give the chance of each class for each scope [scopes, classes]; even where a scope lists nothing.

    The chance that an activity is the main one, times the chance of the class given the activity, summed.
    """
    near = Nearness(coder)
    return np.array([_of_scope(coder, near, scope, coder.sharpness, coder.later) for scope in scopes])


def _of_scope(coder: Coder, near: Nearness, scope: str, sharpness: float, later: float) -> FloatArray:
    even = np.full(len(coder.classes), 1 / len(coder.classes))
    found, total, weight = _NOTHING * even, _NOTHING, 1.0
    for item in activities(scope, coder.wordings.quiet):
        mine = weight * coder.wordings.weight(item)
        found += mine * chances(near.of(item), sharpness)
        total += mine
        weight *= later
    return found / total


class Nearness:
    """How near activities are to the classes; each is compared once, for scopes repeat each other."""

    def __init__(self, coder: Coder) -> None:
        self.coder = coder
        self.seen: dict[str, FloatArray] = {}

    def of(self, item: str) -> FloatArray:
        """Give the nearness of the whole activity, or of one of the parts its list marks divide."""
        if item not in self.seen:
            if len(self.seen) > 4096:  # so that a million scopes do not fill the memory
                self.seen.clear()
            parts = {item, *(part for part in item.split("、") if len(part) > 2)}
            said = [self.coder.wordings.standard(part) for part in sorted(parts)]
            self.seen[item] = np.max([self._near(part) for part in said], axis=0)
        return self.seen[item]

    def _near(self, text: str) -> FloatArray:
        found = nearness(self.coder.index, text)
        for digit, index in self.coder.wider.items():
            found = found + _WIDER[digit] * nearness(index, text)[self.coder.levels[digit]]
        return found


@dataclass(frozen=True)
class Apart:
    """A text kept apart: its class by number, and how near its parts are to what a coder without it knows."""

    near: Nearness
    text: str
    code: int

    def chances(self, sharpness: float, later: float) -> FloatArray:
        """Give the chance of each class."""
        return _of_scope(self.near.coder, self.near, self.text, sharpness, later)


@dataclass(frozen=True)
class Fit:
    """What is fitted on texts kept apart: see Coder."""

    sharpness: float
    later: float
    reliability: tuple[float, float]


def apart(coder: Coder, pairs: Sequence[Decision]) -> list[Apart]:
    """Give texts that the coder does not know; those of no class of the edition are passed over."""
    number, near = {code: place for place, code in enumerate(coder.classes)}, Nearness(coder)
    return [Apart(near, text, number[code]) for text, code in pairs if code in number]


def fitted(wordings: Sequence[Apart], scopes: Sequence[Apart], later: float = 0.2) -> Fit:
    """Give the values under which texts kept apart are the likeliest: maximum likelihood on a grid.

    Sharpness and reliability are fitted on `wordings`, the weight of later activities on `scopes`. Raises ValueError
    where one of the two is empty.
    """
    if not wordings or not scopes:
        raise ValueError("calibration needs texts that were kept apart")

    def likelihood(held: Sequence[Apart], sharpness: float, weight: float) -> float:
        found = [one.chances(sharpness, weight)[one.code] for one in held]
        return float(np.log(np.maximum(found, 1e-12)).sum())

    sharpness = max(_SHARPNESS, key=lambda value: likelihood(wordings, value, later))
    best = max(_LATER, key=lambda value: likelihood(scopes, sharpness, value))
    found = np.array([one.chances(sharpness, best) for one in wordings])
    is_right = found.argmax(axis=1) == np.array([one.code for one in wordings])
    return Fit(sharpness, best, fitted_reliability(found.max(axis=1), is_right))


def calibrated(coder: Coder, fit: Fit, calibrated_on: str) -> Coder:
    """Give the coder with what was fitted."""
    return replace(
        coder, sharpness=fit.sharpness, later=fit.later, reliability=fit.reliability, calibrated_on=calibrated_on
    )


def code_scopes(coder: Coder, scopes: Sequence[str], confidence: float = 0.7) -> list[Coded]:
    """Give for each scope its first three classes and the deepest code whose chance is at least `confidence`.

    A scope that lists no activity at all has no code and chances of nothing.
    """
    found: list[Coded] = []
    for start in range(0, len(scopes), _BLOCK):
        block = scopes[start : start + _BLOCK]
        chance = class_chances(coder, block)
        by_level = {digit: gathered(chance, coder.levels[digit], len(coder.names[digit])) for digit in DIGITS}
        for row, scope in enumerate(block):
            if not activities(scope, coder.wordings.quiet):
                found.append(Coded((), "", 0.0))
                continue
            first = np.argsort(-chance[row], kind="stable")[:3]
            top = chance[row][first]
            sure = top * (reliable(top[:1], *coder.reliability) / top[0])
            best = tuple((coder.classes[place], float(one)) for place, one in zip(first, sure, strict=True))
            found.append(Coded(best, *_deepest(coder, {digit: by_level[digit][row] for digit in DIGITS}, confidence)))
    return found


def _deepest(coder: Coder, chance: Mapping[int, FloatArray], least: float) -> tuple[str, float]:
    confidence = 0.0
    for digit in reversed(DIGITS):
        place = int(np.argmax(chance[digit]))
        confidence = float(reliable(chance[digit][place], *coder.reliability))
        if confidence >= least:
            return coder.names[digit][place], confidence
    return "", confidence
