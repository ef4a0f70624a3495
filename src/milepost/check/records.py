"""Unit records are checked: every rule on every row, in a few passes of the engine, out of core.

The cells are read once. Faults that a row shows by itself are marks in whole numbers, those that need other rows are
lists of lines; in words they are told only for the rows that have some. A row without a blocking fault is accepted as
read; any other waits as it came, with every reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from milepost.check.cells import typed
from milepost.check.faults import Tables, identity, of_cells, of_others, of_rows, same
from milepost.check.telling import MOST_TOLD, known_rules, told
from milepost.check.verdict import Refusal, Verdict
from milepost.engines.embedded import Engine, literal, quoted
from milepost.receive.batch import LINE, Batch
from milepost.registers.register import Register

_MARKS = 60  # faults that fit into one whole number of 64 bits


@dataclass(frozen=True)
class Context:
    """What a check may look at beside the batch.

    `registers` are all that are declared; `kept` names a view of the kept rows of each that a rule looks at, the
    register's own included where something of it is kept; `is_change`: the rows correct or close earlier ones.
    """

    registers: Mapping[str, Register]
    kept: Mapping[str, str] = field(default_factory=dict)
    is_change: bool = False


def check_records(engine: Engine, register: Register, batch: Batch, context: Context) -> Verdict:
    """Give the verdict on a batch of unit records.

    `verdict.accepted` names a view of the read cells with their lines; `verdict.refused` a view of the cells as they
    came with `blocking`, the list of faults. A row that is kept already, equal in every cell, is neither.
    """
    work = _Work(engine, register, batch, context)
    work.read()
    work.look_around()
    return work.verdict()


class _Work:
    """One check: its tables are named after the batch's."""

    def __init__(self, engine: Engine, register: Register, batch: Batch, context: Context) -> None:
        self.engine, self.register, self.batch, self.context = engine, register, batch, context
        self.rules = known_rules(register)
        self.by_itself = {**dict(of_cells(register)), **dict(of_rows(register, context.registers))}
        self.others: list[str] = []
        self.kept = context.kept.get(register.id, "")

    def name(self, part: str) -> str:
        """Give the name of one of the check's tables."""
        return f"{part}_{self.batch.table}"

    def severity(self, fault: str) -> str:
        """Give what becomes of a row with a fault."""
        return self.rules.of(fault).severity

    def read(self) -> None:
        """Read every cell once, and mark the faults that rows show by themselves."""
        cells = dict(of_cells(self.register))
        rows = {fault: condition for fault, condition in self.by_itself.items() if fault not in cells}
        read = ", ".join([f"r.{quoted(LINE)}", *typed(self.register.columns), *_marks(cells, "cell")])
        inner = f"select {read} from {quoted(self.batch.table)} r"
        self.engine.make(self.name("read"), f"select {', '.join(['r.*', *_marks(rows, 'row')])} from ({inner}) r")
        self.columns = {**_places(cells, "cell"), **_places(rows, "row")}

    def look_around(self) -> None:
        """Find the lines at fault beside other rows, and those that are kept already."""
        tables = self._tables()
        faults = dict(of_others(self.register, self.context.registers, tables, self.context.is_change))
        self.others, line = list(faults), quoted(LINE)
        parts = [
            f"select distinct {literal(fault)} as fault, {line} from ({query}) q where {line} is not null"
            for fault, query in faults.items()
        ]
        nothing = f"select null::varchar as fault, null::bigint as {quoted(LINE)} where false"
        self.engine.make(self.name("found"), " union all ".join([nothing, *parts]))
        equal = " and ".join(f"r.{quoted(n)} is not distinct from k.{quoted(n)}" for n in self.register.column_ids)
        query = f"select {quoted(LINE)} from {quoted(self.name('read'))} r where false"
        if self.kept and not self.context.is_change:
            query = (
                f"select r.{quoted(LINE)} from {quoted(self.name('read'))} r semi join {quoted(self.kept)} k on {equal}"
            )
        self.engine.make(self.name("again"), query)

    def _tables(self) -> Tables:
        """What rules may look at; a register that refers to itself finds its own new rows too."""
        read, columns = self.name("read"), ", ".join(map(quoted, self.register.column_ids))
        standing = f"select {quoted(LINE)}, {columns} from {quoted(read)}"
        if self.kept:
            key = identity(self.register)
            gone = f" anti join {quoted(read)} r on {same(key, 'k', 'r')}" if key else ""
            standing += f" union all select null::bigint, {columns} from {quoted(self.kept)} k{gone}"
        self.engine.make_view(self.name("standing"), standing)
        others = {**self.context.kept, self.register.id: self.name("standing")}
        return Tables(read, self.name("standing"), self.kept, others)

    def verdict(self) -> Verdict:
        """Give the verdict: which rows pass, which wait, and why."""
        read, found, again = (quoted(self.name(part)) for part in ("read", "found", "again"))
        blocks = self._has("block")
        listed = ", ".join(f"r.{quoted(name)}" for name in (LINE, *self.register.column_ids))
        here = f"f.{quoted(LINE)} = r.{quoted(LINE)}"
        stopped = f"exists (select 1 from {found} f where {here} and f.fault in ({self._named('block')}))"
        is_again = f"exists (select 1 from {again} f where {here})"
        passes = f"not ({blocks} or {stopped})"
        self.engine.make_view(self.name("accepted"), f"select {listed} from {read} r where {passes} and not {is_again}")
        reasons = self._reasons("block")
        self.engine.make(
            self.name("refused"),
            f"select b.*, {reasons} as blocking from {quoted(self.batch.table)} b "
            f"join (select * from {read} r where not ({passes})) r on b.{quoted(LINE)} = r.{quoted(LINE)}",
        )
        remarks = f"select r.{quoted(LINE)}, {self._reasons('hold', 'warn')} as warning from {read} r"
        warned = f"{remarks} where {passes} and not {is_again}"
        self.engine.make(self.name("warned"), f"select * from ({warned}) w where len(warning) > 0")
        return self._told()

    def _has(self, *severities: str) -> str:
        """The condition that a row shows, by itself, a fault of one of some severities."""
        masks: dict[str, int] = {}
        for fault, (column, bit) in self.columns.items():
            if self.severity(fault) in severities:
                masks[column] = masks.get(column, 0) | bit
        return " or ".join(f"(r.{quoted(column)} & {mask}) <> 0" for column, mask in masks.items()) or "false"

    def _named(self, *severities: str) -> str:
        chosen = [fault for fault in self.others if self.severity(fault) in severities]
        return ", ".join(map(literal, chosen)) or "''"

    def _reasons(self, *severities: str) -> str:
        """The list of a row's faults of some severities, in the order they are declared."""
        own = [
            f"case when (r.{quoted(column)} & {bit}) <> 0 then {literal(fault)} end"
            for fault, (column, bit) in self.columns.items()
            if self.severity(fault) in severities
        ]
        found = (
            f"coalesce((select list(f.fault order by f.fault) from {quoted(self.name('found'))} f "
            f"where f.{quoted(LINE)} = r.{quoted(LINE)} and f.fault in ({self._named(*severities)})), [])"
        )
        shown = f"list_filter([{', '.join(own) or 'null::varchar'}]::varchar[], lambda x: x is not null)"
        return f"list_concat({shown}, {found})"

    def _told(self) -> Verdict:
        counted = {
            part: int(self.engine.rows(f"select count(*) from {quoted(self.name(part))}")[0][0])
            for part in ("accepted", "refused", "warned")
        }
        kept = self.batch.count - counted["accepted"] - counted["refused"]
        return Verdict(
            self.batch,
            self.name("accepted"),
            counted["accepted"],
            refusals=tuple(self._refusals("refused", "blocking")),
            warnings=tuple(self._refusals("warned", "warning")),
            refused=self.name("refused"),
            refused_count=counted["refused"],
            warned_count=counted["warned"],
            kept_count=kept,
            rule_counts=self._counts(kept),
        )

    def _refusals(self, part: str, faults: str) -> Iterable[Refusal]:
        query = f"select {quoted(LINE)}, {faults} from {quoted(self.name(part))} order by 1 limit {MOST_TOLD}"
        for line, found in self.engine.rows(query):
            words = [told(self.rules, fault, self.register) for fault in found]
            yield Refusal(
                line, tuple(w.code for w in words), tuple(w.mend for w in words), tuple(w.reason for w in words)
            )

    def _counts(self, kept: int) -> dict[str, int]:
        """Rows for every rule broken: blocking ones on the rows that wait, others on those that go on."""
        counts: dict[str, int] = {}
        for part, faults in (("refused", "blocking"), ("warned", "warning")):
            query = (
                f"select fault, count(*) from (select unnest({faults}) as fault from {quoted(self.name(part))}) f "
                "group by fault order by fault"
            )
            for fault, count in self.engine.rows(query):
                name = self.rules.counted_as(fault)
                counts[name] = counts.get(name, 0) + int(count)
        return counts | ({"C036": kept} if kept else {})


def _marks(faults: Mapping[str, str], part: str) -> list[str]:
    """Whole numbers whose bits say which faults a row shows."""
    listed = list(faults.values())
    found = []
    for number, first in enumerate(range(0, len(listed), _MARKS)):
        bits = [
            f"case when {condition} then {1 << place} else 0 end"
            for place, condition in enumerate(listed[first : first + _MARKS])
        ]
        found.append(f"{' + '.join(bits)} as {quoted(f'_{part}_{number}')}")
    return found


def _places(faults: Sequence[str] | Mapping[str, str], part: str) -> dict[str, tuple[str, int]]:
    """The column and the bit in which each fault is marked."""
    return {fault: (f"_{part}_{n // _MARKS}", 1 << (n % _MARKS)) for n, fault in enumerate(faults)}
