"""The draws of one target under every combination of the open choices, mixed by their weights."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.case import Case, end_of, gather
from milepost.forecast.choices import Assumed, Question, combinations
from milepost.forecast.paths import Drawn, draw_years
from milepost.forecast.priors import Priors
from milepost.forecast.spans import Span
from milepost.forecast.verdict import is_reached
from milepost.forecast.wholes import hold
from milepost.measure.reading import Reading

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Combination:
    """One combination of answers: its chance, whether each draw [draws] meets the target, and how well each
    draw explains each reading [draws, readings].
    """

    assumed: Assumed
    reached: NDArray[np.bool_]
    sources: tuple[str, ...]
    log_likelihood: Floats

    @property
    def chance(self) -> float:
        """The chance under this combination alone."""
        return float(np.mean(self.reached))


@dataclass(frozen=True)
class Mixed:
    """Draws of all combinations together.

    `years` gives the indicator [draws] in its unit for each year, `spans` for each span of the year in progress, if
    they were asked for; `end` [draws] is what the target is about, `reached` [draws] whether it is met, and
    `combinations` the same for each combination alone. `notes` are message keys of what held the draws.
    """

    years: dict[int, Floats]
    spans: dict[Span, Floats]
    end: Floats
    reached: NDArray[np.bool_]
    combinations: tuple[Combination, ...]
    notes: tuple[str, ...] = ()

    @property
    def chances(self) -> tuple[tuple[Assumed, float], ...]:
        """The chance under each combination alone."""
        return tuple((one.assumed, one.chance) for one in self.combinations)


def mix(case: Case, readings: Sequence[Reading], priors: Priors, months: int = 0) -> Mixed:
    """Give the draws of a case under every combination of the choices that are open for it.

    Each combination gives draws in proportion to its weight; those under which no figure gives a level are
    left out. A path method is assumed: stages have their own. With `months` the year in progress is drawn by spans of
    so many months too.
    """
    cases = {}
    for assumed in combinations(priors, _open_questions(case, priors)):
        variant = gather(case.target, case.zone, readings, case.known_on, assumed)
        if variant.used:
            cases[assumed] = variant
    total = sum(assumed.weight for assumed in cases)
    ends: list[Floats] = []
    found: list[Combination] = []
    years: dict[int, list[Floats]] = {}
    spans: dict[Span, list[Floats]] = {}
    notes: list[str] = []
    for number, (assumed, variant) in enumerate(cases.items()):
        draws = max(1, round(case.zone.declared.settings.draws * assumed.weight / total))
        seed, draw = seed_of(case) + number, functools.partial(_drawn, assumed, priors, draws)
        held = hold(variant, draw_years(variant, assumed, priors, draws, seed, months), readings, assumed, seed, draw)
        drawn = held.drawn
        notes += [held.note] if held.note else []
        ends.append(drawn.end)
        hits = _hits(case, drawn.end, drawn.years)
        found.append(Combination(assumed, hits, drawn.sources, drawn.log_likelihood))
        for year, values in drawn.years.items():
            years.setdefault(year, []).append(values)
        for span, values in drawn.spans.items():
            spans.setdefault(span, []).append(values)
    return Mixed(
        {year: np.concatenate(values) for year, values in sorted(years.items())},
        {span: np.concatenate(values) for span, values in spans.items()},
        np.concatenate(ends),
        np.concatenate([one.reached for one in found]),
        tuple(found),
        tuple(dict.fromkeys(notes)),
    )


def _drawn(assumed: Assumed, priors: Priors, draws: int, case: Case, seed: int) -> Drawn:
    return draw_years(case, assumed, priors, draws, seed)


def _open_questions(case: Case, priors: Priors) -> tuple[Question, ...]:
    """Give the questions whose answers can differ here."""
    related = {said.subject.relation[1:3] for said in case.used if said.subject.relation}
    may_be_same = any(r.may_be_same and (r.indicator, r.evidence_area) in related for r in case.zone.declared.relations)
    shortest = min(assumed.look_back_years for assumed in combinations(priors))
    has_old = any(end_of(said.reading).year < case.known_on.year - shortest for said in case.used)
    return ("drift", *(("look_back",) if has_old else ()), *(("area",) if may_be_same else ()))


def _hits(case: Case, end: Floats, by_year: Mapping[int, Floats]) -> NDArray[np.bool_]:
    """Say of each draw [draws] whether it meets the target; "rising" is above the base year of the same draw."""
    if case.target.value is None:
        assert case.target.base_year is not None
        return np.asarray(end > by_year[case.target.base_year])
    return is_reached(end, case.target, case.indicator)


def seed_of(case: Case) -> int:
    """Give the seed of a target: the zone's own, moved by the target's id so that targets are independent."""
    return case.zone.declared.settings.seed + zlib.crc32(case.target.id.encode())
