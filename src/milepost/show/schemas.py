"""The published JSON schemas: one for each kind of YAML file a zone or a wing holds.

They are made from the dataclasses the files are built into, and kept under docs/schemas; a test holds the two equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from milepost.basics.declared_schema import Schema, Schemas
from milepost.cases.declaration import ProcessFile
from milepost.people.rights import RoleFile
from milepost.plan.duties import DutyFile
from milepost.plan.plan import Plan
from milepost.plan.zone import Figure, ZoneFile
from milepost.receive.database import DatabaseSource
from milepost.registers.domain import Words
from milepost.registers.indicator import Indicator
from milepost.registers.page import WingPage
from milepost.registers.register import Register
from milepost.registers.study import Study
from milepost.rules import declaration


def schemas() -> dict[str, Schema]:
    """Give every schema by its name."""
    return {name: make() for name, make in _MADE.items()}


def schema_text(schema: Schema) -> str:
    """Give a schema as it is published."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema as `NAME.json` into a folder, and give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        place = folder / f"{name}.json"
        place.write_text(schema_text(schema), encoding="utf-8")
        written.append(place)
    return written


def _one(title: str, cls: type) -> Callable[[], Schema]:
    def made() -> Schema:
        known = Schemas()
        return known.document(title, known.of(cls))

    return made


def _by_name(title: str, cls: type, given: tuple[str, ...] = ("id",)) -> Callable[[], Schema]:
    """A file of names, each with a declaration of one kind; its id is its name."""

    def made() -> Schema:
        known = Schemas()
        return known.document(title, {"type": "object", "additionalProperties": known.of(cls, given)})

    return made


def _figures() -> Schema:
    known = Schemas()
    either = {"anyOf": [{"type": "string"}, known.of(Figure)]}
    title = "figures.yaml: how each published name is read; a text is the indicator's name"
    return known.document(title, {"type": "object", "additionalProperties": either})


_RENAMED = {"from_date": "from", "until_date": "until"}


def _decision_table() -> Schema:
    """A decision table: what is declared, with the names the file uses, and the cells, which `rules.cells` reads."""
    known = Schemas()
    cells = {"type": "object"}
    root = _renamed(known, declaration.Table, {})
    columns = {name: {"type": ["string", "number", "array"]} for name in ("allowed", "values")}
    inputs = columns | {"whole": {"type": "boolean"}}
    more = {
        "inputs": {"type": "array", "items": _renamed(known, declaration.Input, inputs)},
        "outputs": {"type": "array", "items": _renamed(known, declaration.Output, columns)},
        "lines": {"type": "array", "minItems": 1,
                  "items": _renamed(known, declaration.Line, {"when": cells, "then": cells})},
        "otherwise": _renamed(known, declaration.Otherwise, {"then": cells}),
    }  # fmt: skip
    root["properties"] |= more
    root["required"] = [*root.get("required", ()), "inputs", "outputs", "lines"]
    return known.document("rules/*.yaml: a decision table", root)


def _renamed(known: Schemas, cls: type, more: Schema) -> Schema:
    known.of(cls)
    made = dict(known.defs.pop(cls.__name__))
    made["properties"] = {_RENAMED.get(name, name): one for name, one in made["properties"].items()} | more
    if "required" in made:
        made["required"] = [_RENAMED.get(name, name) for name in made["required"]]
    return made


_MADE: dict[str, Callable[[], Schema]] = {
    "zone": _one("zone.yaml: the areas and what the zone decides for itself", ZoneFile),
    "plan": _one("plan/plan.yaml: goals, actions, items, targets", Plan),
    "duties": _one("plan/duties.yaml: who owes what of the plan by when", DutyFile),
    "figures": _figures,
    "indicators": _by_name("indicators.yaml: what is measured, and its formula", Indicator),
    "registers": _by_name("registers.yaml: what a record is, its columns and rules", Register),
    "studies": _by_name("studies.yaml: the questions of a wing", Study),
    "page": _one("page.yaml: the blocks of a wing's page", WingPage),
    "words": _one("words/en.yaml, words/zh.yaml: what a wing is called", Words),
    "cases": _one("cases.yaml: processes with states, acts, roles and clocks", ProcessFile),
    "roles": _one("people/roles.yaml: who may do and see what", RoleFile),
    "decision_table": _decision_table,
    "database": _one("NAME.source.yaml: a question put to a database", DatabaseSource),
}
