"""A site's tonnes shared out to its workshops, on both bases, with what stays without an owner.

A workshop is given its energy by `balance.allocate`, each amount marked with how it was found, and its tonnes are that
energy times the site's own factor: the site's tonnes over the energy they are of. So the workshops and the rest sum to
the site, and own power that emits nothing is in everybody's factor. Nothing that is missing is taken as zero.

References: GHG Protocol, Scope 2 Guidance (2015); Scope 3 Standard (2011), chapter 8 (physical keys of allocation).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from milepost.domains.carbon.balance import Allocation
from milepost.domains.carbon.inventory import BASES
from milepost.domains.carbon.lines import whole_sum

Tonnes = Mapping[str, float | None]
"""Tonnes [tCO2e] by basis, None where something behind them is missing."""


@dataclass(frozen=True)
class Part:
    """A workshop's part of a site's energy of one carrier [unit of the site's total] and of its tonnes by basis.

    `method` says how the energy was found; without a method nobody can tell, and amount and tonnes are None. The part
    of no workshop is the rest: what was not shared out, and negative where the workshops were given more than the site
    has (their meters read more than the bill).
    """

    workshop: str
    amount: float | None
    method: str | None
    tonnes: Tonnes


@dataclass(frozen=True)
class Carrier:
    """The energy of one carrier that a site used, the tonnes it stands for, and what each workshop is given of it.

    `total` [unit] is the energy the tonnes are of; None where it is not known.
    """

    carrier: str
    unit: str
    total: float | None
    tonnes: Tonnes
    parts: tuple[Part, ...]
    rest: Part


@dataclass(frozen=True)
class SiteTonnes:
    """The tonnes of electricity and heat of a site with workshops: by carrier, and together."""

    site: str
    workshops: tuple[str, ...]
    carriers: tuple[Carrier, ...]

    def of_workshop(self, workshop: str) -> Tonnes:
        """Give a workshop's tonnes of all carriers, None where it lacks those of one."""
        parts = [part for carrier in self.carriers for part in carrier.parts if part.workshop == workshop]
        return {basis: whole_sum(part.tonnes[basis] for part in parts) for basis in BASES}

    @property
    def rest(self) -> Tonnes:
        """What no workshop is given, of all carriers."""
        return {basis: whole_sum(carrier.rest.tonnes[basis] for carrier in self.carriers) for basis in BASES}

    @property
    def whole(self) -> Tonnes:
        """The site's own tonnes of all carriers."""
        return {basis: whole_sum(carrier.tonnes[basis] for carrier in self.carriers) for basis in BASES}


def shared_out(carrier: str, unit: str, total: float | None, tonnes: Tonnes, found: Allocation) -> Carrier:
    """Give a site's tonnes of one carrier shared out as its energy was: `total` is the energy the tonnes are of.

    The amounts found may be of another total (the meters' beside the bill's): the rest takes the difference, so that
    amounts and tonnes both sum to the site's.

    >>> from milepost.domains.carbon.balance import allocate
    >>> energy = allocate(1000.0, ["paint"], {"paint": 400.0}, {}, {})
    >>> one = shared_out("electricity", "kWh", 1000.0, {"location": 0.5, "market": None}, energy)
    >>> one.parts[0].tonnes, one.rest.tonnes
    ({'location': 0.2, 'market': None}, {'location': 0.3, 'market': None})
    """
    factors = {basis: _factor(value, total) for basis, value in tonnes.items()}
    parts = tuple(
        Part(share.workshop, share.amount, share.method, {b: _times(share.amount, f) for b, f in factors.items()})
        for share in found.shares
    )
    is_known = found.unattributed is not None
    amount = _less(total, (part.amount for part in parts)) if is_known else None
    rest = {b: _less(tonnes[b], (part.tonnes[b] for part in parts)) if amount is not None else None for b in tonnes}
    return Carrier(carrier, unit, total, tonnes, parts, Part("", amount, None, rest))


def _factor(tonnes: float | None, total: float | None) -> float | None:
    """The site's own factor; None where the energy is not known or is none."""
    return None if tonnes is None or total is None or total <= 0 else tonnes / total


def _times(amount: float | None, factor: float | None) -> float | None:
    return None if amount is None or factor is None else amount * factor


def _less(whole: float | None, parts: Iterable[float | None]) -> float | None:
    """What is left of a whole after its known parts."""
    return None if whole is None else whole - sum(part for part in parts if part is not None)
