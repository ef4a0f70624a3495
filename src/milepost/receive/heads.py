"""The head of a file is compared with the columns of its register; heads are trimmed, never guessed.

A column answers to its id, to the other heads its declaration gives it (`also_written`) and to its names in both
languages. A head the register declares as `not_kept` is passed over; any other unknown one is refused by its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.receive.waiting import OUR_COLUMNS
from milepost.registers.register import Register


@dataclass(frozen=True)
class Heads:
    """Where the columns of a register stand in a file: for each cell of its head the number of the column, from 0.

    None for a cell that is passed over. `are_sent_again` says that the file is one of our own: refusals, mended, or an
    exported register.
    """

    places: tuple[int | None, ...]
    are_sent_again: bool = False


def trimmed(head: str) -> str:
    """Give a head without the space around it, and with one space for any within.

    >>> trimmed(" 工业总产值\\n（万元） ")
    '工业总产值 （万元）'
    """
    return " ".join(head.replace("\ufeff", " ").split())


def known_heads(register: Register) -> dict[str, int]:
    """Give for each head a file may have the number of its column; what two columns would answer to is nobody's.

    An id comes before another head, and that before a name.
    """
    found: dict[str, int] = {}
    for spellings in (
        [(column.id,) for column in register.columns],
        [column.also_written for column in register.columns],
        [(column.name.en, column.name.zh) for column in register.columns],
    ):
        level: dict[str, set[int]] = {}
        for number, heads in enumerate(spellings):
            for head in heads:
                level.setdefault(trimmed(head), set()).add(number)
        found.update({head: min(who) for head, who in level.items() if len(who) == 1 and head not in found})
    return found


def left_out(heads: Heads, register: Register) -> tuple[str, ...]:
    """Give the columns that the file does not have; the register lets them be left out."""
    return tuple(one.id for number, one in enumerate(register.columns) if number not in heads.places)


def read_heads(head: Sequence[str], register: Register, place: Place) -> Heads:
    """Give the places of a register's columns in a head.

    Raises YoursToMend with every trouble of the head: R020 a head without a name, R021 a name given
    twice, R022 a name the register does not have, R023 columns that are missing, R024 no head at all.
    """
    names = [trimmed(name) for name in head]
    passed = {trimmed(name) for name in register.not_kept}
    while names and not names[-1] and "" not in passed:
        names.pop()
    known = known_heads(register)
    troubles = _faults(names, register, known, passed, place)
    if troubles:
        raise YoursToMend(troubles)
    return Heads(tuple(known.get(name) for name in names), any(name in OUR_COLUMNS for name in names))


def _faults(
    names: Sequence[str], register: Register, known: dict[str, int], passed: set[str], place: Place
) -> list[Trouble]:
    columns = register.column_ids
    if not set(names) & set(known):
        mend = f"Begin the file with the names of its columns: {listed(columns, 30)}"
        return [Trouble("R024", "the first row names no column of the register", mend, place)]
    troubles = []
    given = Counter(columns[known[name]] for name in names if name in known)
    missing = [one.id for one in register.columns if one.id not in given and not one.may_be_left_out]
    hints = [head for head, number in known.items() if columns[number] in missing]
    for number, name in enumerate(names, start=1):
        here = Place(place.file, place.line, number)
        if name in known or name in passed or name in OUR_COLUMNS:
            continue
        if not name:
            troubles.append(Trouble("R020", f"column {number} has no name", "Give it one or delete it", here))
        else:
            # A head is a word of the form, but in a file without one it is data: only its place is told.
            mend = nearest(name, hints).rstrip("?") or f"Keep to the columns {listed(columns, 30)}"
            troubles.append(Trouble("R022", f"column {number} is none of the register's", mend, here))
    for column, count in given.items():
        if count > 1:
            troubles.append(Trouble("R021", f"the column {column} is given {count} times", "Keep one of them", place))
    if missing:
        is_one = len(missing) == 1
        what = f"the column {missing[0]} is missing" if is_one else f"columns are missing: {listed(missing, 30)}"
        mend = "Add what is missing; cells may be empty where nothing is known"
        troubles.append(Trouble("R023", what, mend, place))
    return troubles
