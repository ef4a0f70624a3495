"""A question put to a zone: the wing's study is found, its tables read, and the wing's function called."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from milepost.basics.answer import AnswerTable
from milepost.basics.errors import Trouble, YoursToMend, listed, nearest
from milepost.basics.table import Table, joined, read_table
from milepost.basics.text import LANGUAGES, Text
from milepost.keep.version import Version
from milepost.plan.zone import Zone
from milepost.registers.domain import Domain
from milepost.registers.study import Study, read_parameters
from milepost.show.catalogue import find_wings
from milepost.show.records import REGISTER
from milepost.show.today import today_in
from milepost.show.wording import Wording
from milepost.study.finding import Answering, Finding, answered


def ask(zone: Zone, study_id: str, given: Mapping[str, str], known_on: date | None = None) -> Finding:
    """Give the finding of a study of some wing for a zone.

    Raises YoursToMend (Q001 no such study, Q002 to Q004 of its parameters, D03x of its tables).
    """
    wing, study = _find(study_id)
    parameters = read_parameters(study, dict(given))
    tables, read = _tables(zone, wing, study)
    versions: tuple[Version, ...] = ()
    if REGISTER in study.tables:
        from milepost.show.published_table import published_table

        tables[REGISTER], versions = published_table(zone)
    held: dict[str, int] = {}
    if study.reads or study.series:
        found, of_records, held = _excerpts(zone, study, parameters, known_on)
        tables, versions = {**tables, **found}, (*versions, *of_records)
    day = known_on or today_in(zone)
    finding = _with_holds(answered(study, _answering(wing, study), tables, parameters, day, read, versions), held)
    return _with_outlooks(zone, finding) if finding.answer.outlooks else finding


def _with_holds(finding: Finding, held: Mapping[str, int]) -> Finding:
    """The finding, which says of which registers rows it rests on wait for a decision."""
    if not held:
        return finding
    told = tuple(
        Text(*(Wording(language).say("study.held", count=count, register=name) for language in LANGUAGES))
        for name, count in sorted(held.items())
    )
    answer = replace(finding.answer, missing=(*finding.answer.missing, *told))
    return replace(finding, answer=answer, held=dict(held))


def _with_outlooks(zone: Zone, finding: Finding) -> Finding:
    """The finding with the outlooks its answer asks for, drawn on the figures that were published."""
    from milepost.show.walk import read_figures, take_in_records
    from milepost.study.outlooks import with_outlooks

    take_in_records(zone, today_in(zone))
    _, readings = read_figures(zone, [])
    return replace(finding, answer=with_outlooks(finding.answer, zone, readings, finding.known_on))


def _excerpts(
    zone: Zone, study: Study, parameters: Mapping[str, Any], known_on: date | None
) -> tuple[dict[str, Any], tuple[Version, ...], dict[str, int]]:
    """Give what the study reads of registers and readings, and by register how many of the rows wait for a decision.

    The records the zone ships with are taken in first.
    """
    from milepost.engines.engine import open_engine
    from milepost.measure.figures import Measure
    from milepost.show.walk import store_of, take_in_records
    from milepost.study.tables import excerpts, series, waiting_behind, waiting_rows

    take_in_records(zone, today_in(zone))
    is_past, store = known_on is not None and known_on < today_in(zone), store_of(zone)
    with open_engine() as engine:
        asked = (engine, zone.registers, store, study, parameters, known_on if is_past else None)
        is_measured = bool(study.series) or any(one.by for one in study.reads.values())
        measure = Measure(engine, zone, store, known_on or today_in(zone)) if is_measured else None
        found, of_rows = excerpts(*asked, measure)
        held = waiting_rows(*asked)
        if measure is None or not study.series:
            return found, of_rows, held
        measured, of_readings = series(measure, study)
        held |= waiting_behind(measure, study)
    return {**found, **measured}, tuple(dict.fromkeys((*of_rows, *of_readings))), held


def studies() -> dict[str, tuple[Domain, Study]]:
    """Give every study of every wing by its id."""
    return {key: (wing, study) for wing in find_wings() for key, study in wing.studies().items()}


def finding_document(finding: Finding) -> dict[str, Any]:
    """Give a finding as plain values: the answer's own document, and beside it what was asked, read and proven."""
    proof = finding.answer.proof
    return {
        **finding.answer.document,
        "tables": [_table_document(table) for table in finding.answer.tables],
        "study": finding.study.id,
        "parameters": {name: _plain(value) for name, value in finding.parameters.items()},
        "known_on": finding.known_on.isoformat(),
        "proof": {"kind": proof.kind, "says": {"en": proof.says.en, "zh": proof.says.zh},
                  "bound": proof.bound, "gap": proof.gap},
        "missing": [{"en": text.en, "zh": text.zh} for text in finding.answer.missing],
        "tables_read": dict(finding.read),
        "versions": [{"register": v.register, "number": v.number} for v in finding.versions],
    }  # fmt: skip


def _table_document(table: AnswerTable) -> dict[str, Any]:
    """A table as it may leave: names, units and rows; a text of two languages as both."""
    return {
        "id": table.id,
        "name": {"en": table.name.en, "zh": table.name.zh},
        "columns": [
            {"id": one.id, "name": {"en": one.name.en, "zh": one.name.zh}, "unit": one.unit} for one in table.columns
        ],
        "rows": [{name: _cell(value) for name, value in row.items()} for row in table.rows],
    }


def _cell(value: Any) -> Any:
    if isinstance(value, Text):
        return {"en": value.en, "zh": value.zh}
    if isinstance(value, float) and value != value:
        return None
    return _plain(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _find(study_id: str) -> tuple[Domain, Study]:
    known = studies()
    if study_id not in known:
        mend = nearest(study_id, known) or f"There are: {listed(sorted(known), 30) or 'none'}"
        raise YoursToMend(Trouble("Q001", f"no wing answers {study_id}", mend.rstrip("?")))
    return known[study_id]


def _answering(wing: Domain, study: Study) -> Answering:
    module, _, function = study.answered_by.rpartition(".")
    found: Answering = getattr(importlib.import_module(f"milepost.domains.{wing.id}.{module}"), function)
    return found


def _tables(zone: Zone, wing: Domain, study: Study) -> tuple[dict[str, Table], dict[str, str]]:
    """Give the study's tables, the zone's own rows after the wing's, and the hash of each file that was read."""
    from milepost.show.guard import LEDGER
    from milepost.show.hall.export import ledger_table

    tables: dict[str, Table] = {}
    read: dict[str, str] = {}
    for name in study.tables:
        for folder, shown in ((wing.folder, wing.id), (zone.folder / wing.id, f"{zone.declared.id}/{wing.id}")):
            path = folder / name
            if name.endswith("/"):
                files = sorted(path.glob("*.yaml"))
                table = {"name": [f"{shown}/{name}{one.name}" for one in files], "path": [str(one) for one in files]}
            elif path.exists():
                files, table = [path], read_table(path, f"{shown}/{name}")
            else:
                continue
            key = Path(name).stem
            tables[key] = joined(tables[key], table) if key in tables else table
            for one in files:
                read[f"{shown}/{one.relative_to(folder).as_posix()}"] = hashlib.sha256(one.read_bytes()).hexdigest()
        key = Path(name).stem
        if (kept := ledger_table(zone, wing.id, name, key in tables)) is not None:
            tables[key] = joined(tables[key], kept.table) if key in tables else kept.table
            read[LEDGER] = kept.head
    return tables, read
