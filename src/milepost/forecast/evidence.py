"""What each published figure says of the latent paths: a reading becomes a statement, or says why not.

A level of a year is the path of that year. A level of some months of a year of a flow is the path plus
an unknown seasonal share, learned from the years where both are known. A stock on a day lies between
two year ends. Growth ties two years. A figure of another area speaks only through a declared relation,
whose ratio is itself unknown within its declared range. A promise says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from milepost.forecast.priors import Component, Noise, Priors, widened
from milepost.forecast.scale import Scale
from milepost.forecast.statements import Latent, System, path
from milepost.measure.reading import Reading
from milepost.registers.indicator import Indicator

_UNIFORM = 1.0 / math.sqrt(3.0)  # standard deviation of a uniform error, in half widths


@dataclass(frozen=True)
class Subject:
    """What a figure is about: a sum of paths, each with its sign, and the unknown ratio of its area, if any."""

    paths: tuple[tuple[str, float], ...]
    relation: Latent | None = None

    def at(self, year: int, times: float = 1.0) -> dict[Latent, float]:
        """Give the terms of the subject's value in a year."""
        terms = {path(series, year): sign * times for series, sign in self.paths}
        if self.relation:
            terms[self.relation] = -times
        return terms


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


def distinct(readings: Iterable[Reading]) -> tuple[list[Reading], set[str]]:
    """Give the readings without repetitions of the same statement, and the ids of those later replaced.

    The same value of the same period and kind, printed by several sources, is one statement: the first
    published stands for all.
    """
    first: dict[tuple[object, ...], Reading] = {}
    newest: dict[tuple[object, ...], Reading] = {}
    for reading in sorted(readings, key=lambda r: (r.known_on, r.id)):
        subject = (reading.indicator, reading.area, reading.period.text, _family(reading))
        first.setdefault((*subject, reading.kind, reading.value), reading)
        newest[subject] = reading
    replaced = {
        reading.id
        for reading in first.values()
        if newest[(reading.indicator, reading.area, reading.period.text, _family(reading))].value != reading.value
    }
    return list(first.values()), replaced


def _family(reading: Reading) -> str:
    return "bound" if reading.kind == "at_least" else "growth" if reading.kind == "growth_yoy_pct" else "level"


def years_of(said: Said) -> tuple[int, int]:
    """Give the first and last year a figure touches: growth and days inside a year need the year before."""
    period = said.reading.period
    assert period.start is not None and period.end is not None
    needs_before = said.reading.kind == "growth_yoy_pct" or (
        said.indicator.kind in _STOCKS and not _at_year_end(said.reading)
    )
    return period.end.year - needs_before, period.end.year


_STOCKS = ("stock", "cumulative", "stage")


def _at_year_end(reading: Reading) -> bool:
    end = reading.period.end
    return end is not None and (end + timedelta(days=1)).year > end.year


def speak(system: System, said: Said) -> None:
    """Add the statement of one figure to the system."""
    if said.reading.kind == "growth_yoy_pct":
        _speak_of_growth(system, said)
    elif said.indicator.kind == "flow":
        _speak_of_flow(system, said)
    elif said.indicator.kind in _STOCKS:
        _speak_of_stock(system, said)
    else:
        _speak_of_level(system, said)


def _noise(said: Said, priors: Priors, extra_sd: float = 0.0) -> Noise:
    """Give the error of a published level on its path: the kind's own, its rounding, and what is added."""
    reading = said.reading
    expected = reading.period.end is not None and reading.known_on < reading.period.end
    kind = "actual" if reading.kind in ("approx", "ytd") else reading.kind
    if kind == "actual" and (said.is_superseded or expected):
        kind = "preliminary"
    relation = priors.relation_year_sd if said.subject.relation else 0.0
    rounding = 0.0 if kind == "at_least" else half_unit(reading) * _UNIFORM
    noise = widened(priors.noise[kind], math.sqrt(extra_sd**2 + relation**2 + rounding**2))
    stretch = said.scale.stretch(reading.value)
    return tuple(Component(part.weight, part.shift * stretch, part.sd * stretch) for part in noise)


