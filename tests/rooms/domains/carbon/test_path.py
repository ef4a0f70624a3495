"""The cheapest path: against brute force over every schedule, with interaction, proofs, and marginal costs."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from milepost.domains.carbon.path import ELECTRICITY, EndUse, Limits, Market, Measure, Question, Requirement
from milepost.domains.carbon.planning import abatement_t, as_now, cheapest, marginal_costs

YEARS = (2026, 2027, 2028)
USES = (
    EndUse("motors", ELECTRICITY, [6000, 6100, 6200]),
    EndUse("boiler", "natural_gas", [5000, 5000, 4800], 0.2, 0.1229, [400, 410, 420]),
)
MEASURES = (
    Measure("drives", "efficiency", 2e6, 10, 2e4, "motors", 0.12),
    Measure("ie5", "efficiency", 3e6, 2, 0, "motors", 0.09, needs=("drives",)),
    Measure("heat_pump", "electrification", 4e6, 15, 5e4, "boiler", 0.6, "motors", 0.3, group="boiler"),
    Measure("tuning", "efficiency", 3e5, 5, 0, "boiler", 0.08, group="boiler"),
    Measure("pv", "generation", 6e6, 20, 6e4, generation_mwh=2000, roof_m2=9000, first_year=2027),
)


def market(**changed: object) -> Market:
    given = {
        "power_cny": [700, 710, 720], "certificate_cny": [30, 45, 60], "offset_cny": [90, 100, 110],
        "residual_t_per_mwh": [0.6096, 0.6, 0.59], "feed_in_cny": [350] * 3, "certificates_mwh": [3000] * 3,
    }  # fmt: skip
    return Market(YEARS, **{**given, **changed})  # type: ignore[arg-type]


def question(offsets: float | None = 0.5, budget: float = 7e6, **changed: object) -> Question:
    given = Question("works", USES, MEASURES, market(), Limits([budget] * 3, 12_000, None, offsets),
                     [Requirement("net zero", "net_t", "at_most", 0.0, 2028)])  # fmt: skip
    return replace(given, **changed)  # type: ignore[arg-type]


def by_brute_force(q: Question) -> float:
    """The least cost over every schedule [CNY], each schedule worked out by plain arithmetic."""
    best = np.inf
    starts = [[None, *[t for t, year in enumerate(YEARS) if year >= m.first_year]] for m in q.measures]
    for schedule in itertools.product(*starts):
        begun = dict(zip((m.id for m in q.measures), schedule, strict=True))
        if is_allowed(q, begun):
            best = min(best, cost_of(q, begun))
    return best


def is_allowed(q: Question, begun: dict[str, int | None]) -> bool:
    for m in q.measures:
        if begun[m.id] is not None and any(begun[n] is None or begun[n] > begun[m.id] for n in m.needs):
            return False
    if begun["heat_pump"] is not None and begun["tuning"] is not None:
        return False
    spent = [0.0, 0.0, 0.0]
    for m in q.measures:
        if begun[m.id] is not None:
            for t in range(begun[m.id], 3, m.life_years):
                spent[t] += m.capex_cny
    return all(s <= b for s, b in zip(spent, q.limits.budget_cny, strict=True))


def cost_of(q: Question, begun: dict[str, int | None]) -> float:
    mk, total = q.market, 0.0
    base = 6000 * 0.6096 + 5000 * 0.2
    for m in q.measures:
        if begun[m.id] is not None:
            builds = list(range(begun[m.id], 3, m.life_years))
            total += sum(m.capex_cny / 1.06**t for t in builds)
            total -= m.capex_cny * (builds[-1] + m.life_years - 3) / m.life_years / 1.06**3
            total += sum(m.opex_cny / 1.06**t for t in range(begun[m.id], 3))
    for t in range(3):
        on = {name: start is not None and start <= t for name, start in begun.items()}
        gas = USES[1].amount_mwh[t] * (0.92 if on["tuning"] else 1.0)
        moved = gas * 0.6 if on["heat_pump"] else 0.0
        load = (USES[0].amount_mwh[t] + moved * 0.3) * (0.88 if on["drives"] else 1) * (0.91 if on["ie5"] else 1)
        made = 2000.0 if on["pv"] else 0.0
        bought = load - min(made, load)
        gas -= moved
        year = bought * mk.power_cny[t] + gas * USES[1].price_cny[t] - (made - min(made, load)) * 350
        if t == 2:
            green, left = 0.0, bought * mk.residual_t_per_mwh[t] + gas * 0.2
            offers = [
                (mk.certificate_cny[t] / mk.residual_t_per_mwh[t], min(3000, bought) * mk.residual_t_per_mwh[t]),
                (mk.offset_cny[t], np.inf if q.limits.offset_share_0_1 is None else q.limits.offset_share_0_1 * base),
            ]
            for price, most in sorted(offers):
                taken = min(most, left)
                green, left = green + taken * price, left - taken
            if left > 1e-6:
                return np.inf
            year += green
        total += year / 1.06**t
    return total


@pytest.mark.parametrize(
    ("offsets", "budget"), [(0.5, 7e6), (0.5, 4e6), (0.3, 7e6), (None, 7e6), (0.25, 1e7), (0.45, 6e6)]
)
def test_the_path_is_the_cheapest_of_all_schedules(offsets, budget):
    asked = question(offsets, budget)
    found = cheapest(asked, gap=1e-9)
    expected = by_brute_force(asked)
    assert np.isfinite(expected)
    assert found.status == "optimal"
    assert found.cost_cny == pytest.approx(expected, rel=1e-7)
    assert found.bound_cny == pytest.approx(expected, rel=1e-7)


def test_a_path_that_cannot_be_is_proven_and_names_what_stands_in_its_way():
    asked = question(0.05)
    found = cheapest(asked)
    assert by_brute_force(asked) == np.inf
    assert found.status == "infeasible"
    helps = {one.family: one for one in found.blocked_by if one.is_enough}
    more = helps["offset cap"].rows["offset cap 2028"]
    base = found.baseline_t
    assert base == pytest.approx(6000 * 0.6096 + 5000 * 0.2)
    assert by_brute_force(question(0.05 + (more + 1) / base)) < np.inf
    assert by_brute_force(question(0.05 + (more - 1) / base)) == np.inf


def test_single_abatements_do_not_add_up_to_the_joint_one():
    asked = question()
    alone = {m.id: abatement_t(asked, [m.id]) for m in MEASURES}
    assert alone["drives"] == pytest.approx(6200 * 0.12 * 0.59)
    assert alone["heat_pump"] == pytest.approx(4800 * 0.6 * (0.2 - 0.3 * 0.59))
    both = abatement_t(asked, ["drives", "ie5"])
    assert both == pytest.approx(6200 * (1 - 0.88 * 0.91) * 0.59)
    assert both < alone["drives"] + alone["ie5"]
    electrified = abatement_t(asked, ["heat_pump", "drives"])
    assert electrified > alone["heat_pump"] + alone["drives"]  # the drives also save what the heat pump takes


def left_t(done: set[str]) -> float:
    """The last year's emissions with some measures done and nothing bought, by plain arithmetic [t]."""
    gas = 4800 * (0.92 if "tuning" in done else 1.0)
    moved = 0.6 * gas if "heat_pump" in done else 0.0
    load = (6200 + 0.3 * moved) * (0.88 if "drives" in done else 1.0) * (0.91 if "ie5" in done else 1.0)
    own = min(6500.0, load) if "pv" in done else 0.0
    return (load - own) * 0.59 + (gas - moved) * 0.2


