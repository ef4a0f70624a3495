"""The inventory of a year: every line of its scopes, totals that know what they lack, and their uncertainty.

Scope 2 has two totals and they are never one. Biomass is shown apart, sold power and heat are in no scope: the total
of GB/T 32150 subtracts them, that of the GHG Protocol does not.

References: GB/T 32150-2025, clauses 6 and 7.5.8; GHG Protocol, Corporate Standard (2004); ISO 14064-1:2018, clause 5.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from milepost.basics.text import Text
from milepost.domains.carbon.factors import Factors
from milepost.domains.carbon.fuels import FuelUse, Release, fuel_line, release_line
from milepost.domains.carbon.indirect import Indirect, indirect_line
from milepost.domains.carbon.instruments import Instrument, Matching, Terms
from milepost.domains.carbon.lines import Line, Total, of_scope, total_of
from milepost.domains.carbon.purchased import Bought, Choice, exported_lines, heat_lines, power_lines
from milepost.science.uncertainty import Simulated, Sources, Uncertain, approach_1, simulate

BASES = ("location", "market")


@dataclass(frozen=True)
class Records:
    """What a year's inventory is made from."""

    bought: Sequence[Bought] = ()
    instruments: Sequence[Instrument] = ()
    fuels: Sequence[FuelUse] = ()
    releases: Sequence[Release] = ()
    indirect: Sequence[Indirect] = ()


@dataclass(frozen=True)
class Method:
    """How: the year, the families of factors, what may be matched, and the ISO category of each scope 3 category."""

    year: int
    choice: Choice = field(default_factory=Choice)
    terms: Terms = field(default_factory=Terms)
    fuel_family: str = "fuels_provincial_2025"
    warming_family: str = "ipcc_ar6"
    iso_of_scope3: Mapping[int, int] | None = None


@dataclass(frozen=True)
class Inventory:
    """The lines of a year, how instruments were matched, and what is missing, each said once."""

    year: int
    lines: tuple[Line, ...]
    matching: Matching
    missing: tuple[Text, ...]

    def scope(self, scope: str, basis: str = "") -> Total:
        """Give the total of a scope, of scope 2 on one basis."""
        return total_of(of_scope(self.lines, scope, basis))

    def own(self, basis: str) -> Total:
        """Give scopes 1 and 2 together on one basis."""
        return total_of((*of_scope(self.lines, "1"), *of_scope(self.lines, "2", basis)))

    def energy_and_process_co2(self, basis: str) -> Total:
        """Give the carbon dioxide of energy and processes, less what was sold: no other gases, no waste."""
        of = [line for line in (*of_scope(self.lines, "1"), *of_scope(self.lines, "2", basis))
              if line.is_energy_or_process_co2]  # fmt: skip
        own, sold = total_of(of), self.scope("exported")
        return Total(own.known_t - sold.known_t, own.count + sold.count, own.missing_count + sold.missing_count)

    def gbt_32150(self, basis: str = "location") -> Total:
        """Give the total of GB/T 32150: scopes 1 and 2 less the power and heat sold."""
        own, sold = self.own(basis), self.scope("exported")
        return Total(own.known_t - sold.known_t, own.count + sold.count, own.missing_count + sold.missing_count)

    def iso_categories(self, basis: str) -> dict[int, Total]:
        """Give the totals of the six categories of ISO 14064-1, category 2 on one basis."""
        counted = [line for line in self.lines if line.scope in ("1", "3") or (line.scope, line.basis) == ("2", basis)]
        return {n: total_of(line for line in counted if line.category == n) for n in range(1, 7)}

    def sites(self) -> tuple[str, ...]:
        """Give the sites that have a line."""
        return tuple(sorted({line.site for line in self.lines}))

    def of_site(self, site: str) -> Inventory:
        """Give the part of one site."""
        lines = tuple(line for line in self.lines if line.site == site)
        return Inventory(self.year, lines, self.matching, _said_once(lines))


def take_inventory(records: Records, factors: Factors, method: Method, on: date) -> Inventory:
    """Give the inventory of a year from its records, with the factors known on a day."""
    lines = [fuel_line(use, factors, method.fuel_family, method.year, on) for use in records.fuels]
    lines += [release_line(one, factors, method.warming_family, method.year, on) for one in records.releases]
    power, matching = power_lines(
        records.bought, records.instruments, factors, method.choice, method.terms, on
    )  # fmt: skip
    lines += power
    lines += heat_lines(records.bought, factors, method.choice, on)
    lines += exported_lines(records.bought, factors, method.choice, on)
    lines += [indirect_line(one, method.iso_of_scope3 or {}) for one in records.indirect]
    return Inventory(method.year, tuple(lines), matching, _said_once(lines))


def sources_of(lines: Sequence[Line]) -> tuple[Sources, int]:
    """Give the lines as sources of uncertainty, and how many were left out because no uncertainty is stated.

    A line is left out when it has no tonnes, or states neither uncertainty; one that is not stated beside one
    that is counts as zero. Lines under the same factors share its error.
    """
    stated = [n for n in lines if n.tonnes and (n.activity_percent is not None or n.factor_percent is not None)]
    with_tonnes = sum(1 for line in lines if line.tonnes)
    ids = ["+".join(line.factors) or f"own:{n}" for n, line in enumerate(stated)]
    values = np.array([line.tonnes or 0.0 for line in stated], dtype=np.float64)
    first = {name: n for n, name in reversed(list(enumerate(ids)))}
    shared = np.array([first[name] for name in ids], dtype=np.intp)
    percents = np.array([line.factor_percent or 0.0 for line in stated], dtype=np.float64)
    own = np.array([line.activity_percent or 0.0 for line in stated], dtype=np.float64)
    return Sources(values, own, np.ones(len(stated)), percents[shared] if stated else percents, ids), with_tonnes - len(
        stated
    )


def uncertainty(lines: Sequence[Line], draws: int = 10_000, seed: int = 0) -> tuple[Uncertain, Simulated | None, int]:
    """Give the uncertainty of the lines' total by propagation and by simulation, and the number of lines left out."""
    sources, left_out = sources_of(lines)
    if not len(sources.activity):
        return Uncertain(total_of(lines).known_t, float("nan"), float("nan")), None, left_out
    return approach_1(sources), simulate(sources, draws, seed), left_out


def _said_once(lines: Sequence[Line]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(line.missing for line in lines if line.missing is not None))
