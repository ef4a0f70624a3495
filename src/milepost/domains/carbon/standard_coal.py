"""Energy in standard coal by declared coefficients: the calorific and the equivalent value side by side.

The calorific value (当量值) is the heat in a unit of energy; the equivalent value (等价值) the fuel it took to make it.
For electricity they differ more than twofold, so an index per tonne of standard coal means nothing until it says
which it used. A coefficient nobody declared is missing, and so is the sum.

Reference: GB/T 2589-2020, general rules for calculating comprehensive energy consumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.text import Text
from milepost.domains.carbon.factors import Factors, Wanted

KINDS = {"calorific": "standard_coal_calorific", "equivalent": "standard_coal_equivalent"}
_PER = {"kgce_per_kWh": {"kWh": 1e-3, "MWh": 1.0}, "kgce_per_m3": {"m3": 1e-3, "thousand_m3": 1.0,
        "ten_thousand_m3": 10.0}, "kgce_per_kg": {"kg": 1e-3, "tonne": 1.0}, "tce_per_GJ": {"GJ": 1.0}}  # fmt: skip


_NO_COEFFICIENT = Text("no coefficient", "缺少系数")
_CARRIERS = {"electricity": "电力", "heat": "热力", "steam": "蒸汽"}
_UNITS = {"electricity": "kgce_per_kWh", "heat": "tce_per_GJ", "steam": "kgce_per_kg"}


@dataclass(frozen=True)
class Energy:
    """An amount of one carrier, None where it was not read."""

    carrier: str
    amount: float | None
    unit: str


@dataclass(frozen=True)
class StandardCoal:
    """The sum [tce] by one kind of coefficient, None where a carrier has no coefficient or no amount."""

    kind: str
    tce: float | None
    factors: tuple[str, ...]
    missing: tuple[Text, ...]


def in_standard_coal(
    energies: Sequence[Energy], factors: Factors, kind: str, year: int, on: date, family: str = "gbt2589",
    regions: Sequence[str] = ("china",),
) -> StandardCoal:  # fmt: skip
    """Give the energies together in standard coal, by the `calorific` or the `equivalent` coefficients.

    A fuel's equivalent value is its calorific value where no other is declared (only energy that was made
    from other energy has two).
    """
    total, used, lacks = 0.0, [], []
    for one in energies:
        kinds = [KINDS[kind]] if one.carrier in ("electricity", "steam", "heat") else [KINDS[kind], KINDS["calorific"]]
        tried = [factors.pick(Wanted(family, k, one.carrier, regions, year, "newest_edition"), on) for k in kinds]
        found = next((picked.factor for picked in tried if picked.factor is not None), None)
        times = _PER.get(found.unit, {}).get(one.unit) if found else None
        if one.amount is None:
            lacks.append(Text(f"{one.carrier} was not read", f"{one.carrier}未计量"))
        elif found is None:
            is_declared = any((f.kind, f.subject) == (KINDS[kind], one.carrier) for f in factors.all)
            is_undeclared = kind == "equivalent" and one.carrier in _UNITS and not is_declared
            lacks.append(_undeclared(one.carrier) if is_undeclared else tried[0].missing or _NO_COEFFICIENT)
        elif times is None:
            lacks.append(Text(f"{one.carrier} is in {one.unit}, its coefficient in {found.unit}",
                              f"{one.carrier}的单位为 {one.unit}，折标系数的单位为 {found.unit}"))  # fmt: skip
        else:
            total += one.amount * found.value * times
            used.append(found.id)
    return StandardCoal(kind, None if lacks else total, tuple(used), tuple(lacks))


def _undeclared(carrier: str) -> Text:
    """What to declare, and where: no public source of an equivalent value was at hand, so none is shipped."""
    unit, chinese = _UNITS[carrier], _CARRIERS[carrier]
    return Text(
        f"The equivalent value of {carrier} in standard coal is not declared, and no public source of one was at hand. "
        "The zone declares it: a row of carbon.factor, or of carbon/factors/standard_coal.csv in its folder, "
        f"with the family gbt2589, the kind standard_coal_equivalent, the subject {carrier}, the region china, "
        f"the unit {unit}, its year and its source",
        f"未申报{chinese}等价值折标系数，亦无公开来源可用。由园区申报：在登记表 carbon.factor 或园区文件夹的 "
        f"carbon/factors/standard_coal.csv 中增加一行，family 为 gbt2589，kind 为 standard_coal_equivalent，"
        f"subject 为 {carrier}，region 为 china，unit 为 {unit}，并填写 year 与 source",
    )
