"""Indicators are read here: one file or a folder of files that hold names with their meaning.

An indicator's id is `<owner>.<name>`: the owner is a wing or a zone. What an indicator refers to
(units, parts of a ratio) is checked where everything is known together, in `plan.crosscheck`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from milepost.basics.declared import Node, build, read_yaml
from milepost.basics.errors import Trouble, YoursToMend
from milepost.registers.indicator import Indicator


def indicator_files(folder: Path) -> tuple[Path, ...]:
    """Give the indicator files of a wing or zone: `indicators.yaml` and all of `indicators/*.yaml`."""
    alone = folder / "indicators.yaml"
    return (*([alone] if alone.is_file() else []), *sorted((folder / "indicators").glob("*.yaml")))


def read_indicators(
    owner: str, files: Mapping[Path, str], troubles: list[Trouble], roots: dict[str, Node] | None = None
) -> dict[str, Indicator | None]:
    """Give the indicators declared in `files` (each with the name it is shown under), by id.

    A name whose declaration is faulty stands there as None, so that others may refer to it. Troubles are
    added to `troubles`: D001 to D013 of basics.declared, Z008 where a name is declared in two files.
    `roots` receives the nodes of each file, by the name it is shown under.
    """
    found: dict[str, Indicator | None] = {}
    for path, shown_as in files.items():
        try:
            root = read_yaml(path, shown_as)
        except YoursToMend as error:
            troubles.extend(error.troubles)
            continue
        if roots is not None:
            roots[shown_as] = root
        for name, place, node in root.items():
            if (key := f"{owner}.{name}") in found:
                troubles.append(Trouble("Z008", f"the indicator {key} is declared twice", "Keep one of the two", place))
            found[key] = build(Indicator, node, troubles, id=key)
    return found
