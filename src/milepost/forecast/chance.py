"""The outlook of one target: its figures weighed in one system and drawn to the deadline."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.case import Case, age_on, end_of, gather
from milepost.forecast.evidence import speak, years_of
from milepost.forecast.outlook import Outlook, PathPoint, Verdict
from milepost.forecast.priors import Priors, default_priors
from milepost.forecast.sampler import sample
from milepost.forecast.stages import draw_stage, steps_of
from milepost.forecast.statements import Latent, System, path
from milepost.forecast.verdict import by_chance, decided, is_reached
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Zone

Floats = NDArray[np.float64]
# The logs of the two ends of a central 90 % range are this many standard deviations apart.
_RANGE_SDS = 3.2897


def outlook(
    target: Target, zone: Zone, readings: Iterable[Reading], known_on: date, priors: Priors | None = None
) -> Outlook:
    """Give the outlook of a target from the readings known on a date.

    `readings` must hold nothing published after `known_on`; the same readings in any order give the same
    outlook. The zone's settings give the age at which evidence is too old, the verdict bands, the seed and
    the number of draws.
    """
    if target.indicator is None or target.deadline is None or (target.value is None and target.base_year is None):
        return _without_chance(target, "no number promised", "no_number")
    priors = priors or default_priors()
    case = gather(target, zone, readings, known_on, priors)
    if not case.used:
        return _without_evidence(case, "no_evidence")
    if case.age_years() > zone.declared.settings.oldest_evidence_years:
        return _without_evidence(case, "evidence_too_old")
    return _stage_outlook(case, priors) if case.indicator.kind == "stage" else _path_outlook(case, priors)


def _without_chance(target: Target, verdict: Verdict, because: str) -> Outlook:
    return Outlook(
        target_id=target.id, verdict=verdict, because=because, chance=None, median=None, p05=None, p95=None,
        path=(), evidence=(), unused=(), latest=None, latest_age_years=None, missing=(), method="method_none",
    )  # fmt: skip


def _without_evidence(case: Case, because: str) -> Outlook:
    latest = case.latest()
    return replace(
        _without_chance(case.target, "no evidence", because),
        evidence=case.newest_first(),
        unused=case.unused,
        latest=latest,
        latest_age_years=age_on(case.known_on, end_of(latest)) if latest else None,
        missing=case.missing(),
    )


def _stage_outlook(case: Case, priors: Priors) -> Outlook:
    assert case.target.deadline is not None
    figures = [said.reading for said in case.used]
    ahead = age_on(case.target.deadline, max(end_of(figure) for figure in figures))
    settings = case.zone.declared.settings
    return _judged(case, draw_stage(steps_of(figures), ahead, priors, settings.draws, _seed(case)), (), "method_stage")


def _path_outlook(case: Case, priors: Priors) -> Outlook:
    target = case.target
    assert target.deadline is not None
    system, years = _system(case, priors)
    draws = sample(system.compiled(), case.zone.declared.settings.draws, _seed(case))

    def values(year: int) -> Floats:
        if not case.parts:
            return case.scale.from_path(draws.of(path("own", year)))
        return case.scale.from_path(draws.of(path("numerator", year)) - draws.of(path("denominator", year)))

    by_year = {year: values(year) for year in years}
    if case.indicator.kind == "cumulative":
        by_year = dict(zip(by_year, np.maximum.accumulate(list(by_year.values())), strict=True))
    end = by_year[target.deadline.year]
    if target.sum_from is not None:
        end = np.sum([by_year[year] for year in range(target.sum_from, target.deadline.year + 1)], axis=0)
    base = by_year[target.base_year] if target.value is None and target.base_year else None
    return _judged(case, end, tuple(_point(year, drawn) for year, drawn in by_year.items()), "method_path", base)


def _system(case: Case, priors: Priors) -> tuple[System, range]:
    """Give the statements of a case and the years its paths run over."""
    system = System(priors)
    spans = [years_of(said) for said in case.used]
    target = case.target
    assert target.deadline is not None
    asked = [year for year in (target.sum_from, target.base_year) if year is not None]
    first = min(*(start for start, _ in spans), target.deadline.year, *asked)
    last = max(*(end for _, end in spans), target.deadline.year, *asked)
    for series in case.parts or (case.own,):
        system.add_path(series.name, first, last, _start(case, series.name))
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


def _judged(case: Case, end: Floats, points: tuple[PathPoint, ...], method: str, base: Floats | None = None) -> Outlook:
    """Give the outlook from draws [draws] of the value at the deadline; `base` is what it must rise above."""
    target = case.target
    chance = float(np.mean(end > base if base is not None else is_reached(end, target, case.indicator)))
    sure = decided(target, case.zone, case.figures, case.known_on) if target.value is not None else None
    has_passed = target.deadline is not None and case.known_on > target.deadline
    reason = "by_chance_after_deadline" if has_passed else "by_chance"
    verdict, because = sure or (by_chance(chance, case.zone.declared.settings), reason)
    latest = case.latest()
    p05, median, p95 = (float(quantile) for quantile in np.quantile(end, (0.05, 0.5, 0.95)))
    return Outlook(
        target_id=target.id, verdict=verdict, because=because, chance=chance, median=median, p05=p05, p95=p95,
        path=points, evidence=case.newest_first(), unused=case.unused, latest=latest,
        latest_age_years=age_on(case.known_on, end_of(latest)) if latest else None,
        missing=case.missing(), method=method, notes=case.notes(),
    )  # fmt: skip


def _point(year: int, values: Floats) -> PathPoint:
    p05, p25, median, p75, p95 = (float(quantile) for quantile in np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)))
    return PathPoint(year, median, p05, p25, p75, p95)


def _seed(case: Case) -> int:
    """Give the seed of a target: the zone's own, moved by the target's id so that targets are independent."""
    return case.zone.declared.settings.seed + zlib.crc32(case.target.id.encode())
