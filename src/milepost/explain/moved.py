"""What moved a chance: between two known-on dates, and figure by figure.

Between two dates the figures published in between are let in one publication after another, in the order
they appeared, and what remains is the passing of time itself (evidence grows old, the look back moves). The
parts sum to the change by construction; another order would divide it differently, and the order of
publication is the one in which people learned.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from milepost.explain.account import Account, Part
from milepost.forecast.case import gather
from milepost.forecast.chance import outlook
from milepost.forecast.choices import widest
from milepost.forecast.learning import learned
from milepost.forecast.mixture import Mixed, mix
from milepost.forecast.outlook import Outlook
from milepost.forecast.priors import default_priors
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Zone

# Below this share of effective draws a reweighed chance is not to be trusted.
_LEAST_EFFECTIVE = 0.1


@dataclass(frozen=True)
class Pull:
    """How far one figure moves the chance: its chance with all figures less the chance without this one."""

    reading: Reading
    pull: float | None


def moved(target: Target, zone: Zone, readings: Sequence[Reading], first: date, second: date) -> Account | None:
    """Give the change of a target's chance from `first` to `second`, divided by publication.

    None where there is no chance on either date. Raises ValueError where `second` is before `first`.
    """
    if second < first:
        raise ValueError("the second date must not be before the first")
    known = [r for r in readings if r.known_on <= first]
    start, end = (_chance(target, zone, [r for r in readings if r.known_on <= day], day) for day in (first, second))
    if start is None or end is None:
        return None
    parts, before = [], start
    for publication in _publications(target, zone, readings, first, second):
        known += publication
        after = _chance(target, zone, known, first)
        if after is not None:
            parts.append(Part("moved_by_publication", after - before, tuple(publication)))
            before = after
    return Account("moved", "chance", start, end, (*parts, Part("moved_by_time", end - before)))


def pulls(target: Target, zone: Zone, readings: Sequence[Reading], known_on: date) -> list[Pull]:
    """Give how far each figure that speaks moves the chance, the strongest first.

    `pull` is None where without the figure there is no chance at all. The draws are weighed again as if the
    figure had not been seen (importance sampling; Gelfand 1996; Vehtari, Gelman & Gabry 2017); where too few
    draws carry that weight the chance is drawn anew without it.
    """
    known = [r for r in readings if r.known_on <= known_on]
    full = _found(target, zone, known, known_on)
    if full.chance is None or full.method != "method_path":
        return []
    priors = learned(default_priors(), known)
    mixed = mix(gather(target, zone, known, known_on, widest(priors)), known, priors)
    found = []
    for reading in full.evidence:
        chance = _reweighed(mixed, reading.id)
        if chance is None or len(full.evidence) == 1:
            # A repetition of a figure would only step into its place.
            chance = _chance(target, zone, [r for r in known if not _is_same_statement(r, reading)], known_on)
        found.append(Pull(reading, None if chance is None else full.chance - chance))
    return sorted(found, key=lambda pull: -(abs(pull.pull) if pull.pull is not None else 2.0))


def _reweighed(mixed: Mixed, reading_id: str) -> float | None:
    """Give the chance without a figure from the draws with it, None where too few of them carry the weight."""
    chance, total = 0.0, sum(one.assumed.weight for one in mixed.combinations)
    for one in mixed.combinations:
        weight = np.ones(one.reached.size)
        if reading_id in one.sources:
            unlike = -one.log_likelihood[:, one.sources.index(reading_id)]
            weight = np.exp(unlike - unlike.max())
        if weight.sum() ** 2 / (weight**2).sum() < _LEAST_EFFECTIVE * weight.size:
            return None
        chance += one.assumed.weight / total * float(np.average(one.reached, weights=weight))
    return chance


def _publications(
    target: Target, zone: Zone, readings: Sequence[Reading], first: date, second: date
) -> Iterator[list[Reading]]:
    """Give the figures published in between that speak of the target, a publication at a time."""
    known = [r for r in readings if r.known_on <= second]
    speaking = {r.id for r in _found(target, zone, known, second).evidence}
    new = [r for r in known if r.known_on > first and r.id in speaking]
    new.sort(key=lambda r: (r.known_on, r.source_url, r.id))
    for _, publication in itertools.groupby(new, key=lambda r: (r.known_on, r.source_url)):
        yield list(publication)


def _is_same_statement(first: Reading, second: Reading) -> bool:
    return (first.indicator, first.area, first.period, first.kind, first.value) == (
        second.indicator, second.area, second.period, second.kind, second.value,
    )  # fmt: skip


def _found(target: Target, zone: Zone, known: list[Reading], day: date) -> Outlook:
    return outlook(target, zone, known, day, learned(default_priors(), known))


def _chance(target: Target, zone: Zone, known: list[Reading], day: date) -> float | None:
    return _found(target, zone, known, day).chance
