"""What a trouble is and how it is told: a lasting code, a place, what happened, how to mend it.

An error never holds the value of a record: a value may be somebody's secret. It may quote a
declaration, which is the project's own.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """Where a trouble is: a file, and as far as known its line and column, both counted from 1."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


NOWHERE = Place("")


@dataclass(frozen=True)
class Trouble:
    """One thing to mend.

    `code` is lasting and has a page under docs/errors; `what` says what happened; `mend` says how to
    put it right.
    """

    code: str
    what: str
    mend: str
    place: Place = NOWHERE

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place.file else ""
        # A hint begins a sentence here; any other mend is written as one, and may begin with a declared name.
        mend = "D" + self.mend[1:] if self.mend.startswith("did you mean") else self.mend
        return f"{where}{self.code}: {self.what}. {mend}."


class MilepostError(Exception):
    """Something that stopped the work, told as one or more troubles."""

    def __init__(self, troubles: Trouble | Iterable[Trouble]) -> None:
        self.troubles: tuple[Trouble, ...] = (
            (troubles,) if isinstance(troubles, Trouble) else tuple(sorted(troubles, key=lambda t: t.place))
        )
        super().__init__("\n".join(str(trouble) for trouble in self.troubles))


class YoursToMend(MilepostError):
    """The input or a declaration is at fault: the same call fails again until it is mended."""


class TryAgain(MilepostError):
    """Something passing stood in the way: the same call may succeed later."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Give the known name most like `name`, worded as a hint, or an empty string.

    >>> nearest("gross_outpt", ["gross_output", "population"])
    'did you mean gross_output?'
    >>> nearest("x", ["gross_output"])
    ''
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else ""


def listed(names: Sequence[str], most: int = 8) -> str:
    """Give a short list of names for a message.

    >>> listed(["a", "b"])
    'a, b'
    >>> listed([str(i) for i in range(12)], most=3)
    '0, 1, 2 and 9 more'
    """
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
