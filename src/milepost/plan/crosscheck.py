"""What no single file can know: whether the declarations of a zone fit together.

Each check yields Troubles with the place of the word at fault; nothing is raised and nothing changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from milepost.basics.errors import Place, Trouble, listed, nearest
from milepost.basics.unit import factor, is_unit, unit_names
from milepost.plan.plan import Item, Plan, Target
from milepost.plan.zone import Figure, Relation, Settings, ZoneFile
from milepost.registers.indicator import Indicator


class Where(Protocol):
    """Gives the place of a value inside the mapping at a place."""

    def __call__(self, place: Place, *names: str) -> Place:
        """Give the place of the value `names` lead to."""


@dataclass(frozen=True)
class Declared:
    """All that is declared of a zone; None stands where a declaration was faulty in itself."""

    zone: ZoneFile
    plan: Plan | None
    indicators: Mapping[str, Indicator | None]
    figures: Mapping[str, Figure | None]
    wing_ids: Collection[str] = ()

    @property
    def area_ids(self) -> list[str]:
        """Ids of all areas."""
        return [area.id for area in self.zone.areas]

    @property
    def wings(self) -> set[str]:
        """Names of the wings that declare indicators."""
        return {name.split(".")[0] for name in self.wing_ids}


def faults(declared: Declared, where: Where) -> Iterator[Trouble]:
    """Yield every way in which the declarations do not fit together (codes Z002 to Z016)."""
    yield from _areas(declared, where)
    yield from _settings(declared.zone.settings, declared.zone.place, where)
    yield from _units(declared, where)
    yield from _relations(declared, where)
    yield from _indicators(declared, where)
    yield from _figures(declared, where)
    if declared.plan is not None:
        yield from _plan(declared, declared.plan, where)


def unknown(code: str, kind: str, name: str, known: Iterable[str], place: Place) -> Trouble:
    """Give the trouble of a name that is not known, with the nearest known one."""
    names = sorted(known)
    mend = nearest(name, names).rstrip("?") or f"Declare it, or name one of: {listed(names)}"
    return Trouble(code, f"there is no {kind} {name}", mend[0].upper() + mend[1:], place)


def cycle(links: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the names of one circle that `links` form, first name repeated at the end, or an empty list.

    >>> cycle({"a": ["b"], "b": ["c"], "c": ["a"]})
    ['a', 'b', 'c', 'a']
    >>> cycle({"a": ["b"], "b": []})
    []
    """
    done: set[str] = set()
    for start in links:
        path: list[str] = []
        stack = [(start, iter(links[start]))] if start not in done else []
        while stack:
            name, rest = stack[-1]
            if len(path) < len(stack):
                path.append(name)
            following = next((n for n in rest if n in links and n not in done), None)
            if following in path:
                return [*path[path.index(following) :], following]
            if following is None:
                done.add(path.pop())
                stack.pop()
            else:
                stack.append((following, iter(links[following])))
    return []


def _twice(kind: str, named: Iterable[tuple[str, Place]]) -> Iterator[Trouble]:
    named = list(named)
    often = Counter(name for name, _ in named)
    seen: set[str] = set()
    for name, place in named:
        if often[name] > 1 and name in seen:
            yield Trouble("Z008", f"the {kind} {name} is declared twice", "Keep one of the two", place)
        seen.add(name)


def _areas(declared: Declared, where: Where) -> Iterator[Trouble]:
    zone, known = declared.zone, declared.area_ids
    spellings = [(area.id, area.place) for area in zone.areas]
    for area in zone.areas:
        spellings += [
            (word, where(area.place, "also_written", str(n)))
            for n, word in enumerate(area.also_written)
            if word != area.id
        ]
        for field, names in (("inside", area.inside), ("overlaps", area.overlaps)):
            for n, name in enumerate(names):
                if name not in known:
                    yield unknown("Z003", "area", name, known, where(area.place, field, str(n)))
        if area.land_km2 is not None and area.land_km2 <= 0:
            place = where(area.place, "land_km2")
            yield Trouble(
                "Z011", "land_km2 must be more than 0", "Write the area's surface in km2, or leave it out", place
            )
    yield from _twice("area", spellings)
    if zone.main_area not in known:
        yield unknown("Z003", "area", zone.main_area, known, where(zone.place, "main_area"))
    for role, name in zone.roles.items():
        if name not in known:
            yield unknown("Z003", "area", name, known, where(zone.place, "roles", role))
    circle = cycle({area.id: area.inside for area in zone.areas})
    if circle:
        place = next(area.place for area in zone.areas if area.id == circle[0])
        what = f"areas lie inside each other in a circle: {' > '.join(circle)}"
        yield Trouble("Z006", what, "Take one of these names out of its inside list", where(place, "inside"))


def _settings(settings: Settings, zone_place: Place, where: Where) -> Iterator[Trouble]:
    def place(name: str) -> Place:
        return where(zone_place, "settings", name)

    chances = (settings.behind, settings.at_risk, settings.on_course)
    if not 0 < chances[0] < chances[1] < chances[2] < 1:
        mend = "Keep 0 < behind < at_risk < on_course < 1"
        yield Trouble("Z011", "the least chances of the verdicts are out of order", mend, where(zone_place, "settings"))
    if not 0 < settings.oldest_evidence_years <= 100:
        what, mend = "oldest_evidence_years is out of bounds", "Write a number of years above 0, up to 100"
        yield Trouble("Z011", what, mend, place("oldest_evidence_years"))
    if not 100 <= settings.draws <= 1_000_000:
        yield Trouble("Z011", "draws is out of bounds", "Write a number from 100 to 1000000", place("draws"))
    if settings.seed < 0:
        yield Trouble("Z011", "seed is out of bounds", "Write a whole number from 0 up", place("seed"))


