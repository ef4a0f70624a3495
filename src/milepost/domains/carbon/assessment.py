"""A standard held against evidence: pass, fail or missing for each clause, with its citation and the distance to pass.

A standard is a decision table that answers which clauses apply (`clause`, `measure`, `sense`, `limit`, `unit`,
`weight`); a zone adds its own beside the wing's. A clause whose limit is not public cannot be passed or failed here:
it is said to be not public, and nobody's guess is put in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from milepost.basics.errors import Trouble
from milepost.rules.ruling import decide
from milepost.rules.table import Table

COLUMNS = ("clause", "measure", "sense", "limit", "unit", "weight")
Verdict = Literal["pass", "fail", "missing_evidence", "not_public"]
Overall = Literal["pass", "fail", "cannot_be_told", "not_in_force"]


@dataclass(frozen=True)
class Evidence:
    """What is known of one measure: its value, of a ratio also its parts, and where it comes from."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    comes_from: str = ""


@dataclass(frozen=True)
class Clause:
    """One clause judged.

    `distance` is what the measure lacks to pass, in its own unit (0 where it passes, None where it cannot be
    told); `distance_amount` the same in the unit of a ratio's numerator.
    """

    id: str
    name: str
    measure: str
    sense: str
    limit: float | None
    unit: str
    weight: str
    value: float | None
    verdict: Verdict
    distance: float | None
    distance_amount: float | None
    citation: str
    source: str
    comes_from: str


@dataclass(frozen=True)
class Assessment:
    """A standard on a day: its clauses, and what they come to together. Guiding clauses do not decide."""

    standard: str
    on: date
    overall: Overall
    clauses: tuple[Clause, ...]
    troubles: tuple[Trouble, ...] = ()


def is_standard(table: Table) -> bool:
    """Give whether a decision table is a standard: it answers clauses."""
    return tuple(output.name for output in table.outputs) == COLUMNS


def assess(table: Table, situation: Mapping[str, Any], evidence: Mapping[str, Evidence], on: date) -> Assessment:
    """Give the verdict on every clause of a standard that applies in a situation on a day.

    Names the standard does not read are passed over. Before its first day there is nothing to judge.
    """
    known = {name: value for name, value in situation.items() if name in table.needs}
    ruling = decide(table, known, on)
    if ruling.troubles:
        return Assessment(table.name, on, "cannot_be_told", (), ruling.troubles)
    clauses = tuple(_clause(fired.results, fired.line.id, fired.line.citation, fired.line.source, evidence)
                    for fired in ruling.fired)  # fmt: skip
    return Assessment(table.name, on, _overall(clauses), clauses)


def _clause(
    results: Mapping[str, Any], number: str, citation: str, source: str, evidence: Mapping[str, Evidence]
) -> Clause:
    measure, sense = str(results["measure"]), str(results["sense"])
    limit = None if results["limit"] is None else float(results["limit"])
    known = evidence.get(measure, Evidence(None))
    verdict, distance = _verdict(known.value, limit, sense)
    amount = distance
    if distance and known.denominator is not None:
        amount = distance * known.denominator
    return Clause(
        number, str(results["clause"]), measure, sense, limit, str(results["unit"]), str(results["weight"]),
        known.value, verdict, distance, amount if known.denominator is not None else None, citation, source,
        known.comes_from,
    )  # fmt: skip


def _verdict(value: float | None, limit: float | None, sense: str) -> tuple[Verdict, float | None]:
    if limit is None:
        return "not_public", None
    if value is None or value != value:
        return "missing_evidence", None
    lacks = value - limit if sense == "at_most" else limit - value
    return ("fail", lacks) if lacks > 0 else ("pass", 0.0)


def _overall(clauses: Sequence[Clause]) -> Overall:
    core = [clause.verdict for clause in clauses if clause.weight == "core"]
    if not clauses:
        return "not_in_force"
    if "fail" in core:
        return "fail"
    return "pass" if core and all(verdict == "pass" for verdict in core) else "cannot_be_told"
