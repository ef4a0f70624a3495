"""Trials of the chances: the model asked at past dates about years whose figures were published later.

A trial is one indicator of one area, one year, and a date before its exact figure was known. The model
sees only what was surely known on that date, and answers with the figure that would be published. The
threshold of a trial's made promise follows a law fixed here and nowhere tuned: the last exact yearly figure
plus k standard deviations of the yearly differences times the root of the years ahead, with k uniform on
(-1, 1) from a hash of the trial's name.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milepost.basics.period import month_end
from milepost.basics.text import Text
from milepost.forecast.case import Case, end_of, gather
from milepost.forecast.choices import widest
from milepost.forecast.learning import learned
from milepost.forecast.mixture import mix, seed_of
from milepost.forecast.priors import Priors, default_priors
from milepost.forecast.scale import whole_of
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Zone

Floats = NDArray[np.float64]
MONTHS_AHEAD = (24, 18, 12, 6, 3)
_SURELY_KNOWN_DAYS = 365
_SILENT = Text("", "")


@dataclass(frozen=True)
class Question:
    """What a trial asks: the value of an indicator in an area in a year, on a date before it was known."""

    indicator: str
    area: str
    year: int
    known_on: date
    truth: Reading

    @property
    def name(self) -> str:
        """A lasting name, from which the trial's threshold is drawn."""
        return f"{self.indicator} {self.area} {self.year} {self.known_on}"


@dataclass(frozen=True)
class Trial:
    """A question with the model's answer.

    `draws` [draws] are sorted, in the indicator's unit; `history` [years] are the exact yearly figures known on the
    date, oldest first, with their `years`; `threshold` is the made promise.
    """

    question: Question
    draws: Floats
    years: tuple[int, ...]
    history: Floats
    threshold: float

    @property
    def chance(self) -> float:
        """The model's chance that the value is at or above the threshold."""
        return float(np.mean(self.draws >= self.threshold))

    @property
    def came_true(self) -> bool:
        """Was the value at or above the threshold?"""
        return self.question.truth.value >= self.threshold

    def quantile(self, probability: float) -> float:
        """Give a quantile of the model's answer."""
        return float(np.quantile(self.draws, probability))


def questions(readings: Sequence[Reading], zone: Zone, since: date = date.min) -> Iterator[Question]:
    """Give every question the readings can answer, in a lasting order.

    A year has an answer when an exact or preliminary figure of the whole year was published; it is asked at
    fixed times before the year's end, where something of the indicator was known and the answer was not.
    """
    exact = [r for r in readings if _is_exact_year(r, zone)]
    by_year: dict[tuple[str, str, int], list[Reading]] = {}
    for reading in exact:
        by_year.setdefault((reading.indicator, reading.area, end_of(reading).year), []).append(reading)
    for (indicator, area, year), figures in sorted(by_year.items()):
        truth = max(figures, key=lambda r: (r.known_on, r.id))
        first_known = min(r.known_on for r in figures)
        for months in MONTHS_AHEAD:
            known_on = _months_before(year, months)
            if since <= known_on < first_known and any(
                _was_known(r, known_on) and (r.indicator, r.area) == (indicator, area) for r in exact
            ):
                yield Question(indicator, area, year, known_on, truth)


def run_trials(
    readings: Sequence[Reading], zone: Zone, since: date = date.min, progress: Callable[[int, int], None] | None = None
) -> list[Trial]:
    """Give all trials; each sees only the readings known on its date, and the errors learned from those."""
    asked = list(questions(readings, zone, since))
    priors_on: dict[date, Priors] = {}
    found = []
    for number, question in enumerate(asked):
        known = [r for r in readings if _was_known(r, question.known_on)]
        if question.known_on not in priors_on:
            priors_on[question.known_on] = learned(default_priors(), known)
        trial = _run(question, known, zone, priors_on[question.known_on])
        if trial is not None:
            found.append(trial)
        if progress:
            progress(number + 1, len(asked))
    return found


def _was_known(reading: Reading, day: date) -> bool:
    """Was a figure surely published by a day? One whose source gives no date is taken to have been a year after its
    period: the day it may be used from, its period's end, would look ahead.
    """
    if not reading.is_known_on_assumed:
        return reading.known_on <= day
    return (day - reading.known_on).days >= _SURELY_KNOWN_DAYS


def _as_published(draws: Floats, case: Case, priors: Priors, seed: int) -> Floats:
    """Give draws [draws] of the exact figure that will be published of what is drawn: it has an error of its own."""
    random, parts = np.random.default_rng(seed), priors.noise["actual"]
    picked = random.choice(len(parts), draws.size, p=np.array([p.weight for p in parts]) / sum(p.weight for p in parts))
    shift, sd = (np.array([getattr(part, name) for part in parts])[picked] for name in ("shift", "sd"))
    # The true value is the published one times exp(error).
    published = draws * np.exp(-(shift + sd * random.standard_normal(draws.size)))
    whole = whole_of(case.indicator)
    return published if whole is None else np.minimum(published, whole)


def _run(question: Question, known: list[Reading], zone: Zone, priors: Priors) -> Trial | None:
    alone = replace(zone, declared=replace(zone.declared, relations=()))
    indicator = zone.indicators[question.indicator]
    ask = Target(
        id=f"{question.indicator} {question.area} {question.year}", name=_SILENT, stated=_SILENT, reading=_SILENT,
        indicator=question.indicator,
        area=question.area, value=0.0, unit=indicator.unit, deadline=date(question.year, 12, 31),
    )  # fmt: skip
    case = gather(ask, alone, known, question.known_on, widest(priors))
    if not case.used or case.age_years() > zone.declared.settings.oldest_evidence_years:
        return None
    draws = np.sort(_as_published(mix(case, known, priors).end, case, priors, seed_of(case)))
    newest: dict[int, Reading] = {}
    for reading in sorted(known, key=lambda r: (r.known_on, r.id)):
        if (reading.indicator, reading.area) == (question.indicator, question.area) and _is_exact_year(reading, zone):
            newest[end_of(reading).year] = reading
    years = tuple(sorted(newest))
    history = np.array([newest[year].value for year in years])
    return Trial(question, draws, years, history, _made_threshold(question, history, years[-1]))


def _made_threshold(question: Question, history: Floats, last_year: int) -> float:
    steps = np.diff(history)
    spread = float(np.std(steps, ddof=1)) if steps.size > 1 else 0.1 * abs(float(history[-1]))
    digest = hashlib.sha256(f"20231122 {question.name}".encode()).digest()
    k = 2.0 * int.from_bytes(digest[:8], "big") / 2.0**64 - 1.0
    return float(history[-1]) + k * spread * math.sqrt(max(1, question.year - last_year))


def _is_exact_year(reading: Reading, zone: Zone) -> bool:
    """Is it an exact or preliminary figure of a whole year, of an indicator that a path can carry?"""
    period, indicator = reading.period, zone.indicators[reading.indicator]
    return reading.kind in ("actual", "preliminary") and period.is_year and indicator.kind not in ("stage", "index")


def _months_before(year: int, months: int) -> date:
    """Give the last day of the month that many months before the end of a year."""
    index = year * 12 + 11 - months
    return month_end(index // 12, index % 12 + 1)
