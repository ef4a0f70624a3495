"""Unit records are checked: every rule on every row, accepted and refused from one pass over the batch.

The pass reads the cells and marks, in words of bits, what a row shows by itself; rules that look beyond a row add the
lines they find. What passed is a view over the pass, so that it is written once, where it is kept; only the rows that
wait are put down, with their text as it came. Nothing is mended and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from milepost.basics.errors import MilepostError
from milepost.basics.period import parse_period
from milepost.check.cells import CREDIT_CODE, credit_code_checks, matches, sql_type
from milepost.check.fault import KEPT, code_of, faults_of, tell
from milepost.check.findings import findings
from milepost.check.forms import Ground, agree, lines_that_break, named_registers, overlapping
from milepost.check.rows import (
    Bit,
    Conditions,
    bits_of,
    has_severity,
    idle_words,
    is_unread,
    row_conditions,
    spelt_out,
    typed_rows,
    words_of,
)
from milepost.check.staging import Staging, stage
from milepost.check.verdict import Refusal, Verdict
from milepost.engines.csv_copy import line_at
from milepost.engines.embedded import Engine, literal, quoted
from milepost.plan.zone import Zone
from milepost.receive.batch import BLANK, LINE, Batch, Unproven
from milepost.registers.code_list import CodeList
from milepost.registers.formula import Formula
from milepost.registers.indicator import Indicator
from milepost.registers.meaning import rule_formulas
from milepost.registers.register import Register
from milepost.registers.rule import Rule, Severity

Change = Literal["add", "correct", "close"]
MOST_TOLD = 1000
_FEW = 100_000
SEVERITIES: tuple[Severity, ...] = ("block", "hold", "warn")


@dataclass(frozen=True)
class Checking:
    """One check at work: what is asked, and the names of its tables."""

    engine: Engine
    register: Register
    batch: Batch
    today: date
    kept: str
    others: Mapping[str, str]
    registers: Mapping[str, Register]
    code_lists: Mapping[str, CodeList]
    indicators: Mapping[str, Indicator]
    change: Change

    def table(self, word: str) -> str:
        """Give the name of one of the check's tables."""
        return f"{word}_{self.batch.table}"

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns in which no two rows agree: the key, and the day a row of states begins; else all."""
        register = self.register
        start = (register.valid.start,) if register.valid and register.valid.start not in register.key else ()
        return (*register.key, *start) if register.key else register.column_ids


def check_records(
    engine: Engine,
    zone: Zone,
    register: Register,
    batch: Batch,
    today: date,
    kept: str = "",
    others: Mapping[str, str] | None = None,
    change: Change = "add",
    staging: Staging | None = None,
) -> Verdict:
    """Give the verdict on a batch of unit records, as of `today`.

    `kept` names the rows that are kept of the register, `others` those of the registers its rules name (one that is
    missing holds no row); `change` says whether the rows are new, correct earlier ones, or close their keys. Where the
    rows stand in their file they are written to the `staging`, if no fault is in the way. Raises
    Unproven where the batch stands in its file and the engine reads other rows there than were promised.
    """
    registers = {**zone.registers, register.id: register}
    work = Checking(
        engine, register, batch, today, kept, _others(engine, register, registers, others or {}), registers,
        zone.code_lists_of(register), zone.indicators, change,
    )  # fmt: skip
    formulas = {rule.id: rule_formulas(rule, register, registers) for rule in register.rules if rule.forms}
    conditions = row_conditions(register, formulas, today, change == "close")
    is_staged = staging is not None and _is_staged(work, conditions, staging)
    if not is_staged:
        _type(work, conditions)
    beyond = _Beyond(work, bits_of(register, conditions))
    ground = _ground(work, beyond)
    if change != "close":
        _run_forms(work, beyond, ground, formulas)
    found = _verdict(work, beyond, ground, formulas)
    return replace(found, is_staged=is_staged and found.accepted_count == batch.count and not found.held_count)


def _is_staged(work: Checking, conditions: Conditions, staging: Staging) -> bool:
    typed = work.table("typed")
    work.engine.drop(typed)
    return bool(work.batch.standing) and stage(work.engine, work.register, work.batch, conditions, staging, typed)


def _type(work: Checking, conditions: Conditions) -> None:
    """Make the table of the one pass; of a batch that stands in its file it is proven that these are its rows."""
    engine, batch, typed = work.engine, work.batch, work.table("typed")
    query = typed_rows(work.register, batch, conditions)
    engine.drop(typed)
    if not batch.standing:
        engine.make(typed, query)
        return
    in_order = work.table("in_order")
    try:
        engine.make_in_order(in_order, query)
    except MilepostError as error:
        raise (Unproven if error.troubles[0].code == "E001" else error) from None
    counts = f"select count(*), max(rowid) + 1, count(*) filter ({quoted(BLANK)}) from {quoted(in_order)}"
    ((count, places, blanks),) = engine.rows(counts)
    if not count == places == batch.count or blanks:
        raise Unproven
    idle = "".join(f", 0::bigint as {quoted(word)}" for word in idle_words(bits_of(work.register, conditions)))
    cells = f"* exclude ({quoted(BLANK)})"
    engine.make_view(typed, f"select {line_at('rowid')} as {quoted(LINE)}, {cells}{idle} from {quoted(in_order)}")


def _others(
    engine: Engine, register: Register, registers: Mapping[str, Register], others: Mapping[str, str]
) -> dict[str, str]:
    """Name the rows of every register that is looked into; one that nothing is kept of is an empty table."""
    found = dict(others)
    for name in named_registers(register):
        if name not in found:
            types = {column.id: sql_type(column) for column in registers[name].columns}
            engine.load(f"nothing_of_{name}", types, [])
            found[name] = f"nothing_of_{name}"
    return found


class _Beyond:
    """The faults found beyond single rows: a small table of lines for each that some row has."""

    def __init__(self, work: Checking, bits: Mapping[str, Bit]) -> None:
        self.work, self.bits = work, bits
        self.faults = list(faults_of(work.register).values())
        self.numbers = {fault.name: number for number, fault in enumerate(self.faults)}
        self.tables: dict[str, str] = {}

    def add(self, fault: str, query: str) -> None:
        """Run the query that gives the lines with a fault, beside those found before."""
        table = self.work.table(f"beyond_{self.numbers[fault]}")
        if (before := self.tables.get(fault)) is not None:
            table = f"{before}_again"
            query = f"{query} union all select {quoted(LINE)} from {quoted(before)}"
        self.work.engine.make(table, f"select distinct {quoted(LINE)} from ({query}) b")
        ((count,),) = self.work.engine.rows(f"select count(*) from {quoted(table)}")
        if count:
            self.tables[fault] = table
        else:
            self.work.engine.drop(table)

    def lines(self, severity: str) -> str:
        """Give the query of the lines with such faults of a severity, empty where there are none."""
        severities = {fault.name: fault.severity for fault in self.faults}
        parts = [
            f"select {quoted(LINE)} from {quoted(table)}"
            for name, table in self.tables.items()
            if severities[name] == severity
        ]
        return " union all ".join(parts)


def _ground(work: Checking, beyond: _Beyond) -> Ground:
    """Find rows that are repeated, whose key is given again, or that are kept already; give what the forms stand on."""
    engine, typed, line = work.engine, work.table("typed"), quoted(LINE)
    _repeated(work, beyond)
    kept_left = work.kept
    same = work.table("same")
    engine.make(same, _kept_already(work, beyond))
    repeated = beyond.tables.get("C019")
    passed_over = work.table("passed_over")
    parts = [f"select {line} from {quoted(name)}" for name in (same, repeated) if name]
    engine.make(passed_over, " union ".join(parts))
    ((count,),) = engine.rows(f"select count(*) from {quoted(passed_over)}")
    if work.kept and work.change == "correct":
        kept_left = work.table("uncorrected")
        keys = agree("t", "k", work.identity)
        engine.make_view(kept_left, f"select k.* from {quoted(work.kept)} k anti join {quoted(typed)} t on {keys}")
    span = _span(work) if kept_left else None
    return Ground(work.register, typed, passed_over if count else "", kept_left, work.others, work.registers, span)


def _span(work: Checking) -> tuple[date, date] | None:
    """Give the first and the last day on which the rows of the batch happened, None where they do not say."""
    happened = work.register.happened
    if happened is None:
        return None
    days = ", ".join(f"cast({word}({quoted(happened)}) as date)" for word in ("min", "max"))
    ((first, last),) = work.engine.rows(f"select {days} from {quoted(work.table('typed'))}")
    return None if first is None else (first, last)


def _repeated(work: Checking, beyond: _Beyond) -> None:
    """Of equal rows the first passes; rows with one key and other values all wait."""
    engine, typed = work.engine, quoted(work.table("typed"))
    has_key = bool(work.register.key)
    names = ", ".join(f"t.{quoted(name)}" for name in work.identity)
    told = " and ".join(f"t.{quoted(name)} is not null" for name in work.identity) if has_key else "true"
    met, again, twins = work.table("met_again"), work.table("again"), work.table("twins")
    # Many a large file comes in the order of its key, and then none is given again.
    if has_key and work.batch.count > _FEW and engine.is_rising(f"select {names} from {typed} t where {told}"):
        return
    rows = f"select hash({names}) as hash, {names} from {typed} t where {told}"
    if not engine.make_repeated(met, rows, "hash", work.batch.count):
        return
    alike = f"({rows}) t semi join {quoted(met)} m on m.hash = t.hash"
    engine.make(again, f"select {names} from {alike} group by {names} having count(*) > 1")
    ((count,),) = engine.rows(f"select count(*) from {quoted(again)}")
    if not count:
        return
    same = agree("t", "a", work.identity) if has_key else _are_equal("t", "a", work.identity)
    cells = ", ".join(f"t.{quoted(name)}" for name in work.register.column_ids)
    # A row with a cell that was not read is equal to none: its value is not known.
    alone = f"case when {is_unread(work.register, beyond.bits)} then t.{quoted(LINE)} end"
    place = f"row_number() over (partition by {cells}, {alone} order by t.{quoted(LINE)})"
    engine.make(
        twins,
        f"select t.{quoted(LINE)}, {names}, {place} as place from {typed} t semi join {quoted(again)} a on {same}",
    )
    beyond.add("C019", f"select {quoted(LINE)} from {quoted(twins)} where place > 1")
    if has_key:
        keys = f"select {names} from {quoted(twins)} t where place = 1 group by {names} having count(*) > 1"
        on = agree("t", "k", work.identity)
        beyond.add("C042", f"select t.{quoted(LINE)} from {quoted(twins)} t semi join ({keys}) k on {on}")


def _kept_already(work: Checking, beyond: _Beyond) -> str:
    """Give the query of the lines of rows that are kept already; a key kept with other values is a fault of its own."""
    engine, line, typed = work.engine, f"t.{quoted(LINE)}", quoted(work.table("typed"))
    nothing = f"select {line} from {typed} t where false"
    if not work.kept:
        if work.change == "close" and work.register.key:
            beyond.add("C044", f"select {line} from {typed} t")
        return nothing
    columns, identity = work.register.column_ids, work.identity
    if not work.register.key:
        return f"select {line} from {typed} t semi join {quoted(work.kept)} k on {_are_equal('t', 'k', columns)}"
    keys = agree("t", "k", identity)
    if work.change == "close":
        beyond.add("C044", f"select {line} from {typed} t anti join {quoted(work.kept)} k on {keys}")
        return nothing
    unread = is_unread(work.register, beyond.bits)
    rest = tuple(name for name in columns if name not in identity)
    is_same = f"max(case when {_are_equal('t', 'k', rest)} and not {unread} then 1 else 0 end) as is_same"
    met = work.table("met")
    engine.make(met, f"select {line}, {is_same} from {typed} t join {quoted(work.kept)} k on {keys} group by {line}")
    if work.change == "add":
        beyond.add("C043", f"select {quoted(LINE)} from {quoted(met)} where is_same = 0")
    return f"select {quoted(LINE)} from {quoted(met)} where is_same = 1"


def _are_equal(one: str, other: str, names: tuple[str, ...]) -> str:
    parts = (f"{one}.{quoted(name)} is not distinct from {other}.{quoted(name)}" for name in names)
    return " and ".join(parts) or "true"


def _run_forms(work: Checking, beyond: _Beyond, ground: Ground, formulas: Mapping[str, Mapping[str, Formula]]) -> None:
    """Run every rule that looks beyond a row.

    Rows that block are found first, with all rows of the file beside them. What is held or warned of is judged of the
    register as it will be, and so is, once more, what blocks: a row that waits makes up no total.
    """
    register = work.register
    for column in register.columns:
        if column.type == "credit_code":
            beyond.add(f"C028/{column.id}", _wrong_credit_codes(work, column.id))
        if column.type == "period":
            beyond.add(f"C024/{column.id}", _wrong_periods(work, column.id))
        if column.code_list:
            _run_code_list(work, beyond, column.id, column.code_list)
    if register.key and register.valid and register.valid.until:
        beyond.add("C046", overlapping(ground, register.key, {}))
    rules = [rule for rule in register.rules if rule.forms and (rule.by or rule.forms[0] != "holds")]
    blocking = [rule for rule in rules if rule.severity == "block"]
    for rule in blocking:
        beyond.add(f"{code_of(rule)}/{rule.id}", lines_that_break(ground, rule, formulas[rule.id]))
    settled = _settled(work, beyond, ground, blocking, formulas) if rules else ground
    for rule in rules:
        if rule.severity != "block":
            broken = lines_that_break(settled, rule, formulas[rule.id])
            beyond.add(f"{code_of(rule)}/{rule.id}", _without(broken, settled.passed_over))


def _settled(
    work: Checking,
    beyond: _Beyond,
    ground: Ground,
    rules: Sequence[Rule],
    formulas: Mapping[str, Mapping[str, Formula]],
) -> Ground:
    """Give the ground without rows that wait; what blocks is looked for again until no more rows wait for it."""
    line, unfit, waiting, rounds = quoted(LINE), work.table("unfit"), 0, 0
    own = f"select t.{line} from {quoted(work.table('typed'))} t where {has_severity(beyond.bits, 'block')}"
    work.engine.make(unfit, own)
    while (count := _add_lines(work, unfit, beyond.lines("block"))) != waiting:
        waiting, rounds = count, rounds + 1
        left_out = f"select {line} from {quoted(unfit)}"
        if ground.passed_over:
            left_out += f" union select {line} from {quoted(ground.passed_over)}"
        passed_over = work.table(f"left_out_{rounds}")
        work.engine.make(passed_over, left_out)
        ground = replace(ground, passed_over=passed_over)
        for rule in rules:
            broken = lines_that_break(ground, rule, formulas[rule.id])
            beyond.add(f"{code_of(rule)}/{rule.id}", _without(broken, passed_over))
    return ground


def _add_lines(work: Checking, table: str, more: str) -> int:
    """Add the lines of a query (empty: none) to a table that holds each line once, and give their count."""
    if more:
        query = f"select {quoted(LINE)} from {quoted(table)} union ({more})"
        work.engine.make(table, query)
    ((count,),) = work.engine.rows(f"select count(*) from {quoted(table)}")
    return int(count)


def _without(lines: str, left_out: str) -> str:
    """The lines of a query without those of a table."""
    if not left_out:
        return lines
    line = quoted(LINE)
    return f"select b.{line} from ({lines}) b anti join {quoted(left_out)} l on l.{line} = b.{line}"


def _of_words(work: Checking, column: str, wrong: str) -> str:
    """The lines whose cell is among the different words that the condition over `w.word` finds wrong."""
    typed, name = quoted(work.table("typed")), f"t.{quoted(column)}"
    words = f"select distinct {name} as word from {typed} t where {name} is not null"
    return (
        f"select t.{quoted(LINE)} from {typed} t semi join "
        f"(select w.word from ({words}) w where {wrong}) b on b.word = {name}"
    )


def _wrong_credit_codes(work: Checking, column: str) -> str:
    return _of_words(work, column, f"{matches('w.word', CREDIT_CODE)} and not ({credit_code_checks('w.word')})")


def _wrong_periods(work: Checking, column: str) -> str:
    typed, table = quoted(work.table("typed")), f"{work.table('wrong_periods')}_{column}"
    words = work.engine.stream(f"select distinct {quoted(column)} as word from {typed}")
    wrong = [
        (word,) for batch in words for word in batch.column(0).to_pylist() if word is not None and not _is_period(word)
    ]
    work.engine.load(table, {"word": "varchar"}, wrong)
    return f"select t.{quoted(LINE)} from {typed} t semi join {quoted(table)} w on w.word = t.{quoted(column)}"


def _is_period(word: str) -> bool:
    try:
        parse_period(word)
    except ValueError:
        return False
    return True


def _run_code_list(work: Checking, beyond: _Beyond, column: str, name: str) -> None:
    """A code is one of its list, and in force on the day of its row where the list says when codes are."""
    codes, table = work.code_lists[name].codes, f"codes_{name}"
    rows = [(code.code, code.start, code.until) for code in codes]
    work.engine.load(table, {"code": "varchar", "start": "date", "until": "date"}, rows)
    typed, cell = quoted(work.table("typed")), f"t.{quoted(column)}"
    known = f"l.code = {cell}"
    beyond.add(
        f"C023/{column}",
        f"select t.{quoted(LINE)} from {typed} t anti join {quoted(table)} l on {known} where {cell} is not null",
    )
    when = work.register.happened or (work.register.valid.start if work.register.valid else None)
    if when is None or not any(code.start or code.until for code in codes):
        return
    day = f"cast(t.{quoted(when)} as date)"
    in_force = f"f.code = {cell} and (f.start is null or f.start <= {day}) and (f.until is null or {day} < f.until)"
    beyond.add(
        f"C047/{column}",
        f"select t.{quoted(LINE)} from (select t.* from {typed} t semi join {quoted(table)} l on {known}) t "
        f"anti join {quoted(table)} f on {in_force} where {day} is not null",
    )


def _verdict(work: Checking, beyond: _Beyond, ground: Ground, formulas: Mapping[str, Mapping[str, Formula]]) -> Verdict:
    engine, line = work.engine, quoted(LINE)
    _spell_out(work, beyond)
    blocked, kept, told = (quoted(work.table(word)) for word in ("blocked", "kept", "told"))
    ((refused, kept_count),) = engine.rows(f"select (select count(*) from {blocked}), (select count(*) from {kept})")
    accepted = work.table("accepted")
    engine.make_view(accepted, _accepted(work, beyond, kept_count))
    refused_rows, held = work.table("refused"), work.table("held")
    engine.make(refused_rows, _with_faults(work, "block"))
    going_on = f"anti join {blocked} b on b.{line} = d.{line} anti join {kept} k on k.{line} = d.{line}"
    engine.make(held, f"select d.{line}, d.fault from {told} d {going_on} where d.severity = 'hold'")
    ((held_count, warned_count),) = engine.rows(
        f"select (select count(distinct {line}) from {quoted(held)}), "
        f"(select count(distinct d.{line}) from {told} d {going_on} where d.severity = 'warn')"
    )
    counts = engine.rows(
        f"select d.fault, count(*) from {told} d anti join {kept} k on k.{line} = d.{line} group by 1 order by 1"
    )
    warned = f"(select d.* from {told} d {going_on} where d.severity <> 'block')"
    return Verdict(
        work.batch,
        accepted,
        work.batch.count - refused - kept_count,
        refusals=tuple(_refusals(work, quoted(refused_rows))),
        warnings=tuple(_refusals(work, _gathered(work, warned))),
        refused=refused_rows,
        refused_count=refused,
        warned_count=warned_count,
        kept_count=kept_count,
        rule_counts={**dict(counts), **({KEPT: kept_count} if kept_count else {})},
        held=held,
        held_count=held_count,
        findings=findings(work, ground, formulas, dict(counts)),
    )


def _spell_out(work: Checking, beyond: _Beyond) -> None:
    """Make the tables of told faults (line, fault, severity), of lines that wait, and of those kept already."""
    engine, line, bits = work.engine, quoted(LINE), beyond.bits
    suspects, faults = work.table("suspects"), work.table("faults")
    any_fault = " or ".join(has_severity(bits, severity) for severity in SEVERITIES)
    words = ", ".join(f"t.{quoted(word)}" for word in words_of(bits))
    typed = quoted(work.table("typed"))
    engine.make(suspects, f"select t.{line}, {words} from {typed} t where {any_fault}")
    types = {"number": "integer", "fault": "varchar", "severity": "varchar"}
    rows = [(number, fault.name, fault.severity) for number, fault in enumerate(beyond.faults)]
    engine.load(faults, types, rows)
    parts = [
        spelt_out(beyond.faults, bits, beyond.numbers, suspects),
        *(f"select {line}, {beyond.numbers[name]} as fault from {quoted(t)}" for name, t in beyond.tables.items()),
    ]
    engine.make(
        work.table("told"),
        f"select d.{line}, f.number, f.fault, f.severity from ({' union all '.join(filter(None, parts))}) d "
        f"join {quoted(faults)} f on f.number = d.fault",
    )
    engine.make(
        work.table("blocked"),
        f"select distinct {line} from {quoted(work.table('told'))} where severity = 'block'",
    )
    same, blocked = quoted(work.table("same")), quoted(work.table("blocked"))
    engine.make(work.table("kept"), f"select s.{line} from {same} s anti join {blocked} b on b.{line} = s.{line}")


def _accepted(work: Checking, beyond: _Beyond, kept_count: int) -> str:
    """The rows of the pass without a blocking fault of their own, less those found beyond it or kept already."""
    line, cells = quoted(LINE), ", ".join(f"t.{quoted(name)}" for name in (LINE, *work.register.column_ids))
    left_out = [beyond.lines("block")]
    if kept_count:
        left_out.append(f"select {line} from {quoted(work.table('kept'))}")
    lines = " union all ".join(filter(None, left_out))
    without = f" anti join ({lines}) o on o.{line} = t.{line}" if lines else ""
    return (
        f"select {cells} from {quoted(work.table('typed'))} t{without} where not {has_severity(beyond.bits, 'block')}"
    )


def _with_faults(work: Checking, severity: str) -> str:
    """The rows that wait as they came, with the names of their faults in the order of the register's rules."""
    told = f"(select * from {quoted(work.table('told'))} where severity = {literal(severity)})"
    line = quoted(LINE)
    listed = f"select {line}, array_agg(fault order by number) as blocking from {told} d group by {line}"
    return f"select r.*, f.blocking from {quoted(work.batch.table)} r join ({listed}) f on f.{line} = r.{line}"


def _gathered(work: Checking, told: str) -> str:
    """The first lines of told faults, each with its faults and its cells."""
    line = quoted(LINE)
    listed = f"select {line}, array_agg(fault order by number) as blocking from {told} d group by {line}"
    first = f"select * from ({listed}) l order by {line} limit {MOST_TOLD}"
    return f"(select r.*, f.blocking from {quoted(work.batch.table)} r join ({first}) f on f.{line} = r.{line})"


def _refusals(work: Checking, source: str) -> Iterator[Refusal]:
    """Give the first rows of `source` with their faults in words, in the order of lines."""
    coded = [column.id for column in work.register.columns if column.codes]
    names = ", ".join(map(quoted, (LINE, "blocking", *coded)))
    for line, found, *cells in work.engine.rows(f"select {names} from {source} s order by 1 limit {MOST_TOLD}"):
        row = dict(zip(coded, cells, strict=True))
        told = [tell(work.register, fault, row) for fault in found]
        chinese = tuple((t.reason, t.mend) for t in (tell(work.register, fault, row, "zh") for fault in found))
        reasons = (tuple(t.code for t in told), tuple(t.mend for t in told), tuple(t.reason for t in told))
        yield Refusal(line, *reasons, chinese)