def test_every_set_of_measures_abates_what_arithmetic_says_and_efficiency_shrinks_what_own_power_saves():
    sized = [replace(m, generation_mwh=6500.0) if m.id == "pv" else m for m in MEASURES]
    asked = question(measures=sized)
    names = [m.id for m in sized]
    for count in range(len(names) + 1):
        for chosen in itertools.combinations(names, count):
            assert abatement_t(asked, chosen) == pytest.approx(left_t(set()) - left_t(set(chosen)), abs=1e-6)
    alone = {name: abatement_t(asked, [name]) for name in names}
    pv_after = abatement_t(asked, ["pv", "drives", "ie5"]) - abatement_t(asked, ["drives", "ie5"])
    assert pv_after < alone["pv"] - 1
    assert abatement_t(asked, ["heat_pump", "pv"]) > alone["heat_pump"] + alone["pv"]  # the pump uses what was left


def single_year_cost(done: tuple[str, ...], most_t: float) -> float:
    """The cost of one year with some measures, infinite where more is emitted than allowed [CNY]."""
    gas, load = 5000.0, 6000.0
    load *= (0.88 if "drives" in done else 1.0) * (0.8 if "lamps" in done else 1.0)
    own = min(4800.0, load) if "pv" in done else 0.0
    if (load - own) * 0.6 + gas * 0.2 > most_t + 1e-9:
        return np.inf
    capex = {"drives": 2e6, "lamps": 4e6, "pv": 3e6}
    bought = 300 * (load - own) + 400 * gas
    return bought + sum(capex[name] - capex[name] * 9 / 10 / 1.06 for name in done)