def _units(declared: Declared, where: Where) -> Iterator[Trouble]:
    for written, unit in declared.zone.units.items():
        if not is_unit(unit):
            yield unknown("Z004", "unit", unit, unit_names(), where(declared.zone.place, "units", written))


def _relations(declared: Declared, where: Where) -> Iterator[Trouble]:
    relations = declared.zone.relations
    for relation in relations:
        yield from _relation(relation, declared, where)
    yield from _twice("relation", [(f"{r.indicator} of {r.area} from {r.evidence_area}", r.place) for r in relations])


def _relation(relation: Relation, declared: Declared, where: Where) -> Iterator[Trouble]:
    if relation.indicator not in declared.indicators:
        yield unknown("Z002", "indicator", relation.indicator, declared.indicators, where(relation.place, "indicator"))
    for field, name in (("area", relation.area), ("evidence_area", relation.evidence_area)):
        if name not in declared.area_ids:
            yield unknown("Z003", "area", name, declared.area_ids, where(relation.place, field))
    if relation.area == relation.evidence_area:
        what, mend = "a relation needs two different areas", "Name the area whose figures speak for the other"
        yield Trouble("Z011", what, mend, where(relation.place, "evidence_area"))
    if not 0 < relation.ratio.low <= relation.ratio.high:
        what, mend = "the range of the ratio is out of bounds", "Keep 0 < low <= high"
        yield Trouble("Z011", what, mend, where(relation.place, "ratio"))


def _indicators(declared: Declared, where: Where) -> Iterator[Trouble]:
    built = {key: indicator for key, indicator in declared.indicators.items() if indicator is not None}
    areas = {*declared.area_ids, *declared.zone.roles}
    for indicator in built.values():
        if not is_unit(indicator.unit):
            yield unknown("Z004", "unit", indicator.unit, unit_names(), where(indicator.place, "unit"))
        ratio = indicator.ratio
        if ratio is None:
            continue
        for field, name in (("numerator", ratio.numerator), ("denominator", ratio.denominator)):
            if name not in declared.indicators:
                place = where(indicator.place, "ratio", field)
                yield unknown("Z002", "indicator", name, declared.indicators, place)
        if ratio.of_area is not None and ratio.of_area not in areas:
            place = where(indicator.place, "ratio", "of_area")
            if not place.file or indicator.id in declared.wing_ids:
                place = where(declared.zone.place, "roles")
            yield unknown("Z003", "area or role", ratio.of_area, areas, place)
    links = {key: (i.ratio.numerator, i.ratio.denominator) if i.ratio else () for key, i in built.items()}
    circle = cycle(links)
    if circle:
        what = f"ratios are made of each other in a circle: {' > '.join(circle)}"
        place = where(built[circle[0]].place, "ratio")
        yield Trouble("Z010", what, "Name parts that do not lead back to the ratio", place)


def _figures(declared: Declared, where: Where) -> Iterator[Trouble]:
    for figure in declared.figures.values():
        if figure is None:
            continue
        if figure.indicator not in declared.indicators:
            place = where(figure.place, "indicator")
            yield unknown("Z002", "indicator", figure.indicator, declared.indicators, place)
        elif figure.unit is not None:
            yield from _unit_of(figure.unit, declared.indicators[figure.indicator], where(figure.place, "unit"))


def _unit_of(unit: str, indicator: Indicator | None, place: Place) -> Iterator[Trouble]:
    """Yield the trouble of a unit that is not known, or does not fit an indicator's."""
    if not is_unit(unit):
        yield unknown("Z004", "unit", unit, unit_names(), place)
    elif indicator is not None and is_unit(indicator.unit) and factor(unit, indicator.unit) is None:
        what = f"the unit {unit} does not fit {indicator.id}, which is in {indicator.unit}"
        yield Trouble("Z005", what, f"Write a unit that can become {indicator.unit}", place)


def _plan(declared: Declared, plan: Plan, where: Where) -> Iterator[Trouble]:
    items, targets = list(plan.items()), list(plan.targets())
    yield from _twice("goal", [(goal.id, goal.place) for goal in plan.goals])
    yield from _twice("action", [(action.id, action.place) for action in plan.actions])
    yield from _twice("item", [(item.id, item.place) for item in items])
    yield from _twice("target", [(target.id, target.place) for target in targets])
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
        yield from _unit_of(target.unit, indicator, where(target.place, "unit"))


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
    if target.value is not None and indicator is not None and not _can_hold(target, indicator):
        what = f"the value of {target.id} is one that {indicator.id} can never have"
        yield Trouble("Z011", what, "Mend the value or its unit", where(target.place, "value"))


def _can_hold(target: Target, indicator: Indicator) -> bool:
    """Can the indicator have the target's value at all? A share lies within 0 and 1, an amount is not negative."""
    value = target.value or 0.0
    if indicator.scale == "logit":
        share = factor(target.unit, "fraction") if is_unit(target.unit) else None
        return share is None or 0 <= value * share <= 1
    return indicator.scale == "real" or value >= 0
