"""The cheapest path of a site to a standard by a year: which measures when, how much power to make, what to buy.

Measures act on each other: efficiency takes its share of what is left, so a saving shrinks what own power and
certificates are needed for; electrification moves fuel to the load. The program keeps that exactly: the product of a
choice and an amount is linear where the amount is bounded (G. P. McCormick, Mathematical Programming 10 (1976)).

Money goes in and comes out in yuan [CNY]; inside the program it is thousands of them, power is MWh, emissions tCO2e.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from milepost.science.program import Program

ELECTRICITY = "electricity"
THOUSAND = 1000.0
Kind = Literal["efficiency", "electrification", "generation", "direct"]


@dataclass(frozen=True)
class EndUse:
    """What energy is used for: its carrier and its amount in each year without measures [MWh].

    `t_per_mwh`, `tce_per_mwh` and `price_cny` (by year) are of a fuel's MWh; electricity has its own in `Market`.
    """

    id: str
    carrier: str
    amount_mwh: Sequence[float]
    t_per_mwh: float = 0.0
    tce_per_mwh: float = 0.0
    price_cny: Sequence[float] = ()


@dataclass(frozen=True)
class Measure:
    """Something that can be done once.

    efficiency: saves `share_0_1` of what is left of `end_use`. electrification: moves `share_0_1` of what is
    left of a fuel's `end_use` to `to_end_use`, a MWh of fuel becoming `mwh_per_mwh` of load. generation: makes
    `generation_mwh` a year at full size (any size up to it where `is_scalable`), takes `roof_m2` and `grid_kw`.
    direct: avoids `direct_t` a year. Investment is made again when the life is over.
    """

    id: str
    kind: Kind
    capex_cny: float
    life_years: int
    opex_cny: float = 0.0
    end_use: str = ""
    share_0_1: float = 0.0
    to_end_use: str = ""
    mwh_per_mwh: float = 1.0
    generation_mwh: float = 0.0
    direct_t: float = 0.0
    roof_m2: float = 0.0
    grid_kw: float = 0.0
    is_scalable: bool = False
    group: str = ""
    needs: tuple[str, ...] = ()
    first_year: int = 0


@dataclass(frozen=True)
class Market:
    """Prices [CNY per MWh or t] and factors [t per MWh] by year, and how money of later years is discounted."""

    years: Sequence[int]
    power_cny: Sequence[float]
    certificate_cny: Sequence[float]
    offset_cny: Sequence[float]
    residual_t_per_mwh: Sequence[float]
    feed_in_cny: Sequence[float] = ()
    carbon_cny: Sequence[float] = ()
    certificates_mwh: Sequence[float] = ()
    tce_per_mwh: float = 0.1229
    discount_0_1: float = 0.06


@dataclass(frozen=True)
class Limits:
    """What there is: money to invest in each year [CNY], roof, grid connection, offsets as a share of the baseline."""

    budget_cny: Sequence[float] = ()
    roof_m2: float | None = None
    grid_kw: float | None = None
    offset_share_0_1: float | None = None


@dataclass(frozen=True)
class Requirement:
    """A clause of a standard: a quantity at most or at least a number, or a number of times another quantity.

    `quantity` and `of` name a yearly quantity (see `QUANTITIES`); asked from `from_year` on.
    """

    id: str
    quantity: str
    sense: Literal["at_most", "at_least"]
    limit: float
    from_year: int
    of: str = ""


@dataclass(frozen=True)
class Question:
    """A site, what it could do, what it costs, what limits it, what is asked."""

    site: str
    end_uses: Sequence[EndUse]
    measures: Sequence[Measure]
    market: Market
    limits: Limits = field(default_factory=Limits)
    requirements: Sequence[Requirement] = ()
    process_t: Sequence[float] = ()


QUANTITIES = (
    "load_mwh", "own_mwh", "purchased_mwh", "certificates_mwh", "green_mwh", "fuel_mwh", "energy_tce",
    "emissions_t", "offsets_t", "net_t",
)  # fmt: skip
FAMILIES = ("budget", "roof", "grid", "offset cap", "certificates", "target")


class Affine(dict[int, float]):
    """A sum of variables times numbers, with a constant."""

    def __init__(self, constant: float = 0.0, terms: Mapping[int, float] | None = None) -> None:
        super().__init__(terms or {})
        self.constant = constant

    def plus(self, other: Affine, times: float = 1.0) -> Affine:
        """Give this plus a number of times another."""
        found = Affine(self.constant + times * other.constant, self)
        for n, value in other.items():
            found[n] = found.get(n, 0.0) + times * value
        return found


@dataclass(frozen=True)
class Model:
    """The program of a question, and where things are in it: choices by measure and year, quantities by year.

    `investment` is the money invested in each year [thousand CNY]; `fixed_kcny` what no choice changes.
    """

    program: Program
    active: Mapping[str, Sequence[int]]
    size: Mapping[str, Sequence[int]]
    quantities: Mapping[str, Sequence[Affine]]
    investment: Sequence[Affine]
    baseline_t: float
    fixed_kcny: float


def build(question: Question) -> Model:
    """Give the program of a question. Raises ValueError where a measure names an end use or a measure not given."""
    return _Builder(question).model()


class _Builder:
    def __init__(self, question: Question) -> None:
        self.q, self.program = question, Program()
        self.count = len(question.market.years)
        self.uses = {use.id: use for use in question.end_uses}
        self.active: dict[str, list[int]] = {}
        self.size: dict[str, list[int]] = {}
        self._check()

    def model(self) -> Model:
        for measure in self.q.measures:
            self._choices(measure)
        self._between_measures()
        baseline = self._baseline()
        years = [self._year(t, baseline) for t in range(self.count)]
        quantities = {name: [year[name] for year in years] for name in QUANTITIES}
        investment = [self._investment(t) for t in range(self.count)]
        fixed = sum(self._cost_year(t, quantities) for t in range(self.count))
        self._caps(investment)
        self._requirements(quantities)
        return Model(self.program, self.active, self.size, quantities, investment, baseline, fixed)

    def _check(self) -> None:
        names = {measure.id for measure in self.q.measures}
        for m in self.q.measures:
            used = [name for name in (m.end_use, m.to_end_use) if name]
            if any(name not in self.uses for name in used) or any(name not in names for name in m.needs):
                raise ValueError("a measure names an end use or a measure that is not given")

    def _discount(self, t: int) -> float:
        return float((1 + self.q.market.discount_0_1) ** -t / THOUSAND)

    def _choices(self, measure: Measure) -> None:
        """The choice in each year, once made for good; of a scalable one also its size."""
        is_early = [year < measure.first_year for year in self.q.market.years]
        active = [self.program.variable(0.0, 0.0, 0.0 if early else 1.0, is_whole=True) for early in is_early]
        size = [self.program.variable(high=1.0) for _ in active] if measure.is_scalable else active
        for t in range(1, self.count):
            self.program.row({active[t]: 1.0, active[t - 1]: -1.0}, low=0.0)
            if measure.is_scalable:
                self.program.row({size[t]: 1.0, size[t - 1]: -1.0}, low=0.0)
        if measure.is_scalable:
            for a, s in zip(active, size, strict=True):
                self.program.row({s: 1.0, a: -1.0}, high=0.0)
        self.active[measure.id], self.size[measure.id] = active, size
        for t in range(self.count):
            present = self._present(measure, t)
            self.program.cost[size[t]] += present + measure.opex_cny * self._discount(t)
            if t:
                self.program.cost[size[t - 1]] -= present

    def _present(self, measure: Measure, t: int) -> float:
        """The present value of building in a year: again after each life, less what is left of the last one's worth."""
        builds = range(t, self.count, measure.life_years)
        left = builds[-1] + measure.life_years - self.count
        worth = measure.capex_cny * left / measure.life_years * self._discount(self.count)
        return sum(measure.capex_cny * self._discount(y) for y in builds) - worth

    def _between_measures(self) -> None:
        groups: dict[str, list[str]] = {}
        for measure in self.q.measures:
            if measure.group:
                groups.setdefault(measure.group, []).append(measure.id)
            for needed in measure.needs:
                for own, other in zip(self.active[measure.id], self.active[needed], strict=True):
                    self.program.row({own: 1.0, other: -1.0}, high=0.0)
        for members in groups.values():
            self.program.row({self.active[name][-1]: 1.0 for name in members}, high=1.0)

    def _baseline(self) -> float:
        """The emissions of the first year without any measure or certificate [t]."""
        load = sum(use.amount_mwh[0] for use in self.q.end_uses if use.carrier == ELECTRICITY)
        fuel = sum(use.amount_mwh[0] * use.t_per_mwh for use in self.q.end_uses if use.carrier != ELECTRICITY)
        process = self.q.process_t[0] if self.q.process_t else 0.0
        return float(load * self.q.market.residual_t_per_mwh[0] + fuel + process)

    def _year(self, t: int, baseline: float) -> dict[str, Affine]:
        """The quantities of one year as sums of variables."""
        market, program = self.q.market, self.program
        fuels, moved = self._fuels(t)
        load = self._load(t, moved)
        generation = Affine()
        for m in self.q.measures:
            if m.kind == "generation":
                generation = generation.plus(Affine(0.0, {self.size[m.id][t]: m.generation_mwh}))
        own = program.variable()
        program.row(Affine(0.0, {own: 1.0}).plus(generation, -1.0), high=0.0)
        program.row({own: 1.0, **{n: -x for n, x in load.items()}}, high=load.constant)
        purchased = load.plus(Affine(0.0, {own: 1.0}), -1.0)
        certificates, offsets = program.variable(), program.variable()
        program.row({certificates: 1.0, **{n: -x for n, x in purchased.items()}}, high=purchased.constant)
        if market.certificates_mwh:
            self._cap(Affine(0.0, {certificates: 1.0}), market.certificates_mwh[t], "certificates", t)
        if self.q.limits.offset_share_0_1 is not None:
            self._cap(Affine(0.0, {offsets: 1.0}), self.q.limits.offset_share_0_1 * baseline, "offset cap", t)
        bare = purchased.plus(Affine(0.0, {certificates: 1.0}), -1.0)
        emissions = Affine(self.q.process_t[t] if self.q.process_t else 0.0).plus(bare, market.residual_t_per_mwh[t])
        energy, fuel_mwh = Affine().plus(load, market.tce_per_mwh), Affine()
        for use, amount in fuels:
            emissions = emissions.plus(amount, use.t_per_mwh)
            energy = energy.plus(amount, use.tce_per_mwh)
            fuel_mwh = fuel_mwh.plus(amount)
        for m in self.q.measures:
            if m.kind == "direct":
                emissions = emissions.plus(Affine(0.0, {self.active[m.id][t]: -m.direct_t}))
        program.row({offsets: 1.0, **{n: -x for n, x in emissions.items()}}, high=emissions.constant)
        self._fuel_cost(t, fuels)
        self._feed_in(t, generation, own)
        return {
            "load_mwh": load, "own_mwh": Affine(0.0, {own: 1.0}), "purchased_mwh": purchased,
            "certificates_mwh": Affine(0.0, {certificates: 1.0}),
            "green_mwh": Affine(0.0, {certificates: 1.0, own: 1.0}), "fuel_mwh": fuel_mwh, "energy_tce": energy,
            "emissions_t": emissions, "offsets_t": Affine(0.0, {offsets: 1.0}),
            "net_t": emissions.plus(Affine(0.0, {offsets: 1.0}), -1.0),
        }  # fmt: skip

    def _fuels(self, t: int) -> tuple[list[tuple[EndUse, Affine]], dict[str, Affine]]:
        """What is left of each fuel's end use, and the load that electrification adds by end use."""
        left: list[tuple[EndUse, Affine]] = []
        moved: dict[str, Affine] = {}
        for use in self.q.end_uses:
            if use.carrier == ELECTRICITY:
                continue
            amount, least, most = Affine(use.amount_mwh[t]), use.amount_mwh[t], use.amount_mwh[t]
            for m in self._of(use.id, "efficiency", "electrification"):
                taken = self._product(amount, least, most, self.active[m.id][t])
                amount, least = amount.plus(taken, -m.share_0_1), least * (1 - m.share_0_1)
                if m.kind == "electrification":
                    add = Affine().plus(taken, m.share_0_1 * m.mwh_per_mwh)
                    moved[m.to_end_use] = moved.get(m.to_end_use, Affine()).plus(add)
            left.append((use, amount))
        return left, moved

    def _load(self, t: int, moved: Mapping[str, Affine]) -> Affine:
        total = Affine()
        for use in self.q.end_uses:
            if use.carrier != ELECTRICITY:
                continue
            amount = Affine(use.amount_mwh[t]).plus(moved.get(use.id, Affine()))
            least, most = use.amount_mwh[t], use.amount_mwh[t] + self._most_moved(use.id, t)
            for m in self._of(use.id, "efficiency"):
                taken = self._product(amount, least, most, self.active[m.id][t])
                amount, least = amount.plus(taken, -m.share_0_1), least * (1 - m.share_0_1)
            total = total.plus(amount)
        return total

    def _of(self, use: str, *kinds: str) -> list[Measure]:
        """The measures on an end use, efficiency first: what is saved need not be electrified."""
        found = [m for m in self.q.measures if m.end_use == use and m.kind in kinds]
        return sorted(found, key=lambda m: m.kind != "efficiency")

    def _most_moved(self, use: str, t: int) -> float:
        return sum(self.uses[m.end_use].amount_mwh[t] * m.share_0_1 * m.mwh_per_mwh
                   for m in self.q.measures if m.kind == "electrification" and m.to_end_use == use)  # fmt: skip

    def _product(self, amount: Affine, least: float, most: float, choice: int) -> Affine:
        """The amount times a choice, exactly: the amount lies between `least` and `most`."""
        if not amount:
            return Affine(0.0, {choice: amount.constant})
        taken = self.program.variable(high=most)
        self.program.row({taken: 1.0, choice: -most}, high=0.0)
        self.program.row({taken: 1.0, choice: -least}, low=0.0)
        rest = Affine(-amount.constant, {taken: 1.0}).plus(Affine(0.0, amount), -1.0)  # taken - amount
        self.program.row(dict(rest.plus(Affine(0.0, {choice: -least}))), high=-rest.constant - least)
        self.program.row(dict(rest.plus(Affine(0.0, {choice: -most}))), low=-rest.constant - most)
        return Affine(0.0, {taken: 1.0})

    def _investment(self, t: int) -> Affine:
        """The money invested in a year, first and renewed [thousand CNY]."""
        found = Affine()
        for m in self.q.measures:
            size, amount = self.size[m.id], m.capex_cny / THOUSAND
            for built in range(t, -1, -m.life_years):
                found = found.plus(Affine(0.0, {size[built]: amount}))
                if built:
                    found = found.plus(Affine(0.0, {size[built - 1]: -amount}))
        return found

    def _cost_year(self, t: int, quantities: Mapping[str, Sequence[Affine]]) -> float:
        """Put the year's bought power, certificates, offsets and carbon into the cost; give what is fixed."""
        market, times = self.q.market, self._discount(t)
        prices = {"purchased_mwh": market.power_cny[t], "certificates_mwh": market.certificate_cny[t],
                  "offsets_t": market.offset_cny[t],
                  "emissions_t": market.carbon_cny[t] if market.carbon_cny else 0.0}  # fmt: skip
        fixed = 0.0
        for name, price in prices.items():
            fixed += self._pay(quantities[name][t], price * times)
        fuels = sum(
            u.amount_mwh[t] * u.price_cny[t] for u in self.q.end_uses if u.carrier != ELECTRICITY and u.price_cny
        )
        return fixed + fuels * times

    def _pay(self, amount: Affine, price: float) -> float:
        for n, value in amount.items():
            self.program.cost[n] += value * price
        return amount.constant * price

    def _fuel_cost(self, t: int, fuels: Sequence[tuple[EndUse, Affine]]) -> None:
        for use, amount in fuels:
            if use.price_cny:
                self._pay(amount, use.price_cny[t] * self._discount(t))

    def _feed_in(self, t: int, generation: Affine, own: int) -> None:
        if self.q.market.feed_in_cny:
            self._pay(generation.plus(Affine(0.0, {own: 1.0}), -1.0), -self.q.market.feed_in_cny[t] * self._discount(t))

    def _caps(self, investment: Sequence[Affine]) -> None:
        limits = self.q.limits
        for t, most in enumerate(limits.budget_cny):
            self._cap(investment[t], most / THOUSAND, "budget", t)
        generators = [m for m in self.q.measures if m.kind == "generation"]
        for family, most_of, of in (("roof", limits.roof_m2, "roof_m2"), ("grid", limits.grid_kw, "grid_kw")):
            if most_of is not None:
                used = Affine(0.0, {self.size[m.id][-1]: float(getattr(m, of)) for m in generators})
                self._cap(used, most_of, family, self.count - 1)

    def _cap(self, amount: Affine, most: float, family: str, t: int) -> None:
        name = f"{family} {self.q.market.years[t]}"
        self.program.row(dict(amount), high=most - amount.constant, family=family, name=name)

    def _requirements(self, quantities: Mapping[str, Sequence[Affine]]) -> None:
        for asked in self.q.requirements:
            for t, year in enumerate(self.q.market.years):
                if year < asked.from_year:
                    continue
                left = quantities[asked.quantity][t]
                left = left.plus(quantities[asked.of][t], -asked.limit) if asked.of else left
                side = (0.0 if asked.of else asked.limit) - left.constant
                low, high = (side, float("inf")) if asked.sense == "at_least" else (float("-inf"), side)
                self.program.row(dict(left), low, high, family="target", name=f"{asked.id} {year}")
