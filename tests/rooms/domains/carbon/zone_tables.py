"""The records a zone ships, as a study is given them: typed columns of numpy arrays, and the wing's declared files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from milepost.basics.table import joined, read_table
from milepost.domains.carbon import DOMAIN
from milepost.registers.study import read_parameters


def parameters(study: str, **given: object) -> dict:
    return read_parameters(DOMAIN.studies()[f"carbon.{study}"], {name: str(value) for name, value in given.items()})


def tables(study: str, zone: Path) -> dict:
    """Every table of a study: files of wing and zone, and the registers read as they are declared."""
    declared = DOMAIN.studies()[f"carbon.{study}"]
    found: dict = {}
    for name in declared.tables:
        for folder in (DOMAIN.folder, zone / "carbon"):
            if name.endswith("/"):
                paths = sorted((folder / name).glob("*.yaml"))
                table = {"name": [str(path) for path in paths], "path": [str(path) for path in paths]}
            elif (folder / name).exists():
                table = read_table(folder / name)
            else:
                continue
            key = Path(name).stem
            found[key] = joined(found[key], table) if key in found else table
    for name, excerpt in declared.reads.items():
        if not excerpt.columns:
            found[name] = register_rows(excerpt.register, zone)
    return found


def register_rows(register: str, zone: Path) -> dict:
    declared = DOMAIN.registers()[register]
    names = (register, register.split(".")[1])
    path = next((path for name in names if (path := zone / "records" / f"{name}.csv").exists()), None)
    read = read_table(path) if path else {}
    return {column.id: typed(column.type, read.get(column.id, [])) for column in declared.columns}


def typed(kind: str, cells: list[str]):
    if kind in ("number", "real", "whole"):
        return np.array([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
    if kind in ("date", "month", "moment"):
        return np.array([cell or "NaT" for cell in cells], dtype="datetime64[D]")
    if kind == "yes_no":
        return np.array([{"yes": True, "no": False}.get(cell) for cell in cells], dtype=object)
    return np.array([cell or None for cell in cells], dtype=object)
