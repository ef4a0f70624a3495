"""Published figures are checked: their words are read as the zone reads them, every rule is run on every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from milepost.basics.errors import nearest
from milepost.check.fault import KEPT, Told, as_hint
from milepost.check.figure_conditions import JOINS, conditions
from milepost.check.verdict import Refusal, Verdict
from milepost.check.words import load_words
from milepost.engines.embedded import Engine, literal, quoted
from milepost.plan.zone import Zone
from milepost.receive.batch import LINE, Batch
from milepost.registers.register import Register

MOST_TOLD = 1000
_CODE = "C023/kind"
_HINTED = {_CODE: "kind", "C010": "hint_indicator", "C011": "hint_area", "C012": "hint_unit"}
_HINTS = "i.hint as hint_indicator, a.hint as hint_area, u.hint as hint_unit"


def check_figures(engine: Engine, zone: Zone, register: Register, batch: Batch, today: date, kept: str = "") -> Verdict:
    """Give the verdict on a batch of published figures, as of `today`.

    `kept` names a table of rows that are kept already: an equal row is not accepted again and not refused.
    """
    load_words(engine, zone, batch.table)
    judged = f"judged_{batch.table}"
    faults = conditions(register, today)
    engine.make(judged, _judgement(register, batch.table, faults, kept))
    accepted, refused = f"accepted_{batch.table}", f"refused_{batch.table}"
    engine.make(refused, f"select * from {quoted(judged)} where len(blocking) > 0")
    passed = f"from {quoted(judged)} where len(blocking) = 0"
    engine.make(accepted, f"select {_listed(register, LINE)} {passed} and not is_kept")
    ((accepted_count, refused_count, warned_count, kept_count),) = engine.rows(
        "select count(*) filter (len(blocking) = 0 and not is_kept), count(*) filter (len(blocking) > 0), "
        "count(*) filter (len(blocking) = 0 and not is_kept and len(warning) > 0), "
        f"count(*) filter (len(blocking) = 0 and is_kept) from {quoted(judged)}"
    )
    warned = f"(select * {passed} and not is_kept and len(warning) > 0)"
    return Verdict(
        batch,
        accepted,
        accepted_count,
        refusals=tuple(refusals(engine, register, quoted(refused), "blocking")),
        warnings=tuple(refusals(engine, register, warned, "warning")),
        refused=refused,
        refused_count=refused_count,
        warned_count=warned_count,
        kept_count=kept_count,
        rule_counts=_rule_counts(engine, judged, kept_count),
    )


def _listed(register: Register, *others: str) -> str:
    return ", ".join(map(quoted, (*others, *register.column_ids)))


def _judgement(register: Register, table: str, faults: dict[str, str], kept: str) -> str:
    """One query: the rows with the list of their blocking faults, of their warnings, and whether they are kept."""
    parts: dict[str, list[str]] = {"block": [], "warn": []}
    for fault, condition in faults.items():
        severity = register.rule(fault.partition("/")[0]).severity
        parts[severity].append(f"case when {condition} then {literal(fault)} end")
    blocking, warning = (f"list_filter([{', '.join(parts[s])}], lambda x: x is not null)" for s in ("block", "warn"))
    same = " and ".join(f"k.{quoted(column)} = r.{quoted(column)}" for column in register.column_ids)
    is_kept = f"exists (select 1 from {quoted(kept)} k where {same})" if kept else "false"
    return f"select r.*, {_HINTS}, {blocking} as blocking, {warning} as warning, {is_kept} as is_kept " + (
        f"from {quoted(table)} r {JOINS}"
    )


def _rule_counts(engine: Engine, judged: str, kept_count: int) -> dict[str, int]:
    """Blocking rules are counted on the rows that wait, warnings on those that go on."""
    told = "case when len(blocking) > 0 then blocking when not is_kept then warning end"
    counted = engine.rows(
        f"select split_part(fault, '/', 1) as code, count(distinct {quoted(LINE)}) from "
        f"(select {quoted(LINE)}, unnest({told}) as fault from {quoted(judged)}) group by code order by code"
    )
    return {**dict(counted), **({KEPT: kept_count} if kept_count else {})}


def refusals(engine: Engine, register: Register, source: str, faults: str, most: int = MOST_TOLD) -> Iterator[Refusal]:
    """Give the rows of `source` with their reasons and mends in words, in the order of lines."""
    hints = ", ".join((quoted("kind"), "hint_indicator", "hint_area", "hint_unit"))
    query = f"select {quoted(LINE)}, {faults}, {hints} from {source} order by 1 limit {most}"
    for line, found, *hinted in engine.rows(query):
        words = dict(zip(("kind", "hint_indicator", "hint_area", "hint_unit"), hinted, strict=True))
        told = [tell(register, fault, words) for fault in found]
        chinese = tuple((t.reason, t.mend) for t in (tell(register, fault, words, "zh") for fault in found))
        reasons = (tuple(t.code for t in told), tuple(t.mend for t in told), tuple(t.reason for t in told))
        yield Refusal(line, *reasons, chinese)


def tell(register: Register, fault: str, row: Mapping[str, Any], language: str = "en") -> Told:
    """Give a fault in words: the rule it breaks, in which column, and the mend with the nearest known name."""
    code, _, column = fault.partition("/")
    rule = register.rule(code)
    hint = row.get(_HINTED.get(fault, ""), "") or ""
    if fault == _CODE:
        hint = nearest(hint[:100], register.column("kind").codes)
    reason = f"{column}: {rule.fault[language]}" if column else rule.fault[language]
    return Told(code, reason, rule.mend[language] + as_hint(hint, language))
