"""Amounts that are a thousand or ten thousand times their like, or so much less: a unit that was mistaken.

A row is compared with the rows of the same thing (the columns of its key that name it), else with the whole column, by
the order of magnitude that most of them have. Robust to the mistakes themselves (a mode and shares, no mean);
Hidiroglou and Berthelot (1986) compare ratios to a robust centre in the same spirit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from milepost.basics.text import Text
from milepost.check.verdict import Finding
from milepost.engines.embedded import quoted
from milepost.receive.batch import LINE
from milepost.registers.register import DATES, NUMBERS, Column

if TYPE_CHECKING:
    from milepost.check.records import Checking

_SAMPLE_ROWS = 500_000
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
    typed = quoted(work.table("typed"))
    for column in columns:
        mistaken = _mistaken(work, column, things) if things else ""
        found = _counted(work, typed, mistaken) if mistaken else (0, ())
        if not found[0] and work.batch.count >= _LEAST_OF_COLUMN:
            found = _counted(work, typed, _mistaken(work, column, ()))
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


def _counted(work: Checking, typed: str, query: str) -> tuple[int, tuple[int, ...]]:
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


def _mistaken(work: Checking, column: Column, things: tuple[str, ...]) -> str:
    """The lines of rows whose order of magnitude is 3 or 4 from that of their like.

    The like have one order of magnitude where four in five lie within one decade of the commonest; the mean of the
    logarithms in that decade is their centre.
    """
    typed, value = quoted(work.table("typed")), f"abs(cast(t.{quoted(column.id)} as double))"
    every = 1 if things else max(1, work.batch.count // _SAMPLE_ROWS)
    least = _LEAST_OF_THING if things else _LEAST_OF_COLUMN
    names = ", ".join(map(quoted, things))
    by, group = (f"{names}, ", f"group by {names}") if things else ("", "")
    over = f"partition by {names}" if things else ""
    sampled = f" and t.{quoted(LINE)} % {every} = 0" if every > 1 else ""
    decades = (
        f"select {by}cast(floor(log10({value})) as integer) as decade, count(*) as n, sum(log10({value})) as logs "
        f"from {typed} t where {value} > 0{sampled} group by {by}decade"
    )
    modes = f"select d.*, first_value(decade) over ({over} order by n desc, decade) as mode from ({decades}) d"
    likes = (
        f"select {by}max(case when decade = mode then logs / n end) as centre from ({modes}) m {group} "
        f"having sum(n) >= {least} "
        f"and sum(case when abs(decade - mode) <= 1 then n else 0 end) >= {_CLOSE_SHARE} * sum(n)"
    )
    on = " and ".join(f"c.{quoted(name)} = t.{quoted(name)}" for name in things) or "true"
    shift = f"abs(log10({value}) - c.centre)"
    # Most values lie near their like, and no logarithm is needed to see that.
    bounds = f"power(10, centre - 3 + {_NEAR}) as low, power(10, centre + 3 - {_NEAR}) as high"
    return (
        f"select t.{quoted(LINE)} from {typed} t join (select *, {bounds} from ({likes}) l) c on {on} "
        f"where {value} > 0 and ({value} <= c.low or {value} >= c.high) "
        f"and (abs({shift} - 3) <= {_NEAR} or abs({shift} - 4) <= {_NEAR})"
    )
