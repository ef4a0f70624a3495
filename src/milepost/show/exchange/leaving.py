"""Which readings leave: those that are public already, and those computed over enough contributors.

Nothing is written here; every form of export begins with what is given here, so that there is one door.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.show.guard import may_leave
from milepost.show.measuring import from_records
from milepost.show.today import today_in
from milepost.show.walk import Walk, own_figures, read_figures, take_in_records


@dataclass(frozen=True)
class Leaving:
    """The readings of a zone that may leave, as known on a day, in the order of indicator, area and period.

    `withheld` counts computed readings behind which too few stand; `troubles` tells of files and rows without meaning.
    """

    zone: Zone
    known_on: date
    readings: tuple[Reading, ...]
    withheld: int
    troubles: tuple[Trouble, ...] = ()


def leaving(
    zone: Zone, known_on: date | None = None, indicators: Sequence[str] = (), today: date | None = None
) -> Leaving:
    """Give what leaves as known on a day, today by default; of all indicators, or of those named.

    Raises YoursToMend: W001 a day in the future, S106 an indicator that nobody declares.
    """
    today = today or today_in(zone)
    known_on = known_on or today
    if known_on > today:
        mend = f"Take a date up to {today.isoformat()}"
        raise YoursToMend(Trouble("W001", "nobody knows yet what will be known on a later day", mend))
    _refuse_unknown(zone, indicators)
    _, troubles = take_in_records(zone, today)
    _, published = read_figures(zone, troubles)
    measured = from_records(zone, known_on)
    known = [one for one in published if one.known_on <= known_on]
    found = [*known, *own_figures(zone, known_on), *measured.told]
    return Leaving(zone, known_on, _chosen(found, indicators), measured.withheld, tuple(troubles))


def leaving_of(walk: Walk, indicators: Sequence[str] = ()) -> Leaving:
    """Give what leaves of a walk that is made already; raises YoursToMend (S106) as `leaving` does."""
    _refuse_unknown(walk.zone, indicators)
    return Leaving(walk.zone, walk.known_on, _chosen(walk.readings, indicators), walk.withheld_count, walk.troubles)


def _chosen(found: Iterable[Reading], indicators: Sequence[str]) -> tuple[Reading, ...]:
    wanted = (one for one in found if not indicators or one.indicator in indicators)
    return tuple(sorted((one for one in wanted if may_leave(one) and math.isfinite(one.value)), key=_place))


def _refuse_unknown(zone: Zone, indicators: Iterable[str]) -> None:
    troubles = []
    for name in indicators:
        if name not in zone.indicators:
            mend = nearest(name, zone.indicators).rstrip("?") or f"It may be: {listed(sorted(zone.indicators), 12)}"
            troubles.append(Trouble("S106", f"there is no indicator {name}", mend))
    if troubles:
        raise YoursToMend(troubles)


def _place(reading: Reading) -> tuple[str, str, tuple[tuple[str, str], ...], str, str, str]:
    made = reading.made.dimensions if reading.made else ()
    return reading.indicator, reading.area, made, reading.period.text, reading.known_on.isoformat(), reading.id
