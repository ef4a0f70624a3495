"""Parquet: the engine reads it; each cell becomes the text it would have in a CSV file.

Numbers keep all their digits (a binary fraction that is whole has no point), dates and moments are ISO 8601, a moment
with a zone is told in UTC. Bytes, lists and structures are refused by their column. Rows are counted from 1.
"""

from __future__ import annotations

from pathlib import Path

from milepost.basics.errors import MilepostError, Place, Trouble, YoursToMend, listed
from milepost.engines.embedded import Engine, quoted

_PARTS = ("[", "STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT")


def is_parquet(path: Path) -> bool:
    """Is it a Parquet file? Told by its first bytes."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def opened(engine: Engine, path: Path, shown_as: str) -> tuple[str, dict[str, str]]:
    """Give the name of a view of a file's rows, and the expression of each of its columns as text, by name.

    Raises YoursToMend (R035) where it cannot be read, or a column holds bytes, a list or a structure.
    """
    view = f"parquet_{abs(hash(str(path.absolute())))}"
    place = Place(shown_as)
    try:
        engine.drop(view)
        engine.view_files(view, [str(path.absolute())], ())
        described = engine.rows(f"describe select * from {quoted(view)}")
    except MilepostError:
        raise YoursToMend(broken(place)) from None
    found = {str(name): str(kind) for name, kind, *_ in described}
    if odd := [str(number) for number, kind in enumerate(found.values(), 1) if any(part in kind for part in _PARTS)]:
        what = f"columns hold bytes, lists or structures: {listed(odd)}"
        raise YoursToMend(Trouble("R035", what, "Write each of their parts as a column of its own", place))
    return view, {name: _as_text(quoted(name), kind) for name, kind in found.items()}


def broken(place: Place) -> Trouble:
    """Give the trouble of a file that cannot be read, at its foot or somewhere among its rows."""
    return Trouble("R035", "the file cannot be read as Parquet", "Write it again, or send the table as CSV", place)


def _as_text(column: str, kind: str) -> str:
    if kind in ("DOUBLE", "FLOAT"):
        text = f"regexp_replace({column}::varchar, '[.]0$', '')"
    elif kind.endswith("WITH TIME ZONE") and kind.startswith("TIMESTAMP"):
        text = f"({column} at time zone 'UTC')::varchar"
    else:
        text = f"{column}::varchar"
    return f"coalesce({text}, '')"
