"""Why emissions changed between two years: activity, structure, intensity, energy mix, green cover, grid and factors.

The parts add up to the change without a residual (LMDI-I). A cleaner grid is a part of its own and never the factory's
effort; neither is less output, or a shift of output between workshops. Effort is less energy per output, another mix
of energy, and power that is covered by matched instruments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from milepost.basics.text import Text
from milepost.science.lmdi import Parts, additive, multiplicative

FACTORS = ("activity", "structure", "intensity", "mix", "cover", "factor")
PARTS = {
    "activity": Text("Output", "产出规模"),
    "structure": Text("Share of workshops in the output", "产出结构"),
    "intensity": Text("Energy per output", "能源强度"),
    "mix": Text("Mix of energy", "能源结构"),
    "cover": Text("Power covered by matched instruments", "绿电覆盖"),
    "grid": Text("A cleaner or dirtier grid", "电网因子变化"),
    "factor": Text("Factors of fuels and heat", "燃料与热力因子"),
}
EFFORT = ("intensity", "mix", "cover")
GRID_CARRIERS = ("purchased_electricity",)


@dataclass(frozen=True)
class Used:
    """Energy of one carrier in one unit (site or workshop) and year, and its emissions.

    `energy` in one unit for all carriers [tce or MWh]; `covered_0_1` is the share matched with instruments (0 for
    the location-based division); `tonnes` [tCO2e].
    """

    unit: str
    carrier: str
    energy: float
    tonnes: float
    covered_0_1: float = 0.0


@dataclass(frozen=True)
class Change:
    """The change [tCO2e] with its parts by name (they add up to it), the same as ratios, and what is effort."""

    before_t: float
    after_t: float
    parts_t: Mapping[str, float]
    ratios: Mapping[str, float] | None
    by_unit_t: Mapping[str, Mapping[str, float]]
    residual_t: float

    @property
    def effort_t(self) -> float:
        """The part that is the factories' own doing [tCO2e]."""
        return sum(self.parts_t[name] for name in EFFORT)


def explain(
    before: Sequence[Used], after: Sequence[Used], output_before: Mapping[str, float], output_after: Mapping[str, float]
) -> Change:
    """Give the parts of the change between two years; outputs are by unit, in one measure for all units.

    A unit or carrier that is in one year only came from zero or went to zero. Raises ValueError where an
    output or an energy is negative. A missing number makes the parts missing.
    """
    keys = sorted({(u.unit, u.carrier) for u in (*before, *after)})
    x0, x1 = _factors(keys, before, output_before), _factors(keys, after, output_after)
    parts = additive(x0, x1)
    named = _named(keys, parts.by_sector)
    ratios = None
    if np.nansum(x0.prod(axis=1)) > 0 and np.nansum(x1.prod(axis=1)) > 0:
        ratios = _ratios(keys, multiplicative(x0, x1))
    units = {unit: _named([k for k in keys if k[0] == unit],
                          parts.by_sector[[n for n, k in enumerate(keys) if k[0] == unit]])
             for unit in dict.fromkeys(k[0] for k in keys)}  # fmt: skip
    before_t, after_t = (sum(u.tonnes for u in used) for used in (before, after))
    left = after_t - before_t - sum(named.values())
    return Change(before_t, after_t, named, ratios, units, left)


def _factors(keys: list[tuple[str, str]], used: Sequence[Used], output: Mapping[str, float]) -> NDArray[np.float64]:
    """Sectors (unit and carrier) by factors; what has no value because something else is zero is missing."""
    energy: dict[tuple[str, str], float] = defaultdict(float)
    tonnes: dict[tuple[str, str], float] = defaultdict(float)
    covered: dict[tuple[str, str], float] = defaultdict(float)
    for one in used:
        key = (one.unit, one.carrier)
        energy[key] += one.energy
        tonnes[key] += one.tonnes
        covered[key] += one.energy * one.covered_0_1
    by_unit: dict[str, float] = defaultdict(float)
    for (unit, _), amount in energy.items():
        by_unit[unit] += amount
    made = {unit: output.get(unit, 0.0 if not by_unit[unit] else float("nan")) for unit, _ in keys}
    whole = sum(made.values())
    rows = []
    for unit, carrier in keys:
        # Energy without output has no intensity: the parts are missing, they are not given to another factor.
        own = float("nan") if made[unit] == 0 and by_unit[unit] else made[unit]
        here = energy[unit, carrier]
        rest = here - covered[unit, carrier]
        rows.append(
            [whole, _over(own, whole), _over(by_unit[unit], own), _over(here, by_unit[unit]), _over(rest, here),
             _over(tonnes[unit, carrier], rest)]
        )  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(-1, len(FACTORS))


def _over(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _named(keys: list[tuple[str, str]], cells: NDArray[np.float64]) -> dict[str, float]:
    """The parts by name, the factor's divided into the grid and the rest."""
    found = {name: float(cells[:, n].sum()) for n, name in enumerate(FACTORS[:-1])}
    is_grid = np.array([carrier in GRID_CARRIERS for _, carrier in keys], dtype=bool)
    return {**found, "grid": float(cells[is_grid, -1].sum()), "factor": float(cells[~is_grid, -1].sum())}


def _ratios(keys: list[tuple[str, str]], parts: Parts) -> dict[str, float]:
    logs = _named(keys, np.log(parts.by_sector))
    return {name: float(np.exp(log)) for name, log in logs.items()}
