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
from datetime import date, timedelta

from milepost.basics.unit import factor
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
        if _replaces(newest[(reading.indicator, reading.area, reading.period.text, _family(reading))], reading)
    }
    return list(first.values()), replaced


def _replaces(newest: Reading, reading: Reading) -> bool:
    """Does the newest figure contradict an earlier one? A rounding that contains it says the same in fewer digits."""
    if newest.kind == "approx":
        return abs(newest.value - reading.value) > half_unit(newest) * (1.0 + 1e-9)
    return newest.value != reading.value


def _family(reading: Reading) -> str:
    return "bound" if reading.kind == "at_least" else "growth" if reading.kind == "growth_yoy_pct" else "level"


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


def half_unit(reading: Reading) -> float:
    """Give half a unit of the last digit that means something, in the reading's unit.

    For a figure published as a rounding trailing zeros mean nothing: "about 6,000" is 5,500 to 6,500.
    """
    text = reading.published_text.strip().lstrip("+-")
    whole, _, decimals = text.partition(".")
    if decimals.strip("0") or (decimals and reading.kind != "approx"):
        unit = 10.0 ** -len(decimals)
    else:
        unit = 10.0 ** (len(whole) - len(whole.rstrip("0"))) if reading.kind == "approx" and whole.strip("0") else 1.0
    digits = float(text) if text else 0.0
    times = abs(reading.value / digits) if digits else factor(reading.published_unit, reading.unit) or 0.0
    return 0.5 * unit * times


def _speak_of_level(system: System, said: Said) -> None:
    priors, end = system.priors, last_day(said.reading)
    assert end is not None
    months = _months(said.reading)
    rest = priors.ratio_rest_sd * _rest(months) if months else 2.0 * priors.ratio_rest_sd
    system.say(
        said.subject.at(end.year),
        said.scale.to_path(said.reading.value),
        _noise(said, priors, rest),
        source=said.reading.id,
    )


def _speak_of_stock(system: System, said: Said) -> None:
    end = last_day(said.reading)
    assert end is not None
    value, noise = said.scale.to_path(said.reading.value), _noise(said, system.priors)
    passed = share_of_year(end)
    # Between two year ends a path wanders like a bridge, by its own innovations.
    wander = system.priors.innovation_sd_median * math.sqrt(passed * (1.0 - passed))
    system.say(_on_day(said.subject, end), value, widened(noise, wander), source=said.reading.id)


def share_of_year(day: date) -> float:
    """Give the share of its year that has passed at the end of a day: 1 on its last day."""
    return day.timetuple().tm_yday / date(day.year, 12, 31).timetuple().tm_yday


def _on_day(subject: Subject, day: date, years_before: int = 0) -> dict[Latent, float]:
    """Give the terms of a stock on a day (or years before it): on the line between the two year ends around it."""
    passed, year = share_of_year(day), day.year - years_before
    return _together(subject.at(year, passed), subject.at(year - 1, 1.0 - passed))


def _together(*many: dict[Latent, float]) -> dict[Latent, float]:
    """Give the sum of terms, without those that cancel."""
    total: dict[Latent, float] = {}
    for terms in many:
        for name, times in terms.items():
            total[name] = total.get(name, 0.0) + times
    return {name: times for name, times in total.items() if abs(times) > 1e-12}


def _speak_of_flow(system: System, said: Said) -> None:
    priors, start, end = system.priors, said.reading.period.start, last_day(said.reading)
    assert start is not None and end is not None
    terms, count = said.subject.at(end.year), _months(said.reading)
    if count == 12:
        system.say(terms, said.scale.to_path(said.reading.value), _noise(said, priors), source=said.reading.id)
        return
    months = f"{start.month:02d}-{end.month:02d}"
    rest = _rest(count)
    own: Latent = ("share", said.series, months)
    own_sd = priors.share_own_sd if system.is_joint else math.hypot(priors.share_own_sd, priors.share_common_sd)
    system.add_unknown(own, math.log(count / 12.0), own_sd * rest)
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
    """Growth of a flow over the same months, of a stock over the same day a year before; the months still open add
    their doubt to a flow, the wandering inside two years to a stock.
    """
    priors, end, months = system.priors, last_day(said.reading), _months(said.reading)
    assert end is not None
    if said.indicator.kind in STOCKS:
        passed = share_of_year(end)
        terms = _together(_on_day(said.subject, end), _times(-1.0, _on_day(said.subject, end, 1)))
        rest = priors.innovation_sd_median * math.sqrt(2.0 * passed * (1.0 - passed))
    else:
        terms = _together(said.subject.at(end.year), said.subject.at(end.year - 1, -1.0))
        rest = priors.growth_rest_sd * (_rest(months) if months else 1.0)
    relation = priors.relation_year_sd if said.subject.relation else 0.0
    rounding = half_unit(said.reading) / (1.0 + said.reading.value) * _UNIFORM
    noise = priors.noise["comparable_growth" if said.indicator.comparable_growth else "growth"]
    extra = math.sqrt(rest**2 + relation**2 + rounding**2)
    system.say(terms, math.log1p(said.reading.value), widened(noise, extra), source=said.reading.id)


def _times(sign: float, terms: dict[Latent, float]) -> dict[Latent, float]:
    return {name: sign * times for name, times in terms.items()}


def _months(reading: Reading) -> int:
    """Give the months a reading covers, up to the day its source states; 0 for a day."""
    if reading.as_of is None or reading.period.start is None:
        return reading.period.months
    return (reading.as_of.year - reading.period.start.year) * 12 + reading.as_of.month - reading.period.start.month + 1


def _rest(months: int) -> float:
    """Give how much of the year is still open, as the factor of an error: 0 for a whole year."""
    return math.sqrt(max(0.0, 12.0 / max(1, months) - 1.0))
