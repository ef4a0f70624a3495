"""How a difference is divided, by the kind of what differs: each function gives one Account whose parts sum to it.

A flow is divided among those who make it (enterprises, nodes, industries) or by what happened to the panel; a ratio
into numerator and denominator; a region's growth by shift-share; a product into its factors. What the parts do not
say is a part of its own, `unexplained`, and is never spread over the others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from milepost.explain.account import Account, Part
from milepost.science.contributions import movers, ratio_change
from milepost.science.panel import PanelChange
from milepost.science.regional import ShiftShare

UNEXPLAINED = "unexplained"
OTHERS = "others"
Amounts = Mapping[str, float]
"""Amounts of contributors by name; one who is not named has none."""


def account_of(question: str, unit: str, start: float, end: float, parts: Sequence[Part]) -> Account:
    """Give the account of a difference whose parts are known; what they leave over becomes `unexplained`.

    A rest that is rounding (a billionth of the larger amount) is not told.
    """
    rest = end - start - math.fsum(part.value for part in parts)
    if abs(rest) > 1e-9 * max(abs(start), abs(end), 1e-300) or (rest and not parts):
        return Account(question, unit, start, end, (*parts, Part(UNEXPLAINED, rest)))
    if rest:
        # The last digits go to the largest part, so that the sum is exact.
        largest = max(range(len(parts)), key=lambda place: abs(parts[place].value))
        parts = [
            Part(part.name, part.value + rest, part.readings) if place == largest else part
            for place, part in enumerate(parts)
        ]
    return Account(question, unit, start, end, tuple(parts))


def flow_account(
    question: str, unit: str, start: float, end: float, before: Amounts, after: Amounts, most: int = 5
) -> Account:
    """Give the change of a total by the contributors that moved it most; the rest of them is `others`.

    `start` and `end` are the totals as they stand; what the contributors do not add up to is unexplained.
    """
    names = list(dict.fromkeys((*before, *after)))
    first, last = _columns(names, before, after)
    found = movers(first, last, most)
    parts = [Part(names[one], float(change)) for one, change in zip(found.order, found.change, strict=True) if change]
    rest = math.fsum(last - first) - math.fsum(part.value for part in parts)
    if len(names) > len(found.order) and rest:
        parts.append(Part(OTHERS, rest))
    return account_of(question, unit, start, end, parts)


def ratio_account(
    question: str,
    unit: str,
    start: float,
    end: float,
    numerators: tuple[Amounts, Amounts],
    denominators: tuple[Amounts, Amounts],
    scale: float = 1.0,
    most: int = 0,
) -> Account:
    """Give the change of a ratio: what its numerator did and what its denominator did (`numerator`, `denominator`).

    `numerators` and `denominators` hold the amounts before and after by contributor, `scale` turns their quotient
    into `unit` (100 for percent). With `most` the contributors whose two effects together moved the ratio most are
    parts of their own, and the rest stands under numerator and denominator. `start` and `end` are the ratio as it was
    published or computed; where they are not the quotients of the amounts, the difference is unexplained. Raises
    ValueError where a denominator's total is zero.
    """
    names = list(dict.fromkeys((*numerators[0], *numerators[1], *denominators[0], *denominators[1])))
    n0, n1 = _columns(names, *numerators)
    d0, d1 = _columns(names, *denominators)
    found = ratio_change(n0, n1, d0, d1)
    top, base = scale * found.numerator, scale * found.denominator
    order = np.argsort(-np.abs(top + base), kind="stable")[:most]
    parts = [Part(names[one], float(top[one] + base[one])) for one in order]
    rest = np.ones(len(names), dtype=np.bool_)
    rest[order] = False
    parts += [Part("numerator", math.fsum(top[rest])), Part("denominator", math.fsum(base[rest]))]
    return account_of(question, unit, start, end, parts)


def panel_account(
    question: str, unit: str, start: float, end: float, change: PanelChange, scale: float = 1.0
) -> Account:
    """Give the change of a panel's total by what happened to its enterprises; `scale` brings amounts into `unit`."""
    totals = change.totals
    parts = [Part(name, scale * value) for name, value in totals.items() if value and name != UNEXPLAINED]
    return account_of(question, unit, start, end, parts)


def shift_share_account(
    question: str, unit: str, start: float, end: float, found: ShiftShare, scale: float = 1.0
) -> Account:
    """Give a region's change in its national, mix, regional and, where it has one, allocation part."""
    totals = found.totals
    names = ("national", "mix", "regional", *(["allocation"] if found.allocation.any() else []))
    return account_of(question, unit, start, end, [Part(name, scale * totals[name]) for name in names])


def factor_account(question: str, unit: str, start: float, end: float, factors: Mapping[str, float]) -> Account:
    """Give the change of a product by its factors, from their additive parts (LMDI) in `unit`."""
    return account_of(question, unit, start, end, [Part(name, value) for name, value in factors.items()])


def _columns(names: Sequence[str], before: Amounts, after: Amounts) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.array([amounts.get(name, 0.0) for name in names], dtype=np.float64) for amounts in (before, after))  # type: ignore[return-value]
