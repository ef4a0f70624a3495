"""Amounts that are a thousand or ten thousand times their like, or so much less: a unit that was mistaken.

A row is compared with the rows of the same thing (the columns of its key that name it), else with the whole column, by
the order of magnitude that most of them have. Robust to the mistakes themselves (a mode and shares, no mean);
Hidiroglou and Berthelot (1986) compare ratios to a robust centre in the same spirit.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import TYPE_CHECKING

from milepost.basics.text import Text
from milepost.check.verdict import Finding
from milepost.engines.embedded import quoted
from milepost.receive.batch import LINE
from milepost.registers.register import DATES, NUMBERS, Column

if TYPE_CHECKING:
    from milepost.check.records import Checking

_SAMPLE_ROWS = 100_000
_LEAST_OF_THING, _LEAST_OF_COLUMN = 8, 30
_CLOSE_SHARE = 0.8
_LARGEST_SHARE = 0.05
_NEAR = 0.35
_LOOKED_AT = 100_000


def magnitudes(work: Checking) -> Iterator[Finding]:
    """Yield for each column of numbers the rows that look mistaken by 1,000 or 10,000."""
    things = _things(work)
    columns = [
        column for column in work.register.columns if column.type in NUMBERS and column.id not in work.register.key
    ]
    if not columns or work.batch.count < _LEAST_OF_THING:
        return
    for column in columns:
        found = _counted(work, _of_things(work, column, things)) if things else (0, ())
        if not found[0] and work.batch.count >= _LEAST_OF_COLUMN:
            found = _counted(work, _of_the_column(work, column))
        if found[0]:
            says = Text(
                "these values are about 1,000 or 10,000 times those of their like, or so much less",
                "这些数值约为同类数值的一千倍或一万倍，或相应地偏小",
            )
            mend = Text(
                f"See whether they are in {column.unit or 'the right unit'}",
                f"核对单位是否为 {column.unit or '正确单位'}",
            )
            yield Finding("C063", column.id, found[0], says, mend, found[1])


def _counted(work: Checking, query: str) -> tuple[int, tuple[int, ...]]:
    if not query:
        return 0, ()
    table = work.table("mistaken")
    work.engine.make(table, query)
    ((count,),) = work.engine.rows(f"select count(*) from {quoted(table)}")
    if not count or count > _LARGEST_SHARE * work.batch.count:
        return 0, ()
    lines = work.engine.rows(f"select {quoted(LINE)} from {quoted(table)} order by 1 limit 5")
    return int(count), tuple(line for (line,) in lines)


def _things(work: Checking) -> tuple[str, ...]:
    """The columns of the key that name a thing, not a time; none where few rows speak of the same thing."""
    register = work.register
    times = {register.happened, register.valid.start if register.valid else None}
    found = tuple(
        name for name in register.key if name not in times and register.column(name).type not in DATES | {"period"}
    )
    if not found:
        return ()
    names = ", ".join(map(quoted, found))
    first = f"select {names} from {quoted(work.table('typed'))} limit {_LOOKED_AT}"
    ((count,),) = work.engine.rows(f"select count(*) from (select distinct * from ({first}) f) d")
    return found if count * 2 <= min(work.batch.count, _LOOKED_AT) else ()


def _of_things(work: Checking, column: Column, things: tuple[str, ...]) -> str:
    """The lines of rows whose order of magnitude is 3 or 4 from that of the rows of the same thing."""
    value = _size(column)
    # Most values lie near their like, and no logarithm is needed to see that.
    bounds = f"power(10, centre - 3 + {_NEAR}) as low, power(10, centre + 3 - {_NEAR}) as high"
    likes = f"select *, {bounds} from ({_likes(work, column, things)}) l"
    on = " and ".join(f"c.{quoted(name)} = t.{quoted(name)}" for name in things)
    return (
        f"select t.{quoted(LINE)} from {quoted(work.table('typed'))} t join ({likes}) c on {on} "
        f"where {value} > 0 and ({value} <= c.low or {value} >= c.high) and {_is_far(value, 'c.centre')}"
    )


def _of_the_column(work: Checking, column: Column) -> str:
    """The same beside the whole column; empty where its values are of no one order of magnitude."""
    found = work.engine.rows(_likes(work, column, ()))
    if not found:
        return ""
    ((centre,),) = found
    value, low, high = _size(column), 10 ** (centre - 3 + _NEAR), 10 ** (centre + 3 - _NEAR)
    return (
        f"select t.{quoted(LINE)} from {quoted(work.table('typed'))} t where {_may_be_far(column, low, high)} "
        f"and {value} > 0 and {_is_far(value, f'{centre!r}::double')}"
    )


def _may_be_far(column: Column, low: float, high: float) -> str:
    """Is a value of a size up to `low`, or from `high` on? It is compared as it is kept, which is cheap."""
    small, large = f"{low!r}::double", f"{high!r}::double"
    if column.type != "real":
        unit = Decimal(1).scaleb(-column.places if column.type == "number" else 0)
        small, large = (f"{Decimal(end).quantize(unit, way):f}" for end, way in ((low, ROUND_UP), (high, ROUND_DOWN)))
    number = f"t.{quoted(column.id)}"
    return f"({number} between -{small} and {small} or {number} >= {large} or {number} <= -{large})"


def _size(column: Column) -> str:
    return f"abs(cast(t.{quoted(column.id)} as double))"


def _is_far(value: str, centre: str) -> str:
    shift = f"abs(log10({value}) - {centre})"
    return f"(abs({shift} - 3) <= {_NEAR} or abs({shift} - 4) <= {_NEAR})"


def _likes(work: Checking, column: Column, things: tuple[str, ...]) -> str:
    """The query of the centre of each thing's values, or of the whole column's, where they have one.

    The like have one order of magnitude where four in five lie within one decade of the commonest; the mean of the
    logarithms in that decade is their centre.
    """
    every = 1 if things else max(1, work.batch.count // _SAMPLE_ROWS)
    least = _LEAST_OF_THING if things else _LEAST_OF_COLUMN
    value, names = _size(column), ", ".join(map(quoted, things))
    by, group = (f"{names}, ", f"group by {names}") if things else ("", "")
    over = f"partition by {names}" if things else ""
    rows = f"select * from {quoted(work.table('typed'))} t"
    rows += f" where t.{quoted(LINE)} % {every} = 0" if every > 1 else ""
    decades = (
        f"select {by}cast(floor(log10({value})) as integer) as decade, count(*) as n, sum(log10({value})) as logs "
        f"from ({rows}) t where {value} > 0 group by {by}decade"
    )
    modes = f"select d.*, first_value(decade) over ({over} order by n desc, decade) as mode from ({decades}) d"
    return (
        f"select {by}max(case when decade = mode then logs / n end) as centre from ({modes}) m {group} "
        f"having sum(n) >= {least} "
        f"and sum(case when abs(decade - mode) <= 1 then n else 0 end) >= {_CLOSE_SHARE} * sum(n)"
    )
