"""The change of a computed figure divided among those who make it: by numerator and denominator, by contributor, by
each dimension it is declared with. The parts of each division sum to the change of the two readings as they stand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from milepost.engines.embedded import Engine
from milepost.explain.account import Account, Part
from milepost.explain.amounts import Amounts, Source, can_be_divided, split
from milepost.explain.parts import OTHERS, account_of, flow_account, ratio_account
from milepost.keep.store import Store
from milepost.measure.figures import Measure
from milepost.measure.reading import Reading
from milepost.plan.zone import Zone
from milepost.registers.indicator import Indicator
from milepost.registers.meaning import indicator_formula, unit_factor
from milepost.science.contributions import movers, ratio_movers

MOST = 5
_NAMED = 12
NUMERATOR, DENOMINATOR = "numerator", "denominator"


@dataclass(frozen=True)
class Divided:
    """A change divided by a column of the rows it is counted from (by none: into numerator and denominator).

    `counts` gives how many persons or firms stand behind each part at either time, `without` the growth [1] of the
    figure with that part left out at both times, for parts that are one value of the column. `is_of_contributors` says
    that each value is one person or firm.
    """

    by: str
    account: Account
    counts: Mapping[str, int]
    without: Mapping[str, float] = field(default_factory=dict)
    is_of_contributors: bool = False


@dataclass(frozen=True)
class _Columns:
    """Amounts of both times by the values of one column; of a quotient also those of its denominator."""

    above: tuple[Amounts, Amounts]
    below: tuple[Amounts, Amounts] | None
    counts: Mapping[str, int]


def divided(engine: Engine, zone: Zone, store: Store, start: Reading, end: Reading) -> tuple[Divided, ...]:
    """Give the divisions of the change between two computed readings of one indicator, area and set of versions.

    None where the formula does not add up from its rows, or its quotient takes another area. Raises ValueError where
    the readings are not of one indicator and area, or not both computed.
    """
    if (start.indicator, start.area) != (end.indicator, end.area) or not (start.made and end.made):
        raise ValueError("a change is between two computed readings of one indicator and area")
    indicator = zone.indicators[end.indicator]
    if indicator.formula is None or (indicator.ratio is not None and indicator.ratio.of_area):
        return ()
    reader = _Reader(engine, zone, store, start, end)
    return tuple(reader.divisions(indicator))


class _Reader:
    def __init__(self, engine: Engine, zone: Zone, store: Store, start: Reading, end: Reading) -> None:
        self.engine, self.zone, self.store, self.start, self.end = engine, zone, store, start, end
        self.versions = dict(end.made.versions) if end.made else {}
        self.measure = Measure(engine, zone, store, end.known_on, is_kept=False)
        self.sources: dict[str, Source] = {}

    def divisions(self, indicator: Indicator) -> Iterator[Divided]:
        for place, column in enumerate(self._by(indicator)):
            found = self._columns(indicator, column)
            if found is None:
                return
            if place == 0 and found.below is not None:
                yield self._in_two(indicator, found)
            yield self._of(indicator, column, found)

    def _by(self, indicator: Indicator) -> list[str]:
        """The contributor first, then the dimensions; of a quotient of indicators what its parts share."""
        if indicator.register is not None:
            whose = [indicator.contributor] if indicator.contributor else []
            return list(dict.fromkeys((*whose, *indicator.by)))
        formula, _ = indicator_formula(indicator, self.zone.registers, dict(self.zone.indicators))
        inner = [self._by(self.zone.indicators[name]) for name in sorted(formula.indicators)]
        return [column for column in inner[0] if all(column in other for other in inner[1:])] if inner else []

    def _columns(self, indicator: Indicator, column: str) -> _Columns | None:
        formula, _ = indicator_formula(indicator, self.zone.registers, dict(self.zone.indicators))
        scale = unit_factor(indicator, formula) or 1.0
        if indicator.register is None:
            return self._of_others(formula.sql, column, scale)
        task = self.measure._task(indicator.id)
        if not can_be_divided(task) or task.register.id not in self.versions:
            return None
        parts = split(task.parts.shape)
        assert parts is not None
        source = self._source(indicator.id)
        above = self._both(source, parts.above, column, scale)
        below = None if parts.below is None else self._both(source, parts.below, column, 1.0)
        return _Columns(above, below, source.contributors(column, [self.start, self.end]))

    def _source(self, name: str) -> Source:
        if name not in self.sources:
            task = self.measure._task(name)
            self.sources[name] = Source(self.engine, self.store, task, self.versions[task.register.id])
        return self.sources[name]

    def _both(self, source: Source, of: exp.Expression, column: str, scale: float) -> tuple[Amounts, Amounts]:
        first, last = (
            {name: scale * value for name, value in source.amounts(of, column, reading).items()}
            for reading in (self.start, self.end)
        )
        return first, last

    def _of_others(self, sql: str, column: str, scale: float) -> _Columns | None:
        """The amounts of a quotient of two indicators that are themselves totals."""
        import sqlglot

        parts = split(sqlglot.parse_one(sql, read="duckdb"))
        if parts is None or parts.below is None:
            return None
        names = [[one.name for one in part.find_all(exp.Column)] for part in (parts.above, parts.below)]
        if any(len(one) != 1 for one in names):
            return None
        found = [self._columns(self.zone.indicators[one[0]], column) for one in names]
        if any(one is None or one.below is not None for one in found):
            return None
        (above, below) = (one for one in found if one is not None)
        counts = dict(above.counts)
        for name, count in below.counts.items():
            counts[name] = max(counts.get(name, 0), count)
        first, last = ({name: scale * value for name, value in one.items()} for one in above.above)
        return _Columns((first, last), below.above, counts)

    def _in_two(self, indicator: Indicator, found: _Columns) -> Divided:
        assert found.below is not None
        account = ratio_account(
            "divided", indicator.unit, self.start.value, self.end.value, found.above, found.below
        )  # fmt: skip
        everybody = sum(found.counts.values())
        return Divided("", account, dict.fromkeys((NUMERATOR, DENOMINATOR), everybody))

    def _come_and_gone(self, indicator: Indicator, column: str, found: _Columns) -> Divided:
        first, last = ({name for name, value in amounts.items() if value} for amounts in found.above)
        came, went = len(last - first), len(first - last)
        parts = [Part("arrived", float(came)), Part("gone", -float(went))]
        account = account_of("divided", indicator.unit, self.start.value, self.end.value, parts)
        return Divided(column, account, {"arrived": came, "gone": went})

    def _of(self, indicator: Indicator, column: str, found: _Columns) -> Divided:
        is_one = column == indicator.contributor or all(count <= 1 for count in found.counts.values())
        if is_one and found.below is None and _are_counted(found.above):
            return self._come_and_gone(indicator, column, found)
        most = MOST if is_one else _NAMED
        values = (self.start.value, self.end.value)
        if found.below is None:
            account = flow_account("divided", indicator.unit, *values, *found.above, most)
        else:
            account = _of_others(ratio_account("divided", indicator.unit, *values, found.above, found.below, most=most))
        named = [part.name for part in account.parts if part.name in found.counts]
        rest = sum(found.counts.values()) - sum(found.counts[name] for name in named)
        counts = {part.name: found.counts.get(part.name, rest) for part in account.parts}
        return Divided(column, account, counts, _without(found, named), is_one)


def _of_others(account: Account) -> Account:
    """The account of a quotient beside named parts: what is left is the numerator and denominator of all others."""
    rest = (NUMERATOR, DENOMINATOR)
    parts = tuple(replace(part, name=f"{part.name}_of_others") if part.name in rest else part for part in account.parts)
    return replace(account, parts=parts)


def _are_counted(above: tuple[Amounts, Amounts]) -> bool:
    """Is each there once or not at all? Then nobody has a size, and what counts is who came and who went."""
    return all(value in (0.0, 1.0) for amounts in above for value in amounts.values())


def _without(found: _Columns, named: list[str]) -> dict[str, float]:
    """The growth of the figure with each of the named values left out at both times; nothing where it has none."""
    if found.below is None:
        names = list(dict.fromkeys((*found.above[0], *found.above[1])))
        first, last = ([amounts.get(name, 0.0) for name in names] for amounts in found.above)
        told = movers(first, last, len(names))
    else:
        names = list(dict.fromkeys(name for one in (*found.above, *found.below) for name in one))
        columns = [[amounts.get(name, 0.0) for name in names] for amounts in (*found.above, *found.below)]
        told = ratio_movers(columns[0], columns[1], columns[2], columns[3], len(names))
    growth = {names[one]: float(rate) for one, rate in zip(told.order, told.without, strict=True)}
    return {name: growth[name] for name in named if name in growth and not math.isnan(growth[name])}


def together(found: Divided, least: int) -> Divided | None:
    """Give the division with every part behind which fewer than `least` stand put together with others.

    A part that is too small is added to the other small ones, and where these are one, or still too few, to the part
    with the fewest contributors beside them: so no subtraction from the known change tells it. None where nothing
    but the change itself would be left.
    """
    small = [part for part in found.account.parts if found.counts.get(part.name, 0) < least]
    if not small:
        return found
    large = sorted(
        (part for part in found.account.parts if part not in small), key=lambda part: found.counts[part.name]
    )
    while large and (len(small) < 2 or sum(found.counts.get(part.name, 0) for part in small) < least):
        small.append(large.pop(0))
    if not large:
        return None
    joined = "largest_together" if found.is_of_contributors else OTHERS
    kept = [part for part in found.account.parts if part not in small]
    count = sum(found.counts.get(part.name, 0) for part in small)
    if joined == OTHERS and any(part.name == OTHERS for part in kept):
        kept_others = next(part for part in kept if part.name == OTHERS)
        kept.remove(kept_others)
        small.append(kept_others)
        count += found.counts[OTHERS]
    parts = (*kept, Part(joined, math.fsum(part.value for part in small)))
    if len(parts) < 2:
        return None
    account = found.account
    counts = {part.name: found.counts[part.name] for part in kept} | {joined: count}
    rates = {name: rate for name, rate in found.without.items() if name in counts}
    return Divided(
        found.by,
        Account(account.question, account.unit, account.start, account.end, parts),
        counts,
        rates,
        found.is_of_contributors,
    )
