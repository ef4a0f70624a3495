"""The catalogue is read here from its tables, and every name in them is looked up; all troubles are told at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from milepost.basics.errors import NOWHERE, Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.table import Table, joined, read_table
from milepost.basics.text import Text
from milepost.domains.licensing.catalogue import (
    NEEDS,
    Asked,
    AskedField,
    Catalogue,
    Document,
    Field,
    Guide,
    Industry,
    Live,
    Permit,
    Published,
    Requirement,
    Scenario,
)
from milepost.rules import table as rules
from milepost.rules.reading import read_tables

TABLES = (
    "industries",
    "guides",
    "permits",
    "requirements",
    "fields",
    "documents",
    "asked_documents",
    "asked_fields",
    "complete_lists",
    "published_reductions",
    "live_industries",
    "scenarios",
)
Row = Mapping[str, str]
Grouped = TypeVar("Grouped", Requirement, Asked, AskedField)
_FIELD_TYPES = {"text": None, "integer": "number", "number": "number", "boolean": "boolean", "date": "date",
                "choice": "string"}  # fmt: skip


@cache
def shipped() -> Catalogue:
    """Give the catalogue that comes with the wing, read once. Raises YoursToMend with every trouble."""
    return catalogue_of((Path(__file__).parent,))


def catalogue_of(folders: Sequence[Path]) -> Catalogue:
    """Give the catalogue of these folders, each after the one before: the wing's, then a zone's own.

    A folder holds `catalogue/*.csv` and `rules/*.yaml`; either may be missing. Raises YoursToMend (H101 to H104,
    and those of tables and rules).
    """
    tables: dict[str, Table] = {}
    found: dict[str, rules.Table] = {}
    for folder in folders:
        for name in TABLES:
            path = folder / "catalogue" / f"{name}.csv"
            if path.exists():
                table = read_table(path, f"{folder.name}/catalogue/{name}.csv")
                tables[name] = joined(tables[name], table) if name in tables else table
        found.update(read_tables(folder / "rules"))
    return read_catalogue(tables, found)


def read_catalogue(tables: Mapping[str, Table], found: Mapping[str, rules.Table]) -> Catalogue:
    """Give the catalogue of its tables by name and its decision tables.

    Raises YoursToMend with every trouble: H101 a name that nothing declares, H102 a cell that cannot be read,
    H103 an id given twice, H104 a decision table that does not fit the catalogue.
    """
    reader = _Reader({name: _rows(tables.get(name, {})) for name in TABLES})
    catalogue = Catalogue(
        industries=reader.by_id("industries", "industry", _industry),
        guides=reader.by_id("guides", "guide", _guide),
        permits=reader.by_id("permits", "permit", _permit),
        requirements=reader.by_guide("requirements", _requirement),
        fields=reader.versions("fields", "field", _field),
        documents=reader.by_id("documents", "document", _document),
        documents_asked=reader.by_guide("asked_documents", _asked),
        fields_asked=reader.by_guide("asked_fields", _asked_field),
        complete=frozenset((r["guide"], r["permit"], r["list"]) for r in reader.rows["complete_lists"]),
        published=tuple(reader.built("published_reductions", _published)),
        live=tuple(reader.built("live_industries", _live)),
        scenarios=_scenarios(reader.rows["scenarios"]),
        rules=found,
    )
    _look_up(reader, catalogue)
    if reader.troubles:
        raise YoursToMend(reader.troubles)
    return catalogue


def _rows(table: Table) -> list[Row]:
    return [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]


@dataclass
class _Reader:
    """The rows of every table, and the troubles found; `at` says which row is being read."""

    rows: dict[str, list[Row]]
    troubles: list[Trouble] = field(default_factory=list)
    at: Place = NOWHERE

    def built(self, name: str, make: Callable[[_Reader, Row], Any]) -> list[Any]:
        found = []
        for number, row in enumerate(self.rows[name], start=2):
            self.at = Place(f"catalogue/{name}.csv", number)
            try:
                found.append(make(self, row))
            except KeyError as missing:
                self.wrong("H102", f"the table {name} has no column {missing.args[0]}", "Add the column")
                return []
        return found

    def by_id(self, name: str, key: str, make: Callable[[_Reader, Row], Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, one in enumerate(self.built(name, make), start=2):
            if found.setdefault(one.id, one) is not one:
                self.at = Place(f"catalogue/{name}.csv", number)
                self.wrong("H103", f"the {key} {one.id} is declared twice", "Keep one of the two")
        return found

    def by_guide(self, name: str, make: Callable[[_Reader, Row], Grouped]) -> dict[str, tuple[Grouped, ...]]:
        found: dict[str, list[Grouped]] = defaultdict(list)
        for one in self.built(name, make):
            found[one.guide].append(one)
        return {guide: tuple(held) for guide, held in found.items()}

    def versions(self, name: str, key: str, make: Callable[[_Reader, Row], Field]) -> dict[str, tuple[Field, ...]]:
        found: dict[str, list[Field]] = defaultdict(list)
        for one in self.built(name, make):
            found[one.id].append(one)
        return {key: tuple(held) for key, held in found.items()}

    def wrong(self, code: str, what: str, mend: str) -> None:
        self.troubles.append(Trouble(code, what, mend, self.at))

    def whole(self, row: Row, name: str) -> int | None:
        """A whole number of 0 or more, or None where the cell is empty."""
        if not row[name]:
            return None
        if not row[name].isdecimal():
            self.wrong("H102", f"{name} is not a whole number", "Write digits, or leave it empty where unknown")
            return None
        return int(row[name])

    def number(self, row: Row, name: str) -> float | None:
        try:
            return float(row[name]) if row[name] else None
        except ValueError:
            self.wrong("H102", f"{name} is not a number", "Write a number, or leave it empty where unknown")
            return None

    def yes(self, row: Row, name: str) -> bool | None:
        if row[name] not in ("yes", "no", ""):
            self.wrong("H102", f"{name} is neither yes nor no", "Write yes or no, or leave it empty where unknown")
        return {"yes": True, "no": False}.get(row[name])

    def day(self, row: Row, name: str) -> date | None:
        try:
            return date.fromisoformat(row[name]) if row[name] else None
        except ValueError:
            self.wrong("H102", f"{name} is not a date", "Write it so: 2025-12-31")
            return None

    def known(self, name: str, kind: str, names: Iterable[str]) -> None:
        known = list(names)
        if name not in known:
            mend = nearest(name, known).rstrip("?").capitalize() or f"Declared: {listed(sorted(known)) or 'none'}"
            self.wrong("H101", f"{name or 'an empty cell'} is not a declared {kind}", mend)


def _text(row: Row, name: str) -> Text:
    return Text(row[f"{name}_en"], row[f"{name}_zh"])


def _industry(reader: _Reader, row: Row) -> Industry:
    return Industry(row["industry"], _text(row, "name"), row["gbt4754"])


def _guide(reader: _Reader, row: Row) -> Guide:
    return Guide(
        row["guide"], row["industry"], _text(row, "area"), bool(reader.yes(row, "is_default")),
        bool(reader.yes(row, "is_own")), row["eligibility"], reader.whole(row, "days_after"),
        row["days_after_standing"], row["source"], row["note"],
    )  # fmt: skip


def _permit(reader: _Reader, row: Row) -> Permit:
    if row["base_code"] and not (row["base_code"].isdecimal() and len(row["base_code"]) == 12):
        reader.wrong("H102", "base_code is not twelve digits", "Write the national base code, or leave it empty")
    basis = _text(row, "legal_basis")
    return Permit(row["permit"], _text(row, "name"), row["kind"], row["base_code"], basis, row["basis_standing"])


def _requirement(reader: _Reader, row: Row) -> Requirement:
    if row["need"] not in NEEDS and not (row["rule"] and not row["need"]):
        reader.wrong("H102", "need is not a known word", f"It may be: {listed(NEEDS)}, or empty beside a rule")
    elif row["need"] and row["rule"]:
        reader.wrong("H102", "need and rule are both given", "Write the one that holds; a rule answers need")
    return Requirement(
        row["guide"], row["permit"], row["need"], row["rule"], _text(row, "authority"),  # type: ignore[arg-type]
        reader.whole(row, "statutory_days"), reader.whole(row, "promised_days"), reader.whole(row, "practice_days"),
        reader.yes(row, "may_be_promised"), reader.whole(row, "valid_months"), row["citation"], row["source"],
    )  # fmt: skip


def _field(reader: _Reader, row: Row) -> Field:
    if row["type"] not in _FIELD_TYPES:
        reader.wrong("H102", "type is not a known word", f"It may be: {listed(list(_FIELD_TYPES))}")
    words = tuple(word for word in row["vocabulary"].split("|") if word)
    return Field(
        row["field"], _text(row, "name"), row["definition"], row["type"], row["unit"], words,
        _text(row, "held_by"), reader.day(row, "from"), reader.day(row, "until"), row["source"],
    )  # fmt: skip


def _document(reader: _Reader, row: Row) -> Document:
    instead = tuple(name for name in row["substitutes"].split("|") if name)
    return Document(
        row["document"], _text(row, "name"), row["definition"], _text(row, "held_by"),
        bool(reader.yes(row, "is_e_licence")), instead, row["product_of"], row["source"],
    )  # fmt: skip


def _asked(reader: _Reader, row: Row) -> Asked:
    return Asked(
        row["guide"], row["permit"], row["document"], row["rule"], bool(reader.yes(row, "may_be_promised")),
        reader.whole(row, "due_days_after_decision"), row["citation"], row["source"],
    )  # fmt: skip


def _asked_field(reader: _Reader, row: Row) -> AskedField:
    return AskedField(row["guide"], row["permit"], row["field"], row["citation"], row["source"])


def _published(reader: _Reader, row: Row) -> Published:
    return Published(
        row["industry"], _text(row, "area"), row["measure"], row["baseline"],
        reader.number(row, "before"), reader.number(row, "after_low"), reader.number(row, "after_high"),
        row["published_on"], row["source"], row["note"],
    )  # fmt: skip


def _live(reader: _Reader, row: Row) -> Live:
    return Live(row["industry"], reader.day(row, "from"), reader.day(row, "until"), row["source"])


def _scenarios(rows: Iterable[Row]) -> dict[str, Scenario]:
    found: dict[str, Scenario] = {}
    for row in rows:
        before = found[row["scenario"]].guides if row["scenario"] in found else ()
        found[row["scenario"]] = Scenario(row["scenario"], _text(row, "name"), (*before, row["guide"]), row["source"])
    return found


def _look_up(reader: _Reader, catalogue: Catalogue) -> None:
    """Every name used must be declared."""
    columns: dict[str, Iterable[str]] = {
        "industry": catalogue.industries, "guide": catalogue.guides, "permit": catalogue.permits,
        "document": catalogue.documents, "field": catalogue.fields, "rule": catalogue.rules,
        "eligibility": catalogue.rules, "product_of": catalogue.permits,
    }  # fmt: skip
    may_be_empty = {("asked_documents", "permit"), ("asked_fields", "permit"), ("asked_fields", "guide"),
                    ("complete_lists", "permit")}  # fmt: skip
    optional = {"rule", "eligibility", "product_of"}
    for name, rows in reader.rows.items():
        for number, row in enumerate(rows, start=2):
            reader.at = Place(f"catalogue/{name}.csv", number)
            for column, names in columns.items():
                is_empty = not row.get(column, "") and (column in optional or (name, column) in may_be_empty)
                if column in row and not is_empty:
                    reader.known(row[column], column, names)
    _judge_rules(reader, catalogue)


def _judge_rules(reader: _Reader, catalogue: Catalogue) -> None:
    """A decision table answers `need` or `may_use` and asks only declared fields, with their type and words."""
    used = {r.rule for held in catalogue.requirements.values() for r in held if r.rule}
    used |= {a.rule for held in catalogue.documents_asked.values() for a in held if a.rule}
    for name in sorted(used & catalogue.rules.keys()):
        table = catalogue.rules[name]
        reader.at = table.place
        if [output.name for output in table.outputs] != ["need"] or table.policy not in ("unique", "first", "any"):
            mend = f"One output need ({listed(NEEDS)}), with one answer for every input"
            reader.wrong("H104", f"the table {name} does not answer need", mend)
    for name, table in catalogue.rules.items():
        for column in table.inputs:
            reader.at = column.place
            if column.name not in catalogue.fields:
                reader.known(column.name, "field", catalogue.fields)
                continue
            held = catalogue.fields[column.name][-1]
            fits = column.kind == _FIELD_TYPES.get(held.type) and set(column.words) <= set(held.vocabulary or ())
            if not fits or column.unit != held.unit:
                what = f"{column.name} of the table {name} is not the field's: type, unit or words differ"
                reader.wrong("H104", what, "Write the type, unit and words of catalogue/fields.csv")
