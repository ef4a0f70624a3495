"""Of which latent numbers the months of a year, or a day, consist: the sub-annual path beside the yearly one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from milepost.forecast.priors import normal
from milepost.forecast.statements import Latent, System, path
from milepost.forecast.within import DAYS, MONTHS, line

Terms = dict[Latent, float]


@dataclass(frozen=True)
class Subject:
    """What a figure is about: a sum of paths, each with its sign, and the unknown ratio of its area, if any."""

    paths: tuple[tuple[str, float], ...]
    relation: Latent | None = None

    def at(self, year: int, times: float = 1.0) -> Terms:
        """Give the terms of the subject's value in a year."""
        terms = {path(series, year): sign * times for series, sign in self.paths}
        if self.relation:
            terms[self.relation] = -times
        return terms


@dataclass(frozen=True)
class Span:
    """Some months of a year, both included: 1 to 6 is the first half."""

    year: int
    first: int
    last: int

    @property
    def months(self) -> int:
        """How many months it has."""
        return self.last - self.first + 1

    @property
    def is_year(self) -> bool:
        """Is it the whole year?"""
        return self.months == MONTHS

    @property
    def festival_months(self) -> float:
        """Give the share of the span that January or February alone is: 0 where it has both or neither."""
        return 1.0 / self.months if (self.first == 2) != (self.last == 1) else 0.0

    def cuts(self) -> Iterator[tuple[int, float]]:
        """Give the cuts inside the year, each with its weight in the mean of the span."""
        if self.last < MONTHS:
            yield self.last, self.last / self.months
        if self.first > 1:
            yield self.first - 1, -(self.first - 1) / self.months


def share_of_year(day: date) -> float:
    """Give the share of its year that has passed at the end of a day: 1 on its last day."""
    return day.timetuple().tm_yday / date(day.year, 12, 31).timetuple().tm_yday


def mean_of_months(system: System, subject: Subject, span: Span) -> Terms:
    """Give the terms of the mean of some months: the year, the line through its neighbours, and the wandering."""
    found = [subject.at(span.year)]
    for cut, weight in span.cuts():
        for series, sign in subject.paths:
            pace = system.inside("pace", ("pace", series, str(span.year)), cut, system.wander(span.year), series)
            lean = weight * sign * line(cut)
            found.append({pace: weight * sign, path(series, span.year + 1): -lean, path(series, span.year - 1): lean})
    return together(*found)


def season_of_months(system: System, series: str, span: Span) -> Terms:
    """Give the terms of the season of some months of a flow, against the mean of its year.

    In a joint system it has a part that is the place's and one that is the series'.
    """
    priors, found = system.priors, []
    own_sd = priors.share_own_sd if system.is_joint else math.hypot(priors.share_own_sd, priors.share_common_sd)
    for cut, weight in span.cuts():
        found.append({system.inside("season", ("season", series), cut, normal(own_sd)): weight})
        if system.is_joint:
            found.append({system.inside("season", ("season", "all"), cut, normal(priors.share_common_sd)): weight})
    return together(*found)


def on_day(system: System, subject: Subject, day: date, years_before: int = 0) -> Terms:
    """Give the terms of a stock on a day (or years before it): on the line between the two year ends around it, and
    its wandering between them.
    """
    passed, year = share_of_year(day), day.year - years_before
    found = [subject.at(year, passed), subject.at(year - 1, 1.0 - passed)]
    if passed < 1.0:
        cut = min(round(passed * DAYS), DAYS - 1)
        for series, sign in subject.paths:
            bridge = system.inside("bridge", ("bridge", series, str(year)), cut, system.wander(year), series)
            found.append({bridge: sign})
    return together(*found)


def together(*many: Terms) -> Terms:
    """Give the sum of terms, without those that cancel."""
    total: Terms = {}
    for terms in many:
        for name, times in terms.items():
            total[name] = total.get(name, 0.0) + times
    return {name: times for name, times in total.items() if abs(times) > 1e-12}


def less(terms: Terms, others: Terms) -> Terms:
    """Give the difference of terms."""
    return together(terms, {name: -times for name, times in others.items()})
