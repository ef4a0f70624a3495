"""Why a figure changed: the account of two figures, and its divisions over those who stand behind a computed one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.basics.text import Text
from milepost.explain.account import Account
from milepost.explain.divided import Divided, divided
from milepost.explain.gap import between, is_plain
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.registers.indicator import Indicator
from milepost.show.guard import let_out_divided, may_leave
from milepost.show.measuring import from_records
from milepost.show.today import today_in
from milepost.show.walk import read_figures, store_of, take_in_records


@dataclass(frozen=True)
class Explanation:
    """Two figures of an indicator in an area, the account of their difference, its divisions; all of it may leave."""

    indicator: Indicator
    area: Text
    start: Reading
    end: Reading
    account: Account
    divisions: tuple[Divided, ...]


def divisions(zone: Zone, start: Reading, end: Reading) -> tuple[Divided, ...]:
    """Give the divisions of the change between two readings that may leave; none where they were not both computed."""
    if not (start.made and end.made):
        return ()
    from milepost.engines.embedded import Engine

    with Engine() as engine:
        found = divided(engine, zone, store_of(zone), start, end)
    return let_out_divided(found, end.made.is_public)


def explanation(
    zone: Zone, indicator: str, years: tuple[int, int] = (0, 0), known_on: date | None = None
) -> Explanation:
    """Give why an indicator changed between two years (0: the newest, the one before).

    Computed figures are taken where there are two, else published ones; the two are never mixed, nor are two areas: the
    zone's main area is taken, or the one with the most figures where that has no two. Raises YoursToMend (M003 no such
    indicator, M007 no two figures to compare).
    """
    if indicator not in zone.indicators:
        mend = nearest(indicator, zone.indicators).rstrip("?") or "Take an indicator of the catalogue"
        raise YoursToMend(Trouble("M003", f"there is no indicator {indicator}", mend))
    today = today_in(zone)
    take_in_records(zone, today)
    computed = from_records(zone, known_on or today).told
    published = [one for one in read_figures(zone, [])[1] if one.known_on <= (known_on or today)]
    for readings in (computed, published):
        pair = _pair([one for one in readings if may_leave(one) and one.indicator == indicator], zone, years)
        if pair is not None:
            account = between(zone, list(readings), *pair)
            area = zone.areas[pair[1].area].name
            return Explanation(zone.indicators[indicator], area, *pair, account, divisions(zone, *pair))
    known = sorted({str(_year(one)) for one in (*computed, *published) if one.indicator == indicator and is_plain(one)})
    mend = f"Years with a figure: {listed(known, 20)}" if known else "Receive records or published figures of it first"
    raise YoursToMend(Trouble("M007", f"{indicator} has no two figures to set against each other", mend))


def _pair(readings: Iterable[Reading], zone: Zone, years: tuple[int, int]) -> tuple[Reading, Reading] | None:
    by_area: dict[str, dict[int, Reading]] = {}
    for one in sorted(readings, key=lambda one: (one.known_on, one.id)):
        if is_plain(one):
            by_area.setdefault(one.area, {})[_year(one)] = one
    main = zone.declared.main_area
    for area in sorted(by_area, key=lambda area: (area != main, -len(by_area[area]), area)):
        newest = by_area[area]
        last = years[1] or max(newest)
        first = years[0] or max((year for year in newest if year < last), default=0)
        if first in newest and last in newest and first != last:
            return newest[first], newest[last]
    return None


def _year(one: Reading) -> int:
    return one.period.end.year if one.period.end is not None else 0


def explanation_document(found: Explanation) -> dict[str, Any]:
    """Give an explanation as plain values: every list of parts sums to the change."""
    why = found.indicator.explained_by if found.end.made is not None else None
    return {
        "indicator": found.indicator.id,
        "area": found.end.area,
        "unit": found.end.unit,
        "basis": found.end.basis,
        "from": {"reading": found.start.id, "period": found.start.period.text, "value": found.start.value},
        "to": {"reading": found.end.id, "period": found.end.period.text, "value": found.end.value},
        "change": found.end.value - found.start.value,
        "account": [{"part": part.name, "value": part.value} for part in found.account.parts],
        "divisions": [
            {
                "by": one.by or None,
                "parts": [
                    {
                        "part": part.name, "value": part.value, "contributors": one.counts.get(part.name),
                        "growth_without": one.without.get(part.name),
                    }
                    for part in one.account.parts
                ],
            }
            for one in found.divisions
        ],
        "asked_further": {"study": why.study, "set": dict(why.set)} if why else None,
    }  # fmt: skip