def half_unit(reading: Reading) -> float:
    """Give half a unit of the last digit that means something, as a share of the value.

    For a figure published as a rounding trailing zeros mean nothing: "about 6,000" is 5,500 to 6,500.
    """
    text = reading.published_text.strip().lstrip("+-")
    whole, _, decimals = text.partition(".")
    digits = float(text) if text else 0.0
    if digits == 0.0:
        return 0.0
    if decimals.strip("0"):
        unit = 10.0 ** -len(decimals)
    else:
        zeros = len(whole) - len(whole.rstrip("0")) if reading.kind == "approx" else 0
        unit = 10.0**zeros
    return 0.5 * unit / abs(digits)


def _speak_of_level(system: System, said: Said) -> None:
    priors, period = system.priors, said.reading.period
    assert period.end is not None
    rest = priors.ratio_rest_sd * _rest(period.months) if period.months else 2.0 * priors.ratio_rest_sd
    system.say(
        said.subject.at(period.end.year),
        said.scale.to_path(said.reading.value),
        _noise(said, priors, rest),
        source=said.reading.id,
    )


def _speak_of_stock(system: System, said: Said) -> None:
    end = said.reading.period.end
    assert end is not None
    value, noise = said.scale.to_path(said.reading.value), _noise(said, system.priors)
    passed = 1.0 if _at_year_end(said.reading) else end.timetuple().tm_yday / 366.0
    terms = said.subject.at(end.year, passed)
    if passed < 1.0:
        for name, times in said.subject.at(end.year - 1, 1.0 - passed).items():
            terms[name] = terms.get(name, 0.0) + times
        # Between two year ends a path wanders like a bridge.
        wander = system.priors.innovation_sd_median * math.sqrt(passed * (1.0 - passed))
        noise = widened(noise, wander * said.scale.stretch(said.reading.value))
    system.say(terms, value, noise, source=said.reading.id)


def _speak_of_flow(system: System, said: Said) -> None:
    priors, period = system.priors, said.reading.period
    assert period.start is not None and period.end is not None
    terms = said.subject.at(period.end.year)
    if period.months == 12:
        system.say(terms, said.scale.to_path(said.reading.value), _noise(said, priors), source=said.reading.id)
        return
    months = f"{period.start.month:02d}-{period.end.month:02d}"
    rest = _rest(period.months)
    own: Latent = ("share", said.series, months)
    own_sd = priors.share_own_sd if system.is_joint else math.hypot(priors.share_own_sd, priors.share_common_sd)
    system.add_unknown(own, math.log(period.months / 12.0), own_sd * rest)
    terms[own] = 1.0
    if system.is_joint:
        shared: Latent = ("share", "all", months)
        system.add_unknown(shared, 0.0, priors.share_common_sd * rest)
        terms[shared] = 1.0
    system.say(
        terms,
        said.scale.to_path(said.reading.value),
        _noise(said, priors, priors.share_year_sd * rest),
        source=said.reading.id,
    )


def _speak_of_growth(system: System, said: Said) -> None:
    priors, period = system.priors, said.reading.period
    assert period.end is not None
    noise = priors.noise["comparable_growth" if said.indicator.comparable_growth else "growth"]
    rest = priors.growth_rest_sd * _rest(period.months) if period.months else priors.growth_rest_sd
    relation = priors.relation_year_sd if said.subject.relation else 0.0
    terms = said.subject.at(period.end.year)
    for name, times in said.subject.at(period.end.year - 1, -1.0).items():
        terms[name] = terms.get(name, 0.0) + times
    terms = {name: times for name, times in terms.items() if times}
    system.say(
        terms, math.log1p(said.reading.value), widened(noise, math.hypot(rest, relation)), source=said.reading.id
    )


def _rest(months: int) -> float:
    """Give how much of the year is still open, as the factor of an error: 0 for a whole year."""
    return math.sqrt(max(0.0, 12.0 / max(1, months) - 1.0))
