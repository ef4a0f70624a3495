"""The published schemas are those of the program, and every YAML file that ships keeps to its own."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from milepost.basics.declared import Node, build, read_yaml
from milepost.registers.register import Register
from milepost.show.schemas import schema_text, schemas

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = [REPOSITORY / name for name in ("src/milepost", "zones", "examples", "tests/golden/zones/well_formed")]
BY_NAME = {"rules": "decision_table", "indicators": "indicators", "registers": "registers"}
# What a room keeps for itself, and examples with levers, which nothing but a wing's own tests reads.
OWN = ("check/", "forecast/", "show/words/", "registers/declared/", "examples/inventories.yaml", "examples/shops.yaml",
       "levers.yaml")  # fmt: skip
SCHEMAS = schemas()


def kind_of(path: Path) -> str | None:
    """The schema of a file by its name, or by that of its folder; None for one that a room keeps for itself."""
    name = path.relative_to(REPOSITORY).as_posix()
    if any(name.startswith(f"src/milepost/{own}") or name.endswith(own) for own in OWN):
        return None
    if name.endswith("milepost/cases/duties.yaml"):
        return "cases"
    known = {"en": "words", "zh": "words"} | {kind: kind for kind in SCHEMAS}
    return known.get(path.stem) or BY_NAME.get(path.parent.name)


def shipped() -> list[tuple[Path, str]]:
    files = sorted({path for folder in FOLDERS for path in folder.rglob("*.yaml") if "data" not in path.parts})
    return [(path, kind) for path in files if (kind := kind_of(path))]


def plain(path: Path) -> object:
    """A YAML file as an editor sees it: days are texts."""
    return _plain(read_yaml(path))


def _plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {name: _plain(child) for name, _, child in node.items()}
    if isinstance(node.value, list):
        return [_plain(child) for child in node.value]
    return node.value.isoformat() if isinstance(node.value, date) else node.value


def validator(name: str):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    return jsonschema.Draft202012Validator(SCHEMAS[name], format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_published_as_the_program_makes_it(name):
    published = REPOSITORY / f"docs/schemas/{name}.json"
    assert published.read_text("utf-8") == schema_text(SCHEMAS[name]), "run: milepost schemas docs/schemas"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_one(name):
    type(validator(name)).check_schema(SCHEMAS[name])


def test_no_schema_is_published_that_is_none():
    assert {path.stem for path in (REPOSITORY / "docs/schemas").glob("*.json")} == set(SCHEMAS)


def test_there_are_files_of_nearly_every_kind_to_judge():
    kinds = {kind for _, kind in shipped()}
    left = [path for folder in FOLDERS for path in folder.rglob("*.yaml") if kind_of(path) is None]
    assert len(shipped()) >= 60 and len(left) < 20
    assert set(SCHEMAS) - kinds <= {"database"}


@pytest.mark.parametrize(("path", "kind"), shipped(), ids=lambda one: one if isinstance(one, str) else one.stem)
def test_every_file_that_ships_keeps_to_its_schema(path, kind):
    wrong = [
        f"{'/'.join(map(str, one.absolute_path))}: {one.message[:120]}"
        for one in validator(kind).iter_errors(plain(path))
    ]
    assert wrong == []


COLUMN = {"id": "a", "type": "text", "name": {"en": "A", "zh": "甲"}}
REGISTER = {"name": {"en": "R", "zh": "册"}, "definition": {"en": "R", "zh": "册"}, "columns": [COLUMN]}


@pytest.mark.parametrize(
    "change",
    [
        {"colums": []},
        {"columns": [COLUMN | {"type": "txt"}]},
        {"columns": [COLUMN | {"places": "two"}]},
        {"columns": [{"id": "a", "type": "text"}]},
        {"key": "a"},
        {"is_public": "perhaps"},
        {"id": "own"},
        {"rules": [{"id": "r", "severity": "stop"}]},
    ],
)
def test_a_wrong_declaration_is_refused(change):
    assert validator("registers").is_valid({"one": REGISTER})
    assert not validator("registers").is_valid({"one": REGISTER | change})


def test_what_the_schema_passes_and_refuses_the_program_does_too(tmp_path):
    """The same changes, read by the program itself."""
    for change, is_good in (({}, True), ({"key": ["a"]}, True), ({"key": "a"}, False), ({"colums": []}, False)):
        path = tmp_path / "one.yaml"
        path.write_text(yaml.safe_dump(REGISTER | change, allow_unicode=True), encoding="utf-8")
        troubles: list = []
        build(Register, read_yaml(path), troubles, id="x.one")
        assert (not troubles) == is_good == validator("registers").is_valid({"one": REGISTER | change})
