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
from milepost.basics.text import Text
from milepost.rules.ruling import decide
from milepost.rules.table import Table

COLUMNS = ("clause", "measure", "sense", "limit", "unit", "weight")
MAY_HAVE = "clause_zh"
Verdict = Literal["pass", "fail", "missing_evidence", "not_public"]
Overall = Literal["pass", "fail", "cannot_be_told", "not_in_force"]


@dataclass(frozen=True)
class Evidence:
    """What is known of one measure: its value, of a ratio also its parts, and where it comes from.

    `follows` is by how much the denominator changes for each unit the numerator gains (own power of a MWh is a MWh
    less bought: -1; 0 where it stays). `moves` says which amount is meant, with its unit; `settled_by` which
    record would give the evidence where there is none.
    """

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    comes_from: Text | str = ""
    follows: float = 0.0
    moves: Text | None = None
    settled_by: Text | None = None


@dataclass(frozen=True)
class Clause:
    """One clause judged.

    `distance` is what the measure lacks to pass, in its own unit (0 where it passes, None where it cannot be
    told); `distance_amount` how much of a ratio's numerator must be gained (lost, where the clause says at most)
    so that the clause is passed exactly, what follows of the denominator counted: a clause is linear in it.
    `moves` says of what; `settled_by` which record would give missing evidence.
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
    citation: Text
    source: str
    comes_from: Text | str
    name_zh: str = ""
    moves: Text | None = None
    settled_by: Text | None = None


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
    return tuple(output.name for output in table.outputs if output.name != MAY_HAVE) == COLUMNS


def assess(table: Table, situation: Mapping[str, Any], evidence: Mapping[str, Evidence], on: date) -> Assessment:
    """Give the verdict on every clause of a standard that applies in a situation on a day.

    Names the standard does not read are passed over. Before its first day there is nothing to judge.
    """
    known = {name: value for name, value in situation.items() if name in table.needs}
    ruling = decide(table, known, on)
    if ruling.troubles:
        return Assessment(table.name, on, "cannot_be_told", (), ruling.troubles)
    clauses = tuple(_clause(fired.results, fired.line.id, fired.line.cited, fired.line.source, evidence)
                    for fired in ruling.fired)  # fmt: skip
    return Assessment(table.name, on, _overall(clauses), clauses)


def _clause(
    results: Mapping[str, Any], number: str, citation: Text, source: str, evidence: Mapping[str, Evidence]
) -> Clause:
    measure, sense = str(results["measure"]), str(results["sense"])
    limit = None if results["limit"] is None else float(results["limit"])
    known = evidence.get(measure, Evidence(None))
    verdict, distance = _verdict(known.value, limit, sense)
    return Clause(
        number, str(results["clause"]), measure, sense, limit, str(results["unit"]), str(results["weight"]),
        known.value, verdict, distance, _amount(known, limit, distance), citation, source, known.comes_from,
        str(results.get(MAY_HAVE) or ""), known.moves, known.settled_by if verdict == "missing_evidence" else None,
    )  # fmt: skip


def _verdict(value: float | None, limit: float | None, sense: str) -> tuple[Verdict, float | None]:
    if limit is None:
        return "not_public", None
    if value is None or value != value:
        return "missing_evidence", None
    lacks = value - limit if sense == "at_most" else limit - value
    return ("fail", lacks) if lacks > 0 else ("pass", 0.0)


def _amount(known: Evidence, limit: float | None, distance: float | None) -> float | None:
    """What the numerator lacks: x with numerator + x = limit * (denominator + follows * x)."""
    if known.numerator is None or not known.denominator or limit is None or distance is None:
        return None
    if not distance:
        return 0.0
    return abs(limit * known.denominator - known.numerator) / abs(1 - limit * known.follows)


def _overall(clauses: Sequence[Clause]) -> Overall:
    core = [clause.verdict for clause in clauses if clause.weight == "core"]
    if not clauses:
        return "not_in_force"
    if "fail" in core:
        return "fail"
    return "pass" if core and all(verdict == "pass" for verdict in core) else "cannot_be_told"
