"""What the checks of a zone share: all that is declared, a name that is not known, a circle, a name given twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from milepost.basics.errors import Place, Trouble, listed, nearest
from milepost.basics.unit import factor, is_unit, unit_mend
from milepost.plan.plan import Plan
from milepost.plan.zone import Figure, ZoneFile
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
        path: dict[str, None] = {}  # in the order walked
        stack = [(start, iter(links[start]))] if start not in done else []
        while stack:
            name, rest = stack[-1]
            path[name] = None
            following = next((n for n in rest if n in links and n not in done), None)
            if following in path:
                walked = list(path)
                return [*walked[walked.index(following) :], following]
            if following is None:
                done.add(path.popitem()[0])
                stack.pop()
            else:
                stack.append((following, iter(links[following])))
    return []


def twice(kind: str, named: Iterable[tuple[str, Place]]) -> Iterator[Trouble]:
    """Yield a trouble for each name that stands there again."""
    named = list(named)
    often = Counter(name for name, _ in named)
    seen: set[str] = set()
    for name, place in named:
        if often[name] > 1 and name in seen:
            yield Trouble("Z008", f"the {kind} {name} is declared twice", "Keep one of the two", place)
        seen.add(name)


def unknown_unit(unit: str, place: Place) -> Trouble:
    """Give the trouble of a unit that is not known."""
    return Trouble("Z004", f"there is no unit {unit}", unit_mend(unit), place)


def unit_of(unit: str, indicator: Indicator | None, place: Place) -> Iterator[Trouble]:
    """Yield the trouble of a unit that is not known, or does not fit an indicator's."""
    if not is_unit(unit):
        yield unknown_unit(unit, place)
    elif indicator is not None and is_unit(indicator.unit) and factor(unit, indicator.unit) is None:
        what = f"the unit {unit} does not fit {indicator.id}, which is in {indicator.unit}"
        yield Trouble("Z005", what, f"Write a unit that can become {indicator.unit}", place)
