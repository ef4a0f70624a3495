"""One model of one target: its statements gathered into a system, and the indicator drawn year by year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.case import Case, end_of
from milepost.forecast.choices import Assumed
from milepost.forecast.evidence import STOCKS, share_of_year, speak, years_of
from milepost.forecast.priors import Priors
from milepost.forecast.sampler import sample
from milepost.forecast.scale import Scale
from milepost.forecast.statements import Latent, System, path
from milepost.plan.zone import Zone

Floats = NDArray[np.float64]
# The logs of the two ends of a central 90 % range are this many standard deviations apart.
_RANGE_SDS = 3.2897


@dataclass(frozen=True)
class Drawn:
    """Draws [draws] of an indicator, in its unit, for every year from its first figure to the deadline.

    `log_likelihood` [draws, readings] says how well each draw explains each reading named in `sources`.
    """

    years: dict[int, Floats]
    sources: tuple[str, ...]
    log_likelihood: Floats


def draw_years(case: Case, assumed: Assumed, priors: Priors, draws: int, seed: int) -> Drawn:
    """Give the draws of a case under one combination of answers."""
    system, years = _system(case, assumed, priors.known_on(case.known_on))
    drawn = sample(system.compiled(), draws, seed)
    by_year = {year: case.scale.from_path(drawn.of(path("own", year))) for year in years}
    if case.indicator.kind == "cumulative":
        by_year = _never_falling(by_year, max(end for _, end in map(years_of, case.used)))
    return Drawn(by_year, drawn.sources, drawn.log_likelihood)


def _never_falling(by_year: Mapping[int, Floats], seen: int) -> dict[int, Floats]:
    """Give draws that rise or rest: from the last year with a figure, a step that would fall is none.

    Back from that year no earlier value stands above a later one, so that the noise of early figures does not lift
    what is seen now. A prior cut off at zero steps was tried instead: it cannot rest, and was too high and too sure
    of counts that had come to rest.
    """
    past = [year for year in by_year if year <= seen]
    to_come = [year for year in by_year if year >= seen]
    risen = np.minimum.accumulate([by_year[year] for year in reversed(past)])[::-1]
    rising = np.maximum.accumulate([by_year[year] for year in to_come])
    return dict(zip(past, risen, strict=True)) | dict(zip(to_come, rising, strict=True))


def at_deadline(case: Case, by_year: Mapping[int, Floats]) -> Floats:
    """Give draws [draws] of what the target is about: the deadline's year, or the sum of years up to it."""
    target = case.target
    assert target.deadline is not None
    if target.sum_from is None and case.indicator.kind in STOCKS:
        return _on_day(by_year, target.deadline, case.scale)
    if target.sum_from is None:
        return by_year[target.deadline.year]
    return np.asarray(np.sum([by_year[year] for year in range(target.sum_from, target.deadline.year + 1)], axis=0))


def _on_day(by_year: Mapping[int, Floats], day: date, scale: Scale) -> Floats:
    """Give draws [draws] on a day: on the line between the ends of its year and of the year before, on a log scale
    where there is growth.
    """
    passed = share_of_year(day)
    if passed == 1.0:
        return by_year[day.year]
    before, after = by_year[day.year - 1], by_year[day.year]
    return before * (after / before) ** passed if scale.has_growth else before + passed * (after - before)


def _system(case: Case, assumed: Assumed, priors: Priors) -> tuple[System, range]:
    system, target = System(priors, is_joint=bool(case.parts)), case.target
    spans = [years_of(said) for said in case.used]
    assert target.deadline is not None
    asked = [year for year in (target.sum_from, target.base_year) if year is not None]
    is_inside = case.indicator.kind in STOCKS and share_of_year(target.deadline) < 1.0
    first = min(*(start for start, _ in spans), target.deadline.year - is_inside, *asked)
    last = max(*(end for _, end in spans), target.deadline.year, *asked)
    for series in ("own", "denominator") if case.parts else ("own",):
        about = [end for said, (_, end) in zip(case.used, spans, strict=True) if series in dict(said.subject.paths)]
        is_share = series == "own" and (bool(case.parts) or case.indicator.scale == "logit")
        drift_mean = priors.ratio_drift_mean if is_share else priors.drift_mean
        system.add_path(series, first, last, _start(case, series), max(about), drift_mean, assumed.damping)
    for said in case.used:
        if said.subject.relation:
            _relate(system, said.subject.relation, case.zone)
        speak(system, said)
    return system, range(first, last + 1)


def _start(case: Case, series: str) -> float:
    """Give a level near which a path begins; the prior around it is so wide that it decides nothing."""
    levels = [said for said in case.used if said.series == series and said.reading.kind != "growth_yoy_pct"]
    oldest = min(levels, key=lambda said: (end_of(said.reading), said.reading.id), default=None)
    return oldest.scale.to_path(oldest.reading.value) if oldest else 0.0


def _relate(system: System, latent: Latent, zone: Zone) -> None:
    """Add the unknown log ratio of two areas with its declared range."""
    _, indicator, evidence_area, area = latent
    for relation in zone.declared.relations:
        if (relation.indicator, relation.evidence_area, relation.area) == (indicator, evidence_area, area):
            low, high = np.log(relation.ratio.low), np.log(relation.ratio.high)
            system.add_unknown(latent, float(low + high) / 2.0, max(float(high - low) / _RANGE_SDS, 1e-3))
