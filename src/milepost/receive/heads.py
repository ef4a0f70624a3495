"""The head of a file is compared with the columns of its register; heads are trimmed, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.receive.waiting import WAITING_COLUMNS


def column_places(head: Sequence[str], columns: Sequence[str], place: Place) -> list[int | None]:
    """Give for each cell of a head the index of its column, or None for a column of our own refusals.

    Raises YoursToMend with every trouble of the head: R020 a head without a name, R021 a name given
    twice, R022 a name the register does not have, R023 columns that are missing, R024 no head at all.
    """
    names = [name.strip() for name in head]
    while names and not names[-1]:
        names.pop()
    troubles = [*_faults(names, columns, place)]
    if troubles:
        raise YoursToMend(troubles)
    index = {column: number for number, column in enumerate(columns)}
    return [index.get(name) for name in names]


def _faults(names: Sequence[str], columns: Sequence[str], place: Place) -> list[Trouble]:
    if not set(names) & set(columns):
        mend = f"Begin the file with the names of its columns: {listed(columns, 30)}"
        return [Trouble("R024", "the first row names no column of the register", mend, place)]
    troubles = []
    missing = [column for column in columns if column not in names]
    for number, name in enumerate(names, start=1):
        here = Place(place.file, place.line, number)
        if not name:
            troubles.append(Trouble("R020", f"column {number} has no name", "Give it one or delete it", here))
        elif name not in columns and name not in WAITING_COLUMNS:
            # A head is a word of the form, but in a file without one it is data: only its place is told.
            mend = nearest(name, missing).rstrip("?") or f"Keep to the columns {listed(columns, 30)}"
            troubles.append(Trouble("R022", f"column {number} is none of the register's", mend, here))
    for name, count in Counter(names).items():
        if count > 1 and name in columns:
            troubles.append(Trouble("R021", f"the column {name} is given {count} times", "Keep one of them", place))
    if missing:
        what = (
            f"the column {missing[0]} is missing"
            if len(missing) == 1
            else f"columns are missing: {listed(missing, 30)}"
        )
        mend = "Add what is missing; cells may be empty where nothing is known"
        troubles.append(Trouble("R023", what, mend, place))
    return troubles
