"""Power and heat a site buys: location-based and market-based, always both, from the same loads.

Location-based is the average factor of the place. Market-based counts matched instruments as zero and everything
else at the residual factor, never at the average: the average holds the green power others have claimed. Own power
whose certificates were sold is somebody else's green power, and counts at the residual factor too.

Reference: GHG Protocol, Scope 2 Guidance (2015), chapters 4 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from milepost.basics.text import Text
from milepost.domains.carbon.factors import AVERAGE, RESIDUAL, Factors, Picked, Wanted, YearRule
from milepost.domains.carbon.instruments import Instrument, Load, Matching, Terms, match
from milepost.domains.carbon.lines import Line

POWER, HEAT = "purchased_electricity", "purchased_heat"
_UNREAD = Text("The metered amount is missing", "缺少计量电量")


@dataclass(frozen=True)
class Choice:
    """The factors chosen for a question: families, the ladder of regions for each region, the rule for the year.

    `ladder` gives for a region itself and the areas that contain it, the nearest first; a region that is not
    in it stands alone. `power_percent` is the uncertainty of metered power [percent].
    """

    location_family: str = AVERAGE
    residual_family: str = RESIDUAL
    heat_family: str = "heat_gbt32150"
    rule: YearRule = "same_year"
    ladder: dict[str, tuple[str, ...]] = field(default_factory=dict)
    power_percent: float | None = None

    def regions(self, region: str) -> tuple[str, ...]:
        """Give the regions to look in for a factor, the nearest first."""
        return self.ladder.get(region, (region,))


@dataclass(frozen=True)
class Bought:
    """Power or heat of a site in a period: [MWh] or [GJ], None where it was not read.

    `kind` is purchased_electricity, own_generation_sold (own power used here, its certificates sold),
    purchased_heat, exported_electricity or exported_heat.
    """

    id: str
    site: str
    kind: str
    region: str
    start: date
    end: date
    amount: float | None
    own_factor: float | None = None
    own_factor_source: str = ""
    uncertainty_percent: float | None = None


def power_lines(
    bought: Sequence[Bought],
    instruments: Sequence[Instrument],
    factors: Factors,
    choice: Choice,
    terms: Terms,
    on: date,
) -> tuple[list[Line], Matching]:
    """Give the lines of bought power on both bases, and how the instruments were matched."""
    power = [one for one in bought if one.kind in (POWER, "own_generation_sold")]
    read = [one for one in power if one.kind == POWER and one.amount is not None]
    loads = [Load(one.site, one.region, one.start, one.end, one.amount or 0.0, (one.id,)) for one in read]
    matching = match(loads, instruments, terms, on)
    place = {id(one): number for number, one in enumerate(read)}
    lines: list[Line] = []
    for one in power:
        if one.kind == POWER:
            lines.append(_location_line(one, factors, choice, on))
        lines += _market_lines(one, place.get(id(one)), instruments, matching, factors, choice, on)
    return lines, matching


def heat_lines(bought: Sequence[Bought], factors: Factors, choice: Choice, on: date) -> list[Line]:
    """Give the lines of bought heat [GJ]: the supplier's own factor where it was measured, else the default."""
    found: list[Line] = []
    for one in bought:
        if one.kind != HEAT:
            continue
        picked = factors.pick(
            Wanted(choice.heat_family, "heat", HEAT, choice.regions(one.region), one.start.year, "newest_edition"), on
        )
        value = picked.value if one.own_factor is None else one.own_factor
        ids = () if one.own_factor is not None or picked.factor is None else (picked.factor.id,)
        lack = _lack(one, picked if one.own_factor is None else None)
        tonnes = None if lack or one.amount is None or value is None else one.amount * value
        method = one.own_factor_source or ("measured" if one.own_factor is not None else "default")
        for basis in ("location", "market"):
            found.append(Line(one.site, "2", basis, 2, HEAT, one.amount, "GJ", tonnes, ids, (one.id,), method,
                              one.uncertainty_percent, _percent(picked) if ids else None, lack,
                              None if one.amount is None else one.amount / 3.6))  # fmt: skip
    return found


def exported_lines(bought: Sequence[Bought], factors: Factors, choice: Choice, on: date) -> list[Line]:
    """Give the lines of power and heat sold, positive, as GB/T 32150 subtracts them; they are in no scope."""
    found: list[Line] = []
    for one in bought:
        if one.kind not in ("exported_electricity", "exported_heat"):
            continue
        is_power = one.kind == "exported_electricity"
        wanted = (
            _wanted(choice.location_family, one, choice)
            if is_power
            else Wanted(choice.heat_family, "heat", HEAT, choice.regions(one.region), one.start.year, "newest_edition")
        )
        picked = factors.pick(wanted, on)
        lack = _lack(one, picked)
        tonnes = None if lack or one.amount is None or picked.value is None else one.amount * picked.value
        found.append(Line(one.site, "exported", "", 2, one.kind, one.amount, "MWh" if is_power else "GJ", tonnes,
                          _ids(picked), (one.id,), "sold", None, _percent(picked), lack))  # fmt: skip
    return found


def _location_line(one: Bought, factors: Factors, choice: Choice, on: date) -> Line:
    picked = factors.pick(_wanted(choice.location_family, one, choice), on)
    lack = _lack(one, picked)
    tonnes = None if lack or one.amount is None or picked.value is None else one.amount * picked.value
    return Line(one.site, "2", "location", 2, one.kind, one.amount, "MWh", tonnes, _ids(picked), (one.id,),
                "average factor", _metered(one, choice), _percent(picked), lack, one.amount)  # fmt: skip


def _market_lines(
    one: Bought, load: int | None, instruments: Sequence[Instrument], matching: Matching, factors: Factors,
    choice: Choice, on: date,
) -> list[Line]:  # fmt: skip
    """A line for each instrument that serves it, at zero, and one for the rest at the residual factor."""
    served = [m for m in matching.matches if load is not None and m.load == load]
    lines = [
        Line(one.site, "2", "market", 2, "matched_instrument", m.amount_mwh, "MWh", 0.0, (),
             (one.id, instruments[m.instrument].id), f"{instruments[m.instrument].kind} at zero",
             _metered(one, choice), energy_mwh=m.amount_mwh)
        for m in served
    ]  # fmt: skip
    rest = None if one.amount is None else one.amount - sum(m.amount_mwh for m in served)
    if rest is not None and rest <= 0 and served:
        return lines
    picked = factors.pick(_wanted(choice.residual_family, one, choice), on)
    lack = _lack(one, picked)
    tonnes = None if lack or rest is None or picked.value is None else rest * picked.value
    lines.append(Line(one.site, "2", "market", 2, one.kind, rest, "MWh", tonnes, _ids(picked), (one.id,),
                      "residual factor", _metered(one, choice), _percent(picked), lack, rest))  # fmt: skip
    return lines


def _wanted(family: str, one: Bought, choice: Choice) -> Wanted:
    return Wanted(family, "electricity", POWER, choice.regions(one.region), one.start.year, choice.rule)


def _metered(one: Bought, choice: Choice) -> float | None:
    return choice.power_percent if one.uncertainty_percent is None else one.uncertainty_percent


def _lack(one: Bought, picked: Picked | None) -> Text | None:
    return _UNREAD if one.amount is None else picked.missing if picked else None


def _ids(picked: Picked) -> tuple[str, ...]:
    return (picked.factor.id,) if picked.factor else ()


def _percent(picked: Picked) -> float | None:
    return picked.factor.uncertainty_percent if picked.factor else None
