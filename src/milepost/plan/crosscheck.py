"""What no single file can know: whether the declarations of a zone fit together.

Each check yields Troubles with the place of the word at fault; nothing is raised and nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from milepost.basics.errors import Place, Trouble, nearest
from milepost.basics.text import LANGUAGES
from milepost.basics.time_zone import CHINA_NAME, time_zone_named
from milepost.basics.unit import factor, is_unit
from milepost.plan.known import Declared, Where, cycle, twice, unit_of, unknown, unknown_unit
from milepost.plan.promises import plan_faults
from milepost.plan.zone import Relation, Settings, Whole, ZoneFile
from milepost.registers.indicator import Indicator


def faults(declared: Declared, where: Where) -> Iterator[Trouble]:
    """Yield every way in which the declarations do not fit together (codes Z002 to Z016, Z020)."""
    yield from _areas(declared, where)
    yield from _time_zone(declared.zone, where)
    yield from _settings(declared.zone.settings, declared.zone.place, where)
    yield from _units(declared, where)
    yield from _relations(declared, where)
    yield from _wholes(declared, where)
    yield from _indicators(declared, where)
    yield from _figures(declared, where)
    if declared.plan is not None:
        yield from plan_faults(declared, declared.plan, where)


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
    yield from twice("area", spellings)
    for language in LANGUAGES:
        shorts = [(area.short[language], where(area.place, "short")) for area in zone.areas if area.short]
        yield from twice("short name", shorts)
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


def _time_zone(zone: ZoneFile, where: Where) -> Iterator[Trouble]:
    if time_zone_named(zone.time_zone) is None:
        mend = nearest(zone.time_zone, available_timezones()).rstrip("?") or f"Write a name such as {CHINA_NAME}"
        what = f"there is no time zone {zone.time_zone}"
        yield Trouble("Z020", what, mend, where(zone.place, "time_zone"))


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
    if not 1 <= settings.session_minutes <= 1440:
        mend = "Write a number from 1 to 1440"
        yield Trouble("Z011", "session_minutes is out of bounds", mend, place("session_minutes"))
    if settings.seed < 0:
        yield Trouble("Z011", "seed is out of bounds", "Write a whole number from 0 up", place("seed"))


def _units(declared: Declared, where: Where) -> Iterator[Trouble]:
    for written, unit in declared.zone.units.items():
        if not is_unit(unit):
            yield unknown_unit(unit, where(declared.zone.place, "units", written))


def _relations(declared: Declared, where: Where) -> Iterator[Trouble]:
    relations = declared.zone.relations
    for relation in relations:
        yield from _relation(relation, declared, where)
    yield from twice("relation", [(f"{r.indicator} of {r.area} from {r.evidence_area}", r.place) for r in relations])


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


def _wholes(declared: Declared, where: Where) -> Iterator[Trouble]:
    wholes = declared.zone.wholes
    for whole in wholes:
        yield from _whole(whole, declared, where)
    members = [(f"{name} of {w.area}", w.place) for w in wholes for name in dict.fromkeys((w.whole, *w.parts))]
    yield from twice("member of a whole", members)


def _whole(whole: Whole, declared: Declared, where: Where) -> Iterator[Trouble]:
    if whole.area not in declared.area_ids:
        yield unknown("Z003", "area", whole.area, declared.area_ids, where(whole.place, "area"))
    if not whole.parts or len({whole.whole, *whole.parts}) <= len(whole.parts):
        what, mend = "a whole needs parts that differ from it and from each other", "Name each part once"
        yield Trouble("Z011", what, mend, where(whole.place, "parts"))
    named = [("whole", whole.whole), *(("parts", name) for name in whole.parts)]
    for field, name in named:
        if name not in declared.indicators:
            yield unknown("Z002", "indicator", name, declared.indicators, where(whole.place, field))
    known = [indicator for _, name in named if (indicator := declared.indicators.get(name)) is not None]
    for indicator in known[1:]:
        if indicator.kind != known[0].kind or _cannot_add(indicator.unit, known[0].unit):
            what = f"{indicator.id} cannot be a part of {known[0].id}: another kind, or a unit that does not add up"
            mend = "Name indicators of one kind whose units can be turned into each other"
            yield Trouble("Z016", what, mend, where(whole.place, "parts"))


def _cannot_add(unit: str, other: str) -> bool:
    return is_unit(unit) and is_unit(other) and factor(unit, other) is None


def _indicators(declared: Declared, where: Where) -> Iterator[Trouble]:
    built = {key: indicator for key, indicator in declared.indicators.items() if indicator is not None}
    used = _used(declared)
    for indicator in built.values():
        if not is_unit(indicator.unit):
            yield unknown_unit(indicator.unit, where(indicator.place, "unit"))
        for field in ("numerator", "denominator"):
            name = getattr(indicator.ratio, field, None)
            if name is not None and name not in declared.indicators:
                place = where(indicator.place, "ratio", field)
                yield unknown("Z002", "indicator", name, declared.indicators, place)
        if indicator.id in used or indicator.id not in declared.wing_ids:
            yield from _of_area(indicator, declared, where)
    links = {key: (i.ratio.numerator, i.ratio.denominator) if i.ratio else () for key, i in built.items()}
    circle = cycle(links)
    if circle:
        what = f"ratios are made of each other in a circle: {' > '.join(circle)}"
        place = where(built[circle[0]].place, "ratio")
        yield Trouble("Z010", what, "Name parts that do not lead back to the ratio", place)


def _used(declared: Declared) -> set[str]:
    """Give the ids of the indicators this zone names: a wing may hold others that mean nothing here."""
    figures = {figure.indicator for figure in declared.figures.values() if figure}
    targets = {target.indicator for target in declared.plan.targets() if target.indicator} if declared.plan else set()
    wholes = {name for whole in declared.zone.wholes for name in (whole.whole, *whole.parts)}
    return figures | targets | wholes | {relation.indicator for relation in declared.zone.relations}


def _of_area(indicator: Indicator, declared: Declared, where: Where) -> Iterator[Trouble]:
    """Yield the trouble of a ratio whose denominator's area is neither an area nor a role of this zone."""
    name = indicator.ratio.of_area if indicator.ratio else None
    if name is None or name in declared.area_ids or name in declared.zone.roles:
        return
    if indicator.id in declared.wing_ids:
        what = f"{indicator.id} compares with the {name}, and no area has that role"
        place = where(declared.zone.place, "roles")
        yield Trouble("Z003", what, f"Add {name} to roles in zone.yaml, with the area it stands for", place)
    else:
        yield unknown("Z003", "area or role", name, declared.area_ids, where(indicator.place, "ratio", "of_area"))


def _figures(declared: Declared, where: Where) -> Iterator[Trouble]:
    for figure in declared.figures.values():
        if figure is None:
            continue
        if figure.indicator not in declared.indicators:
            place = where(figure.place, "indicator")
            yield unknown("Z002", "indicator", figure.indicator, declared.indicators, place)
        elif figure.unit is not None:
            yield from unit_of(figure.unit, declared.indicators[figure.indicator], where(figure.place, "unit"))
