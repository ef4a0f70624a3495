"""The only door out: what a page, a document or the command line may show.

A published figure is public already and may leave. A computed one comes from unit records and may leave
only through disclosure control; until those methods stand here, it is refused. An outlook that rests on a
computed reading is refused too, because a median can tell a single firm's figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from milepost.basics.errors import Trouble, YoursToMend
from milepost.forecast.outlook import Outlook
from milepost.measure.reading import Reading
from milepost.show.walk import Walk


def may_leave(reading: Reading) -> bool:
    """Is the reading public already?"""
    return reading.basis == "published"


def let_out(walk: Walk) -> Walk:
    """Give the walk without computed readings.

    Raises YoursToMend (S101) where an outlook rests on a reading that may not leave.
    """
    kept_in = [name for name, outlook in walk.outlooks.items() if not all(map(may_leave, _rests_on(outlook)))]
    if kept_in:
        mend = "Leave the computed readings out of its evidence until disclosure control has passed them"
        raise YoursToMend(Trouble("S101", f"{name} rests on computed readings", mend) for name in kept_in)
    return replace(walk, readings=tuple(filter(may_leave, walk.readings)))


def _rests_on(outlook: Outlook) -> Iterator[Reading]:
    yield from outlook.evidence
    yield from (reading for reading, _ in outlook.unused)
    if outlook.latest is not None:
        yield outlook.latest