def test_the_marginal_costs_are_those_of_solving_again_and_not_of_the_single_bars():
    measures = [Measure("drives", "efficiency", 2e6, 10, 0, "motors", 0.12),
                Measure("lamps", "efficiency", 4e6, 10, 0, "motors", 0.2),
                Measure("pv", "generation", 3e6, 10, 0, generation_mwh=4800)]  # fmt: skip
    one = Market([2026], [300], [1000], [1000], [0.6], certificates_mwh=[0])
    uses = [EndUse("motors", ELECTRICITY, [6000]), EndUse("boiler", "gas", [5000], 0.2, 0.1, [400])]
    asked = Question("s", uses, measures, one, Limits(offset_share_0_1=0.0))
    sets = [s for n in range(4) for s in itertools.combinations(("drives", "lamps", "pv"), n)]
    levels = [1.0, 0.9, 0.6, 0.4, 0.3, 0.25]
    base = 6000 * 0.6 + 5000 * 0.2
    for found, level in zip(marginal_costs(asked, levels), levels, strict=True):
        best = min(single_year_cost(chosen, level * base) for chosen in sets)
        assert found.emissions_t == pytest.approx(level * base)
        assert (found.cost_cny or np.inf) == pytest.approx(best)
    by_single_bar = sorted(measures, key=lambda m: (
        (single_year_cost((m.id,), np.inf) - single_year_cost((), np.inf)) / abatement_t(asked, [m.id])
    ))  # fmt: skip
    taken: tuple[str, ...] = ()
    for measure in by_single_bar:  # take bar after bar until the level is reached, as a ranked curve would
        if single_year_cost(taken, 0.25 * base) < np.inf:
            break
        taken += (measure.id,)
    assert taken == ("pv", "drives", "lamps")
    best = min(sets, key=lambda chosen: single_year_cost(chosen, 0.25 * base))
    assert set(best) == {"pv", "lamps"}  # what the drives save, the own power no longer replaces
    assert single_year_cost(taken, 0.25 * base) > single_year_cost(best, 0.25 * base) + 1000


def test_the_marginal_cost_is_that_of_the_last_tonne():
    asked = question(requirements=(), limits=Limits([7e6] * 3, 12_000, None, 0.0))
    levels = [1.0, 0.8, 0.6, 0.4, 0.35, 0.3, 0.2, 0.02]
    found = marginal_costs(asked, levels)
    costs = [one.cost_cny for one in found]
    known = [cost for cost in costs if cost is not None]
    assert known == sorted(known)
    assert found[-1].cost_cny is None  # a fiftieth cannot be reached without offsets
    steps = [one.marginal_cny_per_t for one in found if one.marginal_cny_per_t is not None]
    assert steps[-1] > 0


def test_what_a_path_costs_more_is_told_against_going_on_as_now():
    asked = question()
    found = cheapest(asked, gap=1e-9)
    now = sum((use * price + gas * fuel) / 1.06**t for t, (use, price, gas, fuel) in enumerate(
        zip(USES[0].amount_mwh, [700, 710, 720], USES[1].amount_mwh, USES[1].price_cny, strict=True)))  # fmt: skip
    assert as_now(asked) * 1000 == pytest.approx(now)
    assert found.more_cny == pytest.approx((found.cost_cny or 0) - now)


def test_a_roof_limits_what_can_be_made_and_a_scalable_measure_fills_it():
    sized = [replace(m, is_scalable=True) if m.id == "pv" else m for m in MEASURES]
    found = cheapest(
        question(measures=sized, limits=Limits([2e7] * 3, 4500, None, None), market=market(power_cny=[2000] * 3))
    )
    (pv,) = [step for step in found.steps if step.measure == "pv"]
    assert pv.size_0_1 == pytest.approx(0.5)


def test_a_share_of_own_power_can_be_asked():
    sized = [replace(m, is_scalable=True) if m.id == "pv" else m for m in MEASURES]
    share = Requirement("own", "own_mwh", "at_least", 0.10, 2028, of="purchased_mwh")
    last = cheapest(question(requirements=[share], measures=sized, market=market(power_cny=[300] * 3))).years[-1]
    assert last["own_mwh"] / last["purchased_mwh"] == pytest.approx(0.10, rel=1e-6)


def test_a_measure_of_an_end_use_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not given"):
        cheapest(question(measures=[replace(MEASURES[0], end_use="ovens")]))
