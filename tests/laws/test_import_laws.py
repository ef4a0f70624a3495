"""The import laws hold, and each was seen to stop a trespass.

A trial is a small package under the same contracts, with one import too many. The contracts are read from
pyproject.toml, so a contract without a trial fails here.
"""

import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LAWS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in LAWS["contracts"]}
LAYERS = next(contract for contract in CONTRACTS.values() if contract["type"] == "layers")
ROOMS = [room for layer in LAYERS["layers"] for room in layer.split(" | ")]
WINGS = sorted(path.parent.name for path in (REPOSITORY / "src/milepost/domains").glob("*/__init__.py"))

CORRIDOR, INDEPENDENCE, NO_WINGS, DATABASES, FRAMEWORK = (
    "The corridor runs one way, and everything stands on the cellar",
    "Wings do not know each other",
    "Rooms do not know the wings: only show introduces them",
    "Only engines speaks to databases",
    "Only show imports the web framework",
)

# One import too many, and the one contract it breaks.
TRIALS = [
    (CORRIDOR, "science", "import hamlet.plan"),
    (CORRIDOR, "measure", "import hamlet.forecast"),
    (CORRIDOR, "plan", "import hamlet.rules"),
    (CORRIDOR, "basics", "from hamlet.show import page"),
    (CORRIDOR, "domains.carbon", "import hamlet.engines"),
    (INDEPENDENCE, "domains.carbon", "import hamlet.domains.city"),
    (NO_WINGS, "measure", "from hamlet.domains import carbon"),
    (NO_WINGS, "engines", "import hamlet.domains.supply"),
    (DATABASES, "show", "import duckdb"),
    (DATABASES, "keep", "from deltalake import DeltaTable"),
    (DATABASES, "domains.licensing", "import sqlite3"),
    (FRAMEWORK, "measure", "from django.db import models"),
    (FRAMEWORK, "people", "import django"),
]


def build_hamlet(folder: Path) -> Path:
    """Lay out a small package with the rooms and wings of ours, under the same contracts."""
    for name in [*ROOMS, *(f"domains/{wing}" for wing in WINGS)]:
        (folder / "hamlet" / name).mkdir(parents=True, exist_ok=True)
        (folder / "hamlet" / name / "__init__.py").touch()
    (folder / "hamlet/__init__.py").touch()
    (folder / "hamlet/show/page.py").touch()
    (folder / "laws.toml").write_text(_renamed_laws(), encoding="utf-8")
    return folder


def _renamed_laws() -> str:
    def table(values: dict[str, Any]) -> list[str]:
        # A JSON string, list or truth value is TOML too.
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items() if key != "contracts"]
        return [re.sub(r"\bmilepost\b", "hamlet", line) for line in lines]

    lines = ["[tool.importlinter]", *table(LAWS)]
    for contract in CONTRACTS.values():
        lines += ["", "[[tool.importlinter.contracts]]", *table(contract)]
    return "\n".join(lines)


def lint(folder: Path, config: Path) -> tuple[int, dict[str, bool], str]:
    """Give the exit code, whether each contract was kept, and all that was said."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [*command, "--config", str(config), "--no-cache"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    flat = " ".join(said.split())
    kept = {name: f"{name} KEPT" in flat for name in CONTRACTS if f"{name} KEPT" in flat or f"{name} BROKEN" in flat}
    return done.returncode, kept, flat


def test_the_package_keeps_every_law():
    code, kept, said = lint(REPOSITORY / "src", REPOSITORY / "pyproject.toml")
    assert code == 0, said
    assert kept == dict.fromkeys(CONTRACTS, True), said
    assert len(CONTRACTS) == 5


def test_no_import_is_excused():
    assert not [name for name, contract in CONTRACTS.items() if "ignore_imports" in contract]
    assert LAYERS["exhaustive"] is True


def test_every_contract_has_a_trial():
    assert {name for name, _, _ in TRIALS} == set(CONTRACTS)
    assert len(TRIALS) == 13


def test_a_hamlet_without_trespass_keeps_every_law(tmp_path):
    code, kept, said = lint(build_hamlet(tmp_path), tmp_path / "laws.toml")
    assert code == 0, said
    assert kept == dict.fromkeys(CONTRACTS, True), said


@pytest.mark.parametrize(("contract", "room", "trespass"), TRIALS)
def test_a_trespass_breaks_its_law_and_no_other(tmp_path, contract, room, trespass):
    build_hamlet(tmp_path)
    (tmp_path / "hamlet" / room.replace(".", "/") / "trespass.py").write_text(trespass + "\n", encoding="utf-8")
    code, kept, said = lint(tmp_path, tmp_path / "laws.toml")
    assert code == 1, said
    assert [name for name, is_kept in kept.items() if not is_kept] == [contract], said
    assert f"hamlet.{room}.trespass" in said


def test_every_room_is_forbidden_the_room_above(tmp_path):
    build_hamlet(tmp_path)
    layers = [layer.split(" | ") for layer in LAYERS["layers"]]
    pairs = [(low, high) for above, below in itertools.pairwise(layers) for high in above for low in below]
    for low, high in pairs:
        (tmp_path / "hamlet" / low / f"to_{high}.py").write_text(f"import hamlet.{high}\n", encoding="utf-8")
    code, _, said = lint(tmp_path, tmp_path / "laws.toml")
    assert code == 1
    assert len(pairs) == 19
    for low, high in pairs:
        assert f"hamlet.{low} is not allowed to import hamlet.{high}" in said


def test_every_room_but_show_is_forbidden_the_framework_and_every_room_but_engines_the_databases(tmp_path):
    build_hamlet(tmp_path)
    for room in ROOMS:
        (tmp_path / "hamlet" / room / "abroad.py").write_text("import django, duckdb\n", encoding="utf-8")
    code, _, said = lint(tmp_path, tmp_path / "laws.toml")
    assert code == 1
    for package, allowed in (("django", "show"), ("duckdb", "engines")):
        stopped = {room for room in ROOMS if f"hamlet.{room} is not allowed to import {package}" in said}
        assert stopped == set(ROOMS) - {allowed}


def test_an_unlisted_room_is_stopped(tmp_path):
    build_hamlet(tmp_path)
    (tmp_path / "hamlet/attic").mkdir()
    (tmp_path / "hamlet/attic/__init__.py").touch()
    code, kept, said = lint(tmp_path, tmp_path / "laws.toml")
    assert code == 1
    assert kept[CORRIDOR] is False
    assert "hamlet.attic" in said
