"""The outlook of one target: its figures weighed under every open choice, and the draws judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milepost.forecast.case import Case, age_on, end_of, gather
from milepost.forecast.choices import hangs, widest
from milepost.forecast.learning import learned
from milepost.forecast.mixture import mix, seed_of
from milepost.forecast.outlook import Outlook, PathPoint, Verdict
from milepost.forecast.priors import Priors, default_priors
from milepost.forecast.stages import draw_stage, steps_of
from milepost.forecast.verdict import by_chance, decided, is_reached
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Zone

Floats = NDArray[np.float64]


def outlooks(zone: Zone, readings: Iterable[Reading], known_on: date) -> Iterable[Outlook]:
    """Give the outlook of each target of the zone's plan, in the plan's order, one at a time."""
    readings = list(readings)
    priors = learned(default_priors(), readings)
    for target in zone.plan.targets():
        yield outlook(target, zone, readings, known_on, priors)


def outlook(
    target: Target, zone: Zone, readings: Iterable[Reading], known_on: date, priors: Priors | None = None
) -> Outlook:
    """Give the outlook of a target from the readings known on a date.

    `readings` must hold nothing published after `known_on`; the same readings in any order give the same
    outlook. The zone's settings give the age at which evidence is too old, the verdict bands, the seed and
    the number of draws. `priors` default to those shipped, before anything is learned from the readings.
    """
    if target.indicator is None or target.deadline is None or (target.value is None and target.base_year is None):
        return _without_number(target, zone, list(readings), known_on, priors or default_priors())
    priors = priors or default_priors()
    readings = list(readings)
    case = gather(target, zone, readings, known_on, widest(priors))
    lacking = _lacking(case)
    if lacking:
        sure = _decided(case)
        found = _without_evidence(case, lacking)
        return replace(found, verdict=sure[0], because=sure[1]) if sure else found
    if case.indicator.kind == "stage":
        return _stage_outlook(case, priors)
    mixed = mix(case, readings, priors)
    found = _judged(case, mixed.end, mixed.reached, "method_path")
    return replace(
        found,
        path=tuple(_point(year, values) for year, values in mixed.years.items()),
        chance_low=min(chance for _, chance in mixed.chances),
        chance_high=max(chance for _, chance in mixed.chances),
        hangs_on=hangs(priors, mixed.chances),
        notes=(*found.notes, *mixed.notes),
    )


def _lacking(case: Case) -> str:
    """Give the message key of why no chance can be drawn, or an empty string."""
    if case.is_off_scale_now():
        return "off_scale_now"
    if not case.used:
        only_growth = any(reading.kind == "growth_yoy_pct" for reading in case.figures)
        return "only_growth" if only_growth else "no_evidence"
    is_too_old = case.age_years() > case.zone.declared.settings.oldest_evidence_years
    return "evidence_too_old" if is_too_old else ""


def _decided(case: Case) -> tuple[Verdict, str] | None:
    if case.target.value is None:
        return None
    return decided(case.target, case.zone, case.figures, case.known_on)


def _without_chance(target: Target, verdict: Verdict, because: str) -> Outlook:
    return Outlook(
        target_id=target.id, verdict=verdict, because=because, chance=None, median=None, p05=None, p95=None,
        path=(), evidence=(), unused=(), latest=None, latest_age_years=None, missing=(), method="method_none",
    )  # fmt: skip


def _without_number(target: Target, zone: Zone, readings: list[Reading], known_on: date, priors: Priors) -> Outlook:
    """Give the outlook of a promise without a number: the figures that are known stand beside it, unjudged."""
    bare = _without_chance(target, "no number promised", "no_number")
    if target.indicator is None or target.area is None:
        return bare
    beside = _without_evidence(gather(target, zone, readings, known_on, widest(priors)), "no_number")
    return replace(beside, verdict="no number promised", missing=())


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
    draws = draw_stage(steps_of(figures), ahead, priors, settings.draws, seed_of(case))
    return _judged(case, draws, is_reached(draws, case.target, case.indicator), "method_stage")


def _judged(case: Case, end: Floats, reached: NDArray[np.bool_], method: str) -> Outlook:
    """Give the outlook from draws [draws] of the value at the deadline and whether each meets the target."""
    target, settings = case.target, case.zone.declared.settings
    chance = float(np.mean(reached))
    sure = _decided(case)
    has_passed = target.deadline is not None and case.known_on > target.deadline
    verdict, because = sure or (
        by_chance(chance, settings), "by_chance_after_deadline" if has_passed else "by_chance",
    )  # fmt: skip
    latest = case.latest()
    p05, median, p95 = (float(quantile) for quantile in np.quantile(end, (0.05, 0.5, 0.95)))
    return Outlook(
        target_id=target.id, verdict=verdict, because=because, chance=chance, median=median, p05=p05, p95=p95,
        path=(), evidence=case.newest_first(), unused=case.unused, latest=latest,
        latest_age_years=age_on(case.known_on, end_of(latest)) if latest else None,
        missing=case.missing(), method=method, notes=case.notes(),
    )  # fmt: skip


def _point(year: int, values: Floats) -> PathPoint:
    p05, p25, median, p75, p95 = (float(quantile) for quantile in np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)))
    return PathPoint(year, median, p05, p25, p75, p95)
