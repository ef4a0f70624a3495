"""The declared forms that look beyond a row: groups, other registers, an order, times, control totals.

Each is a query of the house's SQL that gives the lines of the rows that break it. The rows looked at are those of the
batch together with those kept, without the rows of the batch that are passed over: what is judged is the register as it
would be. Only lines of the batch are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from milepost.check.cells import sql_type
from milepost.engines.embedded import quoted
from milepost.receive.batch import LINE
from milepost.registers.formula import Formula
from milepost.registers.register import Register
from milepost.registers.rule import Reference, Rule

_FOR_GOOD = "date '9999-12-31'"
_DAYS_AROUND = 7


@dataclass(frozen=True)
class Ground:
    """What the forms stand on: tables by name.

    `typed` holds the rows of the batch; `passed_over` the lines that do not count (repeated, kept already, or known to
    wait), empty where there are none; `kept` the rows kept, without those that are corrected, empty where nothing
    is kept; `others` the kept rows of other registers by id, `registers` their declarations.
    """

    register: Register
    typed: str
    passed_over: str
    kept: str
    others: Mapping[str, str]
    registers: Mapping[str, Register]
    span: tuple[date, date] | None = None

    def rows(self, columns: tuple[str, ...], within: tuple[str, ...] = (), days: int | None = None) -> str:
        """Give the query of the rows of the batch and those kept, with `_line` (null of a kept one) and `columns`.

        With `within` only those kept rows that agree with some row of the batch in these columns; with `days` those
        that happened at most so many days before its first or after its last.
        """
        own = self.own_rows(columns)
        if not self.kept:
            return own
        near = f" semi join {quoted(self.typed)} b on {agree('b', 't', within)}" if within else ""
        when = f" where {self.days_around(days)}" if days is not None and self.span else ""
        return f"{own} union all {self.kept_rows(columns)}{near}{when}"

    def own_rows(self, columns: tuple[str, ...]) -> str:
        """Give the query of the rows of the batch."""
        left_out = f" anti join {quoted(self.passed_over)} p on p.{LINE} = t.{LINE}" if self.passed_over else ""
        return f"select t.{quoted(LINE)}, {_listed('t', columns)} from {quoted(self.typed)} t{left_out}"

    def kept_rows(self, columns: tuple[str, ...]) -> str:
        """Give the query of the rows kept, as a table `t`."""
        return f"select null::bigint as {quoted(LINE)}, {_listed('t', columns)} from {quoted(self.kept)} t"

    def days_around(self, days: int) -> str:
        """Give the condition that a row `t` happened within the batch's span, or at most so many days beside it."""
        assert self.span is not None
        first, last = (_day_beside(day, by) for day, by in zip(self.span, (-days, days + 1), strict=True))
        happened = f"t.{quoted(self.register.happened or '')}"
        return f"{happened} >= {first} and {happened} < {last}"


