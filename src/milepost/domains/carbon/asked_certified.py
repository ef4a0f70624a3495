"""The study `certified` answered: who holds a valid certificate on a day, from certificates and from cases.

A case that was certified counts until it lapses, is revoked, or its certificate's time is over: before the day the
certificate names, else the term its process declares, which both stand in the case's row. An offset, a plan or a
verification counts for nothing yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Proof
from milepost.basics.text import Text
from milepost.domains.carbon.excerpts import Row, Tables, day, rows_of, text
from milepost.domains.carbon.said import said

PROCESS = {"zero_carbon_factory": "zero_carbon_factory", "zero_carbon_workshop": "zero_carbon_workshop"}
INDICATORS = {
    "zero_carbon_factory": "carbon.zero_carbon_factories", "zero_carbon_workshop": "carbon.zero_carbon_workshops"
}  # fmt: skip
_NAMES = {
    "zero_carbon_factory": Text("Factories with a valid certificate", "持有效证书的工厂"),
    "zero_carbon_workshop": Text("Workshops with a valid certificate", "持有效证书的车间"),
}
_SAYS = Text(
    "Each is a certificate or a case whose certificate is valid on the day.", "每一项均为当日有效的证书或认证案件。"
)
_STAGES = ("begin", "take_inventory", "plan", "verify", "find_residual", "retire_offset", "certify", "lapse", "revoke")


@dataclass(frozen=True)
class Standing:
    """Where a case of certification stands on a day: its last act, and whether its certificate is valid.

    A certificate whose time is over counts as lapsed, whether or not anybody said so. `about` is the site or workshop
    it is about, empty where that was not told.
    """

    case: str
    kind: str
    last_act: str
    is_valid: bool
    about: str = ""


def certified(tables: Tables, parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the number of valid certificates on a day by kind, and how far the cases of certification are."""
    papers = rows_of(tables, "certificates")
    standings = standings_of(rows_of(tables, "events"), on, int(parameters["days_valid"]))
    by_kind = {kind: _valid_papers(papers, kind, on) for kind in INDICATORS}
    counts = {
        kind: len(sites | {s.about or s.case for s in standings if s.kind == kind and s.is_valid})
        for kind, sites in by_kind.items()
    }  # a site with a certificate and a case counts once
    is_known = bool(papers or standings)
    lack = Text("No certificate and no case of certification is kept: the number is not known",
                "尚无证书或认证案件记录，数量未知")  # fmt: skip
    return Answer(
        [Headline(_NAMES[kind], float(count), "count") for kind, count in counts.items() if is_known],
        [_stages_table(standings)],
        Proof("counted", _SAYS),
        {
            "on": on.isoformat(), "valid": counts if is_known else None,
            "cases": {"open": sum(not s.is_valid for s in standings),
                      "by_last_act": dict(Counter(s.last_act for s in standings))},
            "indicators": {INDICATORS[kind]: float(count) if is_known else None for kind, count in counts.items()},
            "contributors": {INDICATORS[kind]: count for kind, count in counts.items()},
        },
        [] if is_known else [lack],
    )  # fmt: skip


def standings_of(events: Sequence[Row], on: date, days_valid: int) -> list[Standing]:
    """Give where every case of certification stands on a day, from its events up to that day.

    `days_valid` holds for a certificate of a table that names no day.
    """
    by_case: dict[tuple[str, str], list[Row]] = {}
    for row in events:
        kind = text(row, "process")
        if kind in PROCESS and (moment := day(row, "at")) is not None and moment <= on:
            by_case.setdefault((text(row, "case"), PROCESS[kind]), []).append(row)
    return [_standing(case, kind, rows, on, days_valid) for (case, kind), rows in sorted(by_case.items())]


def _standing(case: str, kind: str, rows: Sequence[Row], on: date, days_valid: int) -> Standing:
    ordered = sorted(rows, key=lambda row: int(text(row, "number") or 0))
    acts = [text(row, "act") for row in ordered if text(row, "act") in _STAGES]
    until = next((_until(row, days_valid) for row in reversed(ordered) if text(row, "act") == "certify"), None)
    decided = [act for act in acts if act in ("certify", "lapse", "revoke")]
    is_valid = decided[-1:] == ["certify"] and until is not None and on < until
    about = next((told for row in ordered if (told := text(row, "about"))), "")
    last = acts[-1] if acts else "open"
    return Standing(case, kind, "lapse" if last == "certify" and not is_valid else last, is_valid, about)


def _until(row: Row, days_valid: int) -> date | None:
    """The day a certificate ends before."""
    issued = day(row, "at")
    return day(row, "until") or (issued + timedelta(days_valid) if issued is not None else None)


def _valid_papers(papers: Sequence[Row], kind: str, on: date) -> set[str]:
    """The sites that hold a valid certificate of a kind on a day; one site counts once."""
    found = set()
    for row in papers:
        start, until = day(row, "valid_from"), day(row, "valid_until")
        if text(row, "kind") == kind and start is not None and start <= on and (until is None or on < until):
            found.add(text(row, "site_code"))
    return found


def _stages_table(standings: Sequence[Standing]) -> AnswerTable:
    columns = (
        Column("kind", Text("Kind", "类别")), Column("last_act", Text("Last act", "最近环节")),
        Column("cases", Text("Cases", "案件数")),
    )  # fmt: skip
    counts = Counter((s.kind, s.last_act) for s in standings)
    rows = tuple({"kind": said(kind), "last_act": said(act), "cases": n} for (kind, act), n in sorted(counts.items()))
    return AnswerTable("stages", Text("Cases of certification", "认证进展"), columns, rows, contributors="cases")
