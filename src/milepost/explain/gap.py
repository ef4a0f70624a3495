"""A target's gap in two accounts: from the base to the newest figure, and from there to the promise.

Behind us: a ratio is divided into its numerator and denominator where both were published for both years, a flow into
the growth that was published for its last year and what that growth does not explain (panel, revision, prices).
Ahead: what the outlook expects until the deadline, and what would have to come on top. Only exact figures of one area
are set against each other; where there are none, nothing is divided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.unit import factor
from milepost.explain.account import Account, Part
from milepost.explain.parts import account_of, ratio_account
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.plan.plan import Target
from milepost.plan.zone import Zone

HISTORY, AHEAD = "from_base_to_now", "from_now_to_target"
_PLAIN = ("actual", "preliminary", "approx")


@dataclass(frozen=True)
class Gap:
    """Both accounts of a target, each None where it cannot be made, and the figures they begin and end with."""

    area: str
    base: Reading | None
    latest: Reading
    history: Account | None
    ahead: Account | None


def gap(target: Target, zone: Zone, readings: Sequence[Reading], outlook: Outlook, goal: float | None) -> Gap | None:
    """Give the gap of a target, `goal` being its number in the indicator's unit; None without any plain figure.

    `readings` are those known on the outlook's date. The base is the figure of the target's base year, or the newest
    one that was known when the plan was announced.
    """
    area, plain = _plain_figures(target, readings, outlook)
    if not plain:
        return None
    latest = plain[-1]
    base = _base(target, zone.plan.announced_on, plain)
    history = None
    if base is not None and base.id != latest.id:
        history = between(zone, readings, base, latest)
    return Gap(area, base, latest, history, _ahead(latest, outlook, goal) if not target.sum_from else None)


def _plain_figures(target: Target, readings: Sequence[Reading], outlook: Outlook) -> tuple[str, list[Reading]]:
    """Figures of the target's area, or else of the one the evidence is of, each year's newest, in order of time.

    They are all published or all computed, never mixed: of the two those that reach further, published ones where both
    reach as far and span as long.
    """
    fits = [one for one in readings if one.indicator == target.indicator and is_plain(one)]
    areas = [target.area or "", *(one.area for one in outlook.evidence if one.indicator == target.indicator)]
    for area in areas:
        found = [
            _by_year(one for one in fits if (one.area, one.basis) == (area, basis))
            for basis in ("published", "computed")
        ]
        best = max(found, key=lambda one: (_span(one[-1])[1], -_span(one[0])[1].toordinal()) if one else (date.min, 0))
        if best:
            return area, best
    return target.area or "", []


def _by_year(readings: Iterable[Reading]) -> list[Reading]:
    newest: dict[tuple[date, date], Reading] = {}
    for one in sorted(readings, key=lambda one: (one.known_on, one.id)):
        newest[_span(one)] = one
    return [newest[span] for span in sorted(newest, key=lambda span: (span[1], span[0]))]


def is_plain(reading: Reading) -> bool:
    """Does a value stand for itself: undivided, of a whole year that is over, or a stock on a day; no bound?"""
    whole = (reading.period.is_year and reading.as_of is None) or reading.period.shape == "point"
    is_divided = reading.made is not None and bool(reading.made.dimensions)
    is_value = reading.kind in _PLAIN and not reading.is_growth and not is_divided
    return is_value and whole and reading.period.end is not None


def _span(reading: Reading) -> tuple[date, date]:
    start, end = reading.period.start, reading.period.end
    return start or date.min, end or date.min


def _base(target: Target, announced_on: date, plain: Sequence[Reading]) -> Reading | None:
    if target.base_year is not None:
        return next((one for one in plain if _span(one)[1].year == target.base_year), None)
    # What is computed today of a year that was over then could have been known.
    known = [one for one in plain if (one.known_on if one.basis == "published" else _span(one)[1]) <= announced_on]
    return known[-1] if known else None


def between(zone: Zone, readings: Sequence[Reading], base: Reading, latest: Reading) -> Account:
    """Give the account of the change from one figure to another of the same indicator and area."""
    indicator = zone.indicators[latest.indicator]
    if indicator.ratio is not None:
        divided = _ratio(zone, readings, base, latest)
        if divided is not None:
            return divided
    if indicator.kind == "flow":
        grown = _grown(readings, base, latest)
        if grown is not None:
            return grown
    return account_of(HISTORY, latest.unit, base.value, latest.value, [])


def _ratio(zone: Zone, readings: Sequence[Reading], base: Reading, latest: Reading) -> Account | None:
    """The change of a ratio by numerator and denominator, where all four figures were published."""
    ratio = zone.indicators[latest.indicator].ratio
    if ratio is None:
        return None
    below = ratio.of_area or latest.area
    found = [
        _newest(readings, name, area, of)
        for name, area in ((ratio.numerator, latest.area), (ratio.denominator, below))
        for of in (base, latest)
    ]
    held = [one for one in found if one is not None]
    if len(held) < 4 or 0 in (held[2].value, held[3].value):
        return None
    scale = factor(f"({held[0].unit}) / ({held[2].unit})", latest.unit)
    if scale is None:
        return None
    made = ratio_account(
        HISTORY, latest.unit, base.value, latest.value,
        ({"": held[0].value}, {"": held[1].value}), ({"": held[2].value}, {"": held[3].value}), scale,
    )  # fmt: skip
    behind = {"numerator": tuple(held[:2]), "denominator": tuple(held[2:])}
    parts = tuple(Part(part.name, part.value, behind.get(part.name, ())) for part in made.parts)
    return Account(made.question, made.unit, made.start, made.end, parts)


def _grown(readings: Sequence[Reading], base: Reading, latest: Reading) -> Account | None:
    """The change of a flow from one year to the next by the growth that was published for it."""
    if _span(base)[1].year + 1 != _span(latest)[1].year:
        return None
    said = [
        one
        for one in readings
        if (one.is_growth and one.kind == "growth_yoy_pct" and _span(one) == _span(latest))
        and (one.indicator, one.area) == (latest.indicator, latest.area)
    ]
    if not said:
        return None
    growth = max(said, key=lambda one: (one.known_on, one.id))
    real = latest.value - latest.value / (1 + growth.value) if growth.value > -1 else 0.0
    return account_of(HISTORY, latest.unit, base.value, latest.value, [Part("published_growth", real, (growth,))])


def _newest(readings: Sequence[Reading], indicator: str, area: str, of: Reading) -> Reading | None:
    fits = [
        one
        for one in readings
        if (one.indicator, one.area) == (indicator, area) and one.kind in _PLAIN and not one.is_growth
        and _span(one)[1] == _span(of)[1] and one.period.months == of.period.months
    ]  # fmt: skip
    return max(fits, key=lambda one: (one.known_on, one.id), default=None)


def _ahead(latest: Reading, outlook: Outlook, goal: float | None) -> Account | None:
    if goal is None:
        return None
    parts = []
    if outlook.median is not None:
        parts = [
            Part("expected_by_deadline", outlook.median - latest.value),
            Part("beyond_what_is_expected", goal - outlook.median),
        ]
    return account_of(AHEAD, latest.unit, latest.value, goal, parts)
