"""Which code of a classification a short text means: character n-grams against texts whose code is known.

Chinese needs no word list for this: characters and pairs of them carry the words. A text is compared with every
known one (a title of the standard, a past decision), a code is as near as its nearest text, and nearness becomes a
chance by a softmax whose sharpness and reliability are fitted on texts kept apart. Pure functions; nothing is stored.
References: Robertson & Zaragoza (2009), Foundations and Trends in Information Retrieval 3(4) (BM25); Guo, Pleiss, Sun
& Weinberger (2017), ICML 70 (temperature and Platt scaling).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Numbers = NDArray[np.int64]
SIZES = (1, 2)
_FULL = 1.2  # k1 of BM25: how soon a repeated n-gram says nothing more


@dataclass(frozen=True)
class TextIndex:
    """Texts with known codes, ready to be compared with: postings of n-grams with their BM25 weights.

    `rarity` [n-grams] is how much each says, `unknown` what one that no text has would; `codes` [texts] the number of
    each text's code, `count` how many codes there are; the postings of the n-gram number g are `texts` and `weights`
    from `starts[g]` to `starts[g + 1]`.
    """

    grams: dict[str, int]
    rarity: FloatArray
    starts: Numbers
    texts: Numbers
    weights: FloatArray
    codes: Numbers
    count: int
    unknown: float


def n_grams(text: str, sizes: Sequence[int] = SIZES) -> list[str]:
    """Give all runs of characters of the given sizes, in order; blanks are left out first.

    >>> n_grams("汽车制造", (2, 3))
    ['汽车', '车制', '制造', '汽车制', '车制造']
    """
    tight = "".join(text.split()).lower()
    return [tight[at : at + size] for size in sizes for at in range(len(tight) - size + 1)]


def index_texts(texts: Sequence[str], codes: Sequence[int], count: int, length: float = 0.3) -> TextIndex:
    """Give an index of texts whose codes are known, numbers from 0 to `count` - 1.

    An n-gram in f of N texts has rarity log(1 + (N - f + 1/2) / (f + 1/2)); `length` (b of BM25, 0 to 1) says how far
    a longer text's n-grams count for less. Raises ValueError where texts and codes differ in number or a code is out of
    bounds.
    """
    numbers = np.asarray(codes, dtype=np.int64)
    if len(texts) != numbers.size or (numbers.size and not (numbers.min() >= 0 and numbers.max() < count)):
        raise ValueError("every text needs one code within bounds")
    bags = [Counter(n_grams(text)) for text in texts]
    often = Counter(gram for bag in bags for gram in bag)
    grams = {gram: number for number, gram in enumerate(sorted(often))}
    held = np.array([often[gram] for gram in grams], dtype=np.float64)
    rarity = np.log1p((len(texts) - held + 0.5) / (held + 0.5))
    at = np.array([grams[gram] for bag in bags for gram in bag], dtype=np.int64)
    text = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags]).astype(np.int64)
    times = np.array([number for bag in bags for number in bag.values()], dtype=np.float64)
    sizes = np.array([sum(bag.values()) for bag in bags], dtype=np.float64)
    usual = sizes.mean() if sizes.size and sizes.mean() > 0 else 1.0
    weight = rarity[at] * times * (_FULL + 1) / (times + _FULL * (1 - length + length * sizes[text] / usual))
    order = np.lexsort((text, at))
    starts = np.searchsorted(at[order], np.arange(len(grams) + 1))
    return TextIndex(grams, rarity, starts, text[order], weight[order], numbers, count, math.log1p(2 * len(texts) + 1))


def nearness(index: TextIndex, text: str) -> FloatArray:
    """Give how near a text is to each code [count]: the BM25 score of the code's nearest text, over what the text's own
    n-grams could score in one of the usual length. It is 0 where nothing is shared, and about 1 for the text itself.
    """
    bag = Counter(n_grams(text))
    found = np.zeros(index.codes.size)
    whole = 0.0
    for gram in bag:
        place = index.grams.get(gram, -1)
        whole += float(index.rarity[place]) if place >= 0 else index.unknown
        if place >= 0:
            span = slice(index.starts[place], index.starts[place + 1])
            found[index.texts[span]] += index.weights[span]
    nearest = np.zeros(index.count)
    np.maximum.at(nearest, index.codes, found / whole if whole else found)
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
