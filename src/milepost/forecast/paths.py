"""One model of one target: its statements gathered into a system, and the indicator drawn year by year and inside
the year in progress.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milepost.basics.period import month_end
from milepost.forecast.case import Case, end_of
from milepost.forecast.choices import Assumed
from milepost.forecast.evidence import STOCKS, speak, years_around, years_of
from milepost.forecast.priors import Priors
from milepost.forecast.sampler import Draws, sample
from milepost.forecast.spans import (
    Span,
    Subject,
    Terms,
    mean_of_months,
    on_day,
    season_of_months,
    share_of_year,
    together,
)
from milepost.forecast.statements import Latent, System, path
from milepost.forecast.within import MONTHS
from milepost.plan.zone import Zone

Floats = NDArray[np.float64]
# The logs of the two ends of a central 90 % range are this many standard deviations apart.
_RANGE_SDS = 3.2897
_OWN = Subject((("own", 1.0),))


@dataclass(frozen=True)
class Drawn:
    """Draws [draws] of an indicator, in its unit: of every year from its first figure to the deadline, of what the
    target is about (`end`), and of spans of the year in progress.

    Spans of a flow sum to their year, spans of a level on a log scale have it as their mean (on other scales but for
    the curvature of the scale), the last span of a stock ends in it. `log_likelihood` [draws, readings] says how well
    each draw explains each reading named in `sources`.
    """

    years: dict[int, Floats]
    end: Floats
    spans: dict[Span, Floats]
    sources: tuple[str, ...]
    log_likelihood: Floats

    def taken(self, picked: NDArray[np.int64]) -> Drawn:
        """Give the draws with these numbers [draws]."""
        return Drawn(
            {year: draws[picked] for year, draws in self.years.items()},
            self.end[picked],
            {span: draws[picked] for span, draws in self.spans.items()},
            self.sources,
            self.log_likelihood[picked],
        )


def draw_years(case: Case, assumed: Assumed, priors: Priors, draws: int, seed: int, months: int = 0) -> Drawn:
    """Give the draws of a case under one combination of answers; with `months`, the year in progress by spans of so
    many months too.
    """
    system, years = _system(case, assumed, priors.known_on(case.known_on), bool(months))
    spans = {span: _terms_of_span(system, case, span) for span in _spans(case, years, months)}
    end = _terms_of_end(system, case)
    drawn = sample(system.compiled(), draws, seed)
    by_year = {year: case.scale.from_path(drawn.of(path("own", year))) for year in years}
    if case.indicator.kind == "cumulative":
        by_year = _never_falling(by_year, max(end for _, end in map(years_of, case.used)))
    inside = {span: _on_path(drawn, terms) for span, terms in spans.items()}
    return Drawn(
        by_year,
        _end(case, by_year, None if end is None else _on_path(drawn, end)),
        _agreeing(case, by_year, inside),
        drawn.sources,
        drawn.log_likelihood,
    )


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


def _on_path(drawn: Draws, terms: Terms) -> Floats:
    return np.asarray(sum(times * drawn.of(name) for name, times in terms.items()))


def _spans(case: Case, years: range, months: int) -> list[Span]:
    """Give the spans of the year in progress, none where none are asked for or the path does not reach it."""
    assert case.target.deadline is not None
    year = min(case.known_on.year, case.target.deadline.year)
    if not months:
        return []
    return [Span(year, first, first + months - 1) for first in range(1, MONTHS + 1, months)] if year in years else []


def _terms_of_span(system: System, case: Case, span: Span) -> Terms:
    """Give the terms of some months of the indicator, or of their last day for a stock."""
    if case.indicator.kind in STOCKS:
        return on_day(system, _OWN, month_end(span.year, span.last))
    terms = mean_of_months(system, _OWN, span)
    return together(terms, season_of_months(system, "own", span)) if case.indicator.kind == "flow" else terms


def _agreeing(case: Case, by_year: Mapping[int, Floats], inside: Mapping[Span, Floats]) -> dict[Span, Floats]:
    """Give the draws of spans in the indicator's unit, in agreement with the draws of their year."""
    found = {span: _of_months(case, span, draws) for span, draws in inside.items()}
    if not found:
        return {}
    year = next(iter(found)).year
    if case.indicator.kind in STOCKS:
        return {span: _bounded(case, by_year, year, draws) for span, draws in found.items()}
    if not case.scale.has_growth:
        return found
    total = np.sum(list(found.values()), axis=0) / (1 if case.indicator.kind == "flow" else len(found))
    return {span: draws * by_year[year] / total for span, draws in found.items()}


def _of_months(case: Case, span: Span, on_path: Floats) -> Floats:
    """Give draws of some months from their draws on the path, where the months of a flow stand at a year's rate."""
    value = case.scale.from_path(on_path)
    return value * span.months / MONTHS if case.indicator.kind == "flow" else value


def _bounded(case: Case, by_year: Mapping[int, Floats], year: int, draws: Floats) -> Floats:
    """What never falls stands between its two year ends."""
    if case.indicator.kind != "cumulative":
        return draws
    return np.minimum(np.maximum(draws, by_year.get(year - 1, draws)), by_year[year])


def _terms_of_end(system: System, case: Case) -> Terms | None:
    """Give the terms of what a target inside a year is about, None where whole years are."""
    target = case.target
    assert target.deadline is not None
    if target.sum_from is not None:
        return None
    if case.indicator.kind in STOCKS:
        return on_day(system, _OWN, target.deadline) if share_of_year(target.deadline) < 1.0 else None
    return _terms_of_span(system, case, _asked(target.deadline, target.months)) if target.months else None


def _asked(deadline: date, months: int) -> Span:
    return Span(deadline.year, deadline.month - months + 1, deadline.month)


def _end(case: Case, by_year: Mapping[int, Floats], inside: Floats | None) -> Floats:
    """Give draws of what the target is about: a year, a sum of years, some months, or a day."""
    target = case.target
    assert target.deadline is not None
    if inside is None:
        first = target.sum_from or target.deadline.year
        return np.asarray(np.sum([by_year[year] for year in range(first, target.deadline.year + 1)], axis=0))
    if target.months:
        return _of_months(case, _asked(target.deadline, target.months), inside)
    return _bounded(case, by_year, target.deadline.year, case.scale.from_path(inside))


def _system(case: Case, assumed: Assumed, priors: Priors, has_spans: bool) -> tuple[System, range]:
    """Give the statements of a case, and the years to be told: from the first figure to the deadline."""
    system, target = System(priors, is_joint=bool(case.parts)), case.target
    ends = [years_of(said)[1] for said in case.used]
    assert target.deadline is not None
    asked = [year for year in (target.sum_from, target.base_year) if year is not None]
    is_inside = case.indicator.kind in STOCKS and share_of_year(target.deadline) < 1.0
    first = min(*(years_of(said)[0] for said in case.used), target.deadline.year - is_inside, *asked)
    last = max(*ends, target.deadline.year, *asked)
    # The months of a year lean on the years on both sides of it.
    leans = has_spans or target.months is not None
    around = [first - leans, last + leans, *(year for said in case.used for year in years_around(said))]
    for series in ("own", "denominator") if case.parts else ("own",):
        about = [end for said, end in zip(case.used, ends, strict=True) if series in dict(said.subject.paths)]
        is_share = series == "own" and (bool(case.parts) or case.indicator.scale == "logit")
        drift_mean = priors.ratio_drift_mean if is_share else priors.drift_mean
        system.add_path(series, min(around), max(around), _start(case, series), max(about), drift_mean, assumed.damping)
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
