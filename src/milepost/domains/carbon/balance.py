"""The energy balance: a meter's reading against its children's, and a site's total shared out to its workshops.

Nothing is filled in: a parent with a child that was not read has no gap, only a bound. What a workshop is given says
how it was found: by its own meter, else by an engineer's estimate, else by its floor area.

Reference: GB 17167-2006 (metering of energy in organisations); GB/T 2589-2020.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from milepost.basics.errors import Trouble, YoursToMend

Method = Literal["metered", "engineering", "engineering_scaled", "area"]


@dataclass(frozen=True)
class Meter:
    """A meter in its tree: what it measures, above which meter it hangs, whose it is, how exact it is [percent]."""

    code: str
    parent: str
    carrier: str
    unit: str
    site: str
    workshop: str = ""
    error_percent: float = 1.0


@dataclass(frozen=True)
class Gap:
    """A parent meter against its children [unit of the meter].

    `gap` = parent - children, None where one of them was not read: then `known_children` is a lower bound.
    `allowed` is what the meters' own errors explain (root of the sum of squares). `verdict`: closed (within
    that), unmetered (the parent is larger), children_exceed (the children are), not_read.
    """

    parent: str
    reading: float | None
    known_children: float
    gap: float | None
    allowed: float
    verdict: Literal["closed", "unmetered", "children_exceed", "not_read"]
    not_read: tuple[str, ...]
    attributed_to: str


@dataclass(frozen=True)
class Share:
    """What a workshop is given of its site's total, and how that was found; None where it cannot be told."""

    workshop: str
    amount: float | None
    method: Method | None


@dataclass(frozen=True)
class Allocation:
    """The shares of a site's workshops, and what stays without an owner (None where the total was not read)."""

    shares: tuple[Share, ...]
    unattributed: float | None


def check_tree(meters: Sequence[Meter]) -> None:
    """Raise YoursToMend (H301-H303) where a parent is unknown, a meter hangs below itself, or measures another carrier.

    All troubles at once.
    """
    known = {meter.code: meter for meter in meters}
    troubles: list[Trouble] = []
    for meter in meters:
        above = known.get(meter.parent)
        if meter.parent and above is None:
            troubles.append(
                Trouble("H301", f"{meter.code} hangs below a meter that is not given", "Add the parent meter")
            )
        elif above is not None and (above.carrier, above.unit) != (meter.carrier, meter.unit):
            troubles.append(
                Trouble(
                    "H302",
                    f"{meter.code} and its parent {above.code} measure different things",
                    "Give both one carrier and unit",
                )
            )
        if _hangs_below_itself(meter, known):
            troubles.append(Trouble("H303", f"{meter.code} hangs below itself", "Mend the parents of this ring"))
    if troubles:
        raise YoursToMend(troubles)


def reconcile(meters: Sequence[Meter], readings: Mapping[str, float | None]) -> list[Gap]:
    """Give the gap of every meter that has children; `readings` are by meter code, None or absent where not read.

    A gap is attributed to the parent's workshop, else to its site. Raises YoursToMend as `check_tree`.
    """
    check_tree(meters)
    below: dict[str, list[Meter]] = {}
    for meter in meters:
        below.setdefault(meter.parent, []).append(meter)
    parents = [meter for meter in meters if meter.code in below]
    return [_gap(meter, below[meter.code], readings) for meter in sorted(parents, key=lambda m: m.code)]


def allocate(
    total: float | None,
    workshops: Sequence[str],
    metered: Mapping[str, float | None],
    engineering: Mapping[str, float],
    area_m2: Mapping[str, float],
) -> Allocation:
    """Give each workshop's share of a site's total: metered first, then engineering estimates, then by area.

    Estimates larger than what the meters leave are scaled down to it, and marked so. A workshop with a meter
    that was not read has no share, and then nothing can be told of those without a meter. What no workshop can
    be given stays unattributed; the shares and it add up to the total.
    """
    with_meter = [name for name in workshops if name in metered]
    others = [name for name in workshops if name not in metered]
    own = {name: Share(name, metered[name], "metered" if metered[name] is not None else None) for name in with_meter}
    if total is None or any(metered[name] is None for name in with_meter):
        return Allocation(tuple(own.get(name, Share(name, None, None)) for name in workshops), None)
    left = total - sum(metered[name] or 0.0 for name in with_meter)
    estimated = [name for name in others if name in engineering]
    asked = sum(engineering[name] for name in estimated)
    if asked > 0 and left > 0:
        times = min(1.0, left / asked)
        how: Method = "engineering" if times == 1.0 else "engineering_scaled"
        own |= {name: Share(name, engineering[name] * times, how) for name in estimated}
        left -= asked * times
    by_area = [name for name in others if name not in own and area_m2.get(name, 0.0) > 0]
    whole = sum(area_m2[name] for name in by_area)
    if whole > 0 and left > 0:
        own |= {name: Share(name, left * (area_m2[name] / whole), "area") for name in by_area}
        left = 0.0
    return Allocation(tuple(own.get(name, Share(name, None, None)) for name in workshops), left)


def _gap(parent: Meter, children: Sequence[Meter], readings: Mapping[str, float | None]) -> Gap:
    read = {meter.code: readings.get(meter.code) for meter in (parent, *children)}
    not_read = tuple(sorted(code for code, value in read.items() if value is None))
    known = sum(value for code, value in read.items() if value is not None and code != parent.code)
    squares = sum((meter.error_percent / 100 * (read[meter.code] or 0.0)) ** 2 for meter in (parent, *children))
    whose = parent.workshop or parent.site
    reading, allowed = read[parent.code], float(squares**0.5)
    if not_read or reading is None:
        return Gap(parent.code, reading, known, None, allowed, "not_read", not_read, whose)
    gap = reading - known
    verdict: Literal["closed", "unmetered", "children_exceed"]
    verdict = "closed" if abs(gap) <= allowed else "unmetered" if gap > 0 else "children_exceed"
    return Gap(parent.code, reading, known, gap, allowed, verdict, (), whose)


def _hangs_below_itself(meter: Meter, known: Mapping[str, Meter]) -> bool:
    seen = {meter.code}
    above = known.get(meter.parent)
    while above is not None:
        if above.code == meter.code:
            return True
        if above.code in seen:
            return False
        seen.add(above.code)
        above = known.get(above.parent)
    return False
