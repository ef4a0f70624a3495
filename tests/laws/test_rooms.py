"""Every room of the house stands, says in one sentence what it is, and nothing else lives beside it."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "src/milepost"
LAYERS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]


def rooms_named_in(page: Path) -> set[str]:
    """Rooms are the first cells of the tables of the walk and of the cellar, and the wings' folder."""
    return set(re.findall(r"^\| `([a-z]+)` \|", page.read_text("utf-8"), re.MULTILINE)) | {"domains"}


ROOMS = sorted(rooms_named_in(REPOSITORY / "ARCHITECTURE.md"))
WINGS = ["carbon", "city", "driving", "industry", "innovation", "licensing", "supply"]


def test_the_architecture_page_names_seventeen_rooms():
    assert len(ROOMS) == 17


def test_the_architecture_page_and_the_design_name_the_same_rooms(shared):
    assert rooms_named_in(shared / "DESIGN.md") == set(ROOMS)


def test_the_import_laws_name_the_same_rooms():
    assert sorted(room for layer in LAYERS["layers"] for room in layer.split(" | ")) == ROOMS


def test_nothing_else_lives_in_the_package():
    found = {path.name for path in PACKAGE.iterdir()} - {"__pycache__"}
    assert found == {*ROOMS, "__init__.py", "py.typed"}


def test_the_wings_of_the_plan_stand():
    assert {path.parent.name for path in PACKAGE.glob("domains/*/__init__.py")} >= set(WINGS)


@pytest.mark.parametrize("place", [*ROOMS, *(f"domains/{wing}" for wing in WINGS), "."])
def test_a_room_says_in_one_sentence_what_it_is(place):
    said = ast.get_docstring(ast.parse((PACKAGE / place / "__init__.py").read_text("utf-8")))
    assert said is not None
    sentence = " ".join(said.split())
    assert sentence.endswith(".")
    assert len(re.findall(r"[.!?](\s|$)", sentence)) == 1, sentence


def test_every_module_opens_with_what_is_done_there():
    modules = sorted(PACKAGE.rglob("*.py"))
    assert len(modules) > 30
    silent = [str(path) for path in modules if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_no_module_is_named_for_nothing():
    nameless = {"utils", "util", "core", "common", "helpers", "helper", "manager", "service", "misc", "base"}
    assert [str(path) for path in PACKAGE.rglob("*.py") if path.stem in nameless] == []
