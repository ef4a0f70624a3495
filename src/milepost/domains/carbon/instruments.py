"""Instruments of green power matched with consumption: by period, region and technology, no megawatt-hour twice.

An instrument counts for the site it was retired for, in the period its power was made in, within the market its
region belongs to. What cannot count is set aside with the reason; what is left of the load is not green.

Reference: GHG Protocol, Scope 2 Guidance (2015), chapter 7 (quality criteria).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.text import Text

KINDS = ("green_certificate", "green_power_trade", "power_purchase_agreement", "own_generation")
REASONS = {
    "not_retired": Text("It is not retired on the day asked about", "所问日期尚未注销"),
    "retired_twice": Text("Its retirement is claimed more than once: none counts", "同一注销凭证被重复使用，均不计入"),
    "also_credit": Text("The same power is claimed as a carbon credit", "同一电量已申领碳信用（CCER）"),
    "technology": Text("Its technology is not accepted", "发电技术不被认可"),
    "region": Text("Its region is outside the market of the consumption", "所属区域不在消费所在市场"),
    "amount": Text("Its amount is missing or not positive", "电量缺失或不为正"),
    "period": Text("There is no consumption in the period of its power", "其发电期内无用电量"),
}  # fmt: skip


@dataclass(frozen=True)
class Instrument:
    """A claim on power made between two days (both included) [MWh]."""

    id: str
    site: str
    kind: str
    amount_mwh: float | None
    made_from: date
    made_until: date
    technology: str
    region: str
    retirement_id: str
    retired_on: date | None
    is_also_credit: bool = False


@dataclass(frozen=True)
class Load:
    """Power a site bought in a period between two days (both included) [MWh]."""

    site: str
    region: str
    start: date
    end: date
    amount_mwh: float
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What may be matched: accepted technologies, regions of one market, within a month or a calendar year."""

    technologies: frozenset[str] = frozenset({"wind", "solar", "hydro", "biomass", "geothermal"})
    market: frozenset[str] = frozenset()
    within: str = "year"


@dataclass(frozen=True)
class Match:
    """Megawatt-hours of an instrument that serve a load (both by their place in what was given)."""

    instrument: int
    load: int
    amount_mwh: float


@dataclass(frozen=True)
class Matching:
    """The matches, the instruments set aside with their reason, and what every instrument has left [MWh]."""

    matches: tuple[Match, ...]
    set_aside: dict[str, str]
    left_mwh: dict[str, float]

    def green_mwh(self, load: int) -> float:
        """Give how much of a load is served."""
        return sum(match.amount_mwh for match in self.matches if match.load == load)


def match(loads: Sequence[Load], instruments: Sequence[Instrument], terms: Terms, on: date) -> Matching:
    """Give the matching that serves the most power; an empty `market` accepts every region.

    Each site's loads are served in the order of time by the instrument that expires first, which serves the
    most that can be (its windows are intervals). The same input gives the same matching in any order of rows.
    """
    aside = {one.id: reason for one in instruments if (reason := _reason(one, instruments, terms, on))}
    left = {n: one.amount_mwh or 0.0 for n, one in enumerate(instruments) if one.id not in aside}
    found: list[Match] = []
    has_load: set[int] = set()
    for number in sorted(range(len(loads)), key=lambda n: (loads[n].site, loads[n].start, loads[n].end, n)):
        load, open_mwh = loads[number], loads[number].amount_mwh
        fitting = [n for n in left if instruments[n].site == load.site and _serves(instruments[n], load, terms)]
        has_load.update(fitting)
        for n in sorted(fitting, key=lambda n: (_window(instruments[n], terms)[1], instruments[n].id)):
            taken = min(left[n], open_mwh)
            if taken > 0:
                found.append(Match(n, number, taken))
                left[n] -= taken
                open_mwh -= taken
    aside |= {instruments[n].id: "period" for n in left if n not in has_load}
    return Matching(tuple(found), aside, {instruments[n].id: rest for n, rest in left.items() if n in has_load})


def _reason(one: Instrument, instruments: Sequence[Instrument], terms: Terms, on: date) -> str:
    claims = Counter(other.retirement_id for other in instruments if other.retirement_id)
    if one.amount_mwh is None or not one.amount_mwh > 0:
        return "amount"
    if not one.retirement_id or one.retired_on is None or one.retired_on > on:
        return "not_retired"
    if claims[one.retirement_id] > 1:
        return "retired_twice"
    if one.is_also_credit:
        return "also_credit"
    if one.technology not in terms.technologies:
        return "technology"
    return "region" if terms.market and one.region not in terms.market else ""


def _window(one: Instrument, terms: Terms) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last period it may serve."""
    return _period(one.made_from, terms), _period(one.made_until, terms)


def _period(day: date, terms: Terms) -> tuple[int, int]:
    return (day.year, day.month if terms.within == "month" else 0)


def _serves(one: Instrument, load: Load, terms: Terms) -> bool:
    first, last = _window(one, terms)
    return first <= _period(load.start, terms) and _period(load.end, terms) <= last
