"""Which code of a classification a short text means: character n-grams against texts whose code is known.

Chinese needs no word list for this: pairs and triples of characters carry the words. A text is compared with every
known one (a title of the standard, a past decision), a code is as near as its nearest text, and nearness becomes a
chance by a softmax whose sharpness and reliability are fitted on texts kept apart. Pure functions; nothing is stored.
References: Manning, Raghavan & Schütze (2008), Introduction to Information Retrieval, chapter 6 (tf-idf, cosine);
Guo, Pleiss, Sun & Weinberger (2017), ICML 70 (temperature and Platt scaling).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Numbers = NDArray[np.int64]
SIZES = (1, 2, 3)


@dataclass(frozen=True)
class TextIndex:
    """Texts with known codes, ready to be compared with: postings of n-grams with tf-idf weights of unit length.

    `codes` [texts] the number of each text's code, `count` how many codes there are; the postings of the n-gram
    number g are `texts` and `weights` from `starts[g]` to `starts[g + 1]`.
    """

    grams: dict[str, int]
    rarity: FloatArray
    starts: Numbers
    texts: Numbers
    weights: FloatArray
    codes: Numbers
    count: int


def n_grams(text: str, sizes: Sequence[int] = SIZES) -> list[str]:
    """Give all runs of characters of the given sizes, in order; blanks are left out first.

    >>> n_grams("汽车制造", (2, 3))
    ['汽车', '车制', '制造', '汽车制', '车制造']
    """
    tight = "".join(text.split()).lower()
    return [tight[at : at + size] for size in sizes for at in range(len(tight) - size + 1)]


def index_texts(texts: Sequence[str], codes: Sequence[int], count: int) -> TextIndex:
    """Give an index of texts whose codes are known, numbers from 0 to `count` - 1.

    An n-gram in f of N texts has rarity log(1 + N / f); its weight in a text is that times 1 + log of how often.
    Raises ValueError where texts and codes differ in number or a code is out of bounds.
    """
    numbers = np.asarray(codes, dtype=np.int64)
    if len(texts) != numbers.size or (numbers.size and not (numbers.min() >= 0 and numbers.max() < count)):
        raise ValueError("every text needs one code within bounds")
    bags = [Counter(n_grams(text)) for text in texts]
    often = Counter(gram for bag in bags for gram in bag)
    grams = {gram: number for number, gram in enumerate(sorted(often))}
    rarity = (
        np.log1p(len(texts) / np.array([often[gram] for gram in grams], dtype=np.float64)) if grams else np.zeros(0)
    )
    rows: list[tuple[int, int, float]] = []
    for number, bag in enumerate(bags):
        places, weights = _weighted(bag, grams, rarity)
        rows.extend(zip(places.tolist(), [number] * len(places), weights.tolist(), strict=True))
    rows.sort()
    at, text, weight = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
    starts = np.searchsorted(at, np.arange(len(grams) + 1))
    return TextIndex(grams, rarity, starts, text.astype(np.int64), weight.astype(np.float64), numbers, count)


def nearness(index: TextIndex, text: str) -> FloatArray:
    """Give how near a text is to each code [count], 0 to 1: the cosine to the nearest known text of the code."""
    found = np.zeros(index.codes.size)
    places, weights = _weighted(Counter(n_grams(text)), index.grams, index.rarity)
    for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
        span = slice(index.starts[place], index.starts[place + 1])
        found[index.texts[span]] += weight * index.weights[span]
    nearest = np.zeros(index.count)
    np.maximum.at(nearest, index.codes, found)
    return nearest


def chances(near: FloatArray, sharpness: float) -> FloatArray:
    """Give the chance of each code [codes] from how near a text is to it: a softmax, with `sharpness` the factor."""
    raised = np.exp((near - near.max()) * sharpness)
    return np.asarray(raised / raised.sum(), dtype=np.float64)


def fitted_reliability(chance: FloatArray, is_right: NDArray[np.bool_], rounds: int = 50) -> tuple[float, float]:
    """Give the slope and shift that turn chances of first choices into how often such choices are right.

    Logistic regression of being right on the chance's log-odds, with Platt's targets, which keep it from certainty
    on few texts; the slope is not negative. Raises ValueError without a text.
    Reference: Platt (1999), in Advances in Large Margin Classifiers.
    """
    if chance.size == 0:
        raise ValueError("calibration needs texts that were kept apart")
    right = int(is_right.sum())
    goal = np.where(is_right, (right + 1) / (right + 2), 1 / (chance.size - right + 2))
    features = np.column_stack([_log_odds(chance), np.ones(chance.size)])
    fit = np.array([1.0, 0.0])
    for _ in range(rounds):
        said = 1 / (1 + np.exp(-features @ fit))
        bend = features.T @ (features * (said * (1 - said))[:, None]) + 1e-6 * np.eye(2)
        fit += np.linalg.solve(bend, features.T @ (goal - said))
    return max(float(fit[0]), 0.0), float(fit[1])


def reliable(chance: FloatArray, slope: float, shift: float) -> FloatArray:
    """Give chances [any shape] as how often a first choice of that chance is right.

    >>> reliable(np.array([0.5, 0.9]), 1.0, 0.0).round(3).tolist()
    [0.5, 0.9]
    """
    return np.asarray(1 / (1 + np.exp(-(slope * _log_odds(chance) + shift))), dtype=np.float64)


def _log_odds(chance: FloatArray) -> FloatArray:
    held = np.clip(chance, 1e-9, 1 - 1e-6)
    return np.asarray(np.log(held / (1 - held)), dtype=np.float64)


def gathered(chance: FloatArray, groups: Numbers, count: int) -> FloatArray:
    """Give the chance of each group [texts, count] from those of its members [texts, members]."""
    found = np.zeros((*chance.shape[:-1], count))
    np.add.at(found.T, groups, chance.T)
    return found


def calibration_error(confidence: FloatArray, is_right: NDArray[np.bool_], bins: int = 10) -> float:
    """Give the expected calibration error [0 to 1]: mean gap of confidence and accuracy over equal bins.

    Reference: Naeini, Cooper & Hauskrecht (2015), AAAI.

    >>> calibration_error(np.array([0.9, 0.9]), np.array([True, False]))
    0.4
    """
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gaps = [
        abs(float(confidence[place == one].mean() - is_right[place == one].mean())) * float((place == one).mean())
        for one in np.unique(place)
    ]
    return float(np.sum(gaps))


def coverage_curve(
    confidence: FloatArray, is_right: NDArray[np.bool_], thresholds: Sequence[float]
) -> list[tuple[float, float, float]]:
    """Give for each threshold the share of texts coded on their own and how many of them are right [0 to 1].

    Rows (threshold, coverage, accuracy); the accuracy is nan where nothing is coded.
    """
    rows = []
    for threshold in thresholds:
        coded = confidence >= threshold
        right = float(is_right[coded].mean()) if coded.any() else float("nan")
        rows.append((float(threshold), float(coded.mean()), right))
    return rows


def _weighted(bag: Counter[str], grams: dict[str, int], rarity: FloatArray) -> tuple[Numbers, FloatArray]:
    """Numbers of the known n-grams of a bag and their weights, of unit length over all its n-grams.

    An n-gram that is not known is as rare as can be: it lengthens the text and makes it less like any other.
    """
    if not bag:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    rarest = float(rarity.max()) if rarity.size else 1.0
    numbers = np.array([grams.get(gram, -1) for gram in bag], dtype=np.int64)
    often = 1 + np.log(np.array(list(bag.values()), dtype=np.float64))
    weights = often * np.where(numbers >= 0, rarity[np.maximum(numbers, 0)] if rarity.size else rarest, rarest)
    weights /= np.sqrt((weights**2).sum())
    return numbers[numbers >= 0], weights[numbers >= 0]
