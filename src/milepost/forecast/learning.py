"""The errors of published figures, learned from figures whose exact value was published later.

A pair is a bound, a preliminary figure or a first exact one, and the newest exact figure of the same
indicator, area and period, both known on the date. The weights of a kind's mixture are the mean of a
Dirichlet posterior whose prior weights count as a declared number of pairs, by expectation-maximisation
(Dempster, Laird & Rubin 1977). Shifts and widths stay as declared: a handful of pairs cannot move them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from milepost.forecast.priors import Component, Noise, Priors
from milepost.measure.reading import Reading

_STEPS = 50
_STANDS_AFTER_DAYS = 180


def learned(priors: Priors, readings: Iterable[Reading]) -> Priors:
    """Give priors whose mixture weights have seen the pairs in `readings`, in any order."""
    errors = paired_errors(readings)
    noise = {
        kind: reweighted(parts, errors[kind], priors.noise_pairs) if errors.get(kind) else parts
        for kind, parts in priors.noise.items()
    }
    return replace(priors, noise=noise)


def paired_errors(readings: Iterable[Reading]) -> dict[str, list[float]]:
    """Give log(exact / published) of every pair, by the kind of the earlier figure."""
    by_subject: dict[tuple[str, str, str], list[Reading]] = {}
    for reading in readings:
        if reading.kind in ("actual", "preliminary", "at_least") and reading.value > 0.0 and reading.period.end:
            by_subject.setdefault((reading.indicator, reading.area, reading.period.text), []).append(reading)
    found: dict[str, list[float]] = {}
    for figures in by_subject.values():
        figures.sort(key=lambda r: (r.known_on, r.id))
        exact = [r for r in figures if r.kind == "actual"]
        if exact:
            newest = exact[-1]
            # The same number printed again is not a second chance to be wrong.
            first = {(figure.kind, figure.value): figure for figure in reversed(figures)}
            for figure in first.values():
                if _was_tried(figure, newest):
                    found.setdefault(figure.kind, []).append(math.log(newest.value / figure.value))
    return {kind: sorted(errors) for kind, errors in found.items()}


def _was_tried(figure: Reading, newest: Reading) -> bool:
    """Could the newest exact figure have shown an earlier one to be wrong?

    An exact figure that is printed unchanged at once by another source was not tried; one that stands unchanged
    half a year later was. Were only changed figures pairs, every figure would seem to be revised.
    """
    if figure.kind == "actual" and figure.value == newest.value:
        return (newest.known_on - figure.known_on).days >= _STANDS_AFTER_DAYS
    return figure.known_on < newest.known_on


def reweighted(parts: Noise, errors: Sequence[float], prior_pairs: float) -> Noise:
    """Give the mixture with the posterior mean weights given `errors`.

    >>> calm, wild = Component(0.5, 0.0, 0.01), Component(0.5, 0.0, 1.0)
    >>> [round(part.weight, 2) for part in reweighted((calm, wild), [0.0] * 30, 10.0)]
    [0.87, 0.13]
    """
    weights = [part.weight for part in parts]
    for _ in range(_STEPS):
        counts = [part.weight * prior_pairs for part in parts]
        for error in errors:
            chances = [weight * _density(part, error) for weight, part in zip(weights, parts, strict=True)]
            total = sum(chances)
            if total > 0.0:
                counts = [count + chance / total for count, chance in zip(counts, chances, strict=True)]
        weights = [count / sum(counts) for count in counts]
    return tuple(Component(weight, part.shift, part.sd) for weight, part in zip(weights, parts, strict=True))


def _density(part: Component, error: float) -> float:
    return math.exp(-0.5 * ((error - part.shift) / part.sd) ** 2) / part.sd
