"""Rows of others are set apart before any rule is run, where a sender may send rows of their own things only.

Such a row waits with one reason, the same whether the other's thing exists or not: nothing else is asked of it, so that
no rule, no count and no finding tells anything of what is kept of others. Nothing is mended and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from milepost.check.cells import filled, reading
from milepost.check.fault import OF_OTHERS, tell
from milepost.check.verdict import Refusal, Verdict
from milepost.engines.embedded import Engine, literal, quoted
from milepost.receive.batch import LINE, Batch, Unproven
from milepost.registers.register import Register

_OF_OTHERS_TOO = ("C066", "C067")
"""Findings that count groups of the whole register beside its control totals."""


@dataclass(frozen=True)
class Own:
    """Whose rows a sender may send: those whose `column` holds one of these codes."""

    column: str
    codes: frozenset[str]


def checked_apart(
    engine: Engine, register: Register, batch: Batch, own: Own, most: int, check: Callable[[Batch], Verdict]
) -> Verdict:
    """Give the verdict on a batch of which only the own rows are checked by `check`; at most `most` refusals are told.

    Raises Unproven where the batch stands in its file and the engine reads other rows there than were promised.
    """
    column, codes = register.column(own.column), f"own_codes_{batch.table}"
    engine.load(codes, {"code": "varchar"}, [(code,) for code in sorted(own.codes)])
    cell = reading(column, f"({filled(column)})").value
    is_own = f"exists (select 1 from {quoted(codes)} o where o.code = {cell})"
    mine, others = f"own_{batch.table}", f"others_{batch.table}"
    engine.make(mine, f"select * from {quoted(batch.table)} r where {is_own}")
    engine.make(
        others, f"select r.*, [{literal(OF_OTHERS)}] as blocking from {quoted(batch.table)} r where not {is_own}"
    )
    ((own_count, others_count),) = engine.rows(
        f"select (select count(*) from {quoted(mine)}), (select count(*) from {quoted(others)})"
    )
    if own_count + others_count != batch.count:
        raise Unproven
    verdict = check(replace(batch, table=mine, count=own_count, standing=""))
    return _with_others(engine, register, batch, verdict, others, int(others_count), most)


def _with_others(
    engine: Engine, register: Register, batch: Batch, verdict: Verdict, others: str, count: int, most: int
) -> Verdict:
    """The verdict on the own rows, to which the rows of others are added as refused."""
    refused = f"all_refused_{batch.table}"
    parts = [f"select * from {quoted(others)}"]
    if verdict.refused:
        parts.append(f"select * from {quoted(verdict.refused)}")
    engine.make(refused, " union all by name ".join(parts))
    first = f"select {quoted(LINE)} from {quoted(others)} order by 1 limit {most}"
    told = [_refusal(register, line) for (line,) in engine.rows(first)]
    return replace(
        verdict,
        batch=batch,
        refusals=_first((*verdict.refusals, *told), most),
        refused=refused,
        refused_count=verdict.refused_count + count,
        rule_counts={**verdict.rule_counts, **({OF_OTHERS: count} if count else {})},
        findings=tuple(one for one in verdict.findings if one.code not in _OF_OTHERS_TOO),
    )


def _first(refusals: Sequence[Refusal], most: int) -> tuple[Refusal, ...]:
    return tuple(sorted(refusals, key=lambda one: one.line)[:most])


def _refusal(register: Register, line: int) -> Refusal:
    english, chinese = (tell(register, OF_OTHERS, {}, language) for language in ("en", "zh"))
    return Refusal(line, (english.code,), (english.mend,), (english.reason,), ((chinese.reason, chinese.mend),))
