"""Direct emissions: fuel from its three primitives, processes and refrigerants; every line keeps where it came from.

A fuel's emissions are quantity times lower heating value times carbon content times oxidation times 44/12, never a
printed factor per unit of heat: those differ from the product by up to 3 percent. Biomass is counted apart.

Reference: GB/T 32150-2025, clauses 7.5.2, 7.5.3 and 7.5.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from milepost.basics.text import Text
from milepost.domains.carbon.factors import Factor, Factors, Wanted
from milepost.domains.carbon.lines import Line

CO2_PER_CARBON = 44 / 12
GJ_PER_MWH = 3.6
_PRIMITIVES = ("heating_value", "carbon_content", "oxidation")
_HEAT_UNITS = {"GJ_per_t": "tonne", "GJ_per_10k_m3": "ten_thousand_m3"}
_TIMES = {"tonne": ("tonne", 1.0), "kg": ("tonne", 1e-3), "ten_thousand_m3": ("ten_thousand_m3", 1.0),
          "m3": ("ten_thousand_m3", 1e-4), "thousand_m3": ("ten_thousand_m3", 0.1)}  # fmt: skip


@dataclass(frozen=True)
class FuelUse:
    """Fuel of a site in a period: what was bought, and what the stock fell by (opening less closing).

    `heating_value_gj` per unit, `carbon_content_tc_per_tj` and `oxidation_0_1` are the laboratory's where it
    measured them; where they are missing the declared family's default is used and the line says so.
    """

    id: str
    site: str
    fuel: str
    bought: float | None
    stock_fall: float | None
    unit: str
    heating_value_gj: float | None = None
    carbon_content_tc_per_tj: float | None = None
    oxidation_0_1: float | None = None
    is_biomass: bool = False
    uncertainty_percent: float | None = None


@dataclass(frozen=True)
class Release:
    """A gas released by a process or from equipment [kg], or a process quantity with its own factor [t per unit]."""

    id: str
    site: str
    kind: str
    subject: str
    amount: float | None
    unit: str
    factor_t_per_unit: float | None = None
    factor_source: str = ""
    uncertainty_percent: float | None = None


def fuel_co2_t(quantity: float, heating_value_gj: float, carbon_content_tc_per_tj: float, oxidation: float) -> float:
    """Give the carbon dioxide [t] of a quantity of fuel from its three primitives.

    >>> round(fuel_co2_t(0.1, 389.31, 15.3, 0.99), 3)  # 1,000 m3 of natural gas
    2.162
    """
    return quantity * heating_value_gj * carbon_content_tc_per_tj / 1000 * oxidation * CO2_PER_CARBON


def fuel_line(use: FuelUse, factors: Factors, family: str, year: int, on: date) -> Line:
    """Give the line of one fuel use; its tonnes are missing where a quantity, a unit or a primitive is."""
    scope = "biogenic" if use.is_biomass else "1"
    measured = {
        "heating_value": use.heating_value_gj,
        "carbon_content": use.carbon_content_tc_per_tj,
        "oxidation": use.oxidation_0_1,
    }
    wanted = {kind: Wanted(family, kind, use.fuel, ("china",), year, "newest_edition") for kind in _PRIMITIVES}
    picked = {kind: factors.pick(wanted[kind], on) for kind in _PRIMITIVES if measured[kind] is None}
    lacks = [one.missing for one in picked.values() if one.missing is not None]
    used = {kind: one.factor for kind, one in picked.items() if one.factor is not None}
    amount = None if use.bought is None else use.bought + (use.stock_fall or 0.0)
    base, times = _TIMES.get(use.unit, (use.unit, 1.0))
    heat = used.get("heating_value")
    if heat is not None and _HEAT_UNITS.get(heat.unit) != base:
        lacks.append(Text(f"{use.fuel} is counted in {use.unit}, its heating value is in {heat.unit}",
                          f"{use.fuel}的计量单位为 {use.unit}，热值单位为 {heat.unit}"))  # fmt: skip
    if amount is None:
        lacks.append(Text("The quantity bought is missing", "缺少购入量"))
    if amount is not None and amount < 0:
        lacks.append(Text("The stock rose by more than was bought", "库存增加量大于购入量"))
    value = {kind: measured[kind] if measured[kind] is not None else _value(used.get(kind)) for kind in _PRIMITIVES}
    tonnes = energy = None
    if not lacks and amount is not None:
        heating, content, oxidation = (value[kind] or 0.0 for kind in _PRIMITIVES)
        tonnes = fuel_co2_t(amount * times, heating, content, oxidation)
        energy = amount * times * heating / GJ_PER_MWH
    return Line(
        use.site, scope, "", 1, use.fuel, amount, use.unit, tonnes,
        tuple(f.id for f in used.values()), (use.id,),
        "defaults for " + ", ".join(used) if used else "measured",
        use.uncertainty_percent, _joint(list(used.values())), lacks[0] if lacks else None, energy,
    )  # fmt: skip


def release_line(release: Release, factors: Factors, family: str, year: int, on: date) -> Line:
    """Give the line of a process source or a refrigerant; a gas needs its warming potential of the declared family."""
    lack: Text | None = None
    tonnes: float | None = None
    ids: tuple[str, ...] = ()
    percent: float | None = None
    if release.amount is None:
        lack = Text("The amount is missing", "缺少数量")
    elif release.factor_t_per_unit is not None:
        tonnes = release.amount * release.factor_t_per_unit
    elif release.unit != "kg":
        lack = Text("A process source needs its own factor", "过程排放源需给出排放因子")
    else:
        found = factors.pick(
            Wanted(family, "warming_potential", release.subject, ("world",), year, "newest_edition"), on
        )
        lack = found.missing
        if found.factor is not None:
            tonnes = release.amount * found.factor.value / 1000
            ids, percent = (found.factor.id,), found.factor.uncertainty_percent
    return Line(
        release.site, "1", "", 1, release.subject, release.amount, release.unit, tonnes, ids, (release.id,),
        release.factor_source or release.kind, release.uncertainty_percent, percent, lack,
        is_energy_or_process_co2=release.kind == "process" and release.factor_t_per_unit is not None,
    )  # fmt: skip


def _value(factor: Factor | None) -> float | None:
    return factor.value if factor else None


def _joint(used: list[Factor]) -> float | None:
    """The primitives' uncertainty as one product [percent]; missing where none is stated."""
    stated = [f.uncertainty_percent for f in used if f.uncertainty_percent is not None]
    return float(sum(p * p for p in stated) ** 0.5) if stated else None
