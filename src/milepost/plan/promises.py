"""Whether a plan's promises can be judged: their names, units, dates and numbers.

Each check yields Troubles with the place of the word at fault; nothing is raised and nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from milepost.basics.errors import Trouble, listed
from milepost.basics.unit import factor, is_unit
from milepost.plan.known import Declared, Where, cycle, twice, unit_of, unknown
from milepost.plan.plan import Item, Plan, Target
from milepost.registers.indicator import Indicator


def plan_faults(declared: Declared, plan: Plan, where: Where) -> Iterator[Trouble]:
    """Yield every way in which the plan does not fit what is declared (codes Z002 to Z016)."""
    items, targets = list(plan.items()), list(plan.targets())
    yield from twice("goal", [(goal.id, goal.place) for goal in plan.goals])
    yield from twice("action", [(action.id, action.place) for action in plan.actions])
    yield from twice("item", [(item.id, item.place) for item in items])
    yield from twice("target", [(target.id, target.place) for target in targets])
    if plan.deadline < plan.announced_on:
        mend = "Write the day of the deadline, or mend announced_on"
        yield Trouble("Z012", "the plan's deadline is before its announcement", mend, where(plan.place, "deadline"))
    if plan.tasks_announced < 0:
        place = where(plan.place, "tasks_announced")
        yield Trouble("Z011", "tasks_announced is out of bounds", "Write a whole number from 0 up", place)
    yield from _items(items, declared.wings, where)
    for target in targets:
        yield from _names_of(target, declared, where)
        yield from _promise(target, plan, declared.indicators.get(target.indicator or ""), where)


def _items(items: list[Item], wings: set[str], where: Where) -> Iterator[Trouble]:
    known = [item.id for item in items]
    for item in items:
        if item.wing not in wings:
            yield unknown("Z014", "wing", item.wing, wings, where(item.place, "wing"))
        for n, name in enumerate(item.depends_on):
            if name not in known:
                yield unknown("Z015", "item", name, known, where(item.place, "depends_on", str(n)))
    circle = cycle({item.id: item.depends_on for item in items})
    if circle:
        place = next(item.place for item in items if item.id == circle[0])
        what = f"items depend on each other in a circle: {' > '.join(circle)}"
        yield Trouble("Z007", what, "Take one of these names out of its depends_on list", where(place, "depends_on"))


def _names_of(target: Target, declared: Declared, where: Where) -> Iterator[Trouble]:
    if target.indicator is not None and target.indicator not in declared.indicators:
        yield unknown("Z002", "indicator", target.indicator, declared.indicators, where(target.place, "indicator"))
    if target.area is not None and target.area not in declared.area_ids:
        yield unknown("Z003", "area", target.area, declared.area_ids, where(target.place, "area"))
    if target.unit:
        indicator = declared.indicators.get(target.indicator or "")
        yield from unit_of(target.unit, indicator, where(target.place, "unit"))


def _promise(target: Target, plan: Plan, indicator: Indicator | None, where: Where) -> Iterator[Trouble]:
    """Yield what keeps a promise from being judged: parts missing, dates out of order, a number out of bounds."""
    if target.value is not None or target.comparison == "rising":
        parts = {"indicator": target.indicator, "area": target.area, "deadline": target.deadline}
        if target.value is not None:
            parts["unit"] = target.unit
        lacking = [name for name, value in parts.items() if not value]
        if lacking:
            what = f"the target {target.id} promises something but lacks {listed(lacking)}"
            yield Trouble("Z009", what, f"Add {listed(lacking)}, or leave the promise without a number", target.place)
    if target.deadline is not None and target.deadline < plan.announced_on:
        what = f"the deadline of {target.id} is before the plan's announcement"
        yield Trouble("Z012", what, "Write the day of the deadline", where(target.place, "deadline"))
    last_year = (target.deadline or plan.deadline).year
    if target.comparison == "rising" and target.base_year is None:
        what = f"the target {target.id} is to rise, but from no year"
        yield Trouble("Z016", what, "Add base_year", where(target.place, "comparison"))
    if target.base_year is not None and target.base_year >= last_year:
        what = f"base_year of {target.id} is not before the deadline's year"
        yield Trouble("Z011", what, "Write an earlier year", where(target.place, "base_year"))
    if target.sum_from is not None and target.sum_from > last_year:
        what = f"sum_from of {target.id} is after the deadline's year"
        yield Trouble("Z011", what, "Write that year or an earlier one", where(target.place, "sum_from"))
    if target.sum_from is not None and indicator is not None and indicator.kind != "flow":
        what = f"sum_from of {target.id} adds up years, but {indicator.id} is a {indicator.kind}"
        yield Trouble(
            "Z016", what, "Leave sum_from out, or name an indicator that is a flow", where(target.place, "sum_from")
        )
    if target.months is not None and not 1 <= target.months <= (target.deadline or plan.deadline).month:
        what = f"months of {target.id} do not end at its deadline inside one year"
        yield Trouble("Z011", what, "Write 1 to the number of the deadline's month", where(target.place, "months"))
    if target.months is not None and (target.sum_from is not None or (indicator and indicator.kind not in _HAS_MONTHS)):
        what = f"months of {target.id} need a flow, a level or a ratio, and no sum_from"
        yield Trouble("Z016", what, "Leave months out: a stock is judged on its day", where(target.place, "months"))
    if target.value is not None and indicator is not None and not _can_hold(target, indicator):
        what = f"the value of {target.id} is one that {indicator.id} can never have"
        yield Trouble("Z011", what, "Mend the value or its unit", where(target.place, "value"))


_HAS_MONTHS = ("flow", "level", "ratio")


def _can_hold(target: Target, indicator: Indicator) -> bool:
    """Can the indicator have the target's value at all? A share lies within 0 and 1, an amount is not negative."""
    value = target.value or 0.0
    if indicator.scale == "logit":
        share = factor(target.unit, "fraction") if is_unit(target.unit) else None
        return share is None or 0 <= value * share <= 1
    return indicator.scale == "real" or value >= 0