def _listed(table: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{table}.{quoted(name)}" for name in dict.fromkeys(columns))


def _day_beside(day: date, days: int) -> str:
    """A day so many days later, or the first or last there is."""
    try:
        return f"date '{(day + timedelta(days)).isoformat()}'"
    except OverflowError:
        return f"date '{(date.min if days < 0 else date.max).isoformat()}'"


def agree(one: str, other: str, names: tuple[str, ...]) -> str:
    """Give the condition that two rows agree in columns; an empty cell agrees with nothing."""
    return " and ".join(f"{one}.{quoted(name)} = {other}.{quoted(name)}" for name in names) or "true"


def lines_that_break(ground: Ground, rule: Rule, formulas: Mapping[str, Formula]) -> str:
    """Give the query of the lines of the batch's rows that break a declared rule of one of these forms."""
    return _FORMS[rule.forms[0]](ground, rule, formulas)


def named_registers(register: Register) -> tuple[str, ...]:
    """Give the ids of the other registers that a register's rules look into."""
    links = [link.register for rule in register.rules for link in (rule.refers, rule.reconciles) if link]
    return tuple(sorted(set(links) - {register.id}))


def _where(formulas: Mapping[str, Formula], field: str = "where", before: str = "where") -> str:
    return f" {before} ({formulas[field].sql})" if field in formulas else ""


def _columns(ground: Ground, *formulas: Formula | None) -> tuple[str, ...]:
    return tuple(sorted({name for one in formulas if one is not None for name in one.columns}))


def _of_group(ground: Ground, rule: Rule, formulas: Mapping[str, Formula]) -> str:
    """A condition over the totals of a group; all of its rows that the rule is about break it."""
    holds, where = formulas["holds"], formulas.get("where")
    rows = ground.rows((*rule.by, *_columns(ground, holds, where)), rule.by, rule.within_days)
    by = ", ".join(f"r.{quoted(name)}" for name in rule.by)
    groups = f"select {by} from ({rows}) r{_where(formulas)} group by {by} having not ({holds.sql})"
    return (
        f"select r.{quoted(LINE)} from {quoted(ground.typed)} r semi join ({groups}) g on {agree('g', 'r', rule.by)}"
        + (_where(formulas))
    )


def _other(ground: Ground, name: str, columns: tuple[str, ...]) -> str:
    """The rows of a register that is named: the other's kept ones, or one's own with those of the batch."""
    if name == ground.register.id:
        return ground.rows(columns)
    return f"select {', '.join(map(quoted, dict.fromkeys(columns)))} from {quoted(ground.others[name])}"


def _reference(ground: Ground, rule: Rule, formulas: Mapping[str, Formula]) -> str:
    refers = rule.refers
    assert refers is not None
    there = ground.registers[refers.register]
    same = []
    for here, other in refers.columns.items():
        are_alike = sql_type(ground.register.column(here)) == sql_type(there.column(other))
        one, two = f"r.{quoted(here)}", f"o.{quoted(other)}"
        same.append(f"{one} = {two}" if are_alike else f"cast({one} as varchar) = cast({two} as varchar)")
    told = [f"r.{quoted(name)} is not null" for name in (*refers.columns, *([refers.on] if refers.on else []))]
    if refers.on and there.valid:
        other_rows, day = _periods(ground, refers, there), f"cast(r.{quoted(refers.on)} as date)"
        same.append(f"cast(o._from as date) <= {day} and {day} < cast(o._until as date)")
    else:
        other_rows = _other(ground, refers.register, tuple(refers.columns.values()))
    return (
        f"select r.{quoted(LINE)} from {quoted(ground.typed)} r anti join ({other_rows}) o on {' and '.join(same)} "
        f"where {' and '.join(told)}{_where(formulas, before='and')}"
    )


def _periods(ground: Ground, refers: Reference, there: Register) -> str:
    """The rows there with the day each is valid until: its own, or the day another with its key begins."""
    assert there.valid is not None
    bounds = (there.valid.start, *([there.valid.until] if there.valid.until else []))
    columns = tuple(refers.columns.values())
    rows = _other(ground, refers.register, (*columns, *there.key, *bounds))
    return f"select {', '.join(f'r.{quoted(name)}' for name in columns)}, {periods(there)} from ({rows}) r"


def periods(register: Register) -> str:
    """Give the expressions `_from` and `_until` (the first day no more) of rows `r` of a register of states."""
    valid = register.valid
    assert valid is not None
    start = f"r.{quoted(valid.start)}"
    key = ", ".join(f"r.{quoted(name)}" for name in register.key if name != valid.start)
    following = f"lead({start}) over (partition by {key} order by {start})" if key else "null"
    until = f"r.{quoted(valid.until)}" if valid.until else "null"
    return f"{start} as _from, coalesce({until}, {following}, {_FOR_GOOD}) as _until"


def _never_falls(ground: Ground, rule: Rule, formulas: Mapping[str, Formula]) -> str:
    """A row breaks it that is below the one before it, or, where that stands, above a kept one behind it."""
    course = rule.never_falls
    assert course is not None
    value, along = f"r.{quoted(course.column)}", f"r.{quoted(course.along)}"
    where = formulas.get("where")
    columns = (course.column, course.along, *course.within, *_columns(ground, where))
    by = ", ".join(f"r.{quoted(name)}" for name in course.within)
    order = f"over ({f'partition by {by} ' if by else ''}order by {along}, {value}, r.{quoted(LINE)} nulls first)"
    told = [f"r.{quoted(name)} is not null" for name in (course.column, course.along, *course.within)]
    counted = f"{' and '.join(told)}{_where(formulas, before='and')}"
    before, rows = "", ground.rows(columns, course.within)
    if ground.kept and ground.span and course.within and course.along == ground.register.happened:
        before, rows = _neighbours(ground, columns, course.within, counted)
    placed = (
        f"select r.{quoted(LINE)}, {value} as own, lag({value}) {order} as earlier, lead({value}) {order} as later, "
        f"lead(case when r.{quoted(LINE)} is null then 1 else 0 end) {order} as is_kept_later "
        f"from ({rows}) r where {counted}"
    )
    return (
        f"{before}select {quoted(LINE)} from ({placed}) p where {quoted(LINE)} is not null "
        "and (own < earlier or (is_kept_later = 1 and later < own))"
    )


def _neighbours(ground: Ground, columns: tuple[str, ...], within: tuple[str, ...], counted: str) -> tuple[str, str]:
    """The rows of the batch, and of those kept the ones beside it in time: what comes before and behind the query.

    Kept rows of the days around are looked at first. Only a group that has none of them before the batch's first day
    (or behind its last) is looked for among all earlier (later) rows: a table of many years is not read for a day.
    """
    assert ground.span is not None
    names, happened = _listed("r", within), quoted(ground.register.happened or "")
    lowest, first, behind, highest = (
        _day_beside(ground.span[place], days)
        for place, days in ((0, -_DAYS_AROUND), (0, 0), (1, 1), (1, _DAYS_AROUND + 1))
    )
    kept, listed = ground.kept_rows(columns), _listed("r", (LINE, *columns))
    groups = f"select distinct {names} from ({ground.own_rows(columns)}) r where {counted}"
    near = (
        f"select {listed} from ({kept} where {ground.days_around(_DAYS_AROUND)}) r "
        f"semi join own_groups g on {agree('g', 'r', within)} where {counted}"
    )
    parts = [ground.own_rows(columns), f"select {listed} from near_rows r"]
    for beside, beyond in ((f"< {first}", f"< {lowest}"), (f">= {behind}", f">= {highest}")):
        known = f"select {names} from near_rows r where r.{happened} {beside}"
        lacking = f"select g.* from own_groups g anti join ({known}) r on {agree('g', 'r', within)}"
        parts.append(
            f"select {listed} from ({kept} where t.{happened} {beyond}) r "
            f"semi join ({lacking}) g on {agree('g', 'r', within)} where {counted}"
        )
    tables = f"with own_groups as materialized ({groups}), near_rows as materialized ({near}) "
    return tables, " union all ".join(parts)


def overlapping(ground: Ground, within: tuple[str, ...], formulas: Mapping[str, Formula]) -> str:
    """Give the query of the lines of rows that are valid while another row is that agrees with them in `within`."""
    register, valid = ground.register, ground.register.valid
    assert valid is not None
    bounds = (valid.start, *([valid.until] if valid.until else []))
    # How long an open row is valid depends on others with its key, which may stand in another group.
    near = within if set(within) <= set(register.key) else ()
    rows = ground.rows((*within, *register.key, *bounds, *_columns(ground, formulas.get("where"))), near)
    names = ", ".join(f"r.{quoted(name)}" for name in within)
    told = [f"r.{quoted(name)} is not null" for name in (*within, valid.start)]
    spans = (
        f"select r.{quoted(LINE)}, {names}, {periods(register)} from ({rows}) r "
        f"where {' and '.join(told)}{_where(formulas, before='and')}"
    )
    order = f"partition by {names} order by r._from, r._until"
    before = f"max(r._until) over ({order} rows between unbounded preceding and 1 preceding)"
    beside = f"select r.{quoted(LINE)}, r._from, r._until, {before} as before, lead(r._from) over ({order}) as next"
    return (
        f"select {quoted(LINE)} from ({beside} from ({spans}) r) s where {quoted(LINE)} is not null "
        "and (before > _from or next < _until)"
    )


def _do_not_overlap(ground: Ground, rule: Rule, formulas: Mapping[str, Formula]) -> str:
    return overlapping(ground, rule.do_not_overlap, formulas)


def _reconciles(ground: Ground, rule: Rule, formulas: Mapping[str, Formula]) -> str:
    """Every row of a group whose total is not its control's breaks it; a group without a control cannot be told."""
    control = rule.reconciles
    assert control is not None
    totals = reconciled(ground, rule, formulas)
    by = tuple(control.by)
    groups = f"select * from ({totals}) c where abs(c.here - c.there) > {_decimal(control.tolerance)}"
    if not by:
        return f"select r.{quoted(LINE)} from {quoted(ground.typed)} r cross join ({groups}) g{_where(formulas)}"
    return f"select r.{quoted(LINE)} from {quoted(ground.typed)} r semi join ({groups}) g on {agree('g', 'r', by)}" + (
        _where(formulas)
    )


def reconciled(ground: Ground, rule: Rule, formulas: Mapping[str, Formula]) -> str:
    """Give the query of the groups with their total `here` and the control's, `there`; one is null where it lacks."""
    control = rule.reconciles
    assert control is not None
    total, total_there = formulas["total"], formulas["total_there"]
    by = tuple(control.by)
    rows = ground.rows((*by, *_columns(ground, total, formulas.get("where"))), by)
    there_columns = (*control.by.values(), *_columns(ground, total_there, formulas.get("where_there")))
    control_rows = _other(ground, control.register, there_columns)
    own = ", ".join(f"r.{quoted(name)}" for name in by)
    other = ", ".join(f"r.{quoted(name)}" for name in control.by.values())
    named = "".join(f"r.{quoted(there)} as {quoted(here)}, " for here, there in control.by.items())
    told = " and ".join(f"r.{quoted(name)} is not null" for name in by) or "true"
    here = f"select {own}{', ' if own else ''}{total.sql} as here from ({rows}) r where {told}"
    here += _where(formulas, before=" and")
    there = f"select {named}{total_there.sql} as there from ({control_rows}) r{_where(formulas, 'where_there')}"
    if not by:
        return f"select h.here, t.there from ({here}) h cross join ({there}) t"
    given = ", ".join(f"coalesce(h.{quoted(name)}, t.{quoted(name)}) as {quoted(name)}" for name in by)
    return (
        f"select {given}, h.here, t.there from ({here} group by {own}) h "
        f"full join ({there} group by {other}) t on {agree('h', 't', by)}"
    )


def _decimal(number: float) -> str:
    return f"cast({format(number, '.12f')} as decimal(38, 12))"


_FORMS: Mapping[str, Callable[[Ground, Rule, Mapping[str, Formula]], str]] = {
    "holds": _of_group,
    "refers": _reference,
    "never_falls": _never_falls,
    "do_not_overlap": _do_not_overlap,
    "reconciles": _reconciles,
}
