"""What each published figure says of the latent paths: a reading becomes a statement, or says why not.

A level of a year is the path of that year. Some months of a year, or a day, are the path inside
that year, which agrees with the whole; a flow has a season too, learned from the years where both are
known. Growth ties two years. A figure of another area speaks only through a declared relation,
whose ratio is itself unknown within its declared range. A promise says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

from milepost.forecast.copies import half_unit
from milepost.forecast.priors import Component, Noise, Priors, widened
from milepost.forecast.scale import Scale
from milepost.forecast.spans import Span, Subject, less, mean_of_months, on_day, season_of_months, together
from milepost.forecast.statements import System
from milepost.forecast.within import MONTHS
from milepost.measure.reading import Reading
from milepost.registers.indicator import Indicator

_UNIFORM = 1.0 / math.sqrt(3.0)  # standard deviation of a uniform error, in half widths


@dataclass(frozen=True)
class Said:
    """A reading together with its meaning for the model: the series it belongs to, its kind, scale and subject.

    `is_superseded` marks a figure that a later publication replaced with another value.
    """

    reading: Reading
    series: str
    subject: Subject
    indicator: Indicator
    scale: Scale
    is_superseded: bool = False


def last_day(reading: Reading) -> date | None:
    """Give the last day a reading covers: the day its source states, else the end of its period."""
    return reading.as_of or reading.period.end


def why_unused(reading: Reading, kind: str, scale: Scale, first_year: int) -> str:
    """Give the message key of the reason why a reading can say nothing here, or an empty string."""
    period = reading.period
    if reading.kind == "target":
        return "unused_promise"
    if period.start is None or period.end is None:
        return "unused_undated"
    if period.end.year < first_year:
        return "unused_long_ago"
    if kind == "flow" and period.start.year != period.end.year:
        return "unused_several_years"
    if kind == "flow" and period.shape == "point":
        return "unused_a_day_of_a_flow"
    if reading.kind == "growth_yoy_pct":
        is_readable = reading.value > -1.0 and period.start.year == period.end.year and scale.has_growth
        return "" if is_readable else "unused_off_scale"
    return "" if scale.allows(reading.value) else "unused_off_scale"


def years_around(said: Said) -> tuple[int, int]:
    """Give the first and last year whose paths a figure needs: some months lean on the years on both sides."""
    first, last = years_of(said)
    leans = said.indicator.kind not in STOCKS and not span_of(said.reading).is_year
    return first - leans, last + leans


def years_of(said: Said) -> tuple[int, int]:
    """Give the first and last year a figure touches: growth and days inside a year need the year before."""
    end = last_day(said.reading)
    assert end is not None
    is_inside = said.indicator.kind in STOCKS and not _at_year_end(said.reading)
    return end.year - (said.reading.kind == "growth_yoy_pct") - is_inside, end.year


STOCKS = ("stock", "cumulative", "stage")


def _at_year_end(reading: Reading) -> bool:
    end = last_day(reading)
    return end is not None and (end + timedelta(days=1)).year > end.year


def speak(system: System, said: Said) -> None:
    """Add the statement of one figure to the system."""
    if said.reading.kind == "growth_yoy_pct":
        _speak_of_growth(system, said)
    elif said.indicator.kind == "flow":
        _speak_of_flow(system, said)
    elif said.indicator.kind in STOCKS:
        _speak_of_stock(system, said)
    else:
        _speak_of_level(system, said)


def _noise(said: Said, priors: Priors, extra_sd: float = 0.0) -> Noise:
    """Give the error of a published level on its path: the kind's own, its rounding, and what is added."""
    reading = said.reading
    end = last_day(reading)
    expected = end is not None and reading.known_on < end
    kind = "actual" if reading.kind in ("approx", "ytd") else reading.kind
    if kind == "actual" and (said.is_superseded or expected):
        kind = "preliminary"
    relation = priors.relation_year_sd if said.subject.relation else 0.0
    noise = widened(priors.noise[kind], math.hypot(extra_sd, relation))
    stretch = said.scale.stretch(reading.value)
    noise = tuple(Component(part.weight, part.shift * stretch, part.sd * stretch) for part in noise)
    # A rounding is in the unit of the figure, whatever its size.
    rounding = 0.0 if kind == "at_least" else half_unit(reading) * _UNIFORM * said.scale.slope(reading.value)
    return widened(noise, rounding)


def _speak_of_level(system: System, said: Said) -> None:
    terms = mean_of_months(system, said.subject, span_of(said.reading))
    system.say(terms, said.scale.to_path(said.reading.value), _noise(said, system.priors), source=said.reading.id)


def _speak_of_stock(system: System, said: Said) -> None:
    end = last_day(said.reading)
    assert end is not None
    terms = on_day(system, said.subject, end)
    system.say(terms, said.scale.to_path(said.reading.value), _noise(said, system.priors), source=said.reading.id)


def _speak_of_flow(system: System, said: Said) -> None:
    span, value = span_of(said.reading), said.scale.to_path(said.reading.value)
    share, festival = span.months / MONTHS, span.festival_months * system.priors.festival_sd
    terms = together(mean_of_months(system, said.subject, span), season_of_months(system, said.series, span))
    if said.scale.has_growth:
        value -= math.log(share)
    else:
        terms = {name: times * share for name, times in terms.items()}
    system.say(terms, value, _noise(said, system.priors, festival), source=said.reading.id)


def _speak_of_growth(system: System, said: Said) -> None:
    """Growth of a flow or a level over the same months, of a stock over the same day, a year before."""
    priors, end, festival = system.priors, last_day(said.reading), 0.0
    assert end is not None
    if said.indicator.kind in STOCKS:
        terms = less(on_day(system, said.subject, end), on_day(system, said.subject, end, 1))
    else:
        span = span_of(said.reading)
        terms = mean_of_months(system, said.subject, span)
        terms = less(terms, mean_of_months(system, said.subject, replace(span, year=span.year - 1)))
        if said.indicator.kind == "flow":
            festival = math.sqrt(2.0) * span.festival_months * priors.festival_sd
    relation = priors.relation_year_sd if said.subject.relation else 0.0
    rounding = half_unit(said.reading) / (1.0 + said.reading.value) * _UNIFORM
    noise = priors.noise["comparable_growth" if said.indicator.comparable_growth else "growth"]
    extra = math.sqrt(festival**2 + relation**2 + rounding**2)
    system.say(terms, math.log1p(said.reading.value), widened(noise, extra), source=said.reading.id)


def span_of(reading: Reading) -> Span:
    """Give the months a reading of a flow or a level is about, up to the day its source states.

    A day stands for its month, and what covers several years for the last of them.
    """
    start, end = reading.period.start, last_day(reading)
    assert start is not None and end is not None
    return Span(end.year, start.month, end.month) if start.year == end.year else Span(end.year, 1, MONTHS)
